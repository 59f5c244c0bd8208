"""One request as the log tells it, explained in full where that can be had."""

import pytest

from console.traffic.logged_facts import facts_of
from console.traffic.reader import LogReader
from console.traffic.records import AttemptRow, BodyRow, FactsRow, RequestRow
from console.ui.request_lines import attempt_rows, request_lines, sentence_lines, usage_lines
from console.ui.widgets.lines import Line
from console.whatif.request_story import RequestStory, VersionRouters, read_story
from tests.ui.traffic_log import TrafficLog


@pytest.fixture
def story(log: TrafficLog) -> RequestStory:
    [row] = log.add()
    found = read_story(LogReader(log.path), row.request_id, VersionRouters())
    assert found is not None
    return found


def text_of(lines: list[Line]) -> str:
    return "\n".join(str(row) for line in lines for row in line.rows(100))


def test_with_texts_and_table_at_hand_every_rule_is_told(story: RequestStory) -> None:
    assert story.is_full
    assert story.explanation is not None
    assert [rule.rule for rule in story.explanation.rules] == ["money", "long"]
    assert story.reasons["money"] == "Money needs care."
    assert "question 1" in story.texts["prompt"]


def test_a_request_that_was_pruned_is_no_story(log: TrafficLog) -> None:
    assert read_story(LogReader(log.path), "gone", VersionRouters()) is None


def test_a_router_is_built_once_for_a_version(log: TrafficLog) -> None:
    reader, routers = LogReader(log.path), VersionRouters()

    first = routers.router(log.table.version, reader)

    assert first is not None
    assert routers.router(log.table.version, reader) is first
    assert routers.router("unknown", reader) is None


def test_texts_that_were_cut_count_as_not_captured() -> None:
    row = FactsRow("r", None, "m", None, {}, 3, None, 1, 0, False, False, False, False, "text")

    cut = facts_of(row, BodyRow("r", prompt="half of i", truncated=True))
    some = facts_of(row, BodyRow("r", prompt="all of it"))

    assert cut.not_captured == {"prompt", "system", "conversation"}
    assert some.not_captured == {"system", "conversation"}
    assert some.prompt == "all of it"
    assert facts_of(row, None).not_captured == {"prompt", "system", "conversation"}


def test_without_a_recorded_explanation_the_row_itself_is_told() -> None:
    rows = [
        RequestRow("r", 1.0, "v", "rule_match", route="small", rule_id="money"),
        RequestRow("r", 1.0, "v", "task_default", route="small", task="triage"),
        RequestRow("r", 1.0, "v", "table_default", route="small"),
    ]

    told = [text_of(sentence_lines(RequestStory(row))) for row in rows]

    assert "Rule money sent this request to small." in told[0]
    assert "task triage" in told[1]
    assert "default route small" in told[2]


def test_a_request_names_its_table_version_and_whether_it_is_in_view(story: RequestStory) -> None:
    version = story.row.table_version

    same = text_of(request_lines(story.row, story.facts, lambda _: 0, version))
    other = text_of(request_lines(story.row, story.facts, lambda _: 0, "another"))

    assert f"{version}  the one in view" in same
    assert f"{version}  not the one in view" in other


def test_tokens_and_cost_say_where_they_come_from() -> None:
    row = RequestRow("r", 1.0, "v", "table_default", status="ok", input_tokens=12)
    row.usage_source = "estimated"

    told = text_of(usage_lines(row))

    assert "12 in, ? out  estimated by the gateway" in told
    assert "?  unknown" in told


def test_attempts_stand_on_one_time_line_with_why_they_went_on() -> None:
    row = RequestRow("r", 100.0, "v", "table_default", status="degraded", duration_ms=1000.0)
    attempts = (
        AttemptRow("r", 1, "primary", "acorn", "mini", 100.0, 500.0, http_status=503),
        AttemptRow("r", 2, "fallback", "birch", "pro", 100.5, 500.0, http_status=200),
    )
    attempts[0].error_type, attempts[0].why_next = "upstream_5xx", "fallback: retries used up"

    first, note, second = (str(line) for line in attempt_rows(row, attempts, 100))

    assert "acorn/mini" in first
    assert "503" in first
    assert "upstream_5xx · went on: fallback: retries used up" in note
    assert second.index("█") == first.rindex("█") + 1


@pytest.mark.parametrize("width", [1, 8, 20, 40, 57, 160])
def test_attempts_can_be_drawn_at_any_width(width: int) -> None:
    row = RequestRow("r", 100.0, "v", "table_default")
    running = AttemptRow("r", 1, "primary", "a" * 200, "\x1b[2J", 50.0)

    for line in attempt_rows(row, (running,), width):
        assert "\x1b" not in str(line)
    assert attempt_rows(row, (), width)
