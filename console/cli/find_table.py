"""Which table a command works on: the one named, or the only one in `policies/`."""

from pathlib import Path

from console.table.load import Loaded, read_table
from console.table.overrides import (
    LoadedOverrides,
    overrides_beside,
    parse_overrides,
    read_overrides,
)
from console.table.yaml_source import read_bounded

_BESIDE = (".tests.yaml", ".overrides.yaml")


class NoTableError(Exception):
    """No table can be chosen. `sentence` says why, `hint` what to do."""

    def __init__(self, sentence: str, hint: str) -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


def tables_in(folder: Path) -> list[Path]:
    """Return the tables in a folder, by name; tests and overrides beside them left out."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.glob("*.yaml") if not p.name.endswith(_BESIDE))


def find_table(named: str | None, folder: Path = Path("policies")) -> Path:
    """Return the path of the table to work on. Raises NoTableError where none can be chosen."""
    if named is not None:
        path = Path(named)
        if not path.is_file():
            what = "a folder" if path.is_dir() else "not there"
            raise NoTableError(f"The table {named} is {what}.", "Give the path of a YAML file.")
        return path
    tables = tables_in(folder)
    if not tables:
        raise NoTableError(
            f"There is no table in {folder}/.",
            "Name one with --table FILE, or try `route-console demo`.",
        )
    if len(tables) > 1:
        names = ", ".join(str(table) for table in tables)
        raise NoTableError(f"There are several tables: {names}.", "Choose one with --table FILE.")
    return tables[0]


def read_with_overrides(path: Path, named: str | None) -> tuple[Loaded, LoadedOverrides]:
    """Return the table at `path` and the overrides beside it, or those in the file `named`.

    Raises OSError where a file cannot be read, FileNotFoundError too where it was named.
    """
    if named is None:
        return read_table(path), read_overrides(overrides_beside(path))
    return read_table(path), parse_overrides(read_bounded(Path(named)))
