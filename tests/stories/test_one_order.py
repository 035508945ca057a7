"""Places and their reasons are the same in every process, though each puts its sets in an order of its own."""

import os
import subprocess
import sys
from pathlib import Path

PLACED = """
import msgspec
from tests.stories.texts import own

from aimas.evaluation.stories import items
from aimas.stories import Stories

stories = Stories()
for item in items(own()):
    placement = stories.place(item)
    vectors = stories._members[item.key].vectors
    print(msgspec.json.encode((placement, list(vectors.weights.items()), vectors.lead_weight)))
"""


def placed(seed: int) -> str:
    """Told by a process whose strings hash by this seed."""
    told = subprocess.run(
        [sys.executable, "-c", PLACED],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout


def test_every_process_gives_the_same_places_for_the_same_reasons() -> None:
    first = placed(1)
    assert first.count("\n") > 20
    assert all(placed(seed) == first for seed in (2, 3))
