import json
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from console.inert import inert, is_inert

DANGEROUS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def dangerous(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in DANGEROUS}


@given(st.text())
def test_nothing_a_terminal_obeys_passes(text: str) -> None:
    assert not dangerous(inert(text))
    assert is_inert(inert(text))


@given(st.text())
def test_with_newlines_kept_only_line_feeds_pass(text: str) -> None:
    assert dangerous(inert(text, keep_newlines=True)) <= {"\n"}


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"])))
def test_printable_text_is_left_alone(text: str) -> None:
    visible_letters = "".join(c for c in text if c not in "\u115f\u1160\u3164\uffa0\u2800")
    assert inert(visible_letters) == visible_letters


def test_escapes_and_overrides_are_shown_as_what_they_are() -> None:
    assert inert("\x1b]52;c;aGk=\x07") == "␛]52;c;aGk=␇"
    assert inert("a\u202eb\u009bc\u200b") == "a⟨U+202E⟩b⟨U+009B⟩c⟨U+200B⟩"
    assert inert("one\r\ntwo\tx") == "one␍⏎two⇥x"


def test_a_limit_cuts_and_says_so() -> None:
    assert inert("abcdef", limit=4) == "abc…"


def test_recorded_attacks_are_harmless(shared_data: Path) -> None:
    payloads = json.loads((shared_data / "hostile" / "blns.json").read_text())
    for recording in (shared_data / "hostile" / "terminal_recordings").iterdir():
        payloads.append(recording.read_bytes().decode("utf-8", "surrogateescape"))
    for payload in payloads:
        assert is_inert(inert(payload))
