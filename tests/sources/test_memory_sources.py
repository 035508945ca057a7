import pytest
from tests.sources.contract import SourceStoreContract

from aimas.sources.memory import MemorySources
from aimas.sources.types import SourceStore


class TestMemorySources(SourceStoreContract):
    @pytest.fixture
    def store(self) -> SourceStore:
        return MemorySources()
