"""The newsroom, furnished once and opened the morning after by each test for itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.reports.newsroom import furnished, opened

from aimas.app import App


@pytest.fixture(scope="session")
def newsroom_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("newsroom"))


@pytest.fixture
def newsroom(newsroom_folder: Path, tmp_path: Path) -> Iterator[App]:
    made = opened(newsroom_folder, tmp_path / "newsroom")
    yield made
    made.close()
