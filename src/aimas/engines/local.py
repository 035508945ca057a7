"""Runs a flow on this machine: pure steps here or in worker processes, keyed steps here, one settlement a chunk."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, Protocol

import msgspec
import structlog

from aimas.core import Dropped, Fetched, Held, HoldReason, Outcome, Passed, Unavailable
from aimas.flow.monitoring import GATHER
from aimas.flow.step import Step

CHUNK = 256
"""Items that are settled together: a stop loses no more work than these, and a commit costs little beside them."""
CHUNK_BYTES = 4 * 1024 * 1024
"""Of bodies, with which a chunk is full before it has so many: pages are a hundred times as long as messages."""

log = structlog.get_logger(__name__)


class Account(Protocol):
    """One open settlement."""

    def tally(self, step: str, outcome: str, reason: str = "", n: int = 1) -> None: ...

    def hold(self, step: str, item: Fetched | None, held: Held, *, source: str, name: str) -> bool:
        """False when the same thing waits there already."""


class Books(Protocol):
    """Opens settlements: everything recorded within one is committed together."""

    def settling(self) -> AbstractContextManager[Account]: ...


class RunReport(msgspec.Struct, frozen=True):
    """What a run did; `entered` equals the sum of the last step's passes and everything dropped or held before."""

    entered: int
    filed: int
    dropped: dict[str, int]
    held: dict[str, int]


class Traced(msgspec.Struct, frozen=True):
    """An item where it stands: the last step's name and its outcome, with what first came in."""

    origin: Fetched | None
    step: str
    outcome: Outcome[Any]
    passed: tuple[str, ...]
    """Steps it passed, in order."""


Keep = Callable[[bytes], None]
"""Takes what a step learned elsewhere."""

Progress = Callable[[int], None]
"""Called with the number of items settled so far."""


def traced(steps: Sequence[Step], items: Sequence[Fetched]) -> list[Traced]:
    """Takes items through pure steps; every item comes back once, in order."""
    now = [Traced(item, GATHER, Passed(item), (GATHER,)) for item in items]
    for step in steps:
        moving = [i for i, t in enumerate(now) if isinstance(t.outcome, Passed)]
        for start in range(0, len(moving), step.batch):
            part = moving[start : start + step.batch]
            values = [_value(now[i].outcome) for i in part]
            for i, outcome in zip(part, outcomes_of(step, values), strict=True):
                passed = (*now[i].passed, step.name) if isinstance(outcome, Passed) else now[i].passed
                now[i] = Traced(now[i].origin, step.name, outcome, passed)
    return now


def learned(steps: Sequence[Step]) -> list[bytes]:
    """What the steps learned since they were last asked."""
    return [said for step in steps if step.learned and (said := step.learned())]


def outcomes_of(step: Step, values: Sequence[Any]) -> list[Outcome[Any]]:
    """Runs one batch. An item that breaks its step is held alone; a step that loses an item stops the run."""
    try:
        outcomes = list(step.run(values))
    except Unavailable:
        raise
    except Exception:
        # One of them broke it: find out which, so that the others go on.
        outcomes = [_alone(step, value) for value in values]
    if len(outcomes) != len(values):
        raise RuntimeError(f"step {step.name} took {len(values)} items and gave {len(outcomes)} back")
    return outcomes


def _alone(step: Step, value: Any) -> Outcome[Any]:
    try:
        outcomes = list(step.run([value]))
    except Unavailable:
        raise
    except Exception as error:
        log.exception("item.crashed", step=step.name, item=getattr(value, "name", ""))
        return Held(HoldReason.CRASHED, f"{step.name} failed: {type(error).__name__}")
    if len(outcomes) != 1:
        raise RuntimeError(f"step {step.name} took 1 item and gave {len(outcomes)} back")
    return outcomes[0]


def _chunk(remaining: Iterator[Outcome[Fetched]]) -> list[Outcome[Fetched]]:
    chunk: list[Outcome[Fetched]] = []
    size = 0
    for outcome in islice(remaining, CHUNK):
        chunk.append(outcome)
        size += len(outcome.value.body) if isinstance(outcome, Passed) else 0
        if size >= CHUNK_BYTES:
            break
    return chunk


def _value(outcome: Outcome[Any]) -> Any:
    assert isinstance(outcome, Passed)
    return outcome.value


class LocalEngine:
    """`pure` may spread a chunk's pure steps over processes; without it they run here."""

    def __init__(
        self,
        steps: Sequence[Step],
        books: Books,
        pure: Callable[[Iterable[Sequence[Fetched]]], Iterator[list[Traced]]] | None = None,
    ) -> None:
        self._pure_steps = tuple(s for s in steps if s.key is None)
        self._keyed_steps = tuple(s for s in steps if s.key is not None)
        self._books = books
        self._pure = pure

    def run(
        self, items: Iterable[Outcome[Fetched]], *, source: str, progress: Progress | None = None
    ) -> RunReport:
        """Settles chunk by chunk: stopped at any moment, what was settled stays and the rest is as if never read."""
        total: Counter[str] = Counter()
        dropped: Counter[str] = Counter()
        held: Counter[str] = Counter()
        doors: list[list[Outcome[Fetched]]] = []

        def chunks() -> Iterator[Sequence[Fetched]]:
            remaining = iter(items)
            while chunk := _chunk(remaining):
                doors.append(chunk)
                yield [o.value for o in chunk if isinstance(o, Passed)]

        flowing = self._pure(chunks()) if self._pure else (traced(self._pure_steps, c) for c in chunks())
        for through in flowing:
            at_door = doors.pop(0)
            refused = [Traced(None, GATHER, o, ()) for o in at_door if not isinstance(o, Passed)]
            self._settle([*refused, *through], source, total, dropped, held)
            if progress:
                progress(total["entered"])
        return RunReport(total["entered"], total["filed"], dict(dropped), dict(held))

    def _settle(
        self,
        chunk: list[Traced],
        source: str,
        total: Counter[str],
        dropped: Counter[str],
        held: Counter[str],
    ) -> None:
        # Counted in copies: a settlement that fails has counted nothing.
        now_dropped: Counter[str] = Counter()
        now_held: Counter[str] = Counter()
        filed = 0
        with self._books.settling() as account:
            account.tally(GATHER, "entered", n=len(chunk))
            for step in self._keyed_steps:
                moving = [i for i, t in enumerate(chunk) if isinstance(t.outcome, Passed)]
                values = [_value(chunk[i].outcome) for i in moving]
                outcomes = list(step.run(values)) if values else []
                if len(outcomes) != len(values):
                    raise RuntimeError(
                        f"step {step.name} took {len(values)} items and gave {len(outcomes)} back"
                    )
                for i, outcome in zip(moving, outcomes, strict=True):
                    was = chunk[i]
                    passed = (*was.passed, step.name) if isinstance(outcome, Passed) else was.passed
                    chunk[i] = Traced(was.origin, step.name, outcome, passed)
            for t in chunk:
                for step_name in t.passed:
                    account.tally(step_name, "passed")
                for step_name in t.passed[1:]:
                    account.tally(step_name, "entered")
                match t.outcome:
                    case Passed():
                        filed += 1
                    case Dropped(reason=reason):
                        if t.step not in t.passed and t.passed:
                            account.tally(t.step, "entered")
                        account.tally(t.step, "dropped", reason.value)
                        now_dropped[reason.value] += 1
                    case Held() as h:
                        if t.step not in t.passed and t.passed:
                            account.tally(t.step, "entered")
                        self._hold(account, t, h, source, now_dropped, now_held)
        total["entered"] += len(chunk)
        total["filed"] += filed
        dropped.update(now_dropped)
        held.update(now_held)

    @staticmethod
    def _hold(
        account: Account,
        t: Traced,
        h: Held,
        source: str,
        dropped: Counter[str],
        held: Counter[str],
    ) -> None:
        origin = t.origin
        fresh = account.hold(
            t.step,
            origin,
            h,
            source=origin.source if origin else source,
            name=origin.name if origin else source,
        )
        if fresh:
            account.tally(t.step, "held", h.reason.value)
            held[h.reason.value] += 1
        else:
            account.tally(t.step, "dropped", "already-held")
            dropped["already-held"] += 1
