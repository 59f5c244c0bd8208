"""The import rule of the house: which folder of `console/` may know which, and who loads what."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import console

ROOT = Path(console.__file__).parent
EVERYBODY_MAY = {"console", "inert", "json_text", "quantities"}
"""The package itself (its version), and how foreign text is shown and JSON is read and written."""

MAY_IMPORT = {
    "table": set[str](),
    "routing": {"table"},
    "traffic": {"table", "routing"},
    "whatif": {"table", "routing", "traffic"},
    "gateway": {"table", "routing", "traffic"},
    "demo": {"table", "routing", "traffic", "gateway"},
    "ui": {"table", "routing", "traffic", "whatif"},
    "__main__": {"cli"},
    **{name: set[str]() for name in sorted(EVERYBODY_MAY)},
    "cli": {"table", "routing", "traffic", "whatif", "gateway", "demo", "ui"},
}
ONLY_UNDER = {
    "textual": {"ui"},
    "rich": {"ui"},
    "sqlite3": {"traffic"},
    "sqlite_utils": {"traffic"},
    "re2": {"table", "routing", "traffic", "gateway"},
    "yaml": {"table", "demo", "gateway"},
    "starlette": {"gateway", "demo"},
    "uvicorn": {"gateway", "demo"},
    "httpx": {"gateway", "demo"},
    "httpx_aiohttp": {"gateway", "demo"},
    "aiohttp": {"gateway", "demo"},
}
"""Libraries that stay in their rooms, so that each can be replaced by changing one room."""

FILES = sorted(ROOT.rglob("*.py"))


def room_of(path: Path) -> str:
    """Return the folder of `console/` a file stands in; for a file beside them, its own name."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py").replace("__init__", "console")


@cache
def imports_of(path: Path) -> list[tuple[int, str]]:
    """Return line and absolute name of everything a file imports, within functions too."""
    return list(_imports_in(path))


def _imports_in(path: Path) -> Iterator[tuple[int, str]]:
    package = ["console", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from console import table` names a room only with what is imported from it
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield node.lineno, _start_of(node.args[0])


def _start_of(name: ast.expr) -> str:
    """Return the text a computed module name begins with; none may be wholly computed."""
    if isinstance(name, ast.JoinedStr):
        name = name.values[0]
    assert isinstance(name, ast.Constant), ast.unparse(name)
    return str(name.value)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    allowed = {room, *MAY_IMPORT[room], *EVERYBODY_MAY}
    broken = []
    for path in (path for path in FILES if room_of(path) == room):
        for line, name in imports_of(path):
            parts = name.split(".")
            if parts[0] == "console" and not parts[1].startswith("__") and parts[1] not in allowed:
                broken.append(f"{path.relative_to(ROOT.parent)}:{line} imports {name}")

    assert broken == []


@pytest.mark.parametrize("library", ONLY_UNDER)
def test_a_library_is_known_in_its_rooms_alone(library: str) -> None:
    broken = [
        f"{path.relative_to(ROOT.parent)}:{line} imports {name}"
        for path in FILES
        if room_of(path) not in ONLY_UNDER[library]
        for line, name in imports_of(path)
        if name.split(".")[0] == library
    ]

    assert broken == []


def test_every_folder_stands_under_the_rule() -> None:
    folders = {room_of(path) for path in FILES if path.parent != ROOT}

    assert folders <= set(MAY_IMPORT)
    assert {room_of(path) for path in FILES} - folders <= {*EVERYBODY_MAY, "__main__"}


def test_the_rule_would_notice_what_breaks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    (tmp_path / "table").mkdir()
    file = tmp_path / "table" / "new.py"
    file.write_text(
        "import rich.text\n"
        "from console import ui\n"
        "from .. import gateway\n"
        "from ..demo.wire import x\n"
        "def later():\n    from textual.app import App\n    import_module('sqlite3')\n"
    )

    assert room_of(file) == "table"
    assert {name for _, name in imports_of(file)} == {
        "rich.text",
        "console.ui",
        "console.gateway",
        "console.demo.wire.x",
        "textual.app.App",
        "sqlite3",
    }


def loaded_by(program: str, *, stdin: str = "") -> set[str]:
    """Return the modules and packages a fresh interpreter has loaded after running `program`."""
    tell = "\nimport sys\nprint('\\nLOADED', *sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", program + tell],
        input=stdin, capture_output=True, text=True, timeout=60, cwd=ROOT.parent,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return set(ended.stdout.rpartition("\nLOADED ")[2].split())


def test_everything_but_the_screens_works_without_textual() -> None:
    modules = [
        ".".join(["console", *path.relative_to(ROOT).with_suffix("").parts])
        for path in FILES
        if room_of(path) != "ui" and path.stem not in ("__init__", "__main__")
    ]

    # where a module stands as None, importing it fails as if it were not installed
    absent = "import sys\nsys.modules['textual'] = sys.modules['rich'] = None\n"
    loaded = loaded_by(f"{absent}import {', '.join(modules)}")

    assert set(modules) <= loaded


HEAVY = {"textual", "rich", "starlette", "uvicorn", "httpx", "aiohttp", "sqlite_utils", "sqlite3"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["preview", "--table", "policies/support-desk.yaml", "Where is my refund?"],
        ["preview", "--table", "policies/support-desk.yaml", "--jsonl", "--explain"],
        ["check", "policies/support-desk.yaml"],
        ["test", "policies/support-desk.yaml"],
    ],
)
def test_a_command_that_only_decides_loads_nothing_it_does_not_need(arguments: list[str]) -> None:
    loaded = loaded_by(
        f"from console.cli import main\nassert main({arguments}) == 0", stdin='{"facts": {}}\n'
    )

    assert "console.routing.router" in loaded or arguments[0] == "check"
    assert HEAVY & loaded == set()
