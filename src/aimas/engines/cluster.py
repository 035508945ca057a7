"""Spreads pure work over the machines of a Dask cluster; who writes stays here, alone.

A worker makes its parts once for a run, from the same installed package; a chunk that was on a machine that died is
read again on another, and because reading is pure nothing is lost by it and nothing comes twice.
"""

import re
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Any, TypeVar

from aimas import __version__
from aimas.core import BadInput, Fetched, Outcome, Publication, Reading, Unavailable
from aimas.engines.local import Keep, Traced
from aimas.flow.step import Step

Build = Callable[..., Any]
Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""Chunks under way for each thread of the cluster: one at work, one already there."""
CONNECT_S = 20
_ADDRESS = re.compile(r"[a-z]+://[^\s/]+:\d+")


def _version() -> str:
    return __version__


class Cluster:
    """A cluster at work for this home; `address` is its scheduler's, as `tcp://10.0.0.5:8786`.

    Raises Unavailable where nobody answers there, or a worker has another version of Aimas; BadInput where
    the extra is not installed.
    """

    def __init__(self, address: str) -> None:
        if not _ADDRESS.fullmatch(address):
            raise BadInput(f"{address!r} is no scheduler's address; write it as tcp://10.0.0.5:8786.")
        try:
            import distributed
        except ImportError:
            raise BadInput(
                "Reading on a cluster needs one more package: make install-cluster, see docs/cluster.md."
            ) from None
        # Its own functions have no types.
        connect: Any = distributed.Client
        try:
            self._client: Any = connect(address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise Unavailable(f"No Dask scheduler answers at {address}: {error}") from None
        try:
            self._check_workers(address)
        except BaseException:
            self._client.close()
            raise
        self._runs: list[str] = []

    def _check_workers(self, address: str) -> None:
        try:
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except TimeoutError:
            raise Unavailable(f"The scheduler at {address} has no workers.") from None
        try:
            versions: dict[str, str] = self._client.run(_version)
        except Exception as error:
            raise Unavailable(
                f"A worker of {address} can't run Aimas: {error}. Install the same version on each."
            ) from None
        other = {worker: said for worker, said in versions.items() if said != __version__}
        if other:
            worker, said = next(iter(other.items()))
            raise Unavailable(f"Worker {worker} has Aimas {said}, here is {__version__}: install the same.")

    def steps(
        self, build: Callable[..., tuple[Step, ...]], arguments: tuple[Any, ...], keep: Keep | None = None
    ) -> Callable[[Iterable[Sequence[Fetched]]], Iterator[list[Traced]]]:
        """What takes chunks through the pure steps that `build(*arguments)` makes; in order. What was learned over a
        chunk is given to `keep` before it."""
        from aimas.engines.machine import read

        def through(chunks: Iterable[Sequence[Fetched]]) -> Iterator[list[Traced]]:
            for done, lessons in self._spread(read, build, arguments, chunks):
                if keep:
                    for lesson in lessons:
                        keep(lesson)
                yield done

        return through

    def understanding(
        self, build: Build, arguments: tuple[Any, ...]
    ) -> Callable[[Iterable[Sequence[Publication]]], Iterator[list[Outcome[Reading]]]]:
        """What has batches understood by what `build(*arguments)` makes; in order."""
        from aimas.engines.machine import understand

        return lambda batches: self._spread(understand, build, arguments, batches)

    def close(self) -> None:
        """Leaves the cluster; what was under way there is dropped."""
        try:
            for run in self._runs:
                self._client.unregister_worker_plugin(run)
        except (OSError, ValueError, TimeoutError):
            # The cluster went away: nothing of this run is there.
            pass
        finally:
            self._client.close()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spread(
        self,
        work: Callable[[str, list[Item]], Result],
        build: Build,
        arguments: tuple[Any, ...],
        chunks: Iterable[Sequence[Item]],
    ) -> Iterator[Result]:
        from aimas.engines.machine import Parts

        run = f"aimas-{secrets.token_hex(8)}"
        self._runs.append(run)
        try:
            self._client.register_plugin(Parts(run, build, arguments), name=run)
        except OSError as error:
            raise _gone(error) from None
        waiting: deque[Any] = deque()
        for chunk in chunks:
            waiting.append(self._client.submit(work, run, list(chunk), pure=False))
            while len(waiting) > self._ahead() or (waiting and waiting[0].done()):
                yield self._back(waiting.popleft())
        while waiting:
            yield self._back(waiting.popleft())

    def _ahead(self) -> int:
        """Asked anew each time: machines come and go while it runs."""
        threads: dict[str, int] = self._client.nthreads()
        return AHEAD * max(1, sum(threads.values())) + 1

    @staticmethod
    def _back(future: Any) -> Any:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            return future.result()
        except KilledWorker:
            raise Unavailable(
                "Several workers died over the same chunk, perhaps for want of memory. Give them more, "
                "then run the same again: it goes on where it stopped."
            ) from None
        except (FutureCancelledError, OSError) as error:
            raise _gone(error) from None


def _gone(error: Exception) -> Unavailable:
    return Unavailable(f"The cluster went away ({error}). Run the same again when it is back.")
