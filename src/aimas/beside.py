"""While a bulk run files, the index follows in a process of its own, so that both have a processor."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path

from aimas.app import App
from aimas.core import Unavailable
from aimas.engines.workers import collect_seldom, die_with_parent
from aimas.logs import configure_logs
from aimas.storage.index import STEP

LOOK_EVERY_S = 0.5


@contextmanager
def indexing_beside(app: App, step: int = STEP) -> Iterator[None]:
    """Takes in all that the run files; what a run that was broken off leaves waits for whoever follows next, and where
    another process writes the index, that one follows. Places are given when the run is over, since they depend on all
    that it brought, while the index still catches up."""
    context = get_context("spawn")
    filed, ended, stopping = (context.Event() for _ in range(3))
    process = context.Process(
        target=_follow, args=(app.home.folder, filed, ended, stopping, step), daemon=True
    )
    process.start()
    try:
        yield
        filed.set()
        app.place_waiting()
        ended.set()
    finally:
        stopping.set()
        process.join()


def _follow(folder: Path, filed: Event, ended: Event, stopping: Event, step: int) -> None:
    # Ctrl-C reaches every process of the terminal: the first one decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=die_with_parent, daemon=True).start()
    configure_logs()
    app = App(folder)
    try:
        writer = app.index.writer()
        collect_seldom()
        try:
            while not stopping.wait(LOOK_EVERY_S):
                # By whole steps, since small commits cost merges, but for what is left when all is filed.
                least = step // 8 if filed.is_set() else step
                if app.records.head() - writer.position >= least:
                    writer.follow(app.records, step)
            # Here and not where it is filed: what this process has learned of words no other need learn.
            while ended.is_set() and writer.follow(app.records, step):
                pass
        finally:
            writer.close()
    except Unavailable:
        # Whoever follows next says what is wrong.
        return
    finally:
        app.close()
