"""While a bulk run files, the index follows in a process of its own, so that both have a processor."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

from aimas.app import App
from aimas.core import Unavailable
from aimas.engines.workers import collect_seldom, die_with_parent
from aimas.logs import configure_logs
from aimas.storage.index import STEP

LOOK_EVERY_S = 0.5


class _Told(NamedTuple):
    """Between the two processes."""

    writing: Event
    """The other one writes the index, and nobody else does until the end."""
    filed: Event
    ended: Event
    stopping: Event


@contextmanager
def indexing_beside(app: App, step: int = STEP) -> Iterator[None]:
    """Takes in all that the run files; what a run that was broken off leaves waits for whoever follows next, and where
    another process writes the index, that one follows. Places are given when the run is over, since they depend on all
    that it brought, while the index still catches up."""
    context = get_context("spawn")
    told = _Told(*(context.Event() for _ in range(4)))
    process = context.Process(target=_follow, args=(app.home.folder, told, step), daemon=True)
    process.start()
    try:
        yield
        told.filed.set()
        while process.is_alive() and not told.writing.wait(0.1):
            pass
        # Where another process writes the index, that one places, too.
        if process.is_alive():
            app.place_waiting()
        told.ended.set()
    finally:
        told.stopping.set()
        process.join()


def _follow(folder: Path, told: _Told, step: int) -> None:
    # Ctrl-C reaches every process of the terminal: the first one decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=die_with_parent, daemon=True).start()
    configure_logs()
    app = App(folder)
    try:
        writer = app.index.writer()
        told.writing.set()
        collect_seldom()
        try:
            while not told.stopping.wait(LOOK_EVERY_S):
                # By whole steps, since small commits cost merges, but for what is left when all is filed.
                least = step // 8 if told.filed.is_set() else step
                if app.records.head() - writer.position >= least:
                    writer.follow(app.records, step)
            # Here and not where it is filed: what this process has learned of words no other need learn.
            while told.ended.is_set() and writer.follow(app.records, step):
                pass
        finally:
            writer.close()
    except Unavailable:
        # Whoever follows next says what is wrong.
        return
    finally:
        app.close()
