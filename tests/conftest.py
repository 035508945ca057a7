"""A shelf of records, and a whole home with a clock that stands still."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from tests.builders import TESTER, Shelf, StoppedClock
from tests.postgres import CannotStart, PostgresServer

if TYPE_CHECKING:
    from aimas.app import App

# How long one example takes says something about the machine only. A check of a change tries the same examples each time;
# new ones are tried at every desk.
settings.register_profile("aimas", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("aimas")


@pytest.fixture(autouse=True, scope="session")
def _no_foreign_settings() -> Iterator[None]:
    """The environment of whoever runs the tests says nothing to them, nor to what several tests share."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [n for n in os.environ if n.startswith("AIMAS_") and n != "AIMAS_DATA"]:
            patch.delenv(name)
        yield


THRESHOLDS = gc.get_threshold()


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    """Commands and servers say how garbage is collected in a process of their own. This one goes on, and would keep all
    homes of all tests."""
    yield
    if gc.get_threshold() != THRESHOLDS or gc.get_freeze_count():
        gc.unfreeze()
        gc.set_threshold(*THRESHOLDS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked `both_records` runs on SQLite and on a real PostgreSQL; all else on SQLite."""
    if "records_address" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_records"):
        metafunc.parametrize("records_address", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        server.__enter__()
    except CannotStart as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no PostgreSQL can be started here: {error}")
    try:
        yield server
    finally:
        server.__exit__(None, None, None)


@pytest.fixture
def records_address(request: pytest.FixtureRequest) -> str:
    """Of an empty database on PostgreSQL; empty where the records are SQLite's."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def shelf(tmp_path: Path, records_address: str) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "shelf", address=records_address)
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path, records_address: str) -> Path:
    from aimas.home import create_home

    settings: dict[str, Any] = {"profiles": ["kz-mia"], "timezone": "Asia/Almaty"}
    if records_address:
        settings["records_url"] = records_address
    return create_home(tmp_path / "home", **settings).folder


@pytest.fixture
def app(home: Path) -> Iterator["App"]:
    from aimas.app import App

    made = App(home, StoppedClock(), TESTER)
    yield made
    made.close()


@pytest.fixture(autouse=True, scope="session")
def _logs() -> None:
    from aimas.logs import configure_logs

    configure_logs()
