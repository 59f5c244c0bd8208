"""Who may use a gateway, and that no client's key is told to anybody."""

from pathlib import Path
from typing import Any

import openai
import pytest

from console.gateway.client_keys import VARIABLE, ClientKeys, read_client_keys
from console.gateway.settings import ServeProblem, listening_address
from tests.gateway.conftest import Desk, assert_nowhere_in
from tests.gateway.scripted_provider import answers

IDE_KEY = "ide-key-0123456789abcdef"
BATCH_KEY = "batch-key-0123456789abcd"
ASK: list[Any] = [{"role": "user", "content": "Greet me."}]


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "keys" / "clients.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


async def guarded(desk: Desk) -> Any:
    await desk.provider("east", answers())
    keys = key_file(desk.log_path.parent.parent, f"ide: {IDE_KEY}\nbatch: {BATCH_KEY}\n")
    return await desk.open(client_keys_path=keys)


async def test_a_request_without_a_known_key_is_refused_and_not_logged(desk: Desk) -> None:
    client = await guarded(desk)

    with pytest.raises(openai.AuthenticationError) as told:
        await client.chat.completions.create(model="any", messages=ASK)

    assert told.value.code == "invalid_api_key"
    assert "client-s-own" not in told.value.response.text
    for path in ("/v1/models", "/metrics", "/v1/outcomes", "/nowhere"):
        assert (await desk.http.get(path)).status_code == 401
    assert desk.read_log(lambda reader: reader.newest(9)) == []
    assert not desk.providers["east"].received


async def test_the_clients_name_is_a_fact_and_in_the_log_and_its_key_is_not(desk: Desk) -> None:
    client = (await guarded(desk)).with_options(api_key=BATCH_KEY)

    await client.chat.completions.create(
        model="any", messages=[{"role": "user", "content": f"My key is {BATCH_KEY}, is it good?"}]
    )

    row, _ = await desk.one_logged()
    assert row.client == "batch"
    facts = desk.read_log(lambda reader: reader.facts(row.request_id))
    assert facts.client == "batch"
    [received] = desk.providers["east"].received
    assert BATCH_KEY not in str(received.headers)
    assert_nowhere_in(desk.log_path.parent, BATCH_KEY)


async def test_healthz_tells_its_status_to_all_and_the_rest_to_clients(desk: Desk) -> None:
    await guarded(desk)
    told = await desk.http.get("/healthz")
    client = {"authorization": f"Bearer {IDE_KEY}"}
    all_told = await desk.http.get("/healthz", headers=client)

    assert told.json() == {"status": "ok"}
    assert "table" in all_told.json()


@pytest.mark.parametrize("header", [IDE_KEY, f"Basic {IDE_KEY}", f"Bearer {IDE_KEY}x", "Bearer"])
async def test_only_the_whole_key_lets_in(desk: Desk, header: str) -> None:
    await guarded(desk)

    answer = await desk.http.get("/v1/models", headers={"authorization": header})

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_keys_come_from_a_file_and_from_the_environment(tmp_path: Path) -> None:
    path = key_file(tmp_path, f"# whose\nide: '{IDE_KEY}'\n")

    keys = read_client_keys(path, {VARIABLE: f"batch={BATCH_KEY}, ci=abcdefghijklmnop="})

    assert keys == {"ide": IDE_KEY, "batch": BATCH_KEY, "ci": "abcdefghijklmnop="}
    assert ClientKeys(keys).name_of(BATCH_KEY) == "batch"
    assert ClientKeys(keys).name_of("another") is None
    assert IDE_KEY not in str(vars(ClientKeys(keys)))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_of_keys_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = key_file(tmp_path, f"ide: {IDE_KEY}\n", mode)

    with pytest.raises(ServeProblem, match="may be read by others") as told:
        read_client_keys(path, {})

    assert told.value.hint == f"chmod 600 {path}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no key"),
        ("ide: short\n", "entry 1: the key of ide is shorter"),
        (f"ide: {IDE_KEY}\nide: {BATCH_KEY}\n", "entry 2: ide has a key already"),
        (f"ide: {IDE_KEY}\nbatch: {IDE_KEY}\n", "entry 2: batch has the key of another"),
        (f"'': {IDE_KEY}\n", "entry 1: the client's name"),
        (f"ide: [{IDE_KEY}]\n", "line 1: no key"),
        (f"- {IDE_KEY}\n", "holds no names with keys"),
        (f"ide: '{IDE_KEY}\n", "is no YAML"),
    ],
)
def test_a_file_of_keys_with_a_mistake_is_refused_without_repeating_a_key(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ServeProblem) as told:
        read_client_keys(key_file(tmp_path, text), {})

    assert said in told.value.sentence
    assert IDE_KEY not in told.value.sentence + str(told.value.hint)


def test_with_keys_a_gateway_may_listen_anywhere_and_without_on_loopback_alone() -> None:
    assert listening_address("0.0.0.0", asks_for_keys=True) == "0.0.0.0"
    assert listening_address("::1", asks_for_keys=False) == "::1"
    with pytest.raises(ServeProblem, match="it asks clients for no key"):
        listening_address("0.0.0.0", asks_for_keys=False)
    with pytest.raises(ServeProblem, match="that is no address"):
        listening_address("example.com", asks_for_keys=True)
