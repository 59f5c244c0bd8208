"""A test is added behind the others: what was in the file stays, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.routing.facts import Facts, draw_facts
from console.routing.request_file import RequestError, read_request, written_facts
from console.table.test_file import parse_tests
from console.table.test_writing import CannotAddTestError, add_test, written_test

EXPECT: dict[str, str | None] = {"rule": None, "route": "small"}

BEFORE = """\
# How we test.
- name: first          # kept
  request: {facts: {prompt: "a"}}
  expect: {route: small}
"""

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    "before",
    [
        "",
        BEFORE,
        BEFORE.rstrip("\n"),
        BEFORE.replace("\n", "\r\n"),
        "# only a comment\n",
        BEFORE + "\n\n",
    ],
    ids=["none", "block", "no end", "crlf", "comment", "blank lines"],
)
def test_what_was_there_stays_as_it_was(tmp_path: Path, before: str) -> None:
    path = tmp_path / "desk.tests.yaml"
    if before:
        path.write_bytes(before.encode())
    line = add_test(path, written_test("second", {"prompt": "b\nc"}, EXPECT))
    after = path.read_bytes().decode()
    assert after.startswith(before)
    loaded = parse_tests(after)
    assert loaded.problems == []
    assert (loaded.tests[-1].name, loaded.tests[-1].line) == ("second", line)
    assert loaded.tests[-1].expect == EXPECT


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("[]", "in a way to which none can be added"),
        ("- name: x\n", "has a problem of its own on line 1"),
        (BEFORE.replace("first ", "second "), "There is a test called `second` already."),
        ("a: [", "in a way to which none can be added"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone(tmp_path: Path, before: str, told: str) -> None:
    path = tmp_path / "desk.tests.yaml"
    path.write_text(before)
    with pytest.raises(CannotAddTestError) as error:
        add_test(path, written_test("second", {"prompt": "b"}, EXPECT))
    assert told in error.value.sentence
    assert path.read_text() == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.builds(
        lambda prompt, system, task, tags, tools, limit: draw_facts(
            {
                "model": "auto",
                "messages": [
                    {"role": "system", "content": system},
                    {"role": "user", "content": "earlier"},
                    {"role": "assistant", "content": prompt},
                    {"role": "user", "content": prompt},
                ],
                "max_tokens": limit,
                **({"tools": [{"type": "function", "function": {"name": "f"}}]} if tools else {}),
            },
            {"X-Route-Task": task, "X-Route-Tags": tags},
            "web",
        ),
        texts,
        texts,
        st.sampled_from(["", "coding"]),
        st.sampled_from(["", "team=a,tier=1"]),
        st.booleans(),
        st.none() | st.integers(1, 9),
    )
)
def test_any_request_reads_as_the_same_from_the_file(tmp_path: Path, facts: Facts) -> None:
    path = tmp_path / "desk.tests.yaml"
    path.unlink(missing_ok=True)
    add_test(path, written_test("it: [b]", written_facts(facts), EXPECT))
    [test] = parse_tests(path.read_bytes()).tests
    assert test.name == "it: [b]"
    assert read_request(test.request).facts == facts


def test_what_was_not_captured_cannot_be_tested() -> None:
    with pytest.raises(RequestError, match="Not captured, and so not to be tested: prompt"):
        written_facts(Facts(not_captured=frozenset({"prompt"})))
