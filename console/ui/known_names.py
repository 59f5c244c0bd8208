"""The names that may be typed into a field: those of the table, of the log, and of the format."""

from collections.abc import Mapping, Sequence

from console.table.conditions import is_name_fact
from console.table.form.entries import NOUNS
from console.table.form.field import Field
from console.table.model import (
    CAPABILITIES,
    FLAG_FACTS,
    NAME_FACTS,
    NUMBER_FACTS,
    RESPONSE_FORMATS,
    TEXT_FACTS,
    TRIGGERS,
    Table,
)
from console.traffic.metrics.metric_names import METRICS

_OF_THE_FORMAT: dict[str, Sequence[str]] = {
    "flag": ("true", "false"),
    "metrics": METRICS,
    "triggers": TRIGGERS,
    "capabilities": CAPABILITIES,
    "response_format": RESPONSE_FORMATS,
    "captures": ("full", "prompt", "none"),
    "fact": (*NAME_FACTS, *TEXT_FACTS, *NUMBER_FACTS, *FLAG_FACTS),
}


def known_names(
    field: Field, table: Table | None, of_log: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the names for a field, the table's before the log's; what cannot be typed is left out.

    `of_log` has what `known_values` found, by field of the log.
    """
    what = field.completes
    found = list(_OF_THE_FORMAT.get(what, ()))
    if table is not None:
        if what in NOUNS:
            found += getattr(table, what)
        elif what == "task":
            found += table.tasks
        if is_name_fact(what):
            found += [name for rule in table.rules for name in rule.when.names.get(what, ())]
    found += of_log.get(what, ())
    return [name for name in dict.fromkeys(found) if name.isprintable() and name]
