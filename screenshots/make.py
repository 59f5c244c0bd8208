"""Draws the pictures in this folder from the running console: `python screenshots/make.py`.

The demo's backend runs for real; the console looks at its table and its log and is driven by keys.
"""

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from console.cli.demo_process import DemoProcess, Ready
from console.ui import theme
from console.ui.app import ConsoleApp

FOLDER = Path(__file__).parent
TRAFFIC_S = 25.0
"""How long traffic runs before the pictures are taken: time for some of every outcome."""
SPEED = 8.0
DEADLINE_S = 20.0
POLL_S = 0.05
UNTIL = "until:"
"""A key of a picture that begins so is none: these words are waited for."""


@dataclass(frozen=True)
class Shot:
    """One picture: its name, the terminal's size, the theme, the keys, and what must be shown."""

    name: str
    size: tuple[int, int]
    theme: str
    keys: tuple[str, ...]
    shows: str
    table: str | None = None


LARGE, SMALL = (160, 48), (80, 24)
WHY = ("k", "k", "enter")
PROMPT = (*"My lawyer says the refund is due", "escape")
FILTER = ("slash", *"route:small,large -running", "enter")
ACT = ("2", "until:most", "b", "b", "b", "until:by provider", "until:most", "d")
DRAFT = ("3", "until:hits", *["j"] * 13, "o", "until:not saved", "]", "]", "]")
RULE = (
    *("3", "until:hits", *["j"] * 7, "e", "until:It can be read", "f2", "f2"),
    *"My lawyer says the refund is due",
)
SHOTS = [
    Shot("traffic-160x48-dark", LARGE, theme.DARK, WHY, "Attempts"),
    Shot("traffic-160x48-light", LARGE, theme.LIGHT, WHY, "Attempts"),
    Shot("traffic-80x24-dark", SMALL, theme.DARK, (), "req/s"),
    Shot("detail-80x24-dark", SMALL, theme.DARK, WHY, "Attempts"),
    Shot("filtered-160x48-dark", LARGE, theme.DARK, FILTER, " · route:small"),
    Shot("routes-160x48-dark", LARGE, theme.DARK, ("2", "j"), "most"),
    Shot("routes-80x24-light", SMALL, theme.LIGHT, ("2",), "most"),
    Shot("act-160x48-dark", LARGE, theme.DARK, ACT, "would move"),
    Shot("rules-160x48-dark", LARGE, theme.DARK, ("3", "j", "j"), "legal-threats"),
    Shot("rules-80x24-light", SMALL, theme.LIGHT, ("3",), "pictures"),
    Shot("rules-broken-160x48-dark", LARGE, theme.DARK, ("3",), "There is no route", "broken"),
    Shot("draft-160x48-dark", LARGE, theme.DARK, DRAFT, "newest requests would move ("),
    Shot("rule-80x24-dark", SMALL, theme.DARK, ("3", "j", "e"), "It can be read"),
    Shot("rule-160x48-dark", LARGE, theme.DARK, RULE, "matched"),
    Shot("tests-160x48-dark", LARGE, theme.DARK, ("5", "j"), "all 45 pass", "support-desk"),
    Shot("history-160x48-dark", LARGE, theme.DARK, ("6",), "in the file now"),
    Shot("texts-80x24-dark", SMALL, theme.DARK, ("k", "v"), "characters"),
    Shot("preview-160x48-dark", LARGE, theme.DARK, ("4", *PROMPT), "rule 8 of 16"),
    Shot("preview-80x24-dark", SMALL, theme.DARK, ("4", *PROMPT), "rule 8 of 16"),
    Shot("help-160x48-dark", LARGE, theme.DARK, ("question_mark",), "Quit"),
]


async def take(shot: Shot, ready: Ready) -> None:
    """Run the console for one picture and write it as SVG."""
    table = Path(ready.table)
    if shot.table == "broken":
        table = table.with_name("broken.yaml")
        text = Path(ready.table).read_text()
        table.write_text(text.replace("route: large", "route: larg", 1))
    elif shot.table is not None:
        table = FOLDER.parent / "policies" / f"{shot.table}.yaml"
    app = ConsoleApp(table, Path(ready.log))
    async with app.run_test(size=shot.size, notifications=True) as pilot:
        app.theme = shot.theme
        await _until(app, "req/s")
        for key in shot.keys:
            if key.startswith(UNTIL):
                await _until(app, key.removeprefix(UNTIL))
            else:
                await pilot.press(key)
        await _until(app, shot.shows)
        await pilot.pause()
        picture = app.export_screenshot(title="route-console")
    (FOLDER / f"{shot.name}.svg").write_text(picture)
    print(f"{shot.name}.svg")


async def _until(app: ConsoleApp, words: str) -> None:
    """Wait until the words are on the screen."""
    for _ in range(int(DEADLINE_S / POLL_S)):
        lines = app.screen._compositor.render_strips()
        if any(words in "".join(segment.text for segment in line) for line in lines):
            return
        await asyncio.sleep(POLL_S)
    raise TimeoutError(f"{words!r} did not come on the screen")


async def main() -> None:
    """Run the demo's backend and take every picture, or those named on the command line."""
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="route-console-pictures-") as folder:
        arguments = ["--folder", folder, "--speed", str(SPEED)]
        with DemoProcess(arguments) as demo:
            await asyncio.sleep(TRAFFIC_S)
            for shot in SHOTS:
                if not wanted or shot.name in wanted:
                    await take(shot, demo.ready)


if __name__ == "__main__":
    asyncio.run(main())
