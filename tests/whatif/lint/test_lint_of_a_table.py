"""All of lint on one table: in place, silenced, progressive, cancelled."""

from console.table.lint.finding import Finding
from console.table.load import parse_table
from console.whatif.lint.of_table import lint_table
from tests.bench.tables import table_text
from tests.table.builder import TableBuilder

TABLE = """\
version: 1
name: desk
default: small
providers: {acme: {base_url: https://acme.example/v1}}
models:
  mini: {provider: acme, supports: [tools]}  # lint: ignore[no-price] because it is ours
routes:
  small:
    model: mini
    assumptions:
      - {says: It is quick., metric: latency_p90, max: 10}
rules:
  - {id: a, because: x, route: small, when: {stream: true}}
  # lint: ignore[unreachable-rule, rule-not-hit] because it is being moved
  - {id: b, because: x, route: small, when: {stream: true, tools: true}}
  - {id: c, because: x, route: small, when: {tools: true}}   # lint: ignore[odd-phrase] because y
"""


def test_findings_are_in_place_and_those_silenced_say_why() -> None:
    found = list(lint_table(parse_table(TABLE)))

    assert {(f.code, f.line, f.ignored) for f in found} == {
        ("no-price", 6, "it is ours"),
        ("unmeasured-assumption", 11, None),
        ("no-tests", 2, None),
        ("unreachable-rule", 15, "it is being moved"),
        ("same-as-default", 13, None),
        ("same-as-default", 16, None),
        ("ignore-unused", 16, None),
    }
    [assumption] = [f for f in found if f.code == "unmeasured-assumption"]
    assert assumption.hint == "Did you mean `latency_p90_ms`?"


def test_a_comment_about_traffic_is_not_told_as_unused_where_the_log_says_nothing() -> None:
    found = list(lint_table(parse_table(TABLE), of_log=[]))

    assert [f.message for f in found if f.code == "ignore-unused"] == [
        "Nothing is found here that `odd-phrase` would silence."
    ]


def test_nothing_is_said_of_a_table_with_errors() -> None:
    assert list(lint_table(parse_table("version: 1"))) == []


def test_findings_come_one_by_one_and_stop_when_told_to() -> None:
    loaded = parse_table(table_text(200))
    found: list[Finding] = []

    def proven() -> bool:
        return any(f.code == "unreachable-rule" for f in found)

    for each in lint_table(loaded, is_cancelled=proven):
        found.append(each)

    everything = list(lint_table(loaded))
    assert [f.code for f in found].count("unreachable-rule") == 1
    assert [f.code for f in everything].count("unreachable-rule") > 1


def test_foreign_names_are_told_as_they_are_and_keys_are_not() -> None:
    table = TableBuilder().entry("models", "sk-proj-" + "a" * 40, provider="acme")

    found = [f for f in lint_table(parse_table(table.text())) if f.code == "unused-model"]

    assert all("a" * 40 not in f.message for f in found)
