"""The shipped model, loaded once."""

import pytest

from aimas.tone.model import OnnxTone, load_tone


@pytest.fixture(scope="session")
def model() -> OnnxTone:
    found = load_tone()
    assert found is not None, "models/tone is not installed"
    return found
