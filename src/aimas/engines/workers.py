"""Spreads the pure steps over processes; only bytes cross between them."""

import gc
import os
import pickle
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from multiprocessing.synchronize import Event
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from aimas.core import Dropped, Fetched, Held, Passed, Reading, Unavailable
from aimas.engines.local import Keep, Traced, learned, traced
from aimas.flow.step import Step
from aimas.logs import configure_logs

GIVES_WAY = 5
"""By how much reading processes are nicer than the one that started them."""

_steps: tuple[Step, ...] = ()
_stopping: Event | None = None


class _Wire(msgspec.Struct, frozen=True):
    """A Traced whose value is a Reading, as it crosses."""

    origin: Fetched | None
    step: str
    outcome: Passed[Reading] | Dropped | Held
    passed: tuple[str, ...]


_encoder = msgspec.msgpack.Encoder()
_items = msgspec.msgpack.Decoder(list[Fetched])
_counted = msgspec.msgpack.Decoder(tuple[int, dict[str, int]])
_answers = msgspec.msgpack.Decoder(tuple[list[_Wire], list[bytes]])


def _start(stopping: Event, build: Callable[..., tuple[Step, ...]], given: str) -> None:
    global _steps, _stopping
    _stopping = stopping
    # Ctrl-C reaches every process of the terminal: only the first one decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=die_with_parent, daemon=True).start()
    # What is read must be filed and indexed too: who does that goes before, and so does a page that somebody waits for.
    os.nice(GIVES_WAY)
    configure_logs()
    _steps = build(*pickle.loads(Path(given).read_bytes()))
    collect_seldom()


def collect_seldom() -> None:
    """For a process that takes in much at once, or whose pages must not wait. What it has loaded is never looked
    through again for what nothing needs, and the rest less often: a flow makes hardly a ring, and looking for them took
    a tenth of its time, and 100 ms and more of the page that happened to be asked for."""
    gc.collect()
    gc.freeze()
    # Python looks through the oldest once they have grown by a quarter: of what is left, not of what is frozen.
    gc.collect()
    gc.set_threshold(50_000, 20, 20)


def die_with_parent() -> None:
    """A killed parent closes nothing: without this its workers would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(encoded: bytes) -> bytes:
    if _stopping is not None and _stopping.is_set():
        return _encoder.encode(([], []))
    done = traced(_steps, _items.decode(encoded))
    # A passed item's origin is no longer needed and would cross twice.
    wires = [
        _Wire(None if isinstance(t.outcome, Passed) else t.origin, t.step, t.outcome, t.passed) for t in done
    ]
    return _encoder.encode((wires, learned(_steps)))


def _counts(name: str) -> bytes:
    # So long that no process answers twice while another is idle.
    time.sleep(0.2)
    (step,) = (step for step in _steps if step.name == name)
    return _encoder.encode((os.getpid(), step.counts() if step.counts else {}))


class Workers:
    """A pool of `count` processes, each with the pure steps made by `build(*arguments)`; chunks come back in order, and
    what was learned over a chunk is given to `keep` before it."""

    def __init__(
        self,
        count: int,
        build: Callable[..., tuple[Step, ...]],
        arguments: tuple[Any, ...],
        keep: Keep | None = None,
    ) -> None:
        self._keep = keep
        self._count = count
        self._ahead = count + 2
        context = get_context("spawn")
        self._stopping = context.Event()
        # In a file: whoever starts a process waits for ever where that dies over arguments larger than a pipe.
        self._given = tempfile.NamedTemporaryFile(prefix="aimas-")  # noqa: SIM115
        try:
            self._given.write(pickle.dumps(arguments))
            self._given.flush()
        except OSError as error:
            raise Unavailable(f"No file for reading processes in {tempfile.gettempdir()}: {error}") from None
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_start, initargs=(self._stopping, build, self._given.name)
        )

    def __call__(self, chunks: Iterable[Sequence[Fetched]]) -> Iterator[list[Traced]]:
        waiting: deque[Future[bytes]] = deque()
        for chunk in chunks:
            waiting.append(self._submitted(_work, _encoder.encode(list(chunk))))
            while len(waiting) > self._ahead or (waiting and waiting[0].done()):
                yield self._back(waiting.popleft())
        while waiting:
            yield self._back(waiting.popleft())

    def counts(self, step: str) -> dict[int, dict[str, int]]:
        """What the step of that name has counted so far in each process, by the process's id."""
        told: dict[int, dict[str, int]] = {}
        while len(told) < self._count:
            asked = [self._submitted(_counts, step) for _ in range(self._count)]
            told.update(_counted.decode(self._done(answer)) for answer in asked)
        return told

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            # What they hold is not worth waiting for, but a process killed in the middle of a message would leave the
            # pool's own thread with half of it: each ends its chunk and leaves the rest.
            self._stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._given.close()

    def _submitted(self, work: Callable[[Any], bytes], asked: object) -> Future[bytes]:
        # A process started here inherits the mask: Ctrl-C must not meet it while it is still importing.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._pool.submit(work, asked)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @staticmethod
    def _done(future: Future[bytes]) -> bytes:
        try:
            return future.result()
        except BrokenProcessPool:
            raise Unavailable(
                "A reading process died, perhaps for want of memory. Run the same again, with fewer --workers."
            ) from None

    def _back(self, future: Future[bytes]) -> list[Traced]:
        wires, lessons = _answers.decode(self._done(future))
        if self._keep:
            for lesson in lessons:
                self._keep(lesson)
        return [Traced(w.origin, w.step, w.outcome, w.passed) for w in wires]
