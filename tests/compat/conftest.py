"""The desk of the gateway's tests, for replaying what real providers said."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.gateway.conftest import CANARY, Desk


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("DESK_KEY", CANARY)
    async with AsyncExitStack() as stack:
        yield Desk(tmp_path, stack)
