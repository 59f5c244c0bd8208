"""Every problem a table can have: its code, place, path, sentence and hint."""

import pytest

from console.table.load import parse_table
from tests.table.builder import marked, rule_text, table_text

SECTION_CASES = [
    pytest.param(
        "version: «2", "unknown-version", "version",
        "Version 2 is not known.", "This program reads `version: 1`.",
        id="another version of the format",
    ),
    pytest.param(
        "name: «Support Desk", "bad-name", "name",
        "The name of a table has 1 to 64 characters of a–z, 0–9 and `-`.", None,
        id="a name with capitals and spaces",
    ),
    pytest.param(
        "default: «smal", "missing-reference", "default",
        "There is no route `smal`.", "Did you mean `small`?",
        id="a default that is no route",
    ),
    pytest.param(
        "default: «elsewhere", "missing-reference", "default",
        "There is no route `elsewhere`.", "Declared: large, small.",
        id="a default that resembles no route",
    ),
    pytest.param(
        "name: «5", "wrong-type", "name",
        "Wanted a text, found a whole number.", "Put it in quotes to make it a text.",
        id="a number for a name",
    ),
    pytest.param(
        "«descripton: typo", "unknown-key", "descripton",
        "The key `descripton` is not known here.", "Did you mean `description`?",
        id="a misspelt key",
    ),
    pytest.param(
        "providers: «[acme]\nmodels: {}\nroutes: {small: {model: x}}", "wrong-type", "providers",
        "`providers` is a mapping of names to entries.", None,
        id="a list for a section",
    ),
    pytest.param(
        "providers: {acme: {base_url: «ftp://acme.example}}",
        "bad-value", "providers.acme.base_url",
        "`base_url` begins with http:// or https:// and has no query.", None,
        id="a base_url of another protocol",
    ),
    pytest.param(
        "models: {mini: {provider: acme}, maxi: {provider: «acne}}",
        "missing-reference", "models.maxi.provider",
        "There is no provider `acne`.", "Did you mean `acme`?",
        id="a model of no provider",
    ),
    pytest.param(
        "models: {mini: {provider: acme}, maxi: «{upstream_model: x}}",
        "missing-key", "models.maxi.provider",
        "The key `provider` is missing.", None,
        id="a model without a provider",
    ),
    pytest.param(
        "models: {mini: {provider: acme}, maxi: {provider: acme, context_tokens: «0}}",
        "out-of-range", "models.maxi.context_tokens",
        "`context_tokens` is at least 1.", None,
        id="a context of nothing",
    ),
    pytest.param(
        "models:\n  mini: {provider: acme}\n  maxi:\n    provider: acme\n"
        "    usd_per_million: {input: «-1, output: 2}",
        "out-of-range", "models.maxi.usd_per_million.input",
        "A price is not negative.", None,
        id="a negative price",
    ),
    pytest.param(
        "models: {mini: {provider: acme}, maxi: {provider: acme, supports: [tools, «image]}}",
        "bad-value", "models.maxi.supports[1]",
        "`image` is not known here.", "Did you mean `images`?",
        id="a capability nobody knows",
    ),
    pytest.param(
        "tasks: {drafting: {route: «lrage}}", "missing-reference", "tasks.drafting.route",
        "There is no route `lrage`.", "Did you mean `large`?",
        id="a task on no route",
    ),
    pytest.param(
        "routes: {small: {model: «minni}, large: {model: maxi}}",
        "missing-reference", "routes.small.model",
        "There is no model `minni`.", "Did you mean `mini`?",
        id="a route on no model",
    ),
    pytest.param(
        "routes: {small: {model: mini, fallbacks: [maxi, «maxo]}, large: {model: maxi}}",
        "missing-reference", "routes.small.fallbacks[1]",
        "There is no model `maxo`.", "Did you mean `maxi`?",
        id="a fallback on no model",
    ),
    pytest.param(
        "routes: {small: {model: mini, timeout_s: «0}, large: {model: maxi}}",
        "out-of-range", "routes.small.timeout_s", "A time is over 0 seconds.", None,
        id="no time at all",
    ),
    pytest.param(
        "routes: {small: {model: mini, first_chunk_timeout_s: «.nan}, large: {model: maxi}}",
        "out-of-range", "routes.small.first_chunk_timeout_s", "A time is over 0 seconds.", None,
        id="a time that is no number",
    ),
    pytest.param(
        "routes: {small: {model: mini, retries: «6}, large: {model: maxi}}",
        "out-of-range", "routes.small.retries", "`retries` is from 0 to 5.", None,
        id="too many retries",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    escalate: {to: «largo, on: [empty], because: x}",
        "missing-reference", "routes.small.escalate.to",
        "There is no route `largo`.", "Did you mean `large`?",
        id="an escalation to no route",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    escalate: {to: large, on: [«emtpy], because: x}",
        "bad-value", "routes.small.escalate.on[0]",
        "`emtpy` is not known here.", "Did you mean `empty`?",
        id="a trigger nobody knows",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    escalate: {to: large, on: «[], because: x}",
        "empty-list", "routes.small.escalate.on",
        "An escalation needs at least one trigger.", None,
        id="an escalation on nothing",
    ),
    pytest.param(
        "routes:\n  small:\n    model: mini\n    escalate: {to: «large, on: [empty], because: x}\n"
        "  large:\n    model: maxi\n    escalate: {to: small, on: [empty], because: x}",
        "escalation-cycle", "routes.small.escalate.to",
        "Escalation goes in a circle: small → large → small.", None,
        id="an escalation in a circle, told once",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    escalate: {to: «small, on: [empty], because: x}",
        "escalation-cycle", "routes.small.escalate.to",
        "Escalation goes in a circle: small → small.", None,
        id="an escalation to itself",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    assumptions: [«{says: quick, metric: latency_p90_ms}]",
        "empty-condition", "routes.small.assumptions[0]",
        "An assumption needs `min`, `max` or both.", None,
        id="an assumption of nothing",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    assumptions: [«{says: quick, metric: latency_p90_ms, min: 2, max: 1}]",
        "min-over-max", "routes.small.assumptions[0]",
        "`min` is over `max`; nothing is within.", None,
        id="an assumption nothing can meet",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    assumptions: [{says: quick, metric: «P 90, max: 1}]",
        "bad-value", "routes.small.assumptions[0].metric",
        "A metric is named in a–z, 0–9 and `_`, such as latency_p90_ms.", None,
        id="an assumption on no metric",
    ),
    pytest.param(
        "routes:\n  large: {model: maxi}\n  small:\n    model: mini\n"
        "    assumptions: [{says: quick, metric: m, max: 1, window: «an hour}]",
        "bad-value", "routes.small.assumptions[0].window",
        "A window is a number with s, m, h or d, such as 1h.", None,
        id="an assumption over no window",
    ),
    pytest.param(
        "capture: {text: «promt}", "bad-value", "capture.text",
        "`text` is full, prompt or none.", "Did you mean `prompt`?",
        id="a way to capture nobody knows",
    ),
    pytest.param(
        "capture: {max_bytes: «-1}", "out-of-range", "capture.max_bytes",
        "`max_bytes` is not negative.", None,
        id="less than nothing captured",
    ),
    pytest.param(
        "rules: «{}", "wrong-type", "rules",
        "`rules` is a list; the first that holds wins.", None,
        id="a mapping for rules",
    ),
]  # fmt: skip

RULE_CASES = [
    pytest.param(
        "- {id: «A rule, because: x, route: large, when: {stream: true}}",
        "bad-name", "rules[0].id",
        "The name of a rule has 1 to 64 characters of a–z, 0–9 and `-`.", None,
        id="an id with capitals and spaces",
    ),
    pytest.param(
        "- {id: a, because: «' ', route: large, when: {stream: true}}",
        "no-reason", "rules[0].because", "A rule says why it is there.", None,
        id="a rule without a reason",
    ),
    pytest.param(
        "- «{id: a, because: x, when: {stream: true}}",
        "no-effect", "rules[0]", "A rule sets a `task`, a `route` or both.", None,
        id="a rule that leads nowhere",
    ),
    pytest.param(
        "- «{id: a, because: x, route: large}",
        "missing-key", "rules[0].when", "The key `when` is missing.", None,
        id="a rule without a condition",
    ),
    pytest.param(
        "- {id: a, because: x, route: «lrage, when: {stream: true}}",
        "missing-reference", "rules[0].route",
        "There is no route `lrage`.", "Did you mean `large`?",
        id="a rule to no route",
    ),
    pytest.param(
        "- {id: a, because: x, task: «drafts, when: {stream: true}}",
        "missing-reference", "rules[0].task",
        "There is no task `drafts`.", "Did you mean `drafting`?",
        id="a rule to no task",
    ),
    pytest.param(
        "- {id: a, because: x, route: large, when: {stream: true}, enabled: «perhaps}",
        "wrong-type", "rules[0].enabled", "Wanted true or false, found a text.", None,
        id="a rule that is perhaps enabled",
    ),
    pytest.param(
        "- {id: a, because: x, route: large, when: {stream: true}}\n"
        "  - {id: «a, because: x, route: large, when: {stream: true}}",
        "duplicate-id", "rules[1].id",
        "The rule id `a` is given twice; it stands on line 9 already.", None,
        id="an id given twice",
    ),
    pytest.param(
        "- «just words", "wrong-type", "rules[0]", "Wanted a mapping, found a text.", None,
        id="a rule that is no mapping",
    ),
]  # fmt: skip

WHEN_CASES = [
    pytest.param(
        "«{}", "empty-condition", "",
        "This condition is empty.", "What takes every request is the table's `default`.",
        id="an empty condition",
    ),
    pytest.param(
        "«[stream]", "wrong-type", "", "A condition is a mapping of facts to matchers.", None,
        id="a list for a condition",
    ),
    pytest.param(
        "{«promt: hello}", "unknown-key", ".promt",
        "`promt` is not a fact of a request.", "Did you mean `prompt`?",
        id="a misspelt fact",
    ),
    pytest.param(
        "{«tags: {team: x}}", "unknown-key", ".tags",
        "`tags` is not a fact of a request.", "Write a tag as `tags.<key>: value`.",
        id="tags as a mapping",
    ),
    pytest.param(
        "{stream: «'yes'}", "wrong-type", ".stream", "Wanted true or false, found a text.", None,
        id="a text for a flag",
    ),
    pytest.param(
        "{task: «5}", "wrong-type", ".task",
        "Wanted a text or a list, found a whole number.", "Put it in quotes to make it a text.",
        id="a number for a name matcher",
    ),
    pytest.param(
        "{task: [drafting, «5]}", "wrong-type", ".task[1]",
        "Wanted a text, found a whole number.", "Put it in quotes to make it a text.",
        id="a number among names",
    ),
    pytest.param(
        "{task: «[]}", "empty-list", ".task", "An empty list matches nothing.", None,
        id="no names at all",
    ),
    pytest.param(
        "{input_tokens: «{}}", "empty-condition", ".input_tokens",
        "A range needs `min`, `max` or both.", None,
        id="a range without ends",
    ),
    pytest.param(
        "{input_tokens: «{min: 9, max: 8}}", "min-over-max", ".input_tokens",
        "`min` 9 is over `max` 8; no number is within.", None,
        id="a range nothing is within",
    ),
    pytest.param(
        "{input_tokens: {min: «many}}", "wrong-type", ".input_tokens.min",
        "Wanted a whole number, found a text.", None,
        id="a text for an end of a range, told once",
    ),
    pytest.param(
        "{input_tokens: {min: «1.5}}", "wrong-type", ".input_tokens.min",
        "Wanted a whole number, found a number.", None,
        id="half a token",
    ),
    pytest.param(
        "{input_tokens: {«over: 5, min: 1}}", "unknown-key", ".input_tokens.over",
        "The key `over` is not known here.", "Known here: min, max.",
        id="an unknown end of a range",
    ),
    pytest.param(
        "{prompt: «{}}", "empty-condition", ".prompt",
        "This matcher is empty.", "Give `contains`, `contains_all` or `matches`.",
        id="an empty text matcher",
    ),
    pytest.param(
        "{prompt: {contains: «[]}}", "empty-list", ".prompt.contains",
        "An empty list says nothing.", None,
        id="no phrases at all",
    ),
    pytest.param(
        "{prompt: [refund, «'']}", "empty-phrase", ".prompt[1]",
        "An empty phrase would be found in every text.", None,
        id="an empty phrase among phrases",
    ),
    pytest.param(
        "{prompt: {contains_all: [«'']}}", "empty-phrase", ".prompt.contains_all[0]",
        "An empty phrase would be found in every text.", None,
        id="an empty phrase below a key",
    ),
    pytest.param(
        "{prompt: {contains: «refund}}", "wrong-type", ".prompt.contains",
        "Wanted a list, found a text.", "Write it as a list: [value].",
        id="a text where only a list will do",
    ),
    pytest.param(
        "{prompt: {contain: [x], «contain_all: [x]}}", "unknown-key", ".prompt.contain_all",
        "The key `contain_all` is not known here.", "Did you mean `contains_all`?",
        id="misspelt keys of a text matcher",
    ),
    pytest.param(
        "{prompt: {matches: [ok, «'(?=look)ahead']}}", "bad-pattern", ".prompt.matches[1]",
        "RE2 refuses this pattern: invalid perl operator: (?=.",
        "Patterns are RE2: no look-around and no back-references.",
        id="a pattern with look-ahead",
    ),
    pytest.param(
        "{system: {matches: «'(open'}}", "bad-pattern", ".system.matches",
        "RE2 refuses this pattern: missing ): (open.",
        "Patterns are RE2: no look-around and no back-references.",
        id="a pattern that is not closed",
    ),
    pytest.param(
        "{any_of: «{stream: true}}", "wrong-type", ".any_of",
        "`any_of` takes a list of conditions.", None,
        id="a mapping for a group",
    ),
    pytest.param(
        "{none_of: «[]}", "empty-list", ".none_of",
        "`none_of` needs at least one condition.", None,
        id="an empty group",
    ),
    pytest.param(
        "{any_of: [{stream: true}, «{}]}", "empty-condition", ".any_of[1]",
        "This condition is empty.", "What takes every request is the table's `default`.",
        id="an empty member of a group",
    ),
    pytest.param(
        "{all_of: [{any_of: [{none_of: [{task: [x, «7]}]}]}]}", "wrong-type",
        ".all_of[0].any_of[0].none_of[0].task[1]",
        "Wanted a text, found a whole number.", "Put it in quotes to make it a text.",
        id="a wrong type deep in groups",
    ),
    pytest.param(
        "{rollout: {percent: «101, by: client}}", "out-of-range", ".rollout.percent",
        "`percent` is from 0 to 100.", None,
        id="more than everybody",
    ),
    pytest.param(
        "{rollout: {percent: «.inf, by: client}}", "out-of-range", ".rollout.percent",
        "`percent` is from 0 to 100.", None,
        id="an endless share",
    ),
    pytest.param(
        "{rollout: {percent: «0.001, by: client}}", "out-of-range", ".rollout.percent",
        "`percent` takes two decimals: there are 10,000 buckets.", None,
        id="a share finer than a bucket",
    ),
    pytest.param(
        "{rollout: {percent: 5, by: «clients}}", "unknown-fact", ".rollout.by",
        "`clients` is not a fact of a request.", "Did you mean `client`?",
        id="a rollout by no fact",
    ),
    pytest.param(
        "{rollout: «{percent: 5}}", "missing-key", ".rollout.by",
        "The key `by` is missing.", None,
        id="a rollout by nothing",
    ),
]  # fmt: skip

Case = tuple[str, str, str, str | None]


def assert_told(text: str, code: str, path: str, message: str, hint: str | None) -> None:
    """Assert that the marked text has this problem at its mark, and no other at that place."""
    text, line, column = marked(text)
    loaded = parse_table(text)
    assert loaded.table is None
    told = [
        problem for problem in loaded.problems if (problem.line, problem.column) == (line, column)
    ]
    assert [(p.code, p.severity, p.path, p.message, p.hint) for p in told] == [
        (code, "error", path, message, hint)
    ], loaded.problems


@pytest.mark.parametrize(("snippet", "code", "path", "message", "hint"), SECTION_CASES)
def test_a_section_with_a_problem_says_what_where_and_what_would_help(
    snippet: str, code: str, path: str, message: str, hint: str | None
) -> None:
    assert_told(table_text(snippet), code, path, message, hint)


@pytest.mark.parametrize(("rule", "code", "path", "message", "hint"), RULE_CASES)
def test_a_rule_with_a_problem_says_what_where_and_what_would_help(
    rule: str, code: str, path: str, message: str, hint: str | None
) -> None:
    assert_told(table_text(f"rules:\n  {rule}"), code, path, message, hint)


@pytest.mark.parametrize(("when", "code", "path", "message", "hint"), WHEN_CASES)
def test_a_condition_with_a_problem_says_what_where_and_what_would_help(
    when: str, code: str, path: str, message: str, hint: str | None
) -> None:
    assert_told(rule_text(when), code, "rules[0].when" + path, message, hint)


@pytest.mark.parametrize(
    "when",
    [
        "{input_tokens: {min: many}}",
        "{prompt: {contains: [1, 2]}, stream: 5}",
        "{rollout: {percent: lots, by: client}}",
    ],
)
def test_what_follows_from_a_problem_is_not_told_again(when: str) -> None:
    codes = {problem.code for problem in parse_table(rule_text(when)).problems}

    assert codes == {"wrong-type"}


@pytest.mark.parametrize(
    "when",
    [
        "{prompt: «%s}",
        "{prompt: [ok, «%s]}",
        "{prompt: {contains_all: [«%s]}}",
        "{prompt: {matches: «%s}}",
        "{prompt: {matches: [ok, «%s]}}",
        "{task: «%s}",
        "{tags.team: [ok, «%s]}",
    ],
)
def test_names_phrases_and_patterns_have_at_most_ten_thousand_characters(when: str) -> None:
    longest = "x" * 10_000

    text, line, column = marked(rule_text(when % (longest + "x")))
    [problem] = parse_table(text).problems

    assert (problem.code, problem.line, problem.column) == ("too-long", line, column)
    assert len(problem.message) < 200
    assert parse_table(rule_text(when.replace("«", "") % longest)).problems == []


@pytest.mark.parametrize(
    "snippet",
    [
        "description: «",
        "capture: {text: «}",
        "tasks: {drafting: {route: large, owner: «}}",
        "routes: {small: {model: mini, escalate: «}, large: {model: maxi}}",
        "models: {mini: {provider: acme, usd_per_million: «}, maxi: {provider: acme}}",
    ],
)
def test_a_key_left_without_a_value_is_told_and_not_taken_for_the_default(snippet: str) -> None:
    text, line, _ = marked(table_text(snippet))

    [problem] = parse_table(text).problems

    assert (problem.code, problem.line) == ("no-value", line)
    assert problem.hint == "Give it one, or remove the key."


def test_of_endless_problems_a_thousand_are_told() -> None:
    loaded = parse_table(rule_text(f"{{prompt: {{contains: [{'1, ' * 2000}]}}}}"))

    assert loaded.table is None
    assert len(loaded.problems) == 1001
    assert "More than 1,000 problems; the rest is not told." in {
        problem.message for problem in loaded.problems
    }


@pytest.mark.parametrize("part", ["contains", "contains_all", "matches"])
def test_a_text_matcher_that_was_left_blank_is_an_error_and_takes_no_request(part: str) -> None:
    assert parse_table(rule_text(f"{{prompt: {{{part}: }}}}")).table is None


def test_conditions_may_nest_eight_deep_and_no_deeper() -> None:
    def nested(depth: int) -> str:
        return "{any_of: [" * depth + "{stream: true}" + "]}" * depth

    assert parse_table(rule_text(nested(8))).problems == []
    [problem] = parse_table(rule_text(nested(9))).problems
    assert (problem.code, problem.message) == ("too-deep", "Conditions nest at most 8 deep.")


def test_a_repeated_target_is_a_warning_and_the_table_loads() -> None:
    text, line, column = marked(
        table_text("routes: {small: {model: mini, fallbacks: [«mini]}, large: {model: maxi}}")
    )

    loaded = parse_table(text)

    assert loaded.table is not None
    [problem] = loaded.problems
    assert (problem.code, problem.severity) == ("repeated-target", "warning")
    assert (problem.line, problem.column) == (line, column)


def test_an_escalation_without_a_reason_is_a_warning() -> None:
    text = table_text(
        "routes: {large: {model: maxi}, small: {model: mini, escalate: {to: large, on: [empty]}}}"
    )

    [problem] = parse_table(text).problems

    assert (problem.code, problem.severity) == ("no-reason", "warning")


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    text = table_text(
        "name: Desk\n"
        "default: nowhere\n"
        "models: {mini: {provider: nobody, context_tokens: a lot}, maxi: {provider: acme}}\n"
        "rules:\n"
        "  - {id: one, because: x, route: gone, when: {promt: hi, turns: {min: 3, max: 2}}}\n"
        "  - {id: one, because: '', route: large, when: {prompt: {matches: '['}, task: 3}}\n"
    )

    problems = parse_table(text).problems

    assert [(p.line, p.code) for p in problems] == [
        (5, "bad-name"),
        (6, "missing-reference"),
        (7, "missing-reference"),
        (7, "wrong-type"),
        (9, "missing-reference"),
        (9, "unknown-key"),
        (9, "min-over-max"),
        (10, "duplicate-id"),
        (10, "no-reason"),
        (10, "bad-pattern"),
        (10, "wrong-type"),
    ]


def test_a_reference_to_an_entry_that_is_broken_is_not_told_as_missing() -> None:
    text = table_text("models: {mini: {provider: acme, context_tokens: x}, maxi: {provider: acme}}")

    assert [problem.code for problem in parse_table(text).problems] == ["wrong-type"]


def test_columns_count_characters_and_not_bytes() -> None:
    text, line, column = marked(rule_text('{prompt: "naïve 😀", task: «5}'))

    [problem] = parse_table(text).problems

    assert (problem.line, problem.column) == (line, column)


def test_keys_stand_as_written_whatever_yaml_would_make_of_them() -> None:
    text = table_text(
        "routes: {small: {model: mini, escalate: {to: large, on: [empty], because: x}},"
        " large: {model: maxi}, on: {model: mini}, 5: {model: mini}, ~: {model: mini}}"
    )

    loaded = parse_table(text)

    assert loaded.table is not None, loaded.problems
    assert list(loaded.table.routes) == ["small", "large", "on", "5", "~"]
