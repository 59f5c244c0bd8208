"""Overrides whose time is over and which still stand in their file."""

from collections.abc import Iterator

from console.table.lint.finding import Finding, finding
from console.table.overrides import LoadedOverrides


def override_findings(loaded: LoadedOverrides, now: float) -> Iterator[Finding]:
    """Yield each override of a file that expired before `now`, in Unix seconds."""
    for override in loaded.overrides:
        if not override.is_live(now):
            entry = loaded.entries[override.id]
            message = f"The override `{override.id}` ended at {override.until.isoformat()}."
            yield finding(
                "expired-override",
                entry.path,
                message,
                "It goes when overrides are next written.",
                line=entry.line,
                column=entry.column,
                document="overrides",
            )
