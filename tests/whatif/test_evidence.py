"""Evidence of a request: whole, harmless where it is pasted, and without a key."""

import json
import shlex
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.traffic.reader import LogReader
from console.traffic.redaction import Redactor
from console.whatif.bundle import NothingMarkedError, as_text, gather, save
from console.whatif.evidence import as_curl, as_document, as_markdown, code, fenced
from console.whatif.request_story import RequestStory, VersionRouters, read_story
from tests.whatif.made_log import TABLE, MadeLog

HOSTILE = "a `` b ``` c\n| d |\x1b[31m\n```\n</details>‮x"
CANARY = "sk-canary-0123456789abcdef0123456789"


@pytest.fixture
def log(tmp_path: Path) -> MadeLog:
    return MadeLog(tmp_path / "traffic.sqlite")


def story_of(log: MadeLog, request_id: str) -> RequestStory:
    log.close()
    reader = LogReader(log.path)
    story = read_story(reader, request_id, VersionRouters())
    reader.close()
    assert story is not None
    return story


def test_a_request_as_markdown_tells_what_a_ticket_needs(log: MadeLog) -> None:
    told = as_markdown(story_of(log, log.add("refund me")))
    assert "### Request `req-0001`" in told
    assert "route `large`, rule `money`" in told
    assert "100 in, 10 out (provider), cost ?" in told
    assert "```\nrefund me\n```" in told
    assert "Answer:\n\nnot captured" in told


def test_a_request_as_json_has_the_names_of_the_log(log: MadeLog) -> None:
    document = as_document(story_of(log, log.add("refund me")))
    assert document["request"]["rule_id"] == "money"
    assert document["decision"]["model"] == "pro"
    assert document["texts"]["prompt"] == "refund me"
    json.dumps(document)


def test_the_curl_command_asks_the_same_and_holds_no_key(log: MadeLog) -> None:
    command = as_curl(story_of(log, log.add("what's $HOME `id`?")), "127.0.0.1:8484")
    assert command is not None
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:2] == ["curl", "http://127.0.0.1:8484/v1/chat/completions"]
    body = json.loads(words[words.index("-d") + 1])
    assert body["messages"] == [{"role": "user", "content": "what's $HOME `id`?"}]
    assert "Authorization: Bearer $ROUTE_CONSOLE_KEY" in words


def test_without_its_prompt_there_is_nothing_to_ask(log: MadeLog) -> None:
    assert as_curl(story_of(log, log.add("hi", capture=False)), "127.0.0.1:8484") is None


@given(st.text(max_size=60))
def test_foreign_text_stays_within_its_code(text: str) -> None:
    shown = code(text)
    if text:
        ticks = len(shown) - len(shown.lstrip("`"))
        inside = shown[ticks:-ticks]
        assert "`" * ticks not in inside.replace(" ", "x") or inside.strip("` ") == ""
        assert "\n" not in shown
    block = fenced(text).split("\n")
    assert block[0] == block[-1]
    assert block[0] not in block[1:-1]


def test_hostile_texts_are_harmless_in_a_ticket(log: MadeLog) -> None:
    told = as_markdown(story_of(log, log.add(HOSTILE)))
    assert "\x1b" not in told
    assert "‮" not in told
    assert "````\n" in told


def test_a_bundle_has_the_requests_and_what_stood_around_them(log: MadeLog, tmp_path: Path) -> None:
    first = log.add("my order")
    log.serve(TABLE.replace("prompt: refund", "prompt: order"), "bo", "orders, too")
    second = log.add("my order")
    log.add("unmarked")
    log.close()
    reader = LogReader(log.path)
    bundle = gather(reader, [second, first, "nobody"])
    reader.close()
    text = as_text(bundle)
    assert text.index(first) < text.index(second)
    assert "orders, too" in text
    assert "-    when: {prompt: refund}" in text
    assert "+    when: {prompt: order}" in text
    assert "| `small` | 2 |" in text
    assert f"route-console tail id:{first},{second}" in text
    assert "unmarked" not in text

    made = save(bundle, tmp_path / "incidents", str)
    again = save(bundle, tmp_path / "incidents", str)
    assert made != again
    document = json.loads((made / "incident.json").read_text())
    assert [one["request"]["request_id"] for one in document["requests"]] == [first, second]
    assert stat.S_IMODE((made / "incident.md").stat().st_mode) == 0o600


def test_no_key_leaves_with_a_bundle(log: MadeLog, tmp_path: Path) -> None:
    request_id = log.add(f"my key is {CANARY} and hunter2-secret")
    log.close()
    reader = LogReader(log.path)
    bundle = gather(reader, [request_id])
    reader.close()
    made = save(bundle, tmp_path / "incidents", Redactor(["hunter2-secret"]).text)
    for name in ("incident.md", "incident.json"):
        written = (made / name).read_text()
        assert CANARY not in written
        assert "hunter2" not in written
        assert request_id in written


def test_a_bundle_of_nothing_is_refused(log: MadeLog) -> None:
    log.close()
    reader = LogReader(log.path)
    with pytest.raises(NothingMarkedError):
        gather(reader, ["nobody"])
    reader.close()
