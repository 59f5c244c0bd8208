"""The plain reading itself, held against examples worked by hand from the table format's page."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.reference.plain_conditions import bucket_of, equals_glob, pattern_found, phrase_occurs
from tests.reference.plain_reading import (
    NOT_CAPTURED,
    decide,
    draw,
    facts_of,
    holds,
    verdicts,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TABLE: dict[str, Any] = {
    "default": "general",
    "models": {
        "gpt-mini": {"provider": "openai", "context_tokens": 100, "supports": ["tools"]},
        "haiku": {"provider": "anthropic"},
    },
    "tasks": {"extraction": {"route": "small"}},
    "routes": {
        "general": {"model": "haiku"},
        "small": {"model": "gpt-mini", "fallbacks": ["haiku"]},
    },
    "rules": [
        {"id": "refunds", "when": {"prompt": "refund"}, "route": "general"},
        {"id": "billing", "when": {"tags.team": "billing"}, "task": "extraction"},
        {"id": "off", "enabled": False, "when": {"stream": False}, "route": "small"},
    ],
}


def decided(request: dict[str, Any], *overrides: dict[str, Any], **skips: str) -> dict[str, Any]:
    return decide(TABLE, facts_of({"facts": request}), NOON.timestamp(), overrides, skips)


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("refund", "A REFUND, please", True),
        ("refund", "two refunds", False),
        ("key", "the \u212aEY", False),  # no `\b` before a Kelvin sign at the end of a blank
        ("key", "the\u212aey", True),  # but there is one between an ASCII letter and it
        ("c++", "c++11", True),  # the phrase ends in no word character: no boundary is asked
        (".net", "asp.net", True),
        ("café", "cafés", True),  # é is no ASCII letter
        ("a.b", "axb", False),
        ("maß", "MAẞ", True),
        ("maß", "mass", False),
    ],
)
def test_a_phrase_is_found_in_any_case_literally_and_as_whole_words(
    phrase: str, text: str, found: bool
) -> None:
    assert phrase_occurs(phrase, text) is found


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("foo", "Foo", False),
        ("(?i)foo", "Foo", True),
        ("a.b", "a\nb", False),
        ("(?s)a.b", "a\nb", True),
        ("a$", "a\n", False),
        ("(?m)a$", "a\n", True),
        ("^b", "a\nb", False),
    ],
)
def test_a_pattern_is_found_as_re2_finds_it(pattern: str, text: str, found: bool) -> None:
    assert pattern_found(pattern, text) is found


def test_a_star_stands_for_any_run_of_characters_and_case_counts() -> None:
    assert equals_glob("gpt-*", "gpt-")
    assert equals_glob("a*b", "a\nb")
    assert not equals_glob("gpt-*", "GPT-5")
    assert not equals_glob("gpt", "gpt-5")


def test_a_bucket_is_the_head_of_a_sha_256_modulo_ten_thousand() -> None:
    """`printf %s s:billing | sha256sum` begins with 253165835e98815e."""
    assert bucket_of("s", "billing") == 0x253165835E98815E % 10_000 == 9822


@pytest.mark.parametrize(("percent", "within"), [(98.22, False), (98.23, True)])
def test_a_key_is_in_a_rollout_when_its_bucket_is_under_the_share(
    percent: float, within: bool
) -> None:
    when = {"rollout": {"percent": percent, "by": "tags.team", "salt": "s"}}

    assert holds(when, {"tags.team": "billing"}, "any") is within
    assert holds(when, {}, "any") is False


def test_facts_are_drawn_from_a_body_and_its_headers() -> None:
    body = {
        "model": "gpt-5",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "first"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "one\ud800"},
                    {"type": "text", "text": ""},
                    {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                    {"type": "text", "text": "two\u200b"},
                ],
            },
        ],
        "metadata": {"task": "chat", "team": "billing", "seats": 3},
        "max_tokens": 10,
        "response_format": {"type": "json_object"},
    }

    facts = draw(body, {"x-ROUTE-task": "extraction", "X-Route-Tags": "team=ops"}, None)

    assert facts == {
        "task": "extraction",
        "tags.task": "chat",
        "tags.team": "ops",
        "model": "gpt-5",
        "prompt": "one\ufffd\ntwo\u200b",
        "system": "Be brief.",
        "conversation": "Be brief.\nfirst\none\ufffd\ntwo\u200b",
        "input_tokens": 8,  # 9 + 1 + 5 + 1 + 6 + 1 + 6 = 29 bytes
        "max_output_tokens": 10,
        "turns": 2,
        "hidden_chars": 1,
        "tools": False,
        "images": True,
        "audio": False,
        "stream": False,
        "response_format": "json_object",
    }


def test_facts_left_out_of_a_file_have_their_defaults() -> None:
    facts = facts_of({"facts": {"prompt": "Hello", "system": "Be brief."}})

    assert facts["conversation"] == "Be brief.\nHello"
    assert (facts["input_tokens"], facts["turns"], facts["model"]) == (4, 1, "")
    assert "task" not in facts


def test_the_first_rule_that_holds_wins_over_the_declared_task() -> None:
    decision = decided({"prompt": "a refund", "tags.team": "billing", "task": "extraction"})

    assert (decision["reason"], decision["rule"]) == ("rule_match", "refunds")
    assert (decision["route"], decision["model"]) == ("general", "haiku")
    assert (decision["task"], decision["task_source"]) == ("extraction", "declared")


def test_a_rule_without_a_route_takes_its_tasks_route() -> None:
    decision = decided({"tags.team": "billing", "task": "poetry"})

    assert (decision["route"], decision["task_source"]) == ("small", "rule")
    assert decision["unknown_task"] is True


def test_without_a_rule_the_declared_task_decides_and_then_the_default() -> None:
    assert decided({"task": "extraction"})["reason"] == "task_default"
    assert decided({"task": "poetry"})["reason"] == "table_default"
    assert decided({})["unknown_task"] is False


def test_the_first_live_pin_replaces_the_route_once_and_one_ending_now_is_dead() -> None:
    ended = {"id": "a", "pin": {"route": "general", "to": "general"}, "until": NOON}
    live = {"pin": {"route": "general", "to": "small"}, "until": "2026-11-23T14:00:01+02:00"}
    back = {"id": "c", "pin": {"route": "small", "to": "general"}, "until": live["until"]}

    decision = decided({}, ended, {"id": "b", **live}, back)

    assert (decision["route"], decision["override_id"]) == ("small", "b")


def test_a_target_is_skipped_for_the_first_reason_that_applies() -> None:
    drain = {"id": "a", "drain": {"provider": "openai"}, "until": "2026-11-23T13:00:00Z"}
    long = {"task": "extraction", "input_tokens": 99, "max_output_tokens": 2, "tools": True}

    assert [t["skipped"] for t in decided(long)["targets"]] == ["context_too_small", "lacks_tools"]
    assert decided(long, drain)["targets"][0]["skipped"] == "drained"
    assert decided(long)["error"] == "no_eligible_target"
    assert decided({"task": "extraction"}, haiku="missing_key")["model"] == "gpt-mini"


def test_an_unknown_rule_before_the_winner_makes_the_decision_undecidable() -> None:
    facts = facts_of({"facts": {"prompt": "hi", "tags.team": "billing"}})
    facts["prompt"] = NOT_CAPTURED

    decision = decide(TABLE, facts, NOON.timestamp(), [], {})

    assert (decision["reason"], decision["rule"]) == ("undecidable", "refunds")
    assert (decision["route"], decision["model"], decision["targets"]) == (None, None, [])
    assert verdicts(TABLE, facts) == [
        ("refunds", "unknown"),
        ("billing", "shadowed"),
        ("off", "disabled"),
    ]


def test_groups_follow_three_valued_logic() -> None:
    facts = {"prompt": NOT_CAPTURED, "stream": True}
    unknown, true, false = {"prompt": "a"}, {"stream": True}, {"stream": False}

    def judged(group: str, *members: dict[str, Any]) -> bool | None:
        return holds({group: list(members)}, facts, "any")

    assert judged("any_of", unknown, true) is True
    assert judged("any_of", unknown, false) is None
    assert judged("all_of", unknown, false) is False
    assert judged("all_of", unknown, true) is None
    assert judged("none_of", unknown, true) is False
    assert judged("none_of", unknown, false) is None
    assert judged("none_of", false) is True


def test_each_rule_has_one_verdict() -> None:
    share = {"rollout": {"percent": 0, "by": "model"}}
    rules = [
        {"id": "absent", "when": {"client": "alice"}},
        {"id": "else", "when": {"turns": {"min": 2}, **share}},
        {"id": "outside", "when": {"turns": {"max": 1}, **share}},
        {"id": "winner", "when": {"stream": False}},
        {"id": "late", "when": {"none_of": [{"client": "alice"}]}},
    ]

    found = verdicts({"rules": rules}, facts_of({"facts": {}}))

    assert [verdict for _, verdict in found] == [
        "missing_fact",
        "failed",
        "outside_rollout",
        "matched",
        "shadowed",
    ]
