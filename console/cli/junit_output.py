"""Results of table tests as JUnit XML, as test reports of CI systems read them."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from console.inert import inert
from console.routing.table_tests import TestResult

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(path: Path, suite: str, file: str, results: Sequence[TestResult]) -> None:
    """Write the results to the file at `path`. Raises OSError."""
    root = Element("testsuites")
    failures = sum(result.outcome == "FAIL" for result in results)
    errors = sum(result.outcome == "ERROR" for result in results)
    counts = {"tests": len(results), "failures": failures, "errors": errors}
    texts = {name: str(count) for name, count in counts.items()}
    tests = SubElement(root, "testsuite", {"name": _safe(suite), **texts})
    for result in results:
        place = {"file": _safe(file), "line": str(result.test.line)}
        case = SubElement(
            tests, "testcase", {"classname": _safe(suite), "name": _safe(result.test.name), **place}
        )
        if result.outcome != "PASS":
            kind = "failure" if result.outcome == "FAIL" else "error"
            told = SubElement(case, kind, {"message": _safe(result.message)})
            told.text = _safe(result.turn or result.message)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _safe(text: str) -> str:
    """Return text that XML 1.0 may hold: what it forbids is shown by its visible sign."""
    return _NOT_XML.sub(lambda found: inert(found[0]), inert(text, keep_newlines=True))
