"""What lint finds in the parts of a table by themselves: one case for each finding."""

from datetime import UTC, datetime

import pytest

from console.table.lint.fallbacks import fallback_findings
from console.table.lint.finding import Finding, in_place
from console.table.lint.overrides import override_findings
from console.table.lint.pages import PAGES
from console.table.lint.phrases import phrase_findings
from console.table.lint.structure import structure_findings
from console.table.load import parse_table
from console.table.overrides import parse_overrides
from tests.table.builder import TableBuilder, rule_text

PRICE = {"input": 1.0, "output": 2.0}


@pytest.fixture
def table() -> TableBuilder:
    """A table of which lint has nothing to say: two routes, two models, two providers."""
    builder = TableBuilder()
    builder.entry("providers", "birch", base_url="https://birch.example/v1")
    builder.entry("models", "mini", usd_per_million=PRICE)
    return builder.entry("models", "maxi", usd_per_million=PRICE, provider="birch")


def codes(table: TableBuilder) -> list[tuple[str, str]]:
    built = table.build()
    return [(f.code, f.path) for f in (*structure_findings(built), *fallback_findings(built))]


def test_nothing_is_said_of_a_table_that_is_in_order(table: TableBuilder) -> None:
    assert codes(table) == []


def test_what_nobody_uses_is_told(table: TableBuilder) -> None:
    table.entry("routes", "spare", model="mini")
    table.entry("models", "old", provider="acme", usd_per_million=PRICE)
    table.entry("providers", "cedar", base_url="https://cedar.example/v1")

    assert codes(table) == [
        ("unused-route", "routes.spare"),
        ("unused-model", "models.old"),
        ("unused-provider", "providers.cedar"),
    ]


def test_a_disabled_rule_uses_nothing_and_an_escalation_does(table: TableBuilder) -> None:
    table.entry("routes", "off", model="mini").rule("a", route="off", enabled=False)
    table.entry("routes", "last", model="maxi")
    table.entry("routes", "small", escalate={"to": "last", "on": ["empty"], "because": "Why."})

    assert codes(table) == [("unused-route", "routes.off")]


def test_a_model_in_use_without_a_price_is_told(table: TableBuilder) -> None:
    table.entry("models", "free", provider="acme").entry(
        "routes", "small", fallbacks=["maxi", "free"]
    )

    assert codes(table) == [("no-price", "models.free")]


def test_routes_that_all_begin_with_one_model_make_no_difference(table: TableBuilder) -> None:
    table.entry("routes", "large", model="mini", fallbacks=["maxi"])

    assert codes(table) == [("one-model", "routes")]


def test_fallbacks_at_one_provider_fail_together(table: TableBuilder) -> None:
    table.entry("models", "midi", provider="acme", usd_per_million=PRICE)
    table.entry("routes", "small", fallbacks=["midi"])

    assert codes(table) == [("fallback-same-provider", "routes.small.fallbacks")]


@pytest.mark.parametrize(("context", "is_told"), [(49_999, True), (50_000, False)])
def test_a_fallback_with_less_than_half_the_context_is_told(
    table: TableBuilder, context: int, is_told: bool
) -> None:
    table.entry("models", "mini", context_tokens=100_000)
    table.entry("models", "maxi", context_tokens=context)
    table.entry("routes", "small", fallbacks=["maxi"])

    told = [("fallback-less-context", "routes.small.fallbacks[0]")]
    assert codes(table) == told * is_told


def test_a_fallback_that_supports_less_than_the_first_target_is_a_note(
    table: TableBuilder,
) -> None:
    table.entry("models", "mini", supports=["tools", "json_schema"])
    table.entry("models", "maxi", supports=["tools"])
    table.entry("routes", "small", fallbacks=["maxi"])

    [found] = fallback_findings(table.build())

    assert (found.code, found.severity) == ("target-lacks", "note")
    assert found.message == "`maxi` does not support JSON schemas, as `mini` does."


def test_a_target_that_lacks_what_a_rule_sends_there_is_a_warning(table: TableBuilder) -> None:
    table.entry("models", "maxi", supports=["images"])
    table.rule("pictures", when={"images": True, "tools": True, "response_format": "json_schema"})

    found = list(fallback_findings(table.build()))

    assert {f.severity for f in found} == {"warning"}
    assert [f.message for f in found] == [
        "`maxi` does not support tools, which the rule `pictures` sends here.",
        "`maxi` does not support JSON schemas, which the rule `pictures` sends here.",
    ]


@pytest.mark.parametrize(
    ("to", "on", "is_told"),
    [
        ({"model": "mini"}, ["empty"], True),
        ({"model": "mini", "fallbacks": ["maxi"]}, ["failed"], False),
        ({"model": "mini"}, ["failed"], True),
        ({"model": "maxi"}, ["empty"], True),  # it costs less than mini, and takes no more
        ({"model": "maxi"}, ["failed"], False),
        ({"model": "dear"}, ["empty", "failed"], False),
    ],
)
def test_an_escalation_to_nothing_stronger_is_told(
    table: TableBuilder, to: dict[str, object], on: list[str], is_told: bool
) -> None:
    table.entry("models", "mini", usd_per_million={"input": 5, "output": 5}, context_tokens=9)
    table.entry("models", "maxi", context_tokens=9)
    table.entry("models", "dear", provider="birch", usd_per_million={"input": 9, "output": 9})
    table.entry("routes", "small", escalate={"to": "next", "on": on, "because": "Why."})
    table.entry("routes", "next", **to)

    found = [f.path for f in fallback_findings(table.build()) if f.code == "escalation-no-stronger"]

    assert found == ["routes.small.escalate.to"] * is_told


@pytest.mark.parametrize(
    "phrase", ["refund ", " refund", "money  back", "re\u200bfund", "re\u00adfund"]
)
def test_a_phrase_that_hardly_any_text_has_is_told_at_its_place(phrase: str) -> None:
    text = rule_text("{any_of: [{prompt: [fine, PHRASE]}, {system: {contains_all: [PHRASE]}}]}")
    loaded = parse_table(text.replace("PHRASE", f'"{phrase}"'))
    assert loaded.table is not None

    found = list(phrase_findings(loaded.table, loaded.places))

    assert [(f.code, f.path, f.rule) for f in found] == [
        ("odd-phrase", "rules[0].when.any_of[0].prompt[1]", "a"),
        ("odd-phrase", "rules[0].when.any_of[1].system.contains_all[0]", "a"),
    ]


def test_an_expired_override_is_told_in_its_own_file() -> None:
    loaded = parse_overrides(
        "version: 1\n"
        "overrides:\n"
        "  - {id: a, drain: {model: mini}, until: 2026-11-23T15:30:00Z, because: x, by: y}\n"
        "  - {id: b, drain: {model: mini}, until: 2026-11-23T15:31:00Z, because: x, by: y}\n"
    )
    now = datetime(2026, 11, 23, 15, 30, tzinfo=UTC).timestamp()

    [found] = override_findings(loaded, now)

    assert (found.code, found.document, found.line) == ("expired-override", "overrides", 3)
    assert "`a` ended at 2026-11-23T15:30:00+00:00" in found.message


def test_findings_are_told_where_they_stand() -> None:
    loaded = parse_table("""\
version: 1
name: desk
default: a
providers: {p: {base_url: https://p.example}}
models:
  m: {provider: p}
routes: {a: {model: m}}
""")
    assert loaded.table is not None

    placed: list[Finding] = list(in_place(structure_findings(loaded.table), loaded.places))

    assert [(f.code, f.line, f.column) for f in placed] == [("no-price", 6, 6)]


def test_every_code_has_a_section_that_fits_a_terminal() -> None:
    for code, page in PAGES.items():
        assert page.title, code
        assert max(map(len, page.text.splitlines())) <= 100, code
