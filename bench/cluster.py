"""What a cluster costs and gains: `python -m bench.cluster [--publications 4000] [--repeat 3]`.

The same made-up publications (`bench.corpus`) are ingested by one process, by two worker processes and by Dask with
one, two and four workers of one thread on this machine; nothing but reading is spread, one process writes. Each
way starts warm: every worker has read a chunk before the clock runs. Shown is the best of the repeats.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import dask
import msgspec
from distributed import LocalCluster

from aimas.app import App
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files
from bench.corpus import Corpus

WARM = 256
SEED, RELEVANT, REPRINTED = 2026, 0.05, 0.15
NOW = datetime(2026, 11, 2, tzinfo=UTC)


@contextmanager
def _machines(count: int) -> Iterator[str]:
    with (
        dask.config.set({"logging.distributed": "critical"}),
        LocalCluster(
            n_workers=count, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
        ) as machines,
    ):
        yield str(machines.scheduler_address)


def _seconds(file: Path, warm: Path, *, workers: int = 0, machines: int = 0) -> float:
    with tempfile.TemporaryDirectory() as folder, _machines(machines) if machines else nullcontext("") as at:
        home = Path(folder) / "home"
        create_home(home, profiles=["kz-mia"], timezone="Asia/Almaty")
        app = App(home)

        def ingest(path: Path) -> float:
            begun = time.perf_counter()
            items = read_files([path], ImportOptions(), NOW)
            app.ingest(items, source="import", workers=workers, cluster=at)
            return time.perf_counter() - begun

        # Processes of `workers` live as long as one ingest: their start is part of what they cost.
        ingest(warm)
        return ingest(file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publications", type=int, default=4_000)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    ways: dict[str, Callable[[Path, Path], float]] = {
        "one process": lambda file, warm: _seconds(file, warm),
        "two processes": lambda file, warm: _seconds(file, warm, workers=2),
        "Dask, 1 worker": lambda file, warm: _seconds(file, warm, machines=1),
        "Dask, 2 workers": lambda file, warm: _seconds(file, warm, machines=2),
        "Dask, 4 workers": lambda file, warm: _seconds(file, warm, machines=4),
    }
    with tempfile.TemporaryDirectory() as folder:
        file, warm = Path(folder) / "rows.jsonl", Path(folder) / "warm.jsonl"
        made = Corpus(SEED, RELEVANT, REPRINTED).rows(asked.publications + WARM)
        rows = [msgspec.json.encode(row) + b"\n" for row in made]
        warm.write_bytes(b"".join(rows[:WARM]))
        file.write_bytes(b"".join(rows[WARM:]))
        # In turns, so that a busy minute of the machine is nobody's alone.
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(asked.repeat):
            for way, seconds in ways.items():
                taken[way].append(seconds(file, warm))
    one = min(taken["Dask, 1 worker"])
    for way, seconds in taken.items():
        best = min(seconds)
        print(
            f"{way:16} {asked.publications / best:8.1f} publications/s"
            f"  (median {asked.publications / statistics.median(seconds):.1f})"
            f"  {one / best:5.2f} × Dask with one worker"
        )


if __name__ == "__main__":
    main()
