"""Spreads the pure steps over processes; only bytes cross between them."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from types import TracebackType
from typing import Any

import msgspec

from aimas.core import Dropped, Fetched, Held, Passed, Reading, Unavailable
from aimas.engines.local import Traced, traced
from aimas.flow.step import Step
from aimas.logs import configure_logs

_steps: tuple[Step, ...] = ()


class _Wire(msgspec.Struct, frozen=True):
    """A Traced whose value is a Reading, as it crosses."""

    origin: Fetched | None
    step: str
    outcome: Passed[Reading] | Dropped | Held
    passed: tuple[str, ...]


_encoder = msgspec.msgpack.Encoder()
_items = msgspec.msgpack.Decoder(list[Fetched])
_wires = msgspec.msgpack.Decoder(list[_Wire])


def _start(build: Callable[..., tuple[Step, ...]], arguments: tuple[Any, ...]) -> None:
    global _steps
    # Ctrl-C reaches every process of the terminal: only the first one decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    configure_logs()
    _steps = build(*arguments)


def _die_with_parent() -> None:
    """A killed parent closes nothing: without this its workers would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(encoded: bytes) -> bytes:
    done = traced(_steps, _items.decode(encoded))
    # A passed item's origin is no longer needed and would cross twice.
    wires = [
        _Wire(None if isinstance(t.outcome, Passed) else t.origin, t.step, t.outcome, t.passed) for t in done
    ]
    return _encoder.encode(wires)


class Workers:
    """A pool of `count` processes, each with the pure steps made by `build(*arguments)`; chunks come back in order."""

    def __init__(
        self, count: int, build: Callable[..., tuple[Step, ...]], arguments: tuple[Any, ...]
    ) -> None:
        self._ahead = count + 2
        self._pool = ProcessPoolExecutor(
            count, mp_context=get_context("spawn"), initializer=_start, initargs=(build, arguments)
        )

    def __call__(self, chunks: Iterable[Sequence[Fetched]]) -> Iterator[list[Traced]]:
        waiting: deque[Future[bytes]] = deque()
        for chunk in chunks:
            waiting.append(self._submitted(chunk))
            while len(waiting) > self._ahead or (waiting and waiting[0].done()):
                yield self._back(waiting.popleft())
        while waiting:
            yield self._back(waiting.popleft())

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            # They hold nothing that is worth waiting for.
            for process in active_children():
                process.terminate()
        self._pool.shutdown(wait=error is None, cancel_futures=True)

    def _submitted(self, chunk: Sequence[Fetched]) -> Future[bytes]:
        # A process started here inherits the mask: Ctrl-C must not meet it while it is still importing.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return self._pool.submit(_work, _encoder.encode(list(chunk)))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    @staticmethod
    def _back(future: Future[bytes]) -> list[Traced]:
        try:
            encoded = future.result()
        except BrokenProcessPool:
            raise Unavailable(
                "A reading process died, perhaps for want of memory. Run the same again, with fewer --workers."
            ) from None
        return [Traced(w.origin, w.step, w.outcome, w.passed) for w in _wires.decode(encoded)]
