"""What a file has to be before it is looked at as a table: one YAML document, of bounded size."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.table.load import Loaded, parse_table
from console.table.overrides import LoadedOverrides, parse_overrides
from console.table.problems import Problem
from console.table.test_file import LoadedTests, parse_tests
from tests.table.builder import TableBuilder, marked, rule_text, table_text

Parse = Callable[[bytes | str], Loaded | LoadedOverrides | LoadedTests]


def only_problem(data: bytes | str) -> Problem:
    loaded = parse_table(data)
    assert loaded.table is None
    [problem] = loaded.problems
    return problem


def told(data: bytes | str) -> tuple[str, int, int]:
    problem = only_problem(data)
    return problem.code, problem.line, problem.column


@pytest.mark.parametrize(
    "snippet",
    [
        "description: [«",
        "description: {a: b«]",
        "description: *«nothing",
        "description: 'a'\n«---\nname: other",
        "\t«description: a tab",
    ],
    ids=["unclosed", "crossed", "an alias of nothing", "two documents", "a tab"],
)
def test_what_is_not_yaml_is_told_on_its_line(snippet: str) -> None:
    text, line, _ = marked(table_text(snippet))

    code, told_line, _ = told(text)

    assert code == "not-yaml"
    assert abs(told_line - line) <= 1


def test_an_empty_file_is_told_as_empty() -> None:
    assert only_problem("").message == "The file is empty."
    assert only_problem("# nothing but a comment\n").message == "The file is empty."


@pytest.mark.parametrize("parse", [parse_table, parse_overrides, parse_tests])
@pytest.mark.parametrize("text", ["~", "null", "---", "--- # nothing\n..."])
def test_a_document_of_nothing_is_told(text: str, parse: Parse) -> None:
    assert len(parse(text).problems) == 1


@pytest.mark.parametrize("text", ["just words", "- a\n- list\n", "5", "[]"])
def test_a_document_that_is_no_mapping_is_told(text: str) -> None:
    assert only_problem(text).message == "A table is a mapping."


def test_a_key_given_twice_is_told_at_its_second_place() -> None:
    text, line, column = marked(table_text("description: one\n«description: two"))

    problem = only_problem(text)

    assert (problem.code, problem.line, problem.column) == ("duplicate-key", line, column)
    first = line - 1
    assert problem.message == (
        f"The key `description` is given twice; it stands on line {first} already."
    )
    assert problem.hint == "Remove one of the two."


def test_a_key_given_twice_deep_in_a_rule_is_told() -> None:
    text, line, column = marked(rule_text("{task: a, any_of: [{stream: true, «stream: false}]}"))

    problem = only_problem(text)

    assert (problem.code, problem.line, problem.column) == ("duplicate-key", line, column)
    assert problem.path == "rules[0].when.any_of[0].stream"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"version: 1\nname: d\xe9sk\n", (2, 8)),
        ("version: 1\nname: desk\n".encode("utf-16"), (1, 1)),
        (b"\xed\xa0\x80", (1, 1)),
    ],
    ids=["Latin-1", "UTF-16", "a surrogate"],
)
def test_a_file_that_is_not_utf8_is_told_where_it_is_not(
    data: bytes, place: tuple[int, int]
) -> None:
    problem = only_problem(data)

    assert problem.message == "The file is not UTF-8 text."
    assert (problem.line, problem.column) == place


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\ufffe"])
def test_a_character_yaml_refuses_is_told_by_its_number_and_place(character: str) -> None:
    problem = only_problem(f"version: 1\nname: d{character}sk\n")

    assert problem.message == (
        f"This is not YAML: the character U+{ord(character):04X} is not allowed."
    )
    assert (problem.line, problem.column) == (2, 8)


def test_a_byte_order_mark_is_passed_over() -> None:
    loaded = parse_table(b"\xef\xbb\xbf" + TableBuilder().text().encode())

    assert loaded.problems == []


def test_a_file_may_have_one_mebibyte_and_no_byte_more() -> None:
    text = TableBuilder().text()
    filled = text + "#" + "x" * ((1 << 20) - len(text) - 2) + "\n"

    assert len(filled.encode()) == 1 << 20
    assert parse_table(filled).problems == []
    problem = only_problem(filled + "\n")
    assert problem.code == "too-large"
    assert problem.message == "The file is too large: a table has at most 1 MiB."


def test_aliases_and_merge_keys_are_read_as_if_written_out() -> None:
    loaded = parse_table(
        table_text(
            "models: {mini: &m {provider: acme, context_tokens: 5}, maxi: *m}\n"
            "routes:\n"
            "  small: &s {model: mini, retries: 2, timeout_s: 9}\n"
            "  large: {<<: *s, model: maxi}\n"
        )
    )

    assert loaded.table is not None, loaded.problems
    assert loaded.table.models["maxi"].context_tokens == 5
    large = loaded.table.routes["large"]
    assert (large.model, large.retries, large.timeout_s) == ("maxi", 2, 9.0)


def test_of_several_merged_mappings_the_first_counts() -> None:
    loaded = parse_table(
        table_text(
            "routes:\n"
            "  small: &s {model: mini, retries: 2}\n"
            "  large: &l {model: maxi, retries: 3, timeout_s: 9}\n"
            "  both: {<<: [*s, *l]}\n"
        )
    )

    assert loaded.table is not None, loaded.problems
    both = loaded.table.routes["both"]
    assert (both.model, both.retries, both.timeout_s) == ("mini", 2, 9.0)


@pytest.mark.parametrize("merged", ["5", "[1]", "{? [a] : 1}", "{? {a: 1} : 1}"])
def test_what_cannot_be_merged_is_a_problem(merged: str) -> None:
    assert "not-yaml" in {p.code for p in parse_table(table_text(f"<<: {merged}")).problems}


@pytest.mark.parametrize(
    "snippet",
    [
        "description: &a [*a]",
        "rules: &r\n  - *r",
        "rules: [&x {id: a, when: {any_of: [*x]}}]",
    ],
)
def test_an_alias_that_contains_itself_is_a_problem(snippet: str) -> None:
    problem = only_problem(table_text(snippet))

    assert problem.code == "not-yaml"
    assert "contains itself" in problem.message


def alias_bomb(levels: int, width: int) -> str:
    lines = [f"l0: &l0 [{', '.join(['x'] * width)}]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines)


def test_aliases_may_add_ten_thousand_nodes_and_no_more() -> None:
    # an alias of a list of 99 adds that list and its members, 100 nodes
    def repeated(times: int) -> str:
        few = ", ".join(["a"] * 99)
        return table_text(f"x: &x [{few}]\ny: [{', '.join(['*x'] * times)}]")

    assert "alias-expansion" not in {p.code for p in parse_table(repeated(100)).problems}
    assert only_problem(repeated(101)).code == "alias-expansion"


def test_an_alias_bomb_is_refused_without_being_expanded() -> None:
    problem = only_problem(alias_bomb(levels=40, width=10))

    assert problem.code == "alias-expansion"
    assert problem.hint == "Write the repeated parts out."


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['id']",
        "!secret x",
        "!!binary aGk=",
        "!!set {a, b}",
        '!!int ""',
        '!!float ""',
        "!!bool perhaps",
        "!!timestamp soon",
    ],
)
def test_a_tag_is_a_problem_and_is_never_obeyed(value: str) -> None:
    text, line, column = marked(table_text(f"description: «{value}"))

    problem = only_problem(text)

    assert (problem.code, problem.line, problem.column) == ("unknown-tag", line, column)
    assert problem.message == "A table uses no YAML tags."


@pytest.mark.parametrize("value", ["2026-13-45", "9" * 5000, "0000-01-01"])
def test_a_value_that_cannot_be_read_is_a_problem_at_its_place(value: str) -> None:
    text, line, column = marked(table_text(f"description: «{value}"))

    problem = only_problem(text)

    assert (problem.line, problem.column, problem.path) == (line, column, "description")


@pytest.mark.parametrize("text", ["=", "<<", "-x", "~x"])
def test_a_text_that_yaml_gives_a_meaning_of_its_own_is_a_text(text: str) -> None:
    loaded = parse_table(table_text(f"description: {text}"))

    assert loaded.table is not None, loaded.problems
    assert loaded.table.description == text


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_a_file_nested_without_end_is_a_problem(opening: str, closing: str) -> None:
    depth = 50_000
    text = "description: \n  " + opening * depth + "x" + closing * depth

    problem = only_problem(table_text(text))

    assert problem.code == "not-yaml"


def test_a_key_that_speaks_like_an_error_message_is_an_unknown_key() -> None:
    key = "a` - at `$.name"

    assert {p.code for p in parse_table(table_text(f'"{key}": 1')).problems} == {"unknown-key"}


@pytest.mark.parametrize("parse", [parse_table, parse_overrides, parse_tests])
def test_text_with_half_a_surrogate_pair_is_a_problem(parse: Parse) -> None:
    assert [problem.code for problem in parse("name: \ud800").problems] == ["not-yaml"]


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_loading_fail(data: bytes) -> None:
    assert_sound(parse_table(data))
    parse_overrides(data)
    parse_tests(data)


TOKENS = (
    *["version", "name", "default", "rules", "when", "prompt", "matches", "rollout", "<<", "?"],
    *[": ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&a ", "*a", "!!int ", "!x "],
    *["1", "''", '"', "~", ".nan", "1e999", "0x", "2026-11-23", "=", "|", ">", "#", "%", "\t", "é"],
    *["true", "on", "` - at `$.x`", "[0]", "$", "\x85", "\u2028"],
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join))
def test_no_text_that_looks_like_yaml_makes_loading_fail(text: str) -> None:
    assert_sound(parse_table(text))
    assert_sound(parse_table(table_text("\n" + text)))
    parse_overrides(text)
    parse_tests(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["model", "to", "on", "min", "contains", "any_of", "prompt", "by", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
SECTION_NAMES = ["version", "name", "default", "providers", "models", "tasks", "routes", "capture"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*SECTION_NAMES, "rules", "when"]), VALUES)
def test_no_value_of_a_wrong_shape_makes_loading_fail(section: str, value: object) -> None:
    builder = TableBuilder()
    rule = {"id": "a", "because": "b", "route": "large", "when": value}
    builder.section(*(("rules", [rule]) if section == "when" else (section, value)))

    assert_sound(parse_table(builder.text()))


def assert_sound(loaded: Loaded) -> None:
    """Assert what holds of every result: no table with an error, and places within the file."""
    assert (loaded.table is None) == bool(loaded.errors)
    lines = loaded.text.count("\n") + loaded.text.count("\r") + loaded.text.count("\x85")
    lines += loaded.text.count("\u2028") + loaded.text.count("\u2029") + 1
    for problem in loaded.problems:
        assert 1 <= problem.line <= lines + 1
        assert problem.column >= 1
        assert problem.message
        assert "\n" not in problem.code
