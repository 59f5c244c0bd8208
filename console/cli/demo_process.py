"""The child process in which a demo's providers, gateway and traffic run."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import msgspec

STOP_S = 12.0
"""How long the child may take to finish what runs and write its log before it is killed."""


class DemoFailedError(Exception):
    """The demo could not start. `sentence` says why, `hint` what would help."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.hint = sentence, hint


class Ready(msgspec.Struct):
    """Where a demo that has started can be found."""

    gateway: str
    table: str
    log: str
    notices: list[str] = []


class DemoProcess:
    """Starts the child on entry, when its gateway answers, and leaves none behind on exit."""

    ready: Ready
    ended: dict[str, Any] | None = None
    """What the child counted, once it has ended in good order."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed on exit
        self._command = [sys.executable, "-m", "console.demo.backend", *arguments]

    def __enter__(self) -> Self:
        # A session of its own: Ctrl+C at the terminal is for us alone, who then end the pipe.
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
        )
        try:
            self.ready = self._first_word()
        except BaseException:
            self._kill()
            raise
        return self

    def _first_word(self) -> Ready:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        told = _object(line)
        if told is None:
            raise DemoFailedError(f"The demo did not start: {self._last_words()}.")
        if "error" in told:
            raise DemoFailedError(str(told["error"]), told.get("hint"))
        return msgspec.convert(told, Ready)

    def _last_words(self) -> str:
        self._kill()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"

    def wait(self) -> None:
        """Wait until the child ends by itself."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = _object(line)
            if told is not None and "ended" in told:
                self.ended = told
        self._process.wait()

    def stop(self) -> None:
        """End the pipe, so that the child finishes what runs, writes its log and ends.

        It is killed where it does not.
        """
        try:
            output, _ = self._process.communicate(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            self._kill()
            return
        for line in output.splitlines():
            told = _object(line)
            if told is not None and "ended" in told:
                self.ended = told

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.stop()
        self._kill()
        self._errors.close()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        told = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return None
    return told if isinstance(told, dict) else None
