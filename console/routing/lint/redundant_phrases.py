"""Phrases of a list that can be left out, since a shorter one of the list finds all they find."""

from collections.abc import Iterator

from console.routing.lint.phrase_order import TextAtom, implied_by
from console.routing.lint.space import phrase_atom
from console.table.lint.finding import Finding, finding
from console.table.model import Table, When
from console.table.yaml_source import Place, join


def redundant_phrase_findings(table: Table, places: dict[str, Place]) -> Iterator[Finding]:
    """Yield each phrase of a list that another one of it makes needless.

    `places` tells a short list of phrases from one under `contains`.
    """
    lists = list(_lists(table))
    implied = implied_by(dict.fromkeys(atom for _, _, atoms in lists for atom in atoms))
    for rule, path, atoms in lists:
        here = join(path, "contains")
        listed = here if here in places else path
        told: set[TextAtom] = set()
        for index, atom in enumerate(atoms):
            wider = next(
                (
                    other
                    for other in dict.fromkeys(atoms)
                    if other != atom and other not in told and other in implied.get(atom, ())
                ),
                None,
            )
            if wider is not None:
                told.add(atom)
                message = (
                    f"Wherever “{atom.phrase}” is found, “{wider.phrase}” of the same list is."
                )
                yield finding("redundant-phrase", join(listed, index), message, rule=rule)


def _lists(table: Table) -> Iterator[tuple[str, str, list[TextAtom]]]:
    for index, rule in enumerate(table.rules):
        for path, atoms in _lists_in(rule.when, join(join("rules", index), "when")):
            yield rule.id, path, atoms


def _lists_in(when: When, path: str) -> Iterator[tuple[str, list[TextAtom]]]:
    for fact, matcher in when.texts.items():
        if len(matcher.contains) > 1:
            yield join(path, fact), [phrase_atom(fact, phrase) for phrase in matcher.contains]
    for group in ("any_of", "all_of", "none_of"):
        members: tuple[When, ...] = getattr(when, group)
        for index, member in enumerate(members):
            yield from _lists_in(member, join(join(path, group), index))
