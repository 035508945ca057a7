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
    another process writes the index, that one follows. Places are given when the run is over: they depend on all that
    it brought."""
    context = get_context("spawn")
    ended, stopping = context.Event(), context.Event()
    process = context.Process(target=_follow, args=(app.home.folder, ended, stopping, step), daemon=True)
    process.start()
    try:
        yield
        ended.set()
    finally:
        stopping.set()
        process.join()


def _follow(folder: Path, ended: Event, stopping: Event, step: int) -> None:
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
                # By whole steps: small commits cost merges.
                if app.records.head() - writer.position >= step:
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
