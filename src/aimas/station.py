"""What runs in the background of one process: gathering, the index that follows, alerts, deliveries, checkpoints."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from aimas.app import App
from aimas.core import AimasError, Fetched, Outcome, Unavailable
from aimas.intake.mailbox import AT_ONCE

FOLLOW_EVERY_S = 0.25
"""How often the index looks for new ledger entries: new items are searchable well within a second."""

LOOK_EVERY_S = 0.25
SEND_EVERY_S = 1.0
"""How often alerts and deliveries look at the clock when nothing wakes them."""

log = structlog.get_logger(__name__)


class Station:
    """Starts threads and stops them in order; `on_change` hears every index position reached."""

    def __init__(
        self, app: App, *, gather: bool = True, on_change: Callable[[int], None] | None = None
    ) -> None:
        self._app = app
        self._gathers = gather
        self._on_change = on_change or (lambda position: None)
        self._stop = threading.Event()
        self._moved = threading.Event()
        self._fired = threading.Event()
        self._threads: list[threading.Thread] = []
        self._engine = app.engine()
        self._gatherer = app.gatherer(self._accept)
        self._last_checkpoint = 0
        self.failure: BaseException | None = None
        """What stopped the station, if something did."""

    def start(self) -> None:
        works: list[tuple[str, Callable[[], None]]] = [("follow", self._follow)]
        if not self._app.settings.follow:
            works += [("alert", self._alert), ("deliver", self._deliver)]
            if self._gathers:
                works.append(("gather", self._gatherer.run))
            if self._app.mailbox is not None:
                works.append(("letters", self._letters))
        for name, work in works:
            thread = threading.Thread(target=self._guarded, args=(name, work), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def dead(self) -> tuple[str, ...]:
        """Parts that ended though nobody stopped them: nothing of theirs is done until the process starts again."""
        if self._stop.is_set():
            return ()
        return tuple(thread.name for thread in self._threads if not thread.is_alive())

    def stop(self) -> None:
        """Returns when what was being settled is settled."""
        self._gatherer.stop()
        self._stop.set()
        self._moved.set()
        self._fired.set()
        for thread in self._threads:
            thread.join(timeout=30)

    def _guarded(self, name: str, work: Callable[[], None]) -> None:
        while not self._stop.is_set():
            try:
                work()
                return
            except Unavailable as error:
                # A full disk or a busy database passes: wait and go on where it stopped.
                log.warning("station.waiting", part=name, why=str(error))
                self._stop.wait(error.retry_after_s or 5.0)
            except Exception as error:
                self.failure = error
                log.exception("station.failed", part=name)
                return

    def _accept(self, outcomes: Sequence[Outcome[Fetched]]) -> None:
        self._engine.run(outcomes, source="gather")

    def _follow(self) -> None:
        writer = self._app.index.writer()
        try:
            while not self._stop.is_set():
                if self._app.follow(writer):
                    self._moved.set()
                    self._on_change(writer.position)
                    self._checkpoint(writer.position)
                self._stop.wait(FOLLOW_EVERY_S)
            self._app.follow(writer)
        finally:
            writer.close()

    def _alert(self) -> None:
        while not self._stop.is_set():
            fired = self._app.alerting.look()
            for alert in fired:
                trails = self._app.trails_of(alert)
                log.info(
                    "alert.fired", alert=alert.position, rule=alert.rule, count=alert.count, trails=trails
                )
            if fired:
                self._fired.set()
            self._moved.wait(LOOK_EVERY_S)
            self._moved.clear()

    def _deliver(self) -> None:
        while not self._stop.is_set():
            self._fired.clear()
            if not self._app.sending.send_due() + self._app.posting.send_due():
                self._fired.wait(SEND_EVERY_S)

    def _letters(self) -> None:
        while not self._stop.is_set():
            counts = self._app.look_for_letters()
            if counts:
                log.info("letters.dealt-with", **counts)
            if sum(counts.values()) < AT_ONCE:
                self._stop.wait(self._app.settings.imap_every_s)

    def _checkpoint(self, position: int) -> None:
        settings = self._app.settings
        if not settings.checkpoint_dir or position - self._last_checkpoint < settings.checkpoint_every:
            return
        try:
            self._app.checkpoint(Path(settings.checkpoint_dir))
            self._last_checkpoint = position
        except (AimasError, OSError) as error:
            log.warning("checkpoint.failed", why=str(error))
