"""Editing an overrides file as text: what stays is not touched, what has run out goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.table.override_edits import (
    IdTakenError,
    UnreadableOverridesError,
    edited,
)
from console.table.overrides import Drain, Override, Pin, parse_overrides

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = NOON.timestamp()

BY_HAND = """\
# Who is on call writes here.
version: 1
overrides:
  # The storm of Monday; ask Bo before lifting.
  - id: inc-1
    drain: {provider: openai}   # all of it
    until: 2026-11-23T15:30:00Z
    because: >
      429 storm,
      INC-1
    by: bo
  # Ran out in the morning.
  - id: inc-2
    pin: {route: small, to: large}
    until: 2026-11-23T09:00:00Z
    because: small is drained
    by: bo
  # Still there.
  - {id: inc-3, drain: {model: mini}, until: 2026-11-24T00:00:00Z, because: x, by: al}
# The end.
"""


def drain(identity: str = "inc-9", minutes: float = 30, **fields: str) -> Override:
    until = NOON + timedelta(minutes=minutes)
    given = {"because": "down", "by": "me", **fields}
    return Override(identity, until, given["because"], given["by"], Drain(provider="openai"))


def test_an_override_is_added_to_a_file_that_is_not_there() -> None:
    text = edited("", AT, add=drain()).text

    assert text == (
        "version: 1\n"
        "overrides:\n"
        "- id: inc-9\n"
        "  drain: {provider: openai}\n"
        "  until: 2026-11-23T12:30:00Z\n"
        "  because: down\n"
        "  by: me\n"
    )
    assert parse_overrides(text).overrides == (drain(),)


def test_what_stays_keeps_its_words_and_comments_and_what_ran_out_goes_with_its_own() -> None:
    made = edited(BY_HAND, AT, add=drain())

    assert made.text == BY_HAND.replace(
        BY_HAND[BY_HAND.index("  # Ran out") : BY_HAND.index("  # Still there")], ""
    ).replace(
        "# The end.\n",
        "  - id: inc-9\n"
        "    drain: {provider: openai}\n"
        "    until: 2026-11-23T12:30:00Z\n"
        "    because: down\n"
        "    by: me\n"
        "# The end.\n",
    )
    assert [o.id for o in made.overrides] == ["inc-1", "inc-3", "inc-9"]
    assert [o.id for o in made.swept] == ["inc-2"]


def test_the_last_override_lifted_leaves_an_empty_list_and_the_rest_of_the_file() -> None:
    made = edited(BY_HAND, AT, lift={"inc-1", "inc-2", "inc-3"})

    assert made.text == ("# Who is on call writes here.\nversion: 1\noverrides: []\n# The end.\n")
    assert [o.id for o in made.lifted] == ["inc-1", "inc-3"]
    again = edited(made.text, AT, add=drain())
    assert again.text.startswith("# Who is on call writes here.\nversion: 1\noverrides:\n- id:")
    assert again.text.endswith("by: me\n# The end.\n")


@pytest.mark.parametrize(
    "text",
    [
        "version: 1\n",
        "version: 1\noverrides: []\n",
        "version: 1\noverrides: []",
        "{version: 1, overrides: []}\n",
        "overrides: [\n]\nversion: 1\n",
    ],
)
def test_every_way_to_write_no_overrides_takes_one(text: str) -> None:
    assert parse_overrides(edited(text, AT, add=drain()).text).overrides == (drain(),)


def test_entries_that_share_an_anchor_survive_the_loss_of_the_one_that_has_it() -> None:
    text = (
        "version: 1\noverrides:\n"
        "- {id: a, drain: &all {provider: openai}, until: 2026-11-23T09:00:00Z, because: x,"
        " by: y}\n"
        "- {id: b, drain: *all, until: 2026-11-23T19:00:00Z, because: x, by: y}\n"
    )

    made = edited(text, AT)

    [left] = parse_overrides(made.text).overrides
    assert (left.id, left.drain) == ("b", Drain(provider="openai"))


def test_an_id_is_taken_while_its_override_lives_and_free_afterwards() -> None:
    with pytest.raises(IdTakenError) as taken:
        edited(BY_HAND, AT, add=drain("inc-1"))
    assert taken.value.override.because.startswith("429 storm")

    assert [o.id for o in edited(BY_HAND, AT, add=drain("inc-2")).overrides][-1] == "inc-2"


@pytest.mark.parametrize(
    "text",
    [
        "version: 2\n",
        "version: 1\noverides: []\n",
        "- a list\n",
        "version: 1\noverrides: [{id: x}]\n",
        "a: [",
    ],
)
def test_a_file_with_errors_is_not_edited(text: str) -> None:
    with pytest.raises(UnreadableOverridesError) as refused:
        edited(text, AT, add=drain())

    assert refused.value.problems


WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip() != ""
)


@settings(max_examples=60, deadline=None)
@given(because=WORDS, by=WORDS, others=st.integers(0, 3))
def test_whatever_the_reason_says_it_is_read_back_as_it_was_given(
    because: str, by: str, others: int
) -> None:
    text = ""
    for number in range(others):
        text = edited(text, AT, add=drain(f"other-{number}")).text
    pin = Override("inc-9", NOON + timedelta(1), because, by, pin=Pin("small", "large"))

    made = edited(text, AT, add=pin)

    assert parse_overrides(made.text).overrides == made.overrides
    assert made.overrides[-1] == pin
    assert len(made.text.splitlines()) == 2 + 5 * (others + 1)
