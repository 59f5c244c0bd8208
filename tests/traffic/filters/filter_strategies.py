"""Filters and requests of every kind, small enough that they often meet."""

from hypothesis import strategies as st

from console.traffic.filters.fields import FLAG_WORDS, NUMBER_FIELDS
from console.traffic.filters.nodes import (
    And,
    Contains,
    Flag,
    Glob,
    Names,
    Node,
    Not,
    Number,
    Or,
    Since,
    Until,
    Words,
)
from tests.traffic.building import NOON

NAMES = ("small", "large", "web-1", "web-2", "none", "a b", 'q"uote', "back\\slash", "w?b[1]", "é*")
TEXTS = ("refund", "Refund 50%", "a_b", "été", "!", "x", 'a refund of "x"', "b")
WORDS = (*TEXTS, "ETE", "ref*", "refund 5*", "of x", 'of "', "fund", "b*", "*", "x y", "fx:*")

_globs = st.sampled_from(["web-*", "*l*", "*", "w?b*", "[*"]).map(Glob)
_name_values = st.one_of(st.none(), st.sampled_from(NAMES), _globs)
_names = st.builds(
    Names,
    st.sampled_from(["route", "task", "rule", "client", "model", "provider", "error", "override"]),
    st.lists(_name_values, min_size=1, max_size=3).map(tuple),
)
_tags = st.builds(
    Names,
    st.just("tag"),
    st.lists(
        st.sampled_from([None, "team=platform", "team=other", Glob("team=*"), Glob("*x*")]),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
_statuses = st.builds(
    Names,
    st.just("status"),
    st.lists(
        st.sampled_from(["ok", "degraded", "error", "client_cancelled", "in_flight"]),
        min_size=1,
        max_size=2,
    ).map(tuple),
)
_numbers = st.builds(
    Number,
    st.sampled_from(sorted(NUMBER_FIELDS)),
    st.sampled_from([">", ">=", "<", "<=", "="]),
    st.sampled_from([0.0, 0.01, 0.1, 1.0, 2.0, 200.0, 2_000.0, 10_000.0, 20_000.0]),
)
_moments = st.integers(0, 20).map(lambda minutes: NOON + 60 * minutes)
_atoms = st.one_of(
    _names,
    _statuses,
    _tags,
    _numbers,
    st.builds(lambda moment: Since("12:00", moment), _moments),
    st.builds(lambda moment: Until("12:00", moment), _moments),
    st.sampled_from(sorted(FLAG_WORDS)).map(Flag),
    st.sampled_from(TEXTS).map(Contains),
    st.sampled_from(WORDS).map(Words),
)


def _joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), parts.map(Not))


filters: st.SearchStrategy[Node] = st.recursive(_atoms, _joined, max_leaves=6)

_maybe_name = st.one_of(st.none(), st.sampled_from(NAMES))
_maybe_count = st.sampled_from([None, 0, 1, 2, 200])
_maybe_ms = st.sampled_from([None, 0.0, 1.0, 200.0, 2_000.0, 10_000.0, 20_000.0])

request_fields = st.fixed_dictionaries(
    {
        "minute": st.integers(0, 20),
        "route": _maybe_name,
        "task": _maybe_name,
        "rule_id": _maybe_name,
        "client": _maybe_name,
        "response_model": _maybe_name,
        "provider_name": _maybe_name,
        "override_id": _maybe_name,
        "error_type": _maybe_name,
        "status": st.sampled_from(["ok", "degraded", "error", "client_cancelled", "in_flight"]),
        "duration_ms": _maybe_ms,
        "time_to_first_chunk_ms": _maybe_ms,
        "gateway_overhead_ms": _maybe_ms,
        "cost_usd": st.sampled_from([None, 0.0, 0.01, 0.1, 2.0]),
        "input_tokens": _maybe_count,
        "output_tokens": _maybe_count,
        "http_status": st.sampled_from([None, 200, 429]),
        "n_attempts": st.integers(0, 2),
        "n_fallbacks": st.integers(0, 1),
        "escalated": st.booleans(),
        "stream": st.booleans(),
        "prompt_preview": st.one_of(st.none(), st.sampled_from(TEXTS)),
        "answer": st.one_of(st.none(), st.sampled_from(TEXTS)),
    }
)
