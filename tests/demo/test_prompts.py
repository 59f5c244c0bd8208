"""The demo's own prompts, and prompt files of others."""

from collections import Counter
from pathlib import Path

import pytest

from console.demo.problem import DemoProblem
from console.demo.prompts import embedded_prompts, parse_prompts, read_prompts


def test_the_embedded_prompts_load_without_a_bad_line() -> None:
    found = embedded_prompts()

    assert len(found.prompts) >= 120
    assert found.bad_lines == ()


def test_the_embedded_prompts_are_as_varied_as_a_working_day() -> None:
    prompts = embedded_prompts().prompts

    assert len({spec.prompt for spec in prompts}) == len(prompts)
    assert len({spec.task for spec in prompts} - {None}) >= 8
    assert len({spec.client for spec in prompts} - {None}) >= 10
    assert sum(bool(spec.tools) for spec in prompts) >= 5
    assert sum(bool(spec.json) for spec in prompts) >= 10
    assert sum(spec.image for spec in prompts) >= 3
    assert sum(spec.pad_to_tokens >= 32_000 for spec in prompts) >= 3
    assert sum(bool(spec.turns) for spec in prompts) >= 3
    assert sum(not spec.prompt.isascii() for spec in prompts) >= 15
    assert Counter(spec.stream for spec in prompts)[True] >= 20


def test_bad_lines_are_told_by_number_and_skipped() -> None:
    found = parse_prompts(
        b'{"prompt": "one"}\n'
        b"\n"
        b"not JSON\n"
        b'{"task": "no prompt"}\n'
        b'{"prompt": "  "}\n'
        b'{"prompt": "two", "pad_to_tokens": -1}\n'
        b'{"prompt": "three", "something_else": 1}\r\n'
    )

    assert [spec.prompt for spec in found.prompts] == ["one", "three"]
    assert [bad.line for bad in found.bad_lines] == [3, 4, 5, 6]
    assert found.notices()[0].startswith("line 3 skipped: ")


def test_of_very_many_bad_lines_most_are_only_counted() -> None:
    notices = parse_prompts(b"x\n" * 1000).notices()

    assert len(notices) == 21
    assert notices[-1] == "980 more lines skipped"


def test_what_a_bad_line_says_cannot_reach_the_terminal_raw() -> None:
    [bad] = parse_prompts(b'{"prompt": "a", "tags": {"\\u001b[31m": 1}}').bad_lines

    assert bad.message.isprintable()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        (b"", "holds no prompt"),
        (b"\xff\xfe\x00", "holds no prompt"),
        (b"prompt\nhello\n", "line 1"),
    ],
)
def test_a_file_without_a_prompt_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    path = tmp_path / "prompts.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(DemoProblem, match=words):
        read_prompts(path)


def test_the_prompts_people_wrote_can_be_played_as_they_are(shared_data: Path) -> None:
    found = read_prompts(shared_data / "prompts.jsonl")

    assert len(found.prompts) > 5000
    assert found.bad_lines == ()
