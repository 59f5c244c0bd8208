"""Makes of a filter what the log is asked: a condition with its values bound, and an index for it.

An unknown value meets no condition, and so meets its negation: a request without a cost is neither
dear nor cheap, and `-cost>0.01` includes it.
"""

from collections.abc import Iterable, Sequence
from functools import singledispatch

from console.traffic.filters.fields import FLAG_WORDS, NAME_FIELDS, NUMBER_FIELDS
from console.traffic.filters.nodes import (
    And,
    Contains,
    Flag,
    Glob,
    Names,
    Node,
    Not,
    Number,
    Or,
    Since,
    Until,
    Words,
)
from console.traffic.filters.word_query import word_query
from console.traffic.rows import ID_TAIL
from console.traffic.selection import (
    Condition,
    NameAnchor,
    Selection,
    TailAnchor,
    WordsAnchor,
)

_RARE = ("id", "error", "override", "status")
_COMMON = ("rule", "client", "task", "model", "route")
"""Fields with an index, the one that usually leaves the fewest requests first; words are rarer than
the common ones."""

_MOST_STREAMS = 16
"""Values an anchor has at most: a page is merged from one reading for each."""

_CONTAINS_SQL = (
    "EXISTS (SELECT 1 FROM bodies AS b WHERE b.seq = r.seq"
    " AND (b.prompt LIKE ? ESCAPE '!' OR b.system LIKE ? ESCAPE '!'"
    " OR b.conversation LIKE ? ESCAPE '!' OR b.answer LIKE ? ESCAPE '!'))"
)
_WORDS_SQL = "EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND words.rowid = r.seq)"

_PARTIAL = {"status": " AND r.status <> 'ok'"}


def selection_of(node: Node) -> Selection:
    """Return what the log is asked for a filter."""
    parts = node.parts if isinstance(node, And) else (node,)
    since = [part.moment for part in parts if isinstance(part, Since)]
    until = [part.moment for part in parts if isinstance(part, Until)]
    return Selection(
        condition_of(node),
        _anchor(parts),
        max(since, default=None),
        min(until, default=None),
    )


def _anchor(parts: Sequence[Node]) -> NameAnchor | WordsAnchor | TailAnchor | None:
    return (
        _name_anchor(parts, _RARE)
        or _words_anchor(parts)
        or _tail_anchor(parts)
        or _name_anchor(parts, _COMMON)
    )


def _tail_anchor(parts: Sequence[Node]) -> TailAnchor | None:
    for part in parts:
        if not isinstance(part, Number) or part.comparison not in (">", ">=", "="):
            continue
        field = NUMBER_FIELDS[part.field]
        if field.index is not None and part.value >= field.indexed_from:
            # SQLite takes the index only where its own condition is repeated.
            test = (
                f"{field.expression} {part.comparison} ?"
                f" AND {field.expression} >= {field.indexed_from!r}"
            )
            return TailAnchor(field.index, Condition(test, (part.value,)))
    return None


def _words_anchor(parts: Sequence[Node]) -> WordsAnchor | None:
    for place, part in enumerate(parts):
        if isinstance(part, Words) and (query := word_query(part.text)) is not None:
            others = (*parts[:place], *parts[place + 1 :])
            return WordsAnchor(query, _joined(" AND ", others) if others else Condition("1"))
    return None


def _name_anchor(parts: Sequence[Node], fields: Sequence[str]) -> NameAnchor | None:
    wanted = {field: values for field, values in map(_exact_names, parts) if values}
    for field in fields:
        values = wanted.get(field, ())
        if not 0 < len(values) <= _MOST_STREAMS or (field == "status" and "ok" in values):
            continue
        known = NAME_FIELDS[field]
        assert known.index is not None
        if field == "id":
            return NameAnchor(known.index, ID_TAIL, tuple(value[28:] for value in values))
        return NameAnchor(known.index, known.column, values, _PARTIAL.get(field, ""))
    return None


def _exact_names(part: Node) -> tuple[str, tuple[str, ...]]:
    """Return a field and the exact values that a part wants of it; none where it wants others."""
    if isinstance(part, Flag) and (short_for := FLAG_WORDS[part.word].short_for) is not None:
        return short_for[0], (short_for[1],)
    if isinstance(part, Names):
        names = [value for value in part.values if isinstance(value, str)]
        if len(names) == len(part.values):
            return part.field, tuple(dict.fromkeys(names))
    return "", ()


@singledispatch
def condition_of(node: Node) -> Condition:
    """Return the condition of a filter, or of a part of one."""
    raise AssertionError(node)


@condition_of.register
def _names(node: Names) -> Condition:
    if node.field == "tag":
        return _tags(node)
    column = f"r.{NAME_FIELDS[node.field].column}"
    texts = [value for value in node.values if isinstance(value, str)]
    tests, parameters = [], list(texts)
    if texts:
        marks = ", ".join("?" * len(texts))
        tests.append(f"{column} IN ({marks})")
    for value in node.values:
        if value is None:
            tests.append(f"{column} IS NULL")
        elif isinstance(value, Glob):
            tests.append(f"{column} GLOB ?")
            parameters.append(_glob(value.pattern))
    return Condition(_never_null(" OR ".join(tests)), tuple(parameters))


def _tags(node: Names) -> Condition:
    """A tag is a name and its value in the request's facts, written `name=value`."""
    tests, parameters = [], []
    for value in node.values:
        if value is None:
            tests.append("f.tags = '{}'")
            continue
        test = "GLOB ?" if isinstance(value, Glob) else "= ?"
        parameters.append(_glob(value.pattern) if isinstance(value, Glob) else value)
        tests.append(
            "EXISTS (SELECT 1 FROM json_each(f.tags) AS t"  # noqa: S608 - our own words
            f" WHERE t.key || '=' || t.value {test})"
        )
    either = " OR ".join(tests)
    of_facts = f"SELECT 1 FROM facts AS f WHERE f.seq = r.seq AND ({either})"  # noqa: S608 - ours
    return Condition(f"EXISTS ({of_facts})", tuple(parameters))


@condition_of.register
def _number(node: Number) -> Condition:
    expression = NUMBER_FIELDS[node.field].expression
    return Condition(_never_null(f"{expression} {node.comparison} ?"), (node.value,))


@condition_of.register
def _since(node: Since) -> Condition:
    return Condition("r.ts_start >= ?", (node.moment,))


@condition_of.register
def _until(node: Until) -> Condition:
    return Condition("r.ts_start < ?", (node.moment,))


@condition_of.register
def _flag(node: Flag) -> Condition:
    return Condition(f"({FLAG_WORDS[node.word].condition})")


@condition_of.register
def _words(node: Words) -> Condition:
    query = word_query(node.text)
    return _contains(Contains(node.text)) if query is None else Condition(_WORDS_SQL, (query,))


@condition_of.register
def _contains(node: Contains) -> Condition:
    like = _like(node.text)
    return Condition(_CONTAINS_SQL, (like,) * 4)


@condition_of.register
def _not(node: Not) -> Condition:
    inside = condition_of(node.part)
    return Condition(f"NOT {inside.sql}", inside.parameters)


@condition_of.register
def _and(node: And) -> Condition:
    return _joined(" AND ", node.parts)


@condition_of.register
def _or(node: Or) -> Condition:
    return _joined(" OR ", node.parts)


def _joined(word: str, parts: Iterable[Node]) -> Condition:
    conditions = [condition_of(part) for part in parts]
    parameters = tuple(value for condition in conditions for value in condition.parameters)
    return Condition(f"({word.join(condition.sql for condition in conditions)})", parameters)


def _never_null(test: str) -> str:
    return f"coalesce({test}, 0)"


def _glob(pattern: str) -> str:
    """Return a pattern in SQLite's GLOB, in which `?` and `[` would mean something, too."""
    return pattern.replace("[", "[[]").replace("?", "[?]")


def _like(text: str) -> str:
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text}%"
