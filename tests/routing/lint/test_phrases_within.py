"""What is remembered of phrases is what looking at all of them at once finds."""

from hypothesis import given
from hypothesis import strategies as st

from console.routing.lint import phrases_within as module
from console.routing.lint.phrases_within import phrases_within

PHRASES = st.text(alphabet="ab kſ-K1é", min_size=1, max_size=6)


def found_at_once(phrases: list[str]) -> dict[str, frozenset[str]]:
    return module._all_within(list(dict.fromkeys(phrases)))


@given(st.lists(PHRASES, max_size=8), st.lists(PHRASES, max_size=8))
def test_phrases_met_one_after_the_other_hold_what_they_hold(
    some: list[str], more: list[str]
) -> None:
    module._known = {}
    for phrase in some:
        phrases_within([phrase])
    within = phrases_within([*some, *more])
    assert within == found_at_once([*some, *more])


def test_phrases_nobody_asks_for_any_more_are_forgotten() -> None:
    module._known = {}
    phrases_within([f"old {number}" for number in range(module._SPARE + 10)])
    assert phrases_within(["new one", "one"]) == found_at_once(["new one", "one"])
