"""Writes the table a demo runs on: the embedded one or a copy of yours, on simulated providers."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from shutil import copyfile

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode

from console.demo.problem import DemoProblem
from console.inert import inert
from console.table.test_file import tests_beside
from console.table.yaml_source import MAX_BYTES

DEMO_KEY_ENV = "ROUTE_CONSOLE_DEMO_KEY"
"""What a copied table names instead of its own keys: those must not reach a simulated provider."""
DEMO_KEY = "demo"

TABLE_NAME = "workday.yaml"


def embedded_table_text() -> str:
    """Return the embedded table, its providers still without an address."""
    return _embedded("table.yaml")


def write_demo_table(folder: Path, base_urls: dict[str, str]) -> Path:
    """Write the embedded table with these addresses, and its tests, into `folder`.

    Returns the table's path. Raises OSError where the file cannot be written.
    """
    table = _write(folder / TABLE_NAME, with_base_urls(embedded_table_text(), base_urls))
    _write(tests_beside(table), _embedded("table.tests.yaml"))
    return table


def write_table_copy(table: Path, folder: Path, base_urls: dict[str, str]) -> Path:
    """Write a copy of `table` into `folder` that calls the simulated providers, else unchanged.

    Its tests are copied with it. The variables its keys come from are replaced by `DEMO_KEY_ENV`.
    Raises DemoProblem where the table is not YAML or lies in `folder` itself, OSError where a file
    cannot be read or written.
    """
    target = folder / table.name
    if target.resolve() == table.resolve():
        raise DemoProblem(
            f"The demo's folder is the folder of the table {inert(table.name)} itself.",
            "Name another --folder: the copy must not overwrite your table.",
        )
    copy = _write(target, with_base_urls(read_text(table), base_urls))
    if tests_beside(table).is_file():
        copyfile(tests_beside(table), tests_beside(copy))
    return copy


def provider_names(text: str) -> tuple[str, ...]:
    """Return the providers a table's text names. Raises DemoProblem where it is not YAML."""
    return tuple(name for name, _ in _providers(text))


def with_base_urls(text: str, base_urls: Mapping[str, str]) -> str:
    """Return the text with the addresses replaced in their places, comments and all else kept."""
    changes: dict[tuple[int, int], str] = {}
    for name, provider in _providers(text):
        for key, value in _members(provider):
            if key == "base_url" and name in base_urls:
                changes[_span(value)] = base_urls[name] + _line_end(value)
            elif key == "api_key_env":
                changes[_span(value)] = DEMO_KEY_ENV + _line_end(value)
    for (start, end), new in sorted(changes.items(), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def read_text(table: Path) -> str:
    """Return a table's text. Raises DemoProblem where it is too large or not UTF-8, and OSError."""
    with table.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DemoProblem(f"The table {inert(table.name)} is over 1 MiB.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DemoProblem(f"The table {inert(table.name)} is not UTF-8 text.") from error


def _providers(text: str) -> list[tuple[str, Node]]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise DemoProblem(
            "The table is not YAML.", "`route-console check` tells where it goes wrong."
        ) from error
    found = [node for key, node in _members(root) if key == "providers"]
    return _members(found[0]) if found else []


def _members(node: Node | None) -> list[tuple[str, Node]]:
    if not isinstance(node, MappingNode):
        return []
    return [(key.value, value) for key, value in node.value if isinstance(key, ScalarNode)]


def _span(node: Node) -> tuple[int, int]:
    """Return where a value stands in the text, from its first character to past its last."""
    return node.start_mark.index, node.end_mark.index


def _line_end(node: Node) -> str:
    """Return what a replaced value has to end with: a block scalar owns the end of its line."""
    return "\n" if isinstance(node, ScalarNode) and node.style in ("|", ">") else ""


def _embedded(name: str) -> str:
    return resources.files("console.demo").joinpath(name).read_text(encoding="utf-8")


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
