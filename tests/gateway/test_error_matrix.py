"""The matrix of errors: what is printed is what the state machine does."""

import json
from pathlib import Path

import pytest

from console.cli import main
from console.gateway.error_matrix import Course, error_matrix
from console.gateway.failures import FALLBACK, KEPT
from console.table.model import Escalation, Model, Route, Table

TABLE = Table(
    name="desk",
    default="small",
    version="1",
    models={name: Model(provider=name) for name in ("east", "west", "big")},
    routes={
        "small": Route(
            "east", fallbacks=("west",), escalate=Escalation("large", ("truncated", "failed"))
        ),
        "large": Route("big", retries=0, timeout_s=30),
    },
)


def course(route: str, trouble: str) -> Course:
    [found] = [course for course in error_matrix(TABLE)[route] if course.trouble == trouble]
    return found


def attempts(course: Course) -> list[str]:
    return [f"{a.kind} {a.route} {a.model}" for a in course.attempts]


def test_every_failure_and_every_shortcoming_has_a_line_on_every_route() -> None:
    for courses in error_matrix(TABLE).values():
        told = {course.error_type for course in courses}

        # A target left alone is no attempt that could fail.
        assert told - {None} == (set(FALLBACK) - {"cooling_down"}) | set(KEPT)


def test_a_failure_s_course_goes_through_retries_fallbacks_and_escalation_to_a_status() -> None:
    found = course("small", "503")

    assert attempts(found) == [
        "primary small east",
        "retry small east",
        "fallback small west",
        "retry small west",
        "escalation large big",
    ]
    assert (found.told, found.http_status) == ("error", 503)


def test_a_timeout_is_never_tried_again_on_the_same_model() -> None:
    found = course("small", "no answer, or no first chunk, in time")

    assert [a.kind for a in found.attempts] == ["primary", "fallback", "escalation"]
    assert found.http_status == 504


def test_a_long_retry_after_is_waited_for_only_where_nothing_else_is_left() -> None:
    assert attempts(course("small", "429, Retry-After of 2 to 60 s")) == [
        "primary small east",
        "fallback small west",
        "escalation large big",
    ]


def test_an_answer_that_falls_short_escalates_only_where_its_route_says_so() -> None:
    truncated, empty = (
        course("small", "the answer: truncated"),
        course("small", "the answer: empty"),
    )

    assert attempts(truncated) == ["primary small east", "escalation large big"]
    assert (truncated.told, truncated.http_status) == ("held-back answer", 200)
    assert attempts(empty) == ["primary small east"]
    assert empty.told == "the answer"


@pytest.mark.parametrize("name", ["support-desk", "engineering-assistant"])
def test_check_errors_prints_the_matrix_of_every_route(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(__file__).parents[2] / "policies" / f"{name}.yaml"

    assert main(["check", str(path), "--errors"]) == 0
    printed = capsys.readouterr().out
    assert main(["check", str(path), "--errors", "--json"]) == 0
    errors = json.loads(capsys.readouterr().out)["errors"]

    for route, courses in errors.items():
        assert f"\n{route}  " in printed
        for one in courses:
            assert one["trouble"] in printed


def test_check_prints_no_matrix_unless_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = Path(__file__).parents[2] / "policies" / "support-desk.yaml"

    main(["check", str(path), "--json"])

    assert "errors" not in json.loads(capsys.readouterr().out)
