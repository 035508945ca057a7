"""The books of a flow: what entered each step and how it left."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

ORDER = ("gather", "extract", "understand", "file")
"""Each takes in what the one before passed; what comes after filing (`place`) takes in a part of it, later."""


class Line(Protocol):
    """One stored count; `outcome` is entered, passed, dropped or held."""

    @property
    def step(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def n(self) -> int: ...


class StepAccount(msgspec.Struct, frozen=True):
    step: str
    entered: int
    passed: int
    dropped: dict[str, int]
    held: dict[str, int]
    adds_up: bool
    """Entered = passed + dropped + held, and in ORDER what entered is what the step before passed."""


def accounts(lines: Iterable[Line]) -> list[StepAccount]:
    """In the order of the flow."""
    by_step: dict[str, dict[str, dict[str, int]]] = {}
    for line in lines:
        by_step.setdefault(line.step, {}).setdefault(line.outcome, {})[line.reason] = line.n
    found: list[StepAccount] = []
    for step in sorted(by_step, key=lambda s: (ORDER.index(s) if s in ORDER else len(ORDER), s)):
        counts = by_step[step]
        entered, passed = sum(counts.get("entered", {}).values()), sum(counts.get("passed", {}).values())
        dropped, held = counts.get("dropped", {}), counts.get("held", {})
        balanced = entered == passed + sum(dropped.values()) + sum(held.values())
        follows = step not in ORDER or not found or entered == found[-1].passed
        found.append(StepAccount(step, entered, passed, dropped, held, balanced and follows))
    return found
