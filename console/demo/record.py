"""Writes down what the player sent, one line a request, in the form of a request in a file.

With it anybody can check the log against what was sent, or put the same requests to the preview.
"""

from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from console.demo.requests import ClientRequest


class Record:
    """A context manager that writes a JSONL file of one run, or with no path nothing.

    Every line is written at once and whole. Raises OSError where the file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._file = self._path.open("wb", buffering=0) if self._path else None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def write(
        self, request: ClientRequest, at: float, request_id: str | None, status: int | None
    ) -> None:
        """Write a request sent at Unix second `at`; None where no answer gave an id or a status."""
        if self._file is None:
            return
        line = {
            "body": request.body,
            "headers": request.headers,
            "at": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z"),
            "request_id": request_id,
            "status": status,
        }
        self._file.write(msgspec.json.encode(line) + b"\n")
