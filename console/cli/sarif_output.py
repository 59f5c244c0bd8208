"""Problems and findings as SARIF 2.1.0, which code hosts and editors read."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from console import __version__
from console.inert import inert
from console.table.lint.finding import Finding
from console.table.lint.pages import PAGES
from console.table.problems import Problem

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_log(paths: Mapping[str, Path], told: Sequence[Problem]) -> dict[str, Any]:
    """Return one run with all that was told. `paths` has the file of each `Finding.document`."""
    codes = list(dict.fromkeys(problem.code for problem in told))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "route-console",
                        "semanticVersion": __version__,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(paths, problem, codes) for problem in told],
            }
        ],
    }


def _rule(code: str) -> dict[str, Any]:
    page = PAGES.get(code)
    if page is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.text},
        "help": {"text": page.text},
        "defaultConfiguration": {"level": page.severity},
    }


def _result(paths: Mapping[str, Path], problem: Problem, codes: list[str]) -> dict[str, Any]:
    document = problem.document if isinstance(problem, Finding) else "table"
    text = problem.message if problem.hint is None else f"{problem.message} {problem.hint}"
    result: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": codes.index(problem.code),
        "level": problem.severity,
        "message": {"text": inert(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(paths[document])},
                    "region": {"startLine": problem.line, "startColumn": problem.column},
                },
                "logicalLocations": [{"fullyQualifiedName": problem.path}],
            }
        ],
    }
    if isinstance(problem, Finding):
        if problem.ignored is not None:
            reason = inert(problem.ignored)
            result["suppressions"] = [{"kind": "inSource", "justification": reason}]
        if problem.witnesses or problem.blocking:
            result["properties"] = {"blocking": problem.blocking, "witnesses": problem.witnesses}
    return result


def _uri(path: Path) -> str:
    """Return a path as a URI: relative where it is, as code hosts want it."""
    from urllib.parse import quote

    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
