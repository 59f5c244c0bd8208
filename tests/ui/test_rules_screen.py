"""The Rules screen: the table as it decides, its live hits, and what is wrong with its file."""

import inspect
import json
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import TabbedContent

from console.routing.facts import Facts
from console.routing.router import Router
from console.table.load import parse_table
from console.traffic.records import FactsRow, RequestRow
from console.traffic.writer import LogWriter
from console.ui.app import ConsoleApp
from console.ui.rule_hits import RuleHits
from console.ui.screens.preview import PreviewScreen
from console.ui.screens.rules import RulesScreen
from console.ui.widgets.line_view import LineView
from console.ui.widgets.rule_rows import table_rows
from console.ui.yaml_excerpt import excerpt_of
from tests.ui.driving import until

TABLE = """
version: 1
name: desk
default: general
providers: {acme: {base_url: "https://acme.example/v1"}}
models:
  small: {provider: acme, usd_per_million: {input: 1.0, output: 2.0}, context_tokens: 100}
  wide: {provider: acme}
tasks:
  triage:
    description: Sort the incoming mail.
    route: quick
routes:
  general: {model: wide}
  quick:
    model: small
    fallbacks: [wide]
    escalate: {to: general, on: [invalid_json], because: Braces get lost.}
    assumptions:
      - {says: Answers come quickly., metric: latency_p90_ms, max: 2000}
rules:
  - id: money
    # refunds bind us
    because: Money needs care.
    when: {prompt: [refund, money back]}
    route: general

  - id: off-duty
    because: Kept for the winter.
    when: {turns: {min: 6}}
    task: triage
    enabled: false
"""


class RulesApp(ConsoleApp):
    CSS_PATH = str(Path(inspect.getfile(ConsoleApp)).with_name("app.tcss"))
    DEFAULT_MODE = "rules"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


@pytest.fixture
def table_path(tmp_path: Path) -> Path:
    return write(tmp_path / "desk.yaml", TABLE)


def shown(pilot: Pilot[int], view: str) -> str:
    return pilot.app.screen.query_one(f"#{view}", LineView).plain_text


async def loaded(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: pilot.app.table_in_view.loaded is not None)  # type: ignore[attr-defined]


def emitted(pilot: Pilot[int]) -> Iterator[str]:
    for widget in pilot.app.screen.walk_children(Widget):
        if widget.display and widget.outer_size.area:
            for strip in widget.render_lines(widget.outer_size.region):
                yield from (segment.text for segment in strip if not segment.control)


def assert_harmless(pilot: Pilot[int]) -> None:
    forbidden = ("Cc", "Cf", "Cs", "Zl", "Zp")
    assert not [t for t in emitted(pilot) if any(unicodedata.category(c) in forbidden for c in t)]


async def test_rules_stand_in_order_with_their_conditions_and_targets(table_path: Path) -> None:
    async with RulesApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        rows = shown(pilot, "rules").splitlines()

        first = '1 money prompt contains "refund" or "money back" → general – –'
        assert " ".join(rows[0].split()) == first
        assert "2 off-duty" in rows[1]
        assert "– disabled: turns ≥ 6" in rows[1]
        assert "→ quick as triage" in rows[1]
        assert "no rule " in rows[2]
        assert "task triage" in rows[3]
        assert "default" in rows[4]


async def test_the_detail_of_a_rule_has_its_reason_and_its_own_lines_of_the_file(
    table_path: Path,
) -> None:
    async with RulesApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        detail = shown(pilot, "rule-detail")

        assert "because   Money needs care." in detail
        assert "# refunds bind us" in detail
        assert "route: general" in detail
        assert "off-duty" not in detail
        await pilot.press("j")
        await until(pilot, lambda: "Kept for the winter." in shown(pilot, "rule-detail"))
        await pilot.press("G")
        await until(pilot, lambda: "takes what no rule" in shown(pilot, "rule-detail"))


def test_an_excerpt_holds_an_entry_and_nothing_of_the_next() -> None:
    file = parse_table(TABLE)
    assert file.table is not None

    rule = excerpt_of(file.text, file.places, "rules[0]")
    task = excerpt_of(file.text, file.places, "tasks.triage")

    assert rule is not None
    assert rule.lines[0] == "  - id: money"
    assert rule.lines[-1] == "    route: general"
    assert task is not None
    assert task.lines == (
        "  triage:",
        "    description: Sort the incoming mail.",
        "    route: quick",
    )
    assert excerpt_of(file.text, file.places, "rules[9]") is None


def test_hits_are_unknown_without_a_log_and_shares_are_of_all_requests() -> None:
    hits = RuleHits({"money": 3, None: 996, "gone": 1}, known=True)

    assert (RuleHits().count_words("money"), RuleHits().share_words("money")) == ("–", "–")
    assert (hits.count_words("money"), hits.share_words("money")) == ("3", "<1%")
    assert (hits.count_words("never"), hits.share_words("never")) == ("0", "0%")
    assert hits.strangers({"money"}) == 1
    assert RuleHits({}, known=True).share_words("money") == "–"


async def test_live_hits_are_read_from_the_log(table_path: Path, tmp_path: Path) -> None:
    log = tmp_path / "traffic.sqlite"
    table = parse_table(TABLE).table
    assert table is not None
    decision = Router(table).decide(Facts(prompt="a refund"))
    writer = LogWriter(log)
    for number in range(3):
        row = RequestRow(f"r{number}", time.time(), table.version, "rule_match", rule_id="money")
        facts = FactsRow(
            row.request_id, None, "", None, {}, 1, None, 1, 0, False, False, False, False, "text"
        )
        writer.begin(row, facts, decision)
        row.status, row.duration_ms = "ok", 10.0
        writer.finish(row)
    assert writer.flush()
    writer.close()

    async with RulesApp(table_path, log).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        await until(pilot, lambda: "3  100%" in shown(pilot, "rules"))
        assert "3 in the last hour, 100% of 3" in shown(pilot, "rule-detail")


async def test_routes_say_models_fallbacks_escalation_and_assumptions(table_path: Path) -> None:
    async with RulesApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        await pilot.press("right_square_bracket")
        routes = shown(pilot, "routes")

        assert pilot.app.screen.query_one(TabbedContent).active == "routes-pane"
        assert "→ quick" in routes
        assert "model      small  acme  context 100 · $1 in, $2 out per million" in routes
        assert "fallback   wide  acme  no price: cost unknown" in routes
        assert "escalates  to general on invalid_json" in routes
        assert "latency_p90_ms ≤ 2000 over 1h, from 50 requests on" in routes
        assert "tasks triage" in routes


async def test_a_table_that_cannot_be_loaded_shows_its_problems_in_the_text(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.yaml", TABLE.replace("route: general\n", "route: generall\n"))
    async with RulesApp(path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        problems = shown(pilot, "problems")

        assert pilot.app.screen.query_one(TabbedContent).active == "problems-pane"
        assert "✗ error" in problems
        assert "rules[0].route" in problems
        assert "    route: generall" in problems
        assert "▲" in problems
        assert "no table to show" in shown(pilot, "rules")


async def test_rules_entered_after_the_table_broke_begin_with_its_problems(tmp_path: Path) -> None:
    path = write(tmp_path / "desk.yaml", TABLE.replace("route: general", "route: genral"))
    app = ConsoleApp(path, None)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await until(pilot, lambda: app.table_in_view.loaded is not None)
        await pilot.press("3")
        await until(pilot, lambda: "There is no route `genral`" in shown(pilot, "problems"))
        await pilot.pause()
        assert app.screen.query_one(TabbedContent).active == "problems-pane"


async def test_problems_clear_when_the_file_is_mended_and_a_good_version_keeps_deciding(
    table_path: Path,
) -> None:
    async with RulesApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        app = pilot.app
        assert isinstance(app, ConsoleApp)
        write(table_path, TABLE + "  - id: money\n")
        app.look_at_table_again()
        await until(pilot, lambda: "keeps deciding" in shown(pilot, "problems"))
        assert "money" in shown(pilot, "rules")
        assert "Its lines cannot be shown" in shown(pilot, "rule-detail")

        write(table_path, TABLE)
        app.look_at_table_again()
        await until(pilot, lambda: "keeps deciding" not in shown(pilot, "problems"))
        await until(pilot, lambda: "ERROR" not in shown(pilot, "problems").upper())


async def test_without_a_table_every_pane_says_why_it_is_empty() -> None:
    async with RulesApp(None, None).run_test(notifications=True) as pilot:
        await pilot.pause()
        for name in ("rules", "routes", "problems"):
            assert "No table was given" in shown(pilot, name)


async def test_a_table_that_vanished_before_it_was_read_says_so(tmp_path: Path) -> None:
    async with RulesApp(tmp_path / "none.yaml", None).run_test(notifications=True) as pilot:
        await until(pilot, lambda: "cannot be read" in shown(pilot, "rules"))


async def test_enter_shows_the_detail_in_full_on_a_narrow_terminal_and_escape_goes_back(
    table_path: Path,
) -> None:
    async with RulesApp(table_path, None).run_test(size=(80, 24), notifications=True) as pilot:
        await loaded(pilot)
        screen = pilot.app.screen
        await pilot.press("enter")
        await pilot.pause()
        assert not screen.query_one("#rules-list").display
        assert screen.query_one("#rule-detail").region.height > 15

        await pilot.press("escape")
        await pilot.pause()
        assert screen.query_one("#rules").region.height > 5


async def test_p_opens_preview_at_the_marked_rule(table_path: Path) -> None:
    async with RulesApp(table_path, None).run_test(size=(160, 48), notifications=True) as pilot:
        await loaded(pilot)
        await pilot.press("j", "p")
        await until(pilot, lambda: isinstance(pilot.app.screen, PreviewScreen))
        screen = pilot.app.screen
        assert isinstance(screen, PreviewScreen)
        await until(pilot, lambda: screen.result is not None)

        assert screen.answer.why.verdict is not None
        assert screen.answer.why.verdict.rule == "off-duty"


async def test_a_thousand_rules_are_walked_from_end_to_end(tmp_path: Path) -> None:
    rules = "".join(
        f"  - {{id: r{n}, because: Number {n}., when: {{turns: {{min: {n}}}}}, route: general}}\n"
        for n in range(1, 1_001)
    )
    path = write(tmp_path / "long.yaml", TABLE.split("rules:")[0] + "rules:\n" + rules)
    async with RulesApp(path, None).run_test(size=(80, 24), notifications=True) as pilot:
        await loaded(pilot)
        view = pilot.app.screen.query_one("#rules", LineView)
        await pilot.press("G", "k", "k")
        assert view.cursor == 999
        await until(pilot, lambda: "Number 1000." in shown(pilot, "rule-detail"))
        await pilot.press("g")
        assert view.cursor == 0


def test_a_row_fits_any_width() -> None:
    table = parse_table(TABLE).table
    assert table is not None
    for width in range(20, 200):
        for row in table_rows(table, RuleHits({"money": 10**8}, known=True)):
            [content] = row.rows(width)
            assert content.cell_length <= max(width, 41)


def hostile_table(strings: list[str]) -> str:
    """Return a table with hostile text in every free place, as the YAML that JSON also is."""
    text = [string or "x" for string in strings]
    rules = [
        {"id": f"r{n}", "because": s, "when": {"prompt": {"contains": [s]}}, "route": "general"}
        for n, s in enumerate(text)
    ]
    rules.append({"id": "pattern", "because": "x", "when": {"model": text[:9]}, "route": "general"})
    odd = text[-1]
    return yaml.safe_dump(
        {
            "version": 1,
            "name": "desk",
            "description": odd,
            "default": "general",
            "providers": {"acme": {"base_url": "https://acme.example/v1"}},
            "models": {"wide": {"provider": "acme", "upstream_model": odd}},
            "tasks": {"triage": {"route": "general", "description": odd, "owner": odd}},
            "routes": {
                "general": {
                    "model": "wide",
                    "description": odd,
                    "assumptions": [{"says": odd, "metric": "error_rate", "max": 1}],
                }
            },
            "rules": rules,
        },
        sort_keys=False,
    )


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
@pytest.mark.parametrize("breaks", [False, True])
async def test_hostile_text_anywhere_in_a_table_is_shown_harmless(
    tmp_path: Path, shared_data: Path, size: tuple[int, int], breaks: bool
) -> None:
    folder = shared_data / "hostile"
    strings: list[str] = json.loads((folder / "blns.json").read_text())[::6]
    strings += json.loads((folder / "garak_ansi_payloads.json").read_text())["live"]
    strings += ["[/] [@click=app.quit]x[/]", "\x1b]52;c;aGk=\x07\u202e\u200b\x9b31m[/]"]
    text = hostile_table([s.encode("utf-8", "replace").decode() for s in strings])
    if breaks:
        text += '"\\e[31m[/]": 2\n'
    path = write(tmp_path / "hostile.yaml", text)
    async with RulesApp(path, None).run_test(size=size, notifications=True) as pilot:
        await loaded(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, RulesScreen)
        for pane in ("rules-pane", "routes-pane", "problems-pane"):
            screen.query_one(TabbedContent).active = pane
            await pilot.pause()
            view = screen.query_one(f"#{pane.removesuffix('-pane')}", LineView)
            view.focus()
            for _ in range(8):
                await pilot.press("pagedown")
                assert_harmless(pilot)
        if not breaks:
            assert "[/] [@" in shown(pilot, "rules")
