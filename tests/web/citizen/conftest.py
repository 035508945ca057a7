"""A home that takes appeals, with a map of precincts and a clock that tests move."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient
from tests.builders import TESTER, StoppedClock
from tests.web.citizen.desk import DEMO, Citizen

from aimas.app import App
from aimas.home import create_home
from aimas.web.server import create_app

MONDAY_MORNING = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
"""09:30 in Almaty, a working day."""


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY_MORNING)


@pytest.fixture
def app(tmp_path: Path, clock: StoppedClock) -> Iterator[App]:
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", language="ru").folder
    made = App(folder, clock, TESTER)
    made.inspectors.replace(DEMO.read_bytes(), TESTER)
    yield made
    made.close()


@pytest.fixture
def citizen(app: App) -> Iterator[Citizen]:
    with TestClient(create_app(app, 8000), base_url="http://127.0.0.1:8000") as client:
        yield Citizen(client, app)


@pytest.fixture
def stranger(app: App) -> Iterator[Citizen]:
    """Another browser."""
    with TestClient(create_app(app, 8000), base_url="http://127.0.0.1:8000") as client:
        yield Citizen(client, app)
