"""A form and its lines are one text: what is typed in one is what the other says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.table.editing.change import EditRefusedError
from console.table.form.additions import Addition
from console.table.form.document import EntryDocument
from console.table.form.field import Field
from console.table.form.values import shown
from console.table.load import parse_table
from console.table.yaml_source import read_source
from tests.table.editing.written_tables import tables

TABLE = """\
version: 1
name: desk
description: Two routes.   # kept
default: small
providers: {acme: {base_url: https://acme.example/v1}}
models:
  # The small one.
  mini:
    provider: acme   # theirs
    usd_per_million: {input: 0.25, output: 2.00}
  maxi: {provider: acme}
tasks: {drafting: {route: large}}
routes:
  small:
    model: mini

  large:
    model: maxi   # the big one
    fallbacks: [mini]
rules:
  # Money first.
  - id: refunds
    because: Money.
    when:
      prompt: [refund, "money back"]   # both words
      input_tokens: {min: 100}
    route: large   # on purpose
  - id: long
    because: Long.
    when:
      any_of:
        - task: drafting
        - {stream: true}
    route: large
"""


def document(*path: str | int) -> EntryDocument:
    return EntryDocument(TABLE, path)


def field(of: EntryDocument, label: str) -> Field:
    [found] = [one for one in of.fields if one.label == label]
    return found


def added(of: EntryDocument, name: str, within: str) -> Addition:
    [found] = [one for one in of.additions(field(of, within)) if one.name == name]
    return found


def said(of: EntryDocument) -> Any:
    return read_source(of.text).data


def test_the_fields_of_a_rule_are_its_conditions_in_their_order() -> None:
    labels = [(one.depth, one.label, shown(one)) for one in document("rules", 1).fields]
    assert labels == [
        (0, "id", "long"),
        (0, "because", "Long."),
        (0, "when all of these hold", ""),
        (1, "at least one of these holds", ""),
        (2, "either", ""),
        (3, "task is", "drafting"),
        (2, "or", ""),
        (3, "stream is", "true"),
        (0, "sets the task", ""),
        (0, "takes the route", "large"),
        (0, "enabled", ""),
    ]


def test_a_field_typed_into_changes_its_own_lines_and_keeps_what_stands_beside() -> None:
    rule = document("rules", 0)
    rule.type_field(field(rule, "prompt has any of"), "refund\nmoney back\nchargeback")
    rule.type_field(field(rule, "takes the route"), "small")
    before, after = TABLE.splitlines(), rule.whole.splitlines()
    assert [line for line in after if line not in before] == [
        '      prompt: [refund, "money back", chargeback]   # both words',
        "    route: small   # on purpose",
    ]


def test_a_value_cleared_and_typed_anew_keeps_its_place_and_its_comment() -> None:
    rule = document("rules", 0)
    for typed in ("larg", "", "s", "small"):
        rule.type_field(field(rule, "takes the route"), typed)
    assert "route: small   # on purpose" in rule.text
    rule.type_field(field(rule, "takes the route"), "large")
    assert rule.text == rule.first


def test_what_cannot_be_read_stays_and_is_told_at_its_field() -> None:
    rule = document("rules", 0)
    rule.type_field(field(rule, "input_tokens at least"), "1oo")
    [problem] = parse_table(rule.whole).problems
    found = rule.field_of(problem)
    assert found is not None
    assert (found.label, shown(found)) == ("input_tokens at least", "1oo")
    assert rule.is_about(problem)


def test_lines_that_cannot_be_read_keep_the_fields_read_last() -> None:
    rule = document("rules", 0)
    fields = rule.fields
    rule.type_text(rule.text.replace("[refund", "[[refund"))
    assert rule.trouble.startswith("Line ")
    assert rule.fields == fields
    rule.type_text(rule.first)
    assert rule.trouble == ""


def test_conditions_are_added_where_one_stands_and_taken_away_again() -> None:
    rule = document("rules", 1)
    rule.add(added(rule, "client", "task is"))
    rule.type_field(field(rule, "client is"), "mobile")
    assert said(rule)[0]["when"]["any_of"][0] == {"task": "drafting", "client": "mobile"}
    rule.add(added(rule, "input_tokens", "id"))
    rule.type_field(field(rule, "input_tokens at most"), "90")
    assert said(rule)[0]["when"]["input_tokens"] == {"max": 90}
    rule.remove(field(rule, "client is"))
    rule.remove(field(rule, "input_tokens at least"))
    assert rule.text == rule.first
    with pytest.raises(EditRefusedError):
        rule.remove(field(rule, "id"))


def test_a_tag_a_group_and_an_alternative_are_added_with_what_they_ask_for() -> None:
    rule = document("rules", 0)
    rule.add(added(rule, "tags.…", "id").with_tag("team"))
    rule.type_field(field(rule, "tags.team is"), "billing")
    group = added(rule, "none_of", "id")
    [stream] = [one for one in group.first if one.name == "stream"]
    rule.add(group.beginning_with(stream))
    more = added(rule, "none_of +", "id")
    [patterns] = [one for one in more.first if one.name == "system matches"]
    begun = more.beginning_with(patterns)
    rule.add(begun)
    assert begun.leads_to in [one.path[:-1] for one in rule.fields]
    when = said(rule)[0]["when"]
    assert when["tags.team"] == "billing"
    assert when["none_of"] == [{"stream": True}, {"system": {"matches": []}}]


def test_a_pattern_added_to_phrases_keeps_them() -> None:
    rule = document("rules", 0)
    rule.add(added(rule, "prompt matches", "id"))
    rule.type_field(field(rule, "prompt matches"), r"\brefund(s|ed)?\b")
    assert said(rule)[0]["when"]["prompt"] == {
        "contains": ["refund", "money back"],
        "matches": [r"\brefund(s|ed)?\b"],
    }


def test_a_route_is_edited_in_its_own_lines() -> None:
    route = document("routes", "small")
    route.type_field(field(route, "timeout, seconds"), "20")
    route.type_field(field(route, "fallbacks"), "maxi")
    route.add(added(route, "escalate", "model"))
    route.type_field(field(route, "to the route"), "large")
    route.type_field(field(route, "on"), "truncated")
    route.add(added(route, "assumption", "model"))
    route.type_field(field(route, "says"), "Quick.")
    route.type_field(field(route, "metric"), "latency_p90_ms")
    route.type_field(field(route, "at most"), "2000")
    table = parse_table(route.whole).table
    assert table is not None
    small = table.routes["small"]
    assert (small.timeout_s, small.fallbacks) == (20.0, ("maxi",))
    assert small.escalate is not None
    assert (small.escalate.to, small.escalate.on) == ("large", ("truncated",))
    assert [(one.says, one.max) for one in small.assumptions] == [("Quick.", 2000.0)]
    gone = set(TABLE.splitlines()) - set(route.whole.splitlines())
    assert gone == set()


def test_a_price_is_added_to_a_model_and_taken_away() -> None:
    model = EntryDocument(
        TABLE.replace("maxi: {provider: acme}", "maxi:\n    provider: acme"), ("models", "maxi")
    )
    model.add(added(model, "price", "provider"))
    model.type_field(field(model, "$ per million in"), "1.5")
    model.type_field(field(model, "$ per million out"), "6")
    assert said(model)["maxi"]["usd_per_million"] == {"input": 1.5, "output": 6}
    model.remove(field(model, "$ per million in"))
    assert model.text == model.first


@pytest.mark.parametrize(
    ("path", "label", "typed", "line"),
    [
        (("default",), "default", "large", "default: large"),
        (("description",), "description", "One.", "description: One.   # kept"),
        (("models", "mini"), "provider", "other", "    provider: other   # theirs"),
        (("tasks", "drafting"), "route", "small", None),
    ],
)
def test_every_kind_of_entry_has_its_form(
    path: tuple[str, ...], label: str, typed: str, line: str | None
) -> None:
    if line is None:
        with pytest.raises(EditRefusedError, match="no lines of its own"):
            document(*path)
        return
    entry = document(*path)
    entry.type_field(field(entry, label), typed)
    assert set(entry.whole.splitlines()) - set(TABLE.splitlines()) == {line}


def test_an_entry_may_get_another_name_but_not_reach_beyond_itself() -> None:
    route = document("routes", "small")
    route.type_text("tiny:\n  model: mini\n")
    assert "  tiny:\n    model: mini\n" in route.whole
    assert field(route, "model").value == "mini"
    [missing, *_] = parse_table(route.whole).problems
    assert missing.code == "missing-reference"
    route.type_text("tiny:\n  model: mini\nother:\n  model: mini\n")
    with pytest.raises(EditRefusedError, match="reach beyond"):
        _ = route.whole


@given(tables(), st.data())
def test_the_form_says_what_the_lines_say_whatever_is_typed_where(
    written: tuple[str, dict[str, Any]], data: st.DataObject
) -> None:
    text, table = written
    place = data.draw(st.integers(0, len(table["rules"]) - 1))
    try:
        rule = EntryDocument(text, ("rules", place))
    except EditRefusedError:
        assert "rules: [" in text
        return
    assert rule.trouble == ""
    for one in rule.fields:
        if one.kind not in ("heading", "foreign"):
            rule.type_field(one, shown(one))
            rule.leave_field()
    assert rule.text == rule.first
    typed = [one for one in rule.fields if one.kind not in ("heading", "foreign")]
    chosen = data.draw(st.sampled_from(typed))
    word = data.draw(st.sampled_from(["refund", "12", "true", "a: b", "# x", "été", ""]))
    try:
        rule.type_field(chosen, word)
    except EditRefusedError:
        return
    again = EntryDocument(rule.whole, ("rules", place))
    assert [(one.path, one.value) for one in again.fields] == [
        (one.path, one.value) for one in rule.fields
    ]
    others = [line for line in text.splitlines() if line.strip() not in rule.first]
    assert all(line in rule.whole.splitlines() for line in others if line.strip())
