"""Drafts in a folder: each change is on disk before the next key, and outlives a crash."""

import json
import os
import re
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from console.table.draft import Draft, State

UNNAMED = "current"
"""The draft that any edit begins, until it is given a name."""

_PLAIN = re.compile(r"[a-z0-9-]{1,64}")


class DraftStore:
    """The drafts of the table at one path, by name; without a folder none outlives the console."""

    def __init__(self, folder: Path | None, table_path: Path) -> None:
        key = sha256(os.fsencode(table_path.resolve())).hexdigest()[:12]
        self._folder = None if folder is None else folder / "drafts" / f"{table_path.stem}-{key}"

    def names(self) -> list[str]:
        """Return the names of the drafts there are."""
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def in_work(self) -> tuple[str, Draft] | None:
        """Return the draft to go on with, and its name; None where there is none.

        The one without a name is what was being worked on; the others were put away.
        """
        for name in sorted(self.names(), key=lambda each: each != UNNAMED):
            found = self.read(name)
            if found is not None and found.is_changed:
                return name, found
        return None

    def can_be_called(self, name: str) -> bool:
        """Return whether a draft can have that name."""
        return _PLAIN.fullmatch(name) is not None

    def read(self, name: str) -> Draft | None:
        """Return the draft of that name; None where there is none that can be read."""
        path = self._path(name)
        if path is None:
            return None
        try:
            return _draft_in(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, name: str, draft: Draft) -> None:
        """Keep a draft; one that changes nothing is forgotten. Raises OSError."""
        path = self._path(name)
        if path is None:
            return
        if not draft.is_changed:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}")
        states = [[state.text, state.words] for state in draft.states]
        document = {"begun_from": draft.begun_from, "at": draft.at, "states": states}
        try:
            with new.open("w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), 0o600)
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        except OSError:
            with suppress(OSError):
                new.unlink()
            raise

    def forget(self, name: str) -> None:
        """Delete a draft."""
        path = self._path(name)
        if path is not None:
            path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path | None:
        if self._folder is None or not _PLAIN.fullmatch(name):
            return None
        return self._folder / f"{name}.json"


def _draft_in(found: Any) -> Draft:
    states = [State(str(text), str(words)) for text, words in found["states"]]
    at = int(found["at"])
    if not 0 <= at < len(states):
        raise ValueError("a draft without the text in view")
    return Draft(str(found["begun_from"]), states, at)
