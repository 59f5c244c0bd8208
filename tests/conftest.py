"""What every test may ask for: the real data, where it is there."""

import os
from pathlib import Path

import pytest

DATA = Path(os.environ.get("ROUTE_CONSOLE_DATA", Path(__file__).parents[2] / "shared" / "data"))


@pytest.fixture
def shared_data() -> Path:
    """The folder of real prompts, traces and hostile strings; skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"no test data at {DATA}; set ROUTE_CONSOLE_DATA to its folder")
    return DATA
