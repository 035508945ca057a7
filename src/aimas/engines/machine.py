"""What a worker of a Dask cluster does: it is given a run's parts once, however large, and then chunk after chunk."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import msgspec
from distributed import Worker, WorkerPlugin

from aimas.core import Fetched, Outcome, Passed, Publication, Reading
from aimas.engines.local import Traced, learned, traced

RUNS = 2
"""Whose parts a worker keeps made: one that was killed unregistered nothing, and its model must not stay for ever."""
_at_work = threading.Lock()
"""A worker may have several threads; the parts are made for one."""
_given: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {}
_made: OrderedDict[str, Any] = OrderedDict()


class Parts(WorkerPlugin):
    """Tells every worker, and each that comes later, what to make a run's parts of.

    Neither with each chunk, for it may be megabytes, nor as a task of its own: the scheduler would send the chunks
    where that task's result lies.
    """

    def __init__(self, run: str, build: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._run = run
        self._parts = (build, arguments)

    def setup(self, worker: Worker) -> None:
        _given[self._run] = self._parts

    def teardown(self, worker: Worker) -> None:
        _given.pop(self._run, None)
        _made.pop(self._run, None)


def read(run: str, chunk: list[Fetched]) -> tuple[list[Traced], list[bytes]]:
    """With what was learned over it."""
    with _at_work:
        steps = _parts(run)
        done, lessons = traced(steps, chunk), learned(steps)
    # A passed item's origin is no longer needed and would cross twice.
    return [
        msgspec.structs.replace(t, origin=None) if isinstance(t.outcome, Passed) else t for t in done
    ], lessons


def understand(run: str, batch: list[Publication]) -> list[Outcome[Reading]]:
    with _at_work:
        return list(_parts(run).understand(batch))


def _parts(run: str) -> Any:
    """Made at the first chunk; asked for under the lock."""
    if run not in _made:
        build, arguments = _given[run]
        _made[run] = build(*arguments)
        while len(_made) > RUNS:
            _made.popitem(last=False)
    _made.move_to_end(run)
    return _made[run]
