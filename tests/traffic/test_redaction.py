"""No key reaches the disk, whatever carried it."""

from pathlib import Path

import pytest

from console.traffic.reader import LogReader
from console.traffic.records import OutcomeRow
from console.traffic.redaction import Redactor, secrets_in
from console.traffic.writer import LogWriter
from tests.traffic.building import DECISION, attempt, body, ended, facts, gateway, request

KEY = "sk-proj-0123456789abcdef"
SECRET = "correct horse/battery"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (f"use {KEY} now", "use [secret****************] now"),
        (f"it is {SECRET}!", "it is [secret*************]!"),
        ("GET /v1?key=abcdefgh&n=1", "GET /v1?key=[secret]&n=1"),
        ("postgres://me:12345678@db/x", "postgres://me:[secret]@db/x"),
        ('{"api_key": "abcdefgh"}', '{"api_key": "[secret]"}'),
        (
            "Authorization: Bearer abcdefghijklmnopqrstu",
            "Authorization: [secret********************]",
        ),
        ("what is the key to happiness?", "what is the key to happiness?"),
    ],
)
def test_a_key_is_taken_out_and_the_text_keeps_its_length(text: str, wanted: str) -> None:
    assert Redactor([SECRET]).text(text) == wanted
    assert len(wanted) == len(text)


def test_a_secret_is_found_in_a_url_and_in_json_as_well() -> None:
    redactor = Redactor(['a"quoted/secret'])

    assert "quoted" not in redactor.text("?x=a%22quoted%2Fsecret&y")
    assert "quoted" not in redactor.text(r'{"x": "a\"quoted/secret"}')


@pytest.mark.parametrize("text", ["said sk-proj-0123", "said correct ho", "said Bearer abcde"])
def test_where_a_text_was_cut_the_beginning_of_a_key_goes_too(text: str) -> None:
    found = Redactor([SECRET]).cut_text(text)

    assert found == "said " + "*" * (len(text) - 5)


def test_the_environments_secrets_are_known_by_the_names_of_their_variables() -> None:
    environment = {"OPENAI_API_KEY": "a-key", "GH_TOKEN": " t ", "HOME": "/home", "KEYBOARD": "us"}

    assert secrets_in(environment) == {"a-key", "t"}


def test_no_field_of_any_record_brings_a_key_to_the_disk(path: Path) -> None:
    writer = LogWriter(path, interval_s=0.001, redactor=Redactor([SECRET]))
    for number, secret in enumerate((KEY, SECRET)):
        tags = {"team": secret, secret: "x"}
        told = {"client": secret, "conversation_id": secret, "task": secret}
        texts = {"prompt": secret, "system": secret, "conversation": f"{secret} {secret}"}
        row = request(number, request_model=secret, prompt_preview=secret, **told)
        said = facts(number, task=secret, model=secret, client=secret, tags=tags)
        writer.begin(row, said, DECISION, body=body(number, **texts))
        writer.attempt(attempt(number, error_message=f"no such key: {secret}"))
        writer.finish(ended(number, finish_reason=secret, **told), answer=f"It is {secret}.")
        writer.heartbeat(gateway(last_problem=secret))
        writer.outcome(OutcomeRow(row.request_id, 1.0, "good", 1.0, secret, f"see {secret}"))
    assert writer.flush(20)

    for file in path.parent.iterdir():
        assert KEY.encode() not in file.read_bytes()
        assert SECRET.encode() not in file.read_bytes()
    writer.close()
    reader = LogReader(path)
    [found] = reader.attempts(ended(0).request_id)
    assert found.error_message == "no such key: [secret****************]"
    reader.close()


def test_what_a_provider_said_is_cut_to_500_code_points(path: Path) -> None:
    writer = LogWriter(path)
    writer.finish(ended(1))
    writer.attempt(attempt(1, error_message="é" * 900))
    writer.close()

    reader = LogReader(path)
    [found] = reader.attempts(ended(1).request_id)
    assert found.error_message == "é" * 500
    reader.close()


def test_the_beginning_of_a_key_is_found_at_the_end_of_every_text_that_may_have_been_cut() -> None:
    redactor = Redactor()
    row = body(prompt="see Bearer abcd", system="and sk-proj-01", answer="AIzaSyA then more")

    redactor.record(row)

    assert (row.prompt, row.system) == ("see ***********", "and **********")
    assert row.answer == "AIzaSyA then more"
