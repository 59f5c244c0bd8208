"""Which columns of the traffic list somebody chose, kept from one session to the next."""

import json
import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Choice:
    """Titles of columns: those usually there that are not wanted, and others that are."""

    hidden: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()


AS_USUAL = Choice()


class ColumnChoice:
    """The choice, read from a file and written back there, if that goes."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.chosen = _read(path) if path is not None else AS_USUAL

    def is_shown(self, title: str, *, optional: bool) -> bool:
        """Return whether a column is wanted; `optional` ones are not unless they are chosen."""
        return title in self.chosen.added if optional else title not in self.chosen.hidden

    def toggle(self, title: str, *, optional: bool) -> None:
        """Want a column that was not wanted, or no longer one that was."""
        changed = {title}
        if optional:
            self.chosen = Choice(self.chosen.hidden, self.chosen.added ^ changed)
        else:
            self.chosen = Choice(self.chosen.hidden ^ changed, self.chosen.added)
        self._keep()

    def reset(self) -> None:
        """Go back to the usual columns."""
        self.chosen = AS_USUAL
        self._keep()

    def _keep(self) -> None:
        if self._path is None:
            return
        # As with the history of filters: not worth a word while an incident runs.
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            new = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            new.write_text(
                json.dumps(
                    {"hidden": sorted(self.chosen.hidden), "added": sorted(self.chosen.added)}
                )
            )
            new.replace(self._path)


def _read(path: Path) -> Choice:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return AS_USUAL
    if not isinstance(found, dict):
        return AS_USUAL
    return Choice(_titles(found.get("hidden")), _titles(found.get("added")))


def _titles(found: object) -> frozenset[str]:
    if not isinstance(found, Collection) or isinstance(found, str):
        return frozenset()
    return frozenset(title for title in found if isinstance(title, str))
