"""The filters that were asked for, newest last, kept from one session to the next."""

import json
import os
from contextlib import suppress
from pathlib import Path

MOST = 100


class FilterHistory:
    """A list without repeats. With a file it is read from there and written back, if that goes."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.filters: list[str] = _read(path) if path is not None else []

    def add(self, text: str) -> None:
        """Take note of a filter that was asked for; it is the newest now."""
        if not text:
            return
        self.filters = [*(one for one in self.filters if one != text), text][-MOST:]
        if self._path is not None:
            # A history that cannot be written is not worth a word while an incident runs.
            with suppress(OSError):
                _write(self._path, self.filters)

    def older(self, place: int | None) -> int | None:
        """Return the place of the filter before `place` (None: the line being typed)."""
        last = len(self.filters) - 1 if place is None else place - 1
        return last if 0 <= last < len(self.filters) else place

    def newer(self, place: int | None) -> int | None:
        """Return the place of the filter after `place`, None for the line being typed."""
        if place is None or place + 1 >= len(self.filters):
            return None
        return place + 1


def default_state_folder() -> Path:
    """Return where the console keeps what outlives it. Nothing is created by asking."""
    from platformdirs import user_state_path

    return user_state_path("route-console", appauthor=False)


def _read(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _write(path: Path, filters: list[str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.touch(mode=0o600)
    new.write_text(json.dumps(filters, indent=0))
    new.replace(path)
