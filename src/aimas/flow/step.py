"""What a step is: a name, a function over a batch, and what an engine must know to run it."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import msgspec

from aimas.core import Outcome


class Step(msgspec.Struct, frozen=True):
    """One thing that happens to every item. `run` returns one outcome per item, in the order given.

    Without a `key` the step is pure and may run anywhere; with one, items of equal key have one writer.
    """

    name: str
    run: Callable[[Sequence[Any]], Sequence[Outcome[Any]]]
    batch: int = 64
    key: Callable[[Any], Hashable] | None = None
    learned: Callable[[], bytes] | None = None
    """Of a pure step that runs elsewhere: what it learned since it was last asked and whoever began the run may keep;
    empty where nothing. Losing it costs learning again."""
    counts: Callable[[], dict[str, int]] | None = None
    """Of a pure step: what it has counted so far where it runs."""
