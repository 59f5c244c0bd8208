"""What is proven of rules, in words, with the requests that show it."""

from collections.abc import Callable, Iterator

from console.routing.lint.reachability import Reachability, Standing
from console.routing.lint.witness import witness
from console.routing.words import listed
from console.table.lint.finding import Finding, finding
from console.table.yaml_source import join

_MOST_NAMED = 5
"""Rules named in a sentence; `Finding.blocking` has them all."""


def rule_findings(
    reachability: Reachability,
    is_cancelled: Callable[[], bool] = lambda: False,
    first: str | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each rule of which something is proven, as soon as it is.

    `first` is the rule to begin with, as for `Reachability.standings`.
    """
    for found in reachability.standings(is_cancelled, first):
        if found is not None:
            yield finding_of(found)


def finding_of(found: Standing) -> Finding:
    """Return what is proven of a rule as a finding without its place."""
    code, message, hint = _WORDS[found.kind](found)
    witnesses = []
    if found.wins is not None:
        says = "goes the same way without it" if found.kind == "no-difference" else "it takes this"
        witnesses.append(witness(says, found.wins))
    if found.loses is not None:
        says = f"meets its condition and is taken by `{found.loses.rule}`"
        witnesses.append(witness(says, found.loses))
    return finding(
        code,
        join("rules", found.index),
        message,
        hint,
        rule=found.rule,
        blocking=found.blocking,
        witnesses=tuple(witnesses),
    )


def _contradictory(found: Standing) -> tuple[str, str, str | None]:
    message = f"No request can meet the condition of `{found.rule}`: its parts exclude each other."
    return "contradictory-rule", message, None


def _unreachable(found: Standing) -> tuple[str, str, str | None]:
    names = _named(found.blocking)
    how = "which covers it" if len(found.blocking) == 1 else "which together cover it"
    message = f"No request reaches `{found.rule}`: before it stands {names}, {how}."
    if len(found.blocking) > 1:
        message = f"No request reaches `{found.rule}`: before it stand {names}, {how}."
    if found.differs:
        return "unreachable-rule", message, "Move it up, or narrow what covers it."
    return "unreachable-rule", message, "The way is the same without it, so it can go."


def _no_difference(found: Standing) -> tuple[str, str, str | None]:
    message = f"Without `{found.rule}` every request would go the same way"
    if found.blocking:
        message += f", by {_named(found.blocking)} or by default"
    return "same-as-default", f"{message}.", "Delete it, or say what it is there for."


def _partly(found: Standing) -> tuple[str, str, str | None]:
    message = f"`{found.rule}` loses some of the requests it asks for to {_named(found.blocking)}"
    return "partly-shadowed", f"{message}, which stands before it and leads elsewhere.", None


_WORDS: dict[str, Callable[[Standing], tuple[str, str, str | None]]] = {
    "contradictory": _contradictory,
    "unreachable": _unreachable,
    "no-difference": _no_difference,
    "partly-shadowed": _partly,
}


def _named(rules: tuple[str, ...]) -> str:
    names = [f"`{rule}`" for rule in rules[:_MOST_NAMED]]
    if len(rules) > _MOST_NAMED:
        names.append(f"{len(rules) - _MOST_NAMED} more")
    return listed(names, "and")
