"""What is done to a process in the middle of its work, from inside."""

import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def no_more_than(size: int) -> None:
    """From now on no file of this process grows beyond so many bytes: the system itself refuses, wherever that is."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def gone(pid: int) -> Callable[[], None]:
    """Ends the records' server as a crash does, and comes back when it has ended."""

    def end() -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        while _lives(pid):
            time.sleep(0.02)

    return end


def _lives(pid: int) -> bool:
    try:
        # A child that nobody waited for yet has ended all the same.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
