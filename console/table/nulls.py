"""Finds keys that were given no value: in a table that is a slip, never a way to say something."""

from typing import Any

from console.table.findings import Findings
from console.table.yaml_source import join


def without_nulls(data: Any, path: str, findings: Findings) -> Any:
    """Return `data` without its empty values, each told at its place."""
    if isinstance(data, dict):
        kept = {}
        for key, value in data.items():
            here = join(path, key)
            if value is None:
                hint = "Give it one, or remove the key."
                findings.error("no-value", here, f"The key `{key}` has no value.", hint)
            else:
                kept[key] = without_nulls(value, here, findings)
        return kept
    if isinstance(data, list):
        return [without_nulls(value, join(path, i), findings) for i, value in enumerate(data)]
    return data
