"""Random small tables: what lint proves is what deciding every request there is shows.

The requests are written out here, not by lint: every name of up to three letters, every number up
to past the last bound, every text that matters. So a cell that lint overlooked would be noticed.
"""

import os
from itertools import chain, product
from typing import Any

import re2
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from console.routing.facts import Facts, draw_facts
from console.routing.lint.phrase_order import implied_by
from console.routing.lint.reachability import Reachability, Standing
from console.routing.lint.space import phrase_atom
from console.routing.request_texts import whole_text
from console.routing.router import Router
from console.table.model import Table
from tests.property import strategies, vocabulary
from tests.property.request_strategies import bodies, headers
from tests.property.test_router_agrees_with_the_page import as_yaml, loaded_table

CASES = int(os.environ.get("ROUTE_CONSOLE_PROPERTY_CASES", "200")) // 4
lint_test = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

NAMES = [None, *("".join(word) for size in range(1, 4) for word in product("abx", repeat=size))]
NUMBERS = range(8)
LIMITS = [None, *range(-1, 4)]
TEXTS = [
    "",
    "foo",
    "bar",
    "bar, foo",
    "foo bar",
    "Foo Bar",
    "baz",
    "foo baz",
    "bar baz",
    "foo bar baz",
]
CLIENTS = [None, *(f"c{n}" for n in range(80))]

FACTS = ("task", "turns", "tools", "prompt", "max_output_tokens")
PATTERNS = ["ba[rz]", "(?i)\\bfoo\\b", "^foo", "z$", ""]


def tables(*, patterns: bool = False, rollouts: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Return valid tables of up to seven rules on at most three facts."""
    landings = st.sampled_from(
        [{"route": "small"}, {"route": "large"}, {"task": "a"}, {"task": "ab", "route": "small"}]
    )

    def rules(facts: list[str]) -> st.SearchStrategy[list[tuple[dict[str, Any], dict[str, str]]]]:
        rule = st.fixed_dictionaries(
            {"when": _whens(2, tuple(facts), patterns)},
            optional={"enabled": st.sampled_from([True, True, False])},
        )
        return st.lists(st.tuples(rule, landings), min_size=1, max_size=7)

    chosen = [["client", "rollout"]] * rollouts + [[name] for name in FACTS]
    several = st.lists(st.sampled_from(chosen), min_size=1, max_size=3, unique_by=str)
    return several.map(lambda groups: [*chain(*groups)]).flatmap(rules).map(_table)


def _table(rules: list[tuple[dict[str, Any], dict[str, str]]]) -> dict[str, Any]:
    return {
        "version": 1,
        "name": "random",
        "default": "small",
        "providers": {"local": {"base_url": "http://127.0.0.1:9/v1"}},
        "models": {"llama": {"provider": "local"}},
        "tasks": {"a": {"route": "small"}, "ab": {"route": "large"}},
        "routes": {"small": {"model": "llama"}, "large": {"model": "llama"}},
        "rules": [
            {"id": f"rule-{number}", "because": "Drawn at random.", **rule, **landing}
            for number, (rule, landing) in enumerate(rules)
        ],
    }


def _whens(
    deepest: int, facts: tuple[str, ...], patterns: bool
) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(
        st.sampled_from(["a", "b", "ab", "ba", "*", "a*", "*b", "a*b", "*a*", "a*a"]),
        min_size=1,
        max_size=2,
    )
    numbers = st.sampled_from(
        [{"min": 3}, {"max": 3}, {"min": 2, "max": 5}, {"max": 6}, {"min": 0}, {"min": 6}]
    )
    limits = st.sampled_from([{"min": 0}, {"max": 2}, {"min": 1, "max": 2}])
    phrases: Any = st.lists(
        st.sampled_from(["foo", "bar", "Foo Bar", "BAR"]), min_size=1, max_size=2
    )
    all_phrases: Any = st.builds(dict, contains_all=phrases)
    texts = st.one_of(phrases, all_phrases)
    if patterns:
        listed = st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2)
        texts = st.one_of(texts, st.builds(dict, matches=listed))
    entries: dict[str, st.SearchStrategy[Any]] = {
        "task": names,
        "turns": numbers,
        "tools": st.booleans(),
        "prompt": texts,
        "max_output_tokens": limits,
        "client": st.sampled_from(["*", "c1", ["c2", "c1*"], "*3"]),
        "rollout": st.fixed_dictionaries(
            {
                "percent": st.sampled_from([0, 30, 60, 100]),
                "by": st.just("client"),
                "salt": st.sampled_from(["s", "t"]),
            }
        ),
    }
    entries = {fact: entries[fact] for fact in facts}
    if deepest:
        members = st.lists(_whens(deepest - 1, facts, patterns), min_size=1, max_size=2)
        entries |= {"any_of": members, "none_of": members, "all_of": members}
    pairs = [st.tuples(st.just(key), value) for key, value in entries.items()]
    return st.lists(st.one_of(pairs), min_size=1, max_size=3).map(dict)


def all_requests(table: Table) -> list[Facts]:
    """Return every request that the table could tell apart."""
    said = str(table.rules)
    clients = CLIENTS if "client" in said else [None]
    product_of_all = product(
        NAMES if "task" in said else [None, "a", "ab", "x"],
        NUMBERS if "turns" in said else [1],
        (False, True) if "tools" in said else [False],
        TEXTS if "prompt" in said else [""],
        LIMITS if "max_output_tokens" in said else [None],
        clients,
    )
    return [
        Facts(
            task=task, turns=turns, tools=tools, prompt=text, conversation=text,
            max_output_tokens=limit, client=client,
        )
        for task, turns, tools, text, limit, client in product_of_all
    ]  # fmt: skip


class Shown:
    """What deciding every request shows of each rule."""

    def __init__(self, table: Table) -> None:
        self.router = Router(table)
        self.won: set[str] = set()
        self.requests = all_requests(table)
        for facts in self.requests:
            rule = self.router.decide(facts).rule
            if rule is not None:
                self.won.add(rule)

    def makes_a_difference(self, table: Table, index: int) -> bool:
        """Decide all requests without one rule."""
        rules = (*table.rules[:index], *table.rules[index + 1 :])
        without = Router(_with_rules(table, rules))
        name = table.rules[index].id
        for facts in self.requests:
            one = self.router.decide(facts)
            if one.rule == name:
                other = without.decide(facts)
                if (one.route, one.task) != (other.route, other.task):
                    return True
        return False


def _with_rules(table: Table, rules: Any) -> Table:
    return Table(
        **{field: getattr(table, field) for field in table.__struct_fields__ if field != "rules"},
        rules=rules,
    )


def standings(table: Table) -> dict[str, Standing]:
    return {found.rule: found for found in Reachability(table).standings() if found is not None}


def assert_confirmed(table: Table, found: Standing) -> None:
    """Check each request that a verdict shows by the router."""
    router = Router(table)
    alone = Router(_with_rules(table, (table.rules[found.index],)))
    for shown in (found.wins, found.loses):
        if shown is not None:
            assert router.decide(shown.facts).rule == shown.rule
            assert alone.decide(shown.facts).rule == found.rule, "it meets the rule's condition"
    if found.kind == "unreachable":
        assert found.loses is not None
        assert found.blocking
    if found.kind == "partly-shadowed":
        assert found.wins is not None
        assert found.loses is not None
        assert found.wins.rule == found.rule
        assert found.loses.rule in found.blocking


@lint_test
@given(tables())
def test_every_rule_that_no_request_reaches_is_found_and_no_other(data: dict[str, Any]) -> None:
    note(as_yaml(data))
    table = loaded_table(data)
    shown = Shown(table)

    found = standings(table)

    dead = {name for name, f in found.items() if f.kind in ("unreachable", "contradictory")}
    assert dead == {rule.id for rule in table.rules if rule.enabled} - shown.won
    for standing in found.values():
        assert_confirmed(table, standing)


@lint_test
@given(tables())
def test_every_rule_that_changes_nothing_is_found_and_no_other(data: dict[str, Any]) -> None:
    note(as_yaml(data))
    table = loaded_table(data)
    shown = Shown(table)

    idle = {name for name, f in standings(table).items() if f.kind == "no-difference"}

    assert idle == {
        rule.id
        for index, rule in enumerate(table.rules)
        if rule.id in shown.won and not shown.makes_a_difference(table, index)
    }


@lint_test
@given(tables())
def test_the_rules_that_cover_another_are_all_needed(data: dict[str, Any]) -> None:
    note(as_yaml(data))
    table = loaded_table(data)

    for name, found in standings(table).items():
        if found.kind != "unreachable":
            continue
        for left_out in (None, *found.blocking):
            kept = {*found.blocking, name} - {left_out}
            fewer = _with_rules(table, tuple(rule for rule in table.rules if rule.id in kept))
            reached = name in Shown(fewer).won
            assert reached == (left_out is not None)


@lint_test
@given(tables(patterns=True, rollouts=True))
def test_nothing_wrong_is_said_of_patterns_and_rollouts(data: dict[str, Any]) -> None:
    note(as_yaml(data))
    table = loaded_table(data)
    shown = Shown(table)

    for name, found in standings(table).items():
        assert_confirmed(table, found)
        if found.kind in ("unreachable", "contradictory"):
            assert name not in shown.won
        if found.kind == "no-difference":
            assert not shown.makes_a_difference(table, found.index)


@lint_test
@given(st.data())
def test_no_body_reaches_a_rule_that_is_proven_unreachable(data: st.DataObject) -> None:
    """Letters that fold out of ASCII, odd names and metadata: what people send is no neat set."""
    written = data.draw(strategies.tables(), "table")
    table = loaded_table(written)
    note(as_yaml(written))
    found = standings(table)
    for standing in found.values():
        assert_confirmed(table, standing)
    router = Router(table)
    said = tuple(strategies.phrases_of(written))

    for _ in range(8):
        body = data.draw(bodies(said), "body")
        client = data.draw(st.sampled_from([None, *vocabulary.CLIENTS]), "client")
        facts = draw_facts(body, data.draw(headers(), "headers"), client)
        decided = router.decide(facts)
        taker = found.get(decided.rule or "")
        assert taker is None or taker.kind not in ("unreachable", "contradictory")


@lint_test
@given(st.lists(vocabulary.phrases(), min_size=2, max_size=6), st.data())
def test_a_phrase_said_to_go_with_another_is_found_wherever_that_is(
    phrases: list[str], data: st.DataObject
) -> None:
    atoms = [phrase_atom("prompt", phrase) for phrase in [*phrases, " ".join(phrases[:2])]]
    implied = implied_by(atoms)

    for _ in range(6):
        said = tuple(atom.phrase or "" for atom in atoms)
        text = whole_text(data.draw(vocabulary.texts(said), "text"))
        for atom, others in implied.items():
            if re2.search(atom.pattern, text):
                assert all(re2.search(other.pattern, text) for other in others)
