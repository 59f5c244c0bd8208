"""A table is saved whole, never over somebody else's, and two operators lose nothing."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from console.table.changes import changes
from console.table.git_state import CannotCommitError, commit, git_state
from console.table.load import parse_table
from console.table.merging import merged
from console.table.saving import CannotSaveError, ChangedMeanwhileError, save_table
from console.table.version import version_of
from console.whatif.keeping import Wish, keep

TABLE = """\
version: 1
name: desk   # the desk
default: small
providers: {acorn: {base_url: "https://acorn.example/v1"}}
models:
  mini: {provider: acorn}
routes:
  small: {model: mini}
  large: {model: mini}
rules:
  # Money first.
  - id: money
    because: Money needs care.
    when: {prompt: [refund]}
    route: large

  - id: vip
    because: They pay for it.
    when: {client: vip}
    route: large

  - id: long
    because: Long ones.
    when: {input_tokens: {min: 1000}}
    route: large
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "desk.yaml"
    path.write_text(TABLE)
    return path


def test_a_save_keeps_mode_and_link_and_tells_both_versions(path: Path, tmp_path: Path) -> None:
    path.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    text = TABLE.replace("refund", "chargeback")
    saved = save_table(link, text, TABLE)
    assert (saved.version, saved.before) == (version_of(text.encode()), version_of(TABLE.encode()))
    assert link.is_symlink()
    assert (path.read_text(), path.stat().st_mode & 0o777) == (text, 0o640)


def test_errors_and_somebody_elses_text_are_never_written_over(path: Path) -> None:
    with pytest.raises(CannotSaveError, match="Line 8"):
        save_table(path, TABLE.replace("small: {model: mini}", "small: {model: maxi}"), TABLE)
    path.write_text(TABLE + "# by another\n")
    with pytest.raises(ChangedMeanwhileError) as told:
        save_table(path, TABLE.replace("refund", "x"), TABLE)
    assert told.value.text.endswith("# by another\n")
    assert path.read_text().endswith("# by another\n")


OPERATOR = """
import sys
from pathlib import Path
from console.table.editing.rules import insert_rule
from console.table.merging import merged
from console.table.saving import ChangedMeanwhileError, save_table, text_of

path, name = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    base = text_of(path)
    rule = {"id": f"{name}-{number}", "because": "x", "when": {"client": name}, "route": "large"}
    ours = insert_rule(base, 0, rule)
    while True:
        try:
            save_table(path, ours, base)
            break
        except ChangedMeanwhileError as changed:
            found = merged(base, ours, changed.text)
            assert found.text is not None, found.conflicts
            base, ours = changed.text, found.text
    print(number, flush=True)
"""


def operator(path: Path, name: str, saves: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", OPERATOR, str(path), name, str(saves)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_two_operators_saving_at_once_lose_nothing(path: Path) -> None:
    both = [operator(path, name, 8) for name in ("ann", "bob")]
    for one in both:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        one.communicate(timeout=60)
        assert one.returncode == 0
    text = path.read_text()
    assert all(f"id: {name}-{number}" in text for name in ("ann", "bob") for number in range(8))
    assert "# Money first." in text


def test_a_killed_save_leaves_the_old_text_or_the_new_one(path: Path) -> None:
    for turn in range(12):
        one = operator(path, f"kill-{turn}", 50)
        assert one.stdout is not None
        assert one.stdin is not None
        assert one.stdout.readline() == "ready\n"
        one.stdin.write("\n")
        one.stdin.flush()
        one.stdout.readline()
        time.sleep(0.002 * turn)  # anywhere within a save: where it is killed is the point
        os.kill(one.pid, signal.SIGKILL)
        one.communicate()
        assert changes(TABLE, path.read_text()) is not None
        save_table(path, path.read_text() + "\n", path.read_text())


def test_changes_of_different_rules_go_together_with_their_comments() -> None:
    ours = TABLE.replace("prompt: [refund]", "prompt: [refund, chargeback]")
    theirs = TABLE.replace("min: 1000}}", "min: 2000}}   # was 1000").replace(
        "large: {model: mini}", "large: {model: mini, retries: 2}"
    )
    found = merged(TABLE, ours, theirs)
    assert found.conflicts == ()
    assert found.text == theirs.replace("prompt: [refund]", "prompt: [refund, chargeback]")


def test_new_deleted_and_moved_rules_go_together() -> None:
    vip = TABLE[TABLE.index("  - id: vip") : TABLE.index("  - id: long")]
    ours = TABLE.replace(vip, "")
    theirs = TABLE + "\n  - id: new\n    because: x\n    when: {stream: true}\n    route: large\n"
    found = merged(TABLE, ours, theirs)
    assert found.text is not None
    assert changes(theirs, found.text) == ["rule `vip` deleted"]
    money = TABLE[TABLE.index("  # Money") : TABLE.index("  - id: vip")]
    moved = TABLE.replace(money, "").rstrip("\n") + "\n\n" + money.rstrip("\n") + "\n"
    both = merged(TABLE, moved, theirs)
    assert both.text is not None
    assert "rule `money` moved" in " ".join(changes(theirs, both.text))


def test_what_both_changed_is_a_conflict_with_all_three_sides() -> None:
    ours, theirs = (TABLE.replace("min: 1000", f"min: {n}") for n in (2000, 3000))
    found = merged(TABLE, ours, theirs)
    assert found.text is None
    [conflict] = found.conflicts
    assert conflict.what == "rule `long`"
    mins = [
        side["when"]["input_tokens"]["min"]
        for side in (conflict.base, conflict.ours, conflict.theirs)
    ]
    assert mins == [1000, 2000, 3000]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[refund]", "[refund, chargeback]", ["rule `money`, prompt: *chargeback* added"]),
        ("min: 1000", "min: 2000", ["rule `long`, input_tokens, min: 1000 → 2000"]),
        ("default: small", "default: large", ["`default`: small → large"]),
        (
            "large: {model: mini}",
            "large: {model: mini, retries: 2}",
            ["route `large`, retries: 2 added"],
        ),
        ("They pay for it.", "They pay.", ["rule `vip`: its reason is worded anew"]),
        ("# Money first.", "# Money.", ["comments or layout alone"]),
        (
            "    route: large\n\n  - id: vip",
            "    enabled: false\n    route: large\n\n  - id: vip",
            ["rule `money` switched off"],
        ),
    ],
)
def test_changes_are_told_by_rule_in_words(old: str, new: str, told: list[str]) -> None:
    assert changes(TABLE, TABLE.replace(old, new, 1)) == told


def test_a_moved_rule_is_told_by_the_rule_below_it() -> None:
    vip = TABLE[TABLE.index("  - id: vip") : TABLE.index("  - id: long")]
    after = TABLE.replace(vip, "").replace("  # Money", vip + "  # Money")
    assert changes(TABLE, after) in (
        ["rule `vip` moved above `money`"],
        ["rule `money` moved above `long`"],
    )


def git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return run.stdout


@pytest.fixture
def in_git(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "ann@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    if shutil.which("git") is None:
        pytest.skip("no git on this machine")
    git(path.parent, "init", "-q")
    return path


def test_a_save_is_committed_alone_with_its_reason(in_git: Path, tmp_path: Path) -> None:
    assert git_state(in_git) == "untracked"
    commit(in_git, "the first")
    assert git_state(in_git) == "unchanged"
    other = tmp_path / "other.txt"
    other.write_text("staged, and none of our business")
    git(tmp_path, "add", "other.txt")
    text = TABLE.replace("refund", "chargeback")
    wish = Wish(text, TABLE, "ann", "--amend; $(touch x) refunds", commits=True)
    kept = keep(in_git, wish, None)
    assert kept.git_trouble == ""
    assert git(tmp_path, "log", "-1", "--format=%h %s").split(" ", 1) == [
        kept.committed,
        "--amend; $(touch x) refunds\n",
    ]
    assert git(tmp_path, "show", "--stat", "--format=", "HEAD").count("|") == 1
    assert git(tmp_path, "diff", "--cached", "--name-only") == "other.txt\n"


def test_what_git_refuses_is_told_and_the_save_stays(in_git: Path, tmp_path: Path) -> None:
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no such rule >&2\nexit 1\n")
    hook.chmod(0o755)
    text = TABLE.replace("refund", "chargeback")
    kept = keep(in_git, Wish(text, TABLE, "ann", "why not", commits=True), None)
    assert kept.git_trouble == "git did not commit: no such rule"
    assert in_git.read_text() == text


def test_a_file_in_no_git_has_no_state(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(path.parent.parent))
    assert git_state(path) is None
    with pytest.raises(CannotCommitError, match="git"):
        commit(path, "x")


def test_what_was_loaded_of_another_text_does_not_let_a_broken_one_through(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(TABLE)
    with pytest.raises(CannotSaveError):
        save_table(path, TABLE + "rules: 7\n", TABLE, parse_table(TABLE))
    assert path.read_text() == TABLE
