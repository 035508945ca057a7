import pytest

from aimas.sources.memory import MemorySources
from aimas.sources.types import SourceStore
from tests.sources.contract import SourceStoreContract


class TestMemorySources(SourceStoreContract):
    @pytest.fixture
    def store(self) -> SourceStore:
        return MemorySources()
