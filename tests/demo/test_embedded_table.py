"""The demo's table: sound, exercised by its prompts, and written so that it calls nobody real."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from console.demo.behaviour import BEHAVIOURS
from console.demo.embedded_table import (
    DEMO_KEY_ENV,
    embedded_table_text,
    provider_names,
    with_base_urls,
    write_demo_table,
    write_table_copy,
)
from console.demo.problem import DemoProblem
from console.demo.prompts import embedded_prompts
from console.demo.requests import build_request
from console.routing.facts import draw_facts
from console.routing.router import Router
from console.routing.table_tests import run_tests
from console.table import test_file
from console.table.load import parse_table, read_table
from console.table.model import Table

URLS = {name: f"http://127.0.0.1:4711/{name}/v1" for name in ("acorn", "birch", "cedar")}


@pytest.fixture(scope="module")
def table() -> Table:
    loaded = parse_table(embedded_table_text())
    assert loaded.problems == []
    assert loaded.table is not None
    return loaded.table


@pytest.fixture(scope="module")
def outcomes(table: Table) -> dict[str, Counter[str | None]]:
    """What the prompts are decided to, each sent in several of the ways a client may send it."""
    router = Router(table)
    found: dict[str, Counter[str | None]] = {
        name: Counter() for name in ("rule", "route", "task", "reason", "error")
    }
    for number, spec in enumerate(embedded_prompts().prompts):
        for way in range(3):
            request = build_request(spec, Random(f"{number}:{way}"))
            decision = router.decide(draw_facts(request.body, request.headers))
            for name, counter in found.items():
                counter[getattr(decision, name)] += 1
    return found


def test_every_enabled_rule_is_hit_by_some_prompt(
    table: Table, outcomes: dict[str, Counter[str | None]]
) -> None:
    for rule in table.rules:
        assert (outcomes["rule"][rule.id] > 0) == rule.enabled, rule.id


def test_prompts_spread_over_all_routes_and_tasks(
    table: Table, outcomes: dict[str, Counter[str | None]]
) -> None:
    total = outcomes["route"].total()

    assert all(outcomes["route"][route] >= 0.02 * total for route in table.routes)
    assert set(table.tasks) <= set(outcomes["task"])
    assert {"rule_match", "task_default", "table_default"} == set(outcomes["reason"])
    assert set(outcomes["error"]) == {None}


def test_the_table_has_every_kind_of_matcher(table: Table) -> None:
    text = embedded_table_text()

    for kind in (
        *("contains:", "contains_all:", "matches:", "min:", "max:", "any_of:", "none_of:"),
        *("rollout:", "hidden_chars:", "tags.", "-*", "tools:", "enabled: false"),
    ):
        assert kind in text
    assert all(rule.because for rule in table.rules)
    assert 12 <= len(table.rules) <= 16


def test_every_model_of_the_table_has_a_behaviour_of_its_own(table: Table) -> None:
    upstream = {table.model_sent_upstream(name) for name in table.models}

    assert upstream == set(BEHAVIOURS)


def test_the_written_table_has_the_addresses_and_is_otherwise_the_same(tmp_path: Path) -> None:
    path = write_demo_table(tmp_path / "new", URLS)

    written = read_table(path)
    assert written.table is not None
    assert {name: p.base_url for name, p in written.table.providers.items()} == URLS
    assert written.text.replace(":4711/", ":1/") == embedded_table_text()


def test_the_tables_own_tests_are_written_beside_it_and_pass(tmp_path: Path) -> None:
    path = write_demo_table(tmp_path, URLS)

    table = read_table(path).table
    loaded = test_file.read_tests(test_file.tests_beside(path))
    assert table is not None
    assert loaded.problems == []
    assert len(loaded.tests) >= 10
    failed = {
        result.test.name: result.message
        for result in run_tests(Router(table), loaded.tests)
        if result.outcome != "PASS"
    }
    assert failed == {}


def test_a_copied_table_brings_its_tests(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("providers: {}\n")
    (tmp_path / "mine.tests.yaml").write_text("- its tests\n")

    write_table_copy(tmp_path / "mine.yaml", tmp_path / "demo", {})

    assert (tmp_path / "demo" / "mine.tests.yaml").read_text() == "- its tests\n"


def test_a_copied_table_keeps_its_comments_and_loses_its_addresses_and_keys(
    tmp_path: Path,
) -> None:
    text = (
        "# ours\nproviders:\n"
        "  one: {base_url: 'https://one.example/v1', api_key_env: ONE_KEY}  # first\n"
        "  two:\n    base_url: >-\n      https://two.example/v1\n    api_key_env: TWO_KEY\n"
    )
    (tmp_path / "mine.yaml").write_text(text)

    copy = write_table_copy(
        tmp_path / "mine.yaml", tmp_path / "demo", {"one": "http://a/v1", "two": "http://b/v1"}
    )

    assert copy.read_text() == (
        "# ours\nproviders:\n"
        f"  one: {{base_url: http://a/v1, api_key_env: {DEMO_KEY_ENV}}}  # first\n"
        f"  two:\n    base_url: http://b/v1\n    api_key_env: {DEMO_KEY_ENV}\n"
    )
    assert (tmp_path / "mine.yaml").read_text() == text


def test_a_table_is_never_overwritten_by_its_own_copy(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("providers: {}\n")

    with pytest.raises(DemoProblem, match="folder of the table"):
        write_table_copy(tmp_path / "mine.yaml", tmp_path, {})


@pytest.mark.parametrize("text", ["[", "a: *nowhere", "\x00"])
def test_what_is_not_yaml_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(DemoProblem, match="not YAML"):
        with_base_urls(text, URLS)


def test_a_table_without_providers_has_none() -> None:
    assert provider_names("- a list") == ()
    assert provider_names("") == ()
