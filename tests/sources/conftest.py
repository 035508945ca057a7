from collections.abc import Iterator

import pytest

from aimas.sources import GuardedClient
from tests.sources.local_site import LocalSite, client_of


@pytest.fixture
def site() -> Iterator[LocalSite]:
    made = LocalSite()
    yield made
    made.close()


@pytest.fixture
def client(site: LocalSite) -> Iterator[GuardedClient]:
    with client_of(site) as made:
        yield made
