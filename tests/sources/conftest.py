from collections.abc import Iterator

import pytest
from tests.sources.local_site import LocalSite, client_of

from aimas.sources import GuardedClient


@pytest.fixture
def site() -> Iterator[LocalSite]:
    made = LocalSite()
    yield made
    made.close()


@pytest.fixture
def client(site: LocalSite) -> Iterator[GuardedClient]:
    with client_of(site) as made:
        yield made
