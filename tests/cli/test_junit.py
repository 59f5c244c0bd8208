"""JUnit reports: readable whatever a test is called; where none can be written, it is told."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from console.cli import main
from tests.table.test_saving_tables import TABLE

TESTS = """\
- name: "fine"
  request: {facts: {prompt: refund}}
  expect: {rule: money}
- name: "<evil> & \\e[31m \\u202e \\ufffe"
  request: {facts: {prompt: refund}}
  expect: {rule: vip}
- name: broken
  request: {facts: {prompt: 3}}
  expect: {rule: vip}
"""


def test_a_report_holds_every_result_and_only_harmless_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desk.yaml").write_text(TABLE)
    (tmp_path / "desk.tests.yaml").write_text(TESTS)
    report = tmp_path / "report.xml"
    assert main(["test", str(tmp_path / "desk.yaml"), "--junit", str(report)]) == 1
    [suite] = ElementTree.parse(report).getroot()
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "3",
        "failures": "1",
        "errors": "1",
    }
    fine, evil, broken = suite
    assert len(fine) == 0
    name = evil.get("name") or ""
    assert name.startswith("<evil> & ␛[31m")
    assert "\u202e" not in name
    assert evil[0].tag == "failure"
    assert "rule vip did not match: wanted client = vip" in (evil[0].text or "")
    assert broken[0].tag == "error"
    assert main(["test", str(tmp_path / "desk.yaml"), "--junit", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
