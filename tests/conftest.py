"""What every test may ask for: the real data, where it is there."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

DATA = Path(os.environ.get("ROUTE_CONSOLE_DATA", Path(__file__).parents[2] / "shared" / "data"))


RUN_FOLDER = Path(__file__).parents[1] / ".cache" / f"pytest-{os.getpid()}"


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give every run a folder of its own within the checkout: two at once are no trouble."""
    if config.option.basetemp is None:
        RUN_FOLDER.parent.mkdir(exist_ok=True)
        config.option.basetemp = RUN_FOLDER


def pytest_unconfigure() -> None:
    shutil.rmtree(RUN_FOLDER, ignore_errors=True)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real prompts, traces and hostile strings; skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip(f"no test data at {DATA}; set ROUTE_CONSOLE_DATA to its folder")
    return DATA


settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")
