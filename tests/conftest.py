"""A shelf of records, and a whole home with a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.builders import TESTER, Shelf, StoppedClock

if TYPE_CHECKING:
    from aimas.app import App


@pytest.fixture(autouse=True)
def _no_foreign_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests says nothing to them."""
    import os

    for name in [n for n in os.environ if n.startswith("AIMAS_") and n != "AIMAS_DATA"]:
        monkeypatch.delenv(name)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path / "shelf")
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    from aimas.home import create_home

    return create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder


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
