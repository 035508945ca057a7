"""The newsroom, opened the morning after."""

import pytest
from tests.reports.newsroom import furnish

from aimas.app import App


@pytest.fixture
def newsroom(app: App) -> App:
    furnish(app)
    return app
