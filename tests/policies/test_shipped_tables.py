"""The tables a team can start from load cleanly, pass their own tests, and test all they decide."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from console.routing.router import Router
from console.routing.table_tests import coverage, run_tests
from console.table.load import read_table
from console.table.model import Route, Table
from console.table.test_file import read_tests

POLICIES = Path(__file__).parents[2] / "policies"
SHIPPED = ("support-desk", "engineering-assistant")


@pytest.fixture(params=SHIPPED)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table(name: str) -> Table:
    loaded = read_table(POLICIES / f"{name}.yaml")
    assert loaded.table is not None, loaded.problems
    return loaded.table


@pytest.fixture
def written_tests(name: str) -> list[dict[str, Any]]:
    """The tests as written, so that what they cover is read without the code under test."""
    written = yaml.safe_load((POLICIES / f"{name}.tests.yaml").read_text(encoding="utf-8"))
    return [dict(test) for test in written]


def test_a_shipped_table_loads_without_a_problem(name: str) -> None:
    loaded = read_table(POLICIES / f"{name}.yaml")

    assert loaded.problems == []
    assert loaded.table is not None
    assert loaded.table.name == name


def test_a_shipped_table_passes_its_own_tests(name: str, table: Table) -> None:
    loaded = read_tests(POLICIES / f"{name}.tests.yaml")

    results = run_tests(Router(table), loaded.tests)

    assert loaded.problems == []
    assert len(results) >= 25
    assert [(r.test.name, r.message) for r in results if r.outcome != "PASS"] == []


def test_the_tests_of_a_shipped_table_leave_nothing_uncovered(name: str, table: Table) -> None:
    router = Router(table)

    results = run_tests(router, read_tests(POLICIES / f"{name}.tests.yaml").tests)

    assert coverage(router, results).missing == ()


def test_every_rule_in_force_is_expected_by_some_test(
    table: Table, written_tests: list[dict[str, Any]]
) -> None:
    expected = {test["expect"].get("rule") for test in written_tests} - {None}

    assert {rule.id for rule in table.rules if rule.enabled} == expected


def test_every_task_default_is_expected_by_some_test(
    table: Table, written_tests: list[dict[str, Any]]
) -> None:
    by_default = [
        test["expect"]["task"]
        for test in written_tests
        if test["expect"].get("reason") == "task_default" and "task" in test["expect"]
    ]

    assert set(by_default) == set(table.tasks)


def test_the_table_default_is_expected_by_some_test(
    table: Table, written_tests: list[dict[str, Any]]
) -> None:
    expectations = [test["expect"] for test in written_tests]

    assert table.default in [e["route"] for e in expectations if e.get("reason") == "table_default"]


def test_both_ways_to_write_a_request_are_used(written_tests: list[dict[str, Any]]) -> None:
    assert {"body", "facts"} <= {form for test in written_tests for form in test["request"]}


def test_a_rollout_is_tested_on_both_sides_of_its_share(
    table: Table, written_tests: list[dict[str, Any]]
) -> None:
    pinned = {
        test["rollout_bucket"]: test["expect"]["rule"]
        for test in written_tests
        if "rollout_bucket" in test
    }

    for rule in table.rules:
        if rule.when.rollout is not None:
            first_outside = round(rule.when.rollout.percent * 100)
            assert pinned[first_outside - 1] == rule.id
            assert pinned[first_outside] != rule.id


def test_no_route_depends_on_one_provider_alone(table: Table) -> None:
    providers = {key: _providers(table, route) for key, route in table.routes.items()}

    assert [key for key, used in providers.items() if len(used) < 2] == []


@pytest.mark.parametrize("capability", ["tools", "json_schema"])
def test_every_route_can_serve_a_request_that_needs_it(table: Table, capability: str) -> None:
    able = {key for key, model in table.models.items() if capability in model.supports}

    assert [key for key, route in table.routes.items() if not able & set(route.targets)] == []


def test_every_model_task_and_route_is_used(table: Table) -> None:
    routed = {rule.route for rule in table.rules} | {task.route for task in table.tasks.values()}
    escalated = {route.escalate.to for route in table.routes.values() if route.escalate}
    targets = {model for route in table.routes.values() for model in route.targets}

    assert targets == set(table.models)
    assert set(table.routes) <= routed | escalated | {table.default}
    assert {model.provider for model in table.models.values()} == set(table.providers)


def test_no_overrides_ship_with_a_table() -> None:
    assert sorted(POLICIES.glob("*.overrides.yaml")) == []


def _providers(table: Table, route: Route) -> set[str]:
    return {table.models[model].provider for model in route.targets}
