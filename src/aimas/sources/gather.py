"""Polling: what is due is asked, what is new is read, and nothing is forgotten before it was handed over."""

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from aimas.core import (
    POOL,
    Clock,
    Dropped,
    Fetched,
    Held,
    Outcome,
    Ownership,
    SystemClock,
    Unavailable,
    new_trail,
    on_trail,
)
from aimas.sources.addresses import get_host
from aimas.sources.http import GuardedClient
from aimas.sources.types import AHEAD, Poll, PollOutcome, PollState, Source, SourceStore
from aimas.sources.visit import GatherSettings, crashed, poll

log = structlog.get_logger(__name__)


class Gatherer:
    """Polls what is due with a few threads, one host at a time, until stopped.

    `accept` is called by one thread at a time. Only after it returned for all items of a poll is the poll
    saved: a crash between repeats the poll and loses nothing.
    """

    def __init__(
        self,
        store: SourceStore,
        client: GuardedClient,
        accept: Callable[[Sequence[Outcome[Fetched]]], None],
        *,
        clock: Clock | None = None,
        settings: GatherSettings | None = None,
    ) -> None:
        self._store = store
        self._client = client
        self._accept = accept
        self._clock = clock or SystemClock()
        self._settings = settings or GatherSettings()
        self._stop = threading.Event()
        self._accepting = threading.Lock()
        self._receiver_failed = False
        self._latest: datetime | None = None

    def run(self) -> None:
        """Until `stop`; raises what `accept` or the store raised, once running polls have ended."""
        self._loop(until_idle=False)

    def poll_due(self) -> list[Poll]:
        """Everything due at this moment, once; then returns."""
        return self._loop(until_idle=True)

    def stop(self) -> None:
        """Polls under way end unsaved unless all their items were handed over."""
        self._stop.set()

    def _loop(self, *, until_idle: bool) -> list[Poll]:
        running: dict[Future[Poll | None], str] = {}
        polls: list[Poll] = []
        begun: set[str] = set()
        with ThreadPoolExecutor(self._settings.threads, thread_name_prefix="gather") as pool:
            while not self._stop.is_set():
                for done in [future for future in running if future.done()]:
                    del running[done]
                    try:
                        record = done.result()
                    except BaseException:
                        self._stop.set()
                        raise
                    if record is not None:
                        polls.append(record)
                        if not until_idle:
                            polls.clear()
                started = self._start(pool, running, begun if until_idle else None)
                if until_idle and not running and not started:
                    break
                self._wait(running, is_busy=bool(started))
            for future in running:
                record = future.result()
                if record is not None:
                    polls.append(record)
        return polls

    def _start(
        self, pool: ThreadPoolExecutor, running: dict[Future[Poll | None], str], begun: set[str] | None
    ) -> int:
        free = self._settings.threads - len(running)
        if free <= 0:
            return 0
        now = self._clock.now()
        if self._latest is None or now < self._latest - AHEAD:
            # At the start, and when the clock was put back: nothing waits until a time that was never right.
            self._store.set_right(now)
        self._latest = now
        busy = set(running.values())
        started = 0
        # More are looked at than can be started, because those of a busy host must wait.
        for source, state in self._store.due(now, self._settings.threads * 8):
            host = get_host(state.address or source.address) or source.id
            if host in busy or (begun is not None and source.id in begun):
                continue
            if not self._store.claim(source.id, now, now + timedelta(seconds=self._settings.lease_s)):
                continue
            if begun is not None:
                begun.add(source.id)
            busy.add(host)
            running[pool.submit(self._visit, source, state)] = host
            started += 1
            if started >= free:
                break
        return started

    def _wait(self, running: Iterable[Future[Poll | None]], *, is_busy: bool) -> None:
        if not is_busy:
            waiting = next(iter(running), None)
            self._stop.wait(0.02 if waiting is not None else self._settings.idle_s)

    def _visit(self, source: Source, state: PollState) -> Poll | None:
        saved = False
        trail = _Trail(source)
        try:
            result = poll(
                source,
                state,
                self._client,
                self._store,
                self._clock.now(),
                settings=self._settings,
                accept=lambda batch: self._hand_over(batch, trail),
            )
            if self._stop.is_set() and result.poll.outcome is PollOutcome.FAILED:
                return None
            self._store.save(result.state, result.poll, result.marks)
            saved = True
            trail.ended(result.poll)
            return result.poll
        except Unavailable:
            # The receiver is down for now: the source stays as it was and comes due again.
            self._stop.wait(self._settings.idle_s)
            return None
        except Exception as error:
            # The gatherer is the engine of its readers: one feed's oddity must not silence all sources.
            if self._receiver_failed or saved:
                raise
            result = crashed(source, state, error, self._clock.now(), self._settings)
            self._store.save(result.state, result.poll, result.marks)
            saved = True
            trail.ended(result.poll)
            return result.poll
        finally:
            if not saved:
                self._store.release(source.id)

    def _hand_over(self, batch: Sequence[Outcome[Fetched]], trail: "_Trail") -> None:
        with self._accepting, on_trail(trail.next(batch)):
            try:
                self._accept(batch)
            except Unavailable:
                raise
            except BaseException:
                self._receiver_failed = True
                raise


class _Trail:
    """Of one poll: its items' are the poll's own with a number behind. An item of a personal page has one of its own,
    so that no log tells which items came from one person."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._is_pooled = source.ownership is Ownership.PERSONAL
        self._trail = new_trail()
        self._items = 0

    def next(self, batch: Sequence[Outcome[Fetched]]) -> str:
        """Of what is handed over now."""
        self._items += 1
        trail = new_trail() if self._is_pooled else f"{self._trail}.{self._items}"
        for outcome in batch:
            fate = type(outcome).__name__.lower()
            why = {"reason": outcome.reason.value} if isinstance(outcome, Dropped | Held) else {}
            log.info("item.fetched", trail=trail, outcome=fate, **why)
        return trail

    def ended(self, poll: Poll) -> None:
        counts = {
            name: getattr(poll, name) for name in ("listed", "known", "new", "dropped", "held", "postponed")
        }
        log.info(
            "poll.ended",
            trail=self._trail,
            source=POOL if self._is_pooled else poll.source,
            outcome=poll.outcome.value,
            elapsed_ms=poll.elapsed_ms,
            **counts,
        )
