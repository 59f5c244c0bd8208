"""Keys: every one has a name, a group and words; somebody's own count, and mistakes are told."""

import json
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from console.cli import main
from console.ui.app import ConsoleApp
from console.ui.jump import JumpScreen
from console.ui.known_keys import PLACES, _bindings, key_problems
from console.ui.settings import Settings, read_settings
from console.ui.theme import LIGHT
from tests.ui.driving import console, drawn, segments, until, until_drawn
from tests.ui.traffic_log import TrafficLog

MOST_IN_FOOTER = 7
OVER_SSH = (80, 24)


def settings_of(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return read_settings(path)


def test_every_key_has_an_id_in_a_group_and_says_what_it_does() -> None:
    for node, binding in _bindings():
        where = f"{node.__name__}: {binding.key}"
        assert binding.id, where
        assert binding.id.partition(".")[0] in PLACES, where
        assert binding.description, where
        assert binding.tooltip, where


def test_no_two_keys_of_one_place_are_the_same_as_shipped() -> None:
    assert key_problems(Settings(keys={"app.quit": ("Q",)})) == []


def test_keys_and_theme_are_read_from_the_file(tmp_path: Path) -> None:
    found = settings_of(
        tmp_path,
        f'theme = "{LIGHT}"\n[keys]\n"traffic.filter" = ["ctrl+f", "/"]\n"app.quit" = "Q"\n',
    )
    assert found.problems == ()
    assert found.theme == LIGHT
    assert found.keymap == {"traffic.filter": "ctrl+f,slash", "app.quit": "Q"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("theme = \n", "(at line 1, column 9)"),
        ('theme = "purple"', "there is no theme `purple`"),
        ("thema = 1", "there is no setting `thema`"),
        ("keys = 3", "`keys` is no table"),
        ('[keys]\n"app.quit" = 3', "a key is a text"),
        ('[keys]\n"app.quit" = "ctl+q"', "there is no key `ctl+q`"),
        ('[keys]\n"app.quit" = []', "a key is a text"),
    ],
)
def test_mistakes_are_told_with_the_file_and_the_rest_counts(
    tmp_path: Path, text: str, told: str
) -> None:
    found = settings_of(tmp_path, text)
    [problem] = found.problems
    assert told in problem.sentence
    assert "config.toml" in problem.sentence
    assert found.keys == {}


def test_a_name_that_is_none_and_two_on_one_key_are_told() -> None:
    [unknown] = key_problems(Settings(keys={"traffic.filtre": ("x",)}))
    assert "`traffic.filtre`" in unknown.sentence
    assert unknown.hint == "Did you mean `traffic.filter`?"
    [clash] = key_problems(Settings(keys={"traffic.mark": ("b",)}))
    assert clash.sentence == "`traffic.bundle` and `traffic.mark` are both on the key b."


def test_a_file_that_is_not_there_or_no_text_is_no_trouble(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml") == Settings()
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe")
    assert "no UTF-8" in read_settings(tmp_path / "config.toml").problems[0].sentence


def test_the_shell_lists_the_keys_in_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[keys]\n"app.quit" = "Q"\n')
    assert main(["keys", "--config", str(path), "--json"]) == 0
    keys = {key["id"]: key for key in json.loads(capsys.readouterr().out)["keys"]}
    assert (keys["app.quit"]["keys"], keys["app.quit"]["default"]) == (["Q"], ["q"])
    path.write_text('[keys]\n"app.quitt" = "Q"\n')
    assert main(["keys", "--config", str(path)]) == 1
    out = capsys.readouterr()
    assert "Traffic\n" in out.out
    assert "Did you mean `app.quit`?" in out.err


async def test_the_console_takes_the_readers_keys_and_tells_mistakes(
    log: TrafficLog, tmp_path: Path
) -> None:
    log.add(2)
    config = tmp_path / "config.toml"
    config.write_text(f'theme = "{LIGHT}"\n[keys]\n"traffic.filter" = "F"\n"no.such" = "x"\n')
    app = ConsoleApp(log.table_path, log.path, config_file=config)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_drawn(pilot, "all 2")
        assert app.theme == LIGHT
        await until_drawn(pilot, "There is no key called `no.such`")
        await pilot.press("F")
        await until(pilot, lambda: bool(app.screen.query("FilterInput")))


@pytest.mark.parametrize("place", ["1", "2", "3", "4"])
@pytest.mark.parametrize("size", [OVER_SSH, (160, 48)])
async def test_the_footer_has_room_for_its_keys(
    log: TrafficLog, place: str, size: tuple[int, int]
) -> None:
    log.add(3)
    async with ConsoleApp(log.table_path, log.path).run_test(size=size) as pilot:
        await until_drawn(pilot, "all 3")
        await pilot.press(place)
        await pilot.pause()
        assert len(shown_keys(pilot)) <= MOST_IN_FOOTER
        footer = pilot.app.screen.query_one(Footer)
        assert footer.virtual_size.width <= size[0]


def shown_keys(pilot: Pilot[int]) -> set[str]:
    """What the footer offers; keys of one compact group count once."""
    keys = pilot.app.screen.query(FooterKey)
    groups = {(key.parent, key.parent.__class__.__name__) for key in keys}
    alone = {key.action for key in keys if key.parent is pilot.app.screen.query_one(Footer)}
    grouped = {str(parent) for parent, kind in groups if kind == "KeyGroup"}
    return {*alone, *grouped}


async def test_a_letter_jumps_to_a_pane(log: TrafficLog) -> None:
    log.add(3)
    async with ConsoleApp(log.table_path, log.path).run_test(size=(160, 48)) as pilot:
        await until_drawn(pilot, "all 3")
        await pilot.press("enter")
        await until_drawn(pilot, "Attempts")
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(pilot.app.screen, JumpScreen))
        assert " a " in drawn(pilot)
        await pilot.press("s")
        await until(pilot, lambda: not isinstance(pilot.app.screen, JumpScreen))
        focused = pilot.app.screen.focused
        assert focused is not None
        assert focused.id == "detail-parts"
        await pilot.press("ctrl+o", "escape")
        await pilot.pause()
        assert pilot.app.screen.focused is focused


async def test_the_palette_finds_rules_routes_and_a_pasted_id(log: TrafficLog) -> None:
    log.add(3)
    async with ConsoleApp(log.table_path, log.path).run_test(size=(120, 40)) as pilot:
        await until_drawn(pilot, "desk 71a9f6f")
        await pilot.press("colon", *"rule: long")
        await until_drawn(pilot, "rule: long")
        await pilot.press("enter")
        await until(pilot, lambda: console(pilot).current_mode == "rules")
        await until_drawn(pilot, "▸   2 long")
        await pilot.press("colon", *"route: small")
        await until_drawn(pilot, "Show its requests")
        await pilot.press("enter")
        await until_drawn(pilot, "route:small")


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_either_key_opens_the_palette(log: TrafficLog, key: str) -> None:
    async with ConsoleApp(log.table_path, log.path).run_test(size=(120, 40)) as pilot:
        await until_drawn(pilot, "desk 71a9f6f")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))


async def test_without_colour_everything_is_told_by_signs(
    log: TrafficLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    log.add(1)
    log.add(1, status="error", error_type="timeout")
    async with ConsoleApp(log.table_path, log.path).run_test(size=(120, 30)) as pilot:
        await until_drawn(pilot, "all 2")
        assert "✗" in drawn(pilot)
        assert "✓" in drawn(pilot)
        colours = {
            colour.triplet
            for segment in segments(pilot.app.screen)
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and colour.triplet is not None
        }
        assert all(len(set(colour)) == 1 for colour in colours), "only grey is drawn"
