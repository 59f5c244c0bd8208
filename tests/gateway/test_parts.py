"""The small pure parts of the gateway: ids, events, headers, hints and kept text."""

import uuid
from datetime import UTC, datetime

import pytest

from console.gateway.chat_stream import count_chunk
from console.gateway.client_hints import client_hints, header_texts
from console.gateway.kept_text import cut, prompt_hash
from console.gateway.reply import header_value
from console.gateway.sse import MAX_EVENT_BYTES, EventReader, EventTooLongError
from console.gateway.stream_tally import StreamTally
from console.gateway.upstream import retry_after_s
from console.gateway.usage import Usage, usage_in
from console.gateway.uuid7 import uuid7
from console.routing.facts import Facts


def test_a_request_id_is_a_uuid_of_version_7_with_the_time_of_its_making() -> None:
    before = datetime.now(UTC).timestamp() * 1000

    made = uuid.UUID(uuid7())

    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert 0 <= (made.int >> 80) - int(before) < 1000


def test_request_ids_sort_in_the_order_they_were_made() -> None:
    # Ids of one 244 ns tick share their time; a thousand in a row cannot all.
    ids = [uuid7()[:18] for _ in range(1000)]

    assert ids == sorted(ids)
    assert len({uuid7() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_events_are_read_however_the_bytes_are_cut(size: int) -> None:
    raw = b': ping\n\ndata: {"a":1}\r\n\r\nevent: x\ndata:{"b":\ndata: 2}\n\nid: 7\n\ndata: [DONE]'
    reader = EventReader()

    events = [e for i in range(0, len(raw), size) for e in reader.feed(raw[i : i + size])]

    assert events == [b'{"a":1}', b'{"b":\n2}']
    assert reader.finish() == [b"[DONE]"]


@pytest.mark.parametrize("piece", [b"x" * 65_536, b"data: " + b"x" * 65_536 + b"\n"])
def test_an_event_that_does_not_end_is_given_up(piece: bytes) -> None:
    reader = EventReader()
    for _ in range(MAX_EVENT_BYTES // len(piece) - 1):
        reader.feed(piece)

    with pytest.raises(EventTooLongError):
        reader.feed(3 * piece)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("small", b"small"),
        (None, b""),
        ("a\r\nx-evil: 1", b"a??x-evil: 1"),
        ("größe\x1b[31m", b"gr??e?[31m"),
        ("x" * 999, b"x" * 200),
    ],
)
def test_a_header_value_is_printable_ascii_whatever_it_was_made_of(
    text: str | None, sent: bytes
) -> None:
    assert header_value(text) == sent


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Mon, 23 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 23 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_how_long_a_provider_asks_to_be_left_alone(
    headers: dict[str, str], seconds: float | None
) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    assert retry_after_s(headers, now) == seconds


def test_headers_are_read_as_utf_8_and_repeated_ones_are_joined() -> None:
    raw = [(b"x-route-tags", b"a=1"), (b"x-route-task", "Übersetzung".encode()), (b"x-y", b"\xe9")]

    texts = header_texts([*raw, (b"x-route-tags", b"b=2")])

    assert texts == {"x-route-tags": "a=1,b=2", "x-route-task": "Übersetzung", "x-y": "é"}


@pytest.mark.parametrize("told", ["nan", "inf", "-1", "x", ""])
def test_a_client_s_timeout_that_is_none_counts_as_not_told(told: str) -> None:
    headers = {"x-stainless-read-timeout": told, "x-stainless-retry-count": told}

    assert client_hints(headers, {"metadata": ["c"]}) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "size", "kept"), [("abc", 2, "ab"), ("aé", 2, "a"), ("é", 2, "é"), ("😀x", 3, "")]
)
def test_text_is_cut_between_characters(text: str, size: int, kept: str) -> None:
    assert cut(text, size) == kept


def test_equal_prompts_have_equal_hashes_under_one_log_s_secret_only() -> None:
    facts = Facts(prompt="Greet me.")

    assert prompt_hash(facts, b"k" * 32) == prompt_hash(Facts(prompt="Greet me."), b"k" * 32)
    assert prompt_hash(facts, b"k" * 32) != prompt_hash(facts, b"l" * 32)
    assert prompt_hash(facts, None) is None


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"prompt_tokens": 3, "completion_tokens": 2}, Usage(3, 2)),
        ({"prompt_tokens": 3}, Usage(3)),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage(0, 0)),
        ({"prompt_tokens": -3, "completion_tokens": True}, None),
        ({"prompt_tokens": 1.5, "completion_tokens": "2"}, None),
        ({"prompt_tokens": 10**30, "completion_tokens": 2}, Usage(None, 2)),
        ([], None),
        (None, None),
    ],
)
def test_only_counts_are_taken_for_counts(told: object, usage: Usage | None) -> None:
    assert usage_in({"usage": told}) == usage


@pytest.mark.parametrize(
    ("delta", "begun"),
    [
        ({"role": "assistant"}, False),
        ({"role": "assistant", "content": ""}, False),
        ({"content": "a"}, True),
        ({"tool_calls": [{"index": 0}]}, True),
        ({"reasoning_content": "hm"}, True),
        ({"refusal": "no"}, True),
        (None, False),
    ],
)
def test_a_stream_has_begun_with_its_first_content(delta: object, begun: bool) -> None:
    tally = StreamTally(keep_text_bytes=0)

    count_chunk(tally, {"choices": [{"delta": delta}]})

    assert tally.has_begun == begun


def test_a_line_of_megabytes_is_put_together_once_however_many_reads_it_takes() -> None:
    reader = EventReader(most_bytes=32 * 1024 * 1024)
    piece = b"x" * 65_536

    reader.feed(b"data: ")
    for _ in range(256):
        assert reader.feed(piece) == []
    [event] = reader.feed(b"\n\n")

    assert event == piece * 256
