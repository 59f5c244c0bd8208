"""Who may use the gateway: keys of clients by name, from a file or from the environment.

A key is hashed whole when it is read; what a request brings is hashed, too, and compared with all
of them in constant time. SHA-256 is enough: keys are long and made by chance, not remembered.
"""

import hmac
import os
import re
import stat
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

import yaml

from console.gateway.settings import ServeProblem

VARIABLE = "ROUTE_CONSOLE_CLIENT_KEYS"
"""Keys in the environment: `name=key,other=key`."""

SHORTEST_KEY = 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_KEY = re.compile(r"[!-~]+")
_SHAPE = "Write one `name: key` on a line."
_MOST_BYTES = 1024 * 1024


class ClientKeys:
    """The keys of all clients, as digests."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._names = tuple(keys)
        self._digests = tuple(_digest(key) for key in keys.values())

    def __bool__(self) -> bool:
        return bool(self._names)

    def name_of(self, key: str) -> str | None:
        """Return whose key this is, None if it is nobody's. Takes as long for every key."""
        digest = _digest(key)
        found: str | None = None
        for name, other in zip(self._names, self._digests, strict=True):
            if hmac.compare_digest(digest, other):
                found = name
        return found


def read_client_keys(path: Path | None, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the keys by their clients' names; none where neither place has any.

    Raises `ServeProblem`, which never repeats a key.
    """
    keys: dict[str, str] = {}
    sources = []
    if path is not None:
        sources.append((f"The file of client keys {path}", _pairs_in_file(path)))
    if environment.get(VARIABLE, "").strip():
        sources.append((f"The variable {VARIABLE}", _pairs_in(environment[VARIABLE])))
    for place, pairs in sources:
        for number, (name, key) in enumerate(pairs, 1):
            _check(f"{place}, entry {number}:", name, key, keys)
            keys[name] = key
    if path is not None and not keys:
        raise ServeProblem(f"The file of client keys {path} holds no key.", _SHAPE)
    return keys


def _check(place: str, name: str, key: str, before: Mapping[str, str]) -> None:
    if not _NAME.fullmatch(name):
        raise ServeProblem(
            f"{place} the client's name is empty or holds other than letters, digits and _.@-",
            _SHAPE,
        )
    if len(key) < SHORTEST_KEY or not _KEY.fullmatch(key):
        raise ServeProblem(
            f"{place} the key of {name} is shorter than {SHORTEST_KEY} characters or holds other"
            " than printable ASCII without spaces.",
            "Make one with `openssl rand -hex 32`.",
        )
    if name in before:
        raise ServeProblem(f"{place} {name} has a key already.", "Give each client one name.")
    if key in before.values():
        raise ServeProblem(f"{place} {name} has the key of another.", "Give each its own.")


def _pairs_in(text: str) -> Iterable[tuple[str, str]]:
    for part in text.split(","):
        if part.strip():
            name, _, key = part.strip().partition("=")
            yield name.strip(), key.strip()


def _pairs_in_file(path: Path) -> Iterable[tuple[str, str]]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ServeProblem(
            f"The file of client keys {path} cannot be read: {error.strerror}.", None
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        # Of the file that was opened, not of the one that may stand there now.
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise ServeProblem(f"{path} is not a file of client keys.", _SHAPE)
        if mode & 0o077:
            raise ServeProblem(
                f"The file of client keys {path} may be read by others (mode"
                f" {stat.S_IMODE(mode):o}).",
                f"chmod 600 {path}",
            )
        return _pairs_in_yaml(path, file.read(_MOST_BYTES))


def _pairs_in_yaml(path: Path, text: bytes) -> list[tuple[str, str]]:
    """Read `name: key` lines; a mapping node keeps repeated names, which a dict would not."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}," if mark is not None else ""
        # The parser's own words would repeat the line, and with it a key.
        raise ServeProblem(f"The file of client keys {path}{where} is no YAML.", _SHAPE) from None
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise ServeProblem(f"The file of client keys {path} holds no names with keys.", _SHAPE)
    pairs = []
    for name, key in node.value:
        if not isinstance(name, yaml.ScalarNode) or not isinstance(key, yaml.ScalarNode):
            line = name.start_mark.line + 1
            raise ServeProblem(f"The file of client keys {path}, line {line}: no key.", _SHAPE)
        pairs.append((name.value, key.value))
    return pairs


def _digest(key: str) -> bytes:
    return sha256(key.encode("utf-8", "surrogateescape")).digest()
