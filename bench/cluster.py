"""What a cluster costs and gains: `python -m bench.cluster [--publications 4000] [--pages 1200] [--repeat 3]`.

The same made-up publications (`bench.corpus`) are ingested by one process, by two worker processes and by Dask with
one, two and four workers of one thread on this machine; then, with Dask, the same as pages of 70 KB on sites never seen
(`bench.web_pages`), as an archive holds them. Nothing but reading is spread, one process writes: of texts alone its
share is so large that two workers and it want three cores. Each way starts warm: every worker has read a chunk before
the clock runs. Shown is the best of the repeats.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import dask
import msgspec
from distributed import LocalCluster

from aimas.app import App
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files
from bench import web_pages
from bench.__main__ import record
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
    parser = argparse.ArgumentParser(prog="python -m bench.cluster", description=__doc__)
    parser.add_argument("--publications", type=int, default=4_000)
    parser.add_argument("--pages", type=int, default=1_200)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-record", action="store_true", help="keep no results file")
    asked = parser.parse_args()
    dask: dict[str, Callable[[Path, Path], float]] = {
        f"Dask, {n} worker{'s' if n > 1 else ''}": partial(_seconds, machines=n) for n in (1, 2, 4)
    }
    here: dict[str, Callable[[Path, Path], float]] = {
        "one process": _seconds,
        "two processes": partial(_seconds, workers=2),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = folder / "warm.jsonl", folder / "rows.jsonl"
        made = Corpus(SEED, RELEVANT, REPRINTED).rows(asked.publications + WARM)
        rows = [msgspec.json.encode(row) + b"\n" for row in made]
        texts[0].write_bytes(b"".join(rows[:WARM]))
        texts[1].write_bytes(b"".join(rows[WARM:]))
        found = {"texts": _compared(here | dask, *texts, asked.publications, asked.repeat)}
        pages = folder / "warm.warc", folder / "pages.warc"
        for file, count, seed in ((pages[0], WARM, SEED), (pages[1], asked.pages, SEED + 1)):
            web_pages.written(file, count, web_pages.hosts("new", count), seed)
        found["pages"] = _compared(dask, *pages, asked.pages, asked.repeat)
    if not asked.no_record:
        record({"repeat": asked.repeat, **found}, "cluster")


def _compared(
    ways: dict[str, Callable[[Path, Path], float]], warm: Path, file: Path, count: int, repeat: int
) -> dict[str, dict[str, float]]:
    """Each way's publications a second, and how many times one Dask worker's that is."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    # In turns, so that a busy minute of the machine is nobody's alone.
    for _ in range(repeat):
        for way, seconds in ways.items():
            taken[way].append(seconds(file, warm))
    one = min(taken["Dask, 1 worker"])
    found = {}
    for way, each in taken.items():
        best = min(each)
        found[way] = {
            "best": round(count / best, 1),
            "median": round(count / statistics.median(each), 1),
            "ratio": round(one / best, 2),
        }
        print(
            f"{way:16} {found[way]['best']:8.1f} {file.stem} a second (median {found[way]['median']:.1f})"
            f"  {found[way]['ratio']:5.2f} × Dask with one worker"
        )
    return found


if __name__ == "__main__":
    main()
