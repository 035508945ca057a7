"""The filled home is made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.builders import TESTER, StoppedClock
from tests.labelling.homes import fill

from aimas.app import App
from aimas.home import create_home


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("labelling") / "home"
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder, StoppedClock(), TESTER)
    fill(app)
    app.close()
    return folder


@pytest.fixture
def filled(model: Path, tmp_path: Path) -> Iterator[App]:
    app = App(Path(shutil.copytree(model, tmp_path / "home")), StoppedClock(), TESTER)
    yield app
    app.close()
