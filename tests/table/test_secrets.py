"""No key written into a table is ever repeated: it is told by its place alone."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.table.load import parse_table
from tests.table.builder import marked, rule_text, table_text

KEYS = [
    "sk-abcdefghijklmnop1234",
    "sk-proj-A1b2C3d4E5f6G7h8I9j0",
    "sk-ant-api03-AAAABBBBCCCCDDDD_eeee-ffff",
    "gsk_abcdefghij0123456789ABCD",
    "AIza" + "SyA-1234567890abcdefghijklmnopqrst",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "xoxb-1234567890-abcdef",
    "eyJhbGciOiJIUzI1NiIs.eyJzdWIiOiIxMjM0NTY3ODkw.c2lnbmF0dXJl",
    "Bearer abcdefghijklmnopqrstuvwxyz",
]


@pytest.mark.parametrize("key", KEYS)
def test_what_is_shaped_like_a_key_is_an_error_at_its_place(key: str) -> None:
    text, line, column = marked(table_text(f"description: see «{key}"))

    loaded = parse_table(text)

    assert loaded.table is None
    [problem] = loaded.problems
    assert (problem.code, problem.line, problem.column) == ("literal-secret", line, column)
    assert problem.message == "This looks like a secret; a table never holds one."


def test_a_key_in_a_comment_is_found_too() -> None:
    text, line, column = marked(table_text("description: x  # was «sk-abcdefghijklmnop1234"))

    [problem] = parse_table(text).problems

    assert (problem.code, problem.line, problem.column) == ("literal-secret", line, column)


def test_every_key_of_a_file_is_told() -> None:
    text = table_text("\n".join(f"# {key}" for key in KEYS))

    told = [problem for problem in parse_table(text).problems if problem.code == "literal-secret"]

    assert len(told) == len(KEYS)


@pytest.mark.parametrize(
    "value", ["Zm9vYmFyYmF6cXV4MTIzNDU2", "not a name", "4f9d8c7b6a5e4f3d2c1b0a9f8e7d6c5b", "a-b"]
)
def test_what_is_no_name_of_a_variable_is_told_without_being_repeated(value: str) -> None:
    text, line, column = marked(
        table_text(f"providers: {{acme: {{base_url: https://a.example, api_key_env: «{value}}}}}")
    )

    [problem] = parse_table(text).problems

    assert (problem.code, problem.line, problem.column) == ("literal-secret", line, column)
    assert value not in msgspec.json.encode(problem).decode()


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "openai_key", "KEY2", "_K"])
def test_the_name_of_a_variable_is_welcome(name: str) -> None:
    text = table_text(f"providers: {{acme: {{base_url: https://a.example, api_key_env: {name}}}}}")

    assert parse_table(text).problems == []


@pytest.mark.parametrize("name", ["api_key", "key", "token", "secret", "password"])
def test_a_key_where_its_variable_belongs_is_answered_with_where_keys_stay(name: str) -> None:
    text = table_text(f"providers: {{acme: {{base_url: https://a.example, {name}: hunter2}}}}")

    [problem] = parse_table(text).problems

    assert problem.hint == "Keys stay in the environment: name the variable with `api_key_env`."
    assert "hunter2" not in msgspec.json.encode(problem).decode()


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@acme.example/v1",
        "https://hunter2@acme.example",
        "https://acme.example/v1?key=hunter2",
        "https://acme.example/#hunter2",
        "'https://acme.example/ hunter2'",
    ],
)
def test_a_base_url_with_a_key_in_it_is_refused_without_being_repeated(url: str) -> None:
    loaded = parse_table(table_text(f"providers: {{acme: {{base_url: {url}}}}}"))

    assert loaded.table is None
    assert "hunter2" not in msgspec.json.encode(loaded.problems).decode()


def test_words_that_only_resemble_a_key_are_left_alone() -> None:
    text = table_text("description: a risk-assessment-guideline, task-oriented-questions, sk-short")

    assert parse_table(text).problems == []


CANARY = "sk-CANARYcanary0123456789"
HIDING_PLACES = [
    *[f"{key}: {CANARY}" for key in ("version", "name", "default", "description", "rules", "x")],
    f"{CANARY}: 1",
    f"{CANARY}: 1\n{CANARY}: 2",
    f"? [{CANARY}]\n: x",
    f"x: *{CANARY}",
    f"x: &{CANARY} [*{CANARY}]",
    f"x: !{CANARY} y",
    f"x: '{CANARY}",
    f'x: "\\{CANARY}"',
    f"%{CANARY}",
    f"providers: {{acme: {{base_url: {CANARY}, api_key_env: {CANARY}, api_key: {CANARY}}}}}",
    f"providers: {{{CANARY}: {{base_url: 5}}}}",
    f"models: {{mini: {{provider: {CANARY}, supports: [{CANARY}], context_tokens: {CANARY}}}}}",
    f"models: {{{CANARY}: {{}}}}",
    f"tasks: {{drafting: {{route: {CANARY}, owner: [{CANARY}]}}}}",
    f"routes: {{small: {{model: {CANARY}, fallbacks: [{CANARY}], retries: {CANARY}}}}}",
    f"routes: {{small: {{model: mini, escalate: {{to: {CANARY}, on: [{CANARY}]}}}}}}",
    f"routes: {{{CANARY}: {{model: mini, escalate: {{to: {CANARY}, on: [empty]}}}}}}",
    f"routes: {{small: {{model: mini, assumptions: [{{says: x, metric: {CANARY}, max: 1}}]}}}}",
    f"capture: {{text: {CANARY}}}",
    f"rules: [{{id: {CANARY}, because: x, route: {CANARY}, task: {CANARY}, when: {CANARY}}}]",
    f"rules: [{{id: a, because: x, route: large, when: {{stream: true}}}}, {CANARY}]",
]
HIDING_CONDITIONS = [
    f"{{{CANARY}: x}}",
    f"{{task: {{{CANARY}: x}}}}",
    f"{{prompt: {{{CANARY}: x}}}}",
    f"{{prompt: {{matches: '({CANARY}'}}}}",
    f"{{prompt: {{matches: '[{CANARY}\\q'}}}}",
    f"{{prompt: {{matches: '{CANARY}{{5001}}'}}}}",
    f"{{prompt: {{matches: '(?P<{CANARY}>x)'}}}}",
    f"{{input_tokens: {{min: {CANARY}}}}}",
    f"{{rollout: {{percent: {CANARY}, by: {CANARY}, salt: [{CANARY}]}}}}",
    f"{{tags: {{{CANARY}: x}}}}",
    f"{{tags.{CANARY}: 5}}",
    f"{{any_of: [{{{CANARY}: 1}}]}}",
]


@pytest.mark.parametrize(
    "text",
    [*map(table_text, HIDING_PLACES), *map(rule_text, HIDING_CONDITIONS)],
    ids=[*HIDING_PLACES, *HIDING_CONDITIONS],
)
def test_a_key_is_repeated_by_no_problem_wherever_it_stands(text: str) -> None:
    loaded = parse_table(text)

    assert "literal-secret" in {problem.code for problem in loaded.problems}
    assert CANARY not in msgspec.json.encode(loaded.problems).decode()


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from([*map(table_text, HIDING_PLACES), *map(rule_text, HIDING_CONDITIONS)]),
    st.data(),
)
def test_a_key_is_repeated_by_no_problem_of_a_file_cut_or_broken_anywhere(
    text: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text)))
    broken = text[:place] + data.draw(st.sampled_from(["", "\n", ": ", "{", "]", "'", "\t", "5"]))
    broken += text[place + data.draw(st.integers(0, 3)) :]

    problems = msgspec.json.encode(parse_table(broken).problems).decode()

    assert CANARY not in problems
