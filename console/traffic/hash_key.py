"""The secret under which a log's prompts are hashed: equal prompts show, what they say does not.

It stands beside the log, not in it: whoever is handed a log cannot try out prompts against its
hashes. All gateways that write to one log share it.
"""

import os
import secrets
from pathlib import Path

from console.traffic import problem

KEY_BYTES = 32


def hash_key_beside(log_path: Path) -> bytes:
    """Return the key of the log, made when it is first asked for. Raises LogProblem.

    A key that was deleted is replaced by another; hashes from before then match none from after.
    """
    path = log_path.with_name(log_path.name + ".key")
    try:
        if not path.exists():
            _create(path)
        key = path.read_bytes()
    except OSError as error:
        raise problem.unwritable(log_path, f"its key {path.name}: {error.strerror}") from None
    if len(key) != KEY_BYTES:
        raise problem.unwritable(log_path, f"its key {path.name} is not {KEY_BYTES} bytes long")
    return key


def _create(path: Path) -> None:
    # Whole or not at all, and never over another's: of two gateways that start, both use one key.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.close(descriptor)
        draft.unlink()
