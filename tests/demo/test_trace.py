"""Traces of real calls: both forms, and what is said of broken ones."""

import itertools
from pathlib import Path

import pytest

from console.demo.problem import DemoProblem
from console.demo.trace import TracedCall, read_trace


def written(folder: Path, text: str) -> Path:
    path = folder / "trace.csv"
    path.write_bytes(text.encode())
    return path


def test_times_of_day_become_seconds_since_the_first_call(tmp_path: Path) -> None:
    trace = written(
        tmp_path,
        "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
        "2023-11-16 23:59:59.5000000,374,44\r\n"
        "2023-11-17 00:00:01.0000000,396,109\r\n",
    )

    assert read_trace(trace) == (TracedCall(0.0, 374, 44), TracedCall(1.5, 396, 109))


def test_offsets_are_milliseconds_and_calls_are_put_in_order(tmp_path: Path) -> None:
    trace = written(
        tmp_path, "offset_ms,input_tokens,output_tokens\n3000,6758,500\n1000,10,0\n\n1000,7,3\n"
    )

    assert read_trace(trace) == (
        TracedCall(0.0, 10, 1),
        TracedCall(0.0, 7, 3),
        TracedCall(2.0, 6758, 500),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "begins with ``"),
        ("offset_ms,input_tokens,output_tokens\n", "holds no call"),
        ("time,in,out\n1,2,3\n", "begins with `time,in,out`"),
        ("offset_ms,input_tokens,output_tokens\n1,2\n", "line 2 .* 2 columns"),
        ("offset_ms,input_tokens,output_tokens\n0,1,1\nsoon,2,3\n", "line 3 .* milliseconds"),
        ("offset_ms,input_tokens,output_tokens\n0,-1,1\n", "line 2 .* number of tokens"),
        ("offset_ms,input_tokens,output_tokens\n0,99999999,1\n", "more than any model"),
        ("offset_ms,input_tokens,output_tokens\n0,1,\x1b[31m\n", "␛"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,1\n", "line 2 .* not a time"),
        ('offset_ms,input_tokens,output_tokens\n"0,1,1\n', "broken call"),
    ],
)
def test_a_broken_trace_is_refused_with_the_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(DemoProblem, match=words):
        read_trace(written(tmp_path, text))


def test_a_trace_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "trace.bin"
    binary.write_bytes(b"\x80\x81\x82")

    with pytest.raises(DemoProblem, match="cannot be read"):
        read_trace(tmp_path / "missing.csv")
    with pytest.raises(DemoProblem, match="begins with"):
        read_trace(binary)


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("AzureLLMInferenceTrace_conv.csv", 19_366),
        ("AzureLLMInferenceTrace_code.csv", 8_819),
        ("mooncake_conversation.csv", 12_031),
    ],
)
def test_the_published_traces_are_read_whole(shared_data: Path, name: str, calls: int) -> None:
    trace = read_trace(shared_data / "traces" / name)

    assert len(trace) == calls
    assert trace[0].at_s == 0.0
    assert 3000 < trace[-1].at_s <= 3600
    assert all(before.at_s <= after.at_s for before, after in itertools.pairwise(trace))
