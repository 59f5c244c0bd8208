"""The request being composed: what its fields say is what serving would see."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from console.routing.facts import Facts, draw_facts
from console.routing.router import Router
from console.table.load import parse_table
from console.ui.preview_document import FORMATS, PreviewDocument, decided

TABLE = """
version: 1
name: desk
default: general
providers: {acme: {base_url: "https://acme.example/v1"}}
models:
  small: {provider: acme, usd_per_million: {input: 1.0, output: 2.0}, context_tokens: 100}
  wide: {provider: acme}
tasks: {triage: {route: quick}}
routes:
  general: {model: wide}
  quick: {model: small, fallbacks: [wide]}
rules:
  - id: money
    because: Money needs care.
    when: {prompt: refund}
    route: general
"""

texts = st.text(max_size=40)
documents = st.builds(
    PreviewDocument,
    prompt=texts,
    system=texts,
    task=texts,
    model=texts,
    client=texts,
    tags=texts,
    max_output_tokens=st.one_of(texts, st.integers(0, 10**20).map(str)),
    at=texts,
    tools=st.booleans(),
    images=st.booleans(),
    audio=st.booleans(),
    stream=st.booleans(),
    response_format=st.sampled_from(FORMATS),
)
logged = st.builds(
    Facts,
    task=st.none() | texts,
    model=texts,
    client=st.none() | texts,
    tags=st.dictionaries(texts, texts, max_size=3),
    prompt=texts,
    system=texts,
    conversation=texts,
    input_tokens=st.integers(0, 10**6),
    max_output_tokens=st.none() | st.integers(-5, 10**6),
    turns=st.integers(0, 9),
    hidden_chars=st.integers(0, 9),
    tools=st.booleans(),
    images=st.booleans(),
    audio=st.booleans(),
    stream=st.booleans(),
    response_format=texts,
    not_captured=st.frozensets(st.sampled_from(["prompt", "system", "conversation"])),
)


def router() -> Router:
    table = parse_table(TABLE).table
    assert table is not None
    return Router(table)


@given(documents)
def test_the_facts_of_a_document_are_those_serving_draws_from_its_body(
    document: PreviewDocument,
) -> None:
    drawn = draw_facts(document.body(), document.headers(), document.client.strip() or None)

    assert document.facts() == drawn


@given(documents)
def test_whatever_is_typed_is_decided_and_costs_nothing_it_cannot_know(
    document: PreviewDocument,
) -> None:
    result = decided(document, router())

    assert result.decision == router().decide(result.facts, document.moment())
    assert {cost.model for cost in result.costs} == {
        target.model for target in result.decision.targets if target.eligible
    }


@given(logged)
def test_a_logged_request_keeps_every_fact_until_a_field_is_touched(facts: Facts) -> None:
    assert PreviewDocument.of_facts(facts).facts() == facts
    assert PreviewDocument.of_facts(facts).problems() == ()


def test_touching_one_field_of_a_logged_request_changes_that_fact_alone() -> None:
    facts = Facts(task="triage", prompt="hi", conversation="earlier\nhi", turns=4, input_tokens=900)

    edited = msgspec.structs.replace(PreviewDocument.of_facts(facts), task="coding")

    assert edited.facts() == msgspec.structs.replace(facts, task="coding")


def test_editing_the_prompt_of_a_logged_request_leaves_its_earlier_turns_out() -> None:
    facts = Facts(prompt="hi", conversation="earlier\nhi", turns=4, input_tokens=900)

    edited = msgspec.structs.replace(PreviewDocument.of_facts(facts), prompt="hello")

    assert not edited.keeps_conversation
    assert edited.facts().conversation == "hello"
    assert edited.facts().turns == 1


def test_a_text_that_was_not_captured_stays_unknown_until_it_is_written() -> None:
    facts = Facts(not_captured=frozenset({"prompt", "system", "conversation"}))
    document = PreviewDocument.of_facts(facts)

    only_prompt = msgspec.structs.replace(document, prompt="hello").facts()
    both = msgspec.structs.replace(document, prompt="hello", system="be kind").facts()

    assert only_prompt.not_captured == {"system", "conversation"}
    assert both.not_captured == frozenset()
    assert decided(document, router()).decision.reason == "undecidable"


def test_a_field_that_cannot_be_read_is_a_problem_there_and_the_rest_is_decided() -> None:
    document = PreviewDocument(
        prompt="a refund", tags="team", max_output_tokens="lots", at="yesterday"
    )

    assert [problem.field for problem in document.problems()] == ["tags", "max_output_tokens", "at"]
    assert decided(document, router()).decision.rule == "money"


def test_a_time_needs_its_zone() -> None:
    assert PreviewDocument(at="2026-11-23T12:00:00").problems()[0].field == "at"
    assert PreviewDocument(at="2026-11-23T12:00:00Z").moment() == 1795435200.0


def test_flags_and_format_stand_in_the_body() -> None:
    document = PreviewDocument(
        tools=True, images=True, audio=True, stream=True, response_format="json_schema"
    )

    facts = document.facts()

    assert (facts.tools, facts.images, facts.audio, facts.stream) == (True, True, True, True)
    assert facts.response_format == "json_schema"


def test_a_cost_is_an_estimate_of_the_input_and_of_the_longest_answer() -> None:
    document = PreviewDocument(prompt="x" * 40, task="triage", max_output_tokens="50")

    small, wide = decided(document, router()).costs

    assert small.input_usd == 10 * 1.0 / 1_000_000
    assert small.at_most_usd == (10 * 1.0 + 50 * 2.0) / 1_000_000
    assert (wide.input_usd, wide.at_most_usd) == (None, None)


def test_without_a_limit_the_longest_answer_has_no_cost() -> None:
    small, _ = decided(PreviewDocument(prompt="hello", task="triage"), router()).costs

    assert small.input_usd is not None
    assert small.at_most_usd is None
