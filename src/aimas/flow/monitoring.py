"""The way of a publication, on one page. Read this first.

    Fetched ──extract──▶ Publication ──understand──▶ Reading ──file──▶ Filed

Whatever enters a step leaves it exactly once: passed, dropped with a reason, or held for a person.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import msgspec

from aimas.core import Fetched, Outcome, Publication, Reading
from aimas.flow.step import Step

GATHER = "gather"
"""Not a step but the door: what a source listed and how it came in; its outcomes are counted like a step's."""


class Kit(msgspec.Struct, frozen=True):
    """The functions that do the work, bound to their parts by the composition root."""

    extract: Callable[[Sequence[Fetched]], Sequence[Outcome[Publication]]]
    understand: Callable[[Sequence[Publication]], Sequence[Outcome[Reading]]]
    file: Callable[[Sequence[Reading]], Sequence[Outcome[Any]]]


def one_writer(_: Reading) -> Hashable:
    """All records of a home have one writer: the ledger is one chain."""
    return 0


def reading(kit: Kit) -> tuple[Step, ...]:
    """The pure part: runs anywhere, in any number of processes."""
    return (
        Step("extract", kit.extract, batch=32),
        Step("understand", kit.understand, batch=64),
    )


def monitoring(kit: Kit) -> tuple[Step, ...]:
    """The whole."""
    return (*reading(kit), Step("file", kit.file, batch=256, key=one_writer))
