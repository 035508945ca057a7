"""A home that grows to any size: `python -m bench.growth FOLDER --count 8500000`, stopped and gone on with at will.

The seeded corpus comes in chunks, each of which is made first and then taken from JSON Lines to filed, placed,
searchable records by the same parts as `aimas ingest`. After each chunk a line of figures is added to `growth.jsonl` in
the home: what is there is done, so that the same call goes on behind it. A chunk that was broken off is handed over
again; what of it was on file is counted as `again`, and its line's times are no measure.

`--ask` then measures the board at that size (`bench.growth_asked`). Memory is the sum over processes, `own` without
what is only mapped from files: those pages the system takes back when it likes.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import psutil
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from aimas.app import App
from aimas.beside import indexing_beside
from aimas.cli.gathering import index_now
from aimas.core import Ownership
from aimas.engines import Workers
from aimas.home import create_home
from aimas.sources import ImportOptions, Source, SourceKind, read_files
from bench.__main__ import warm_up
from bench.corpus import LENGTHS, OUTLETS, Corpus, moments
from bench.corpus import VERSION as CORPUS
from bench.texts import processors

FIGURES = "growth.jsonl"
EVERY_S = 1.0
"""How often memory is looked at."""


class Plan(msgspec.Struct, frozen=True, tag="plan"):
    """What a home grows by; the first line of its figures, and no other plan goes on in it."""

    count: int
    chunk: int
    seed: int
    relevant: float
    lengths: str = "articles"
    corpus: int = 1
    """Version of what makes the texts; said in every plan but the first ones."""

    @property
    def chunks(self) -> int:
        return -(-self.count // self.chunk)

    def size(self, chunk: int) -> int:
        return min(self.chunk, self.count - chunk * self.chunk)


class Grown(msgspec.Struct, frozen=True, tag="grown"):
    """What one chunk cost, from JSON Lines to searchable records."""

    chunk: int
    on_file: int
    """Publications, this chunk's included."""
    filed: int
    again: int
    """On file already, from a run that was broken off."""
    processor_ms_each: float
    clock_ms_each: float
    filing_clock_ms_each: float
    """Until the last was on file, with the index following beside."""
    index_lag: int
    """Ledger entries that the index had not taken in when the last was on file."""
    index_caught_up_s: float
    """After that, the places of stories among it."""
    memory_peak_mb: int
    memory_own_peak_mb: int
    memory_own_by_process_mb: tuple[int, ...]
    """At its own peak: this process, then its children."""
    disk_mb: dict[str, float]
    disk_bytes_each: dict[str, int]
    load: float
    at: str
    memory_shared_once_mb: int = 0
    """At the end of filing, what processes share counted once, mapped files' pages included."""


def rows(plan: Plan, chunk: int) -> Iterator[bytes]:
    """A chunk's lines. Each has dice of its own, so that none before it need be made; time runs on over all of them."""
    first = chunk * plan.chunk
    when = moments(plan.count, plan.seed, first, plan.chunk)
    corpus = Corpus(plan.seed * 100_003 + chunk, plan.relevant, lengths=plan.lengths)
    encode = msgspec.json.Encoder().encode
    for row in corpus.rows_at(enumerate(when, first)):
        yield encode(row)


def read_figures(path: Path, plan: Plan) -> list[Grown]:
    """What is done; a plan of its own where nothing is. Raises SystemExit where the home grows by another plan."""
    if not path.exists():
        path.write_bytes(msgspec.json.encode(plan) + b"\n")
        return []
    # A last line without an end was broken off in the middle.
    whole = path.read_bytes().rpartition(b"\n")[0].splitlines()
    known = msgspec.json.decode(whole[0], type=Plan)
    if known != plan:
        raise SystemExit(
            f"{path} was begun with {known}, not with {plan}. Say the same, or give another folder."
        )
    return [msgspec.json.decode(line, type=Grown) for line in whole[1:]]


def noted(path: Path, figures: Grown) -> None:
    whole = path.read_bytes().rpartition(b"\n")[0] + b"\n"
    with path.open("r+b") as file:
        file.truncate(len(whole))
        file.seek(0, os.SEEK_END)
        file.write(msgspec.json.encode(figures) + b"\n")
        os.fsync(file.fileno())


def prepared(folder: Path) -> None:
    """An empty home whose outlets are those of the corpus."""
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder)
    for n in range(OUTLETS):
        address = f"https://outlet-{n}.example/"
        app.declare(
            Source(
                id=f"outlet-{n}",
                kind=SourceKind.FEED,
                address=f"{address}rss",
                name=f"Outlet {n}",
                ownership=Ownership.OUTLET,
                home=address,
            )
        )
    app.close()


class Memory:
    """A context; the most that this process and its children held together, but for the one `apart`."""

    def __init__(self, apart: int | None) -> None:
        self._apart = apart

    def __enter__(self) -> "Memory":
        self.peak = self.own = 0
        self.by_process: tuple[int, ...] = ()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def shared_once(self) -> int:
        """Bytes now."""
        return sum(_shared_once(p) for p in self._processes())

    def _processes(self) -> Iterator[psutil.Process]:
        own = psutil.Process()
        yield own
        yield from (p for p in own.children(recursive=True) if p.pid != self._apart)

    def _look(self) -> None:
        while True:
            held = 0
            owned: list[int] = []
            for process in self._processes():
                try:
                    info = process.memory_info()
                except psutil.NoSuchProcess:
                    continue
                held += info.rss
                owned.append(info.rss - info.shared)
            self.peak = max(self.peak, held)
            if sum(owned) > self.own:
                self.own, self.by_process = sum(owned), tuple(owned)
            if self._ended.wait(EVERY_S):
                return


def _shared_once(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def disk(folder: Path) -> dict[str, int]:
    """Bytes by part of the home; SQLite's log is emptied from time to time and does not grow with the rest."""
    parts = {"records": 0, "log": 0, "originals": 0, "index": 0, "other": 0}
    for path in folder.rglob("*"):
        try:
            size = path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
        name = path.relative_to(folder).parts[0]
        part = "log" if name.endswith(("-wal", "-shm")) else name.partition(".")[0]
        parts[part if part in parts else "other"] += size
    return parts


def grow(folder: Path, plan: Plan, processes: int, most: int | None = None) -> list[Grown]:
    """Goes on behind what is done, at most so many chunks; returns all lines."""
    if not (folder / "aimas.toml").exists():
        prepared(folder)
    path = folder / FIGURES
    done = read_figures(path, plan)
    app = App(folder)
    try:
        with (
            app.workers(processes) as pool,
            shown(plan, len(done)) as (progress, task),
            tempfile.TemporaryDirectory() as scratch,
        ):
            # One page a process, so that all have loaded what they need.
            app.engine(pool).run(warm_up(processes), source="warm-up")
            index_now(app)
            ended = plan.chunks if most is None else min(plan.chunks, len(done) + most)
            chunks = range(len(done), ended)
            progress.update(task, what="making texts")
            for chunk, file, maker in made(folder, plan, chunks, Path(scratch)):
                progress.update(task, what="filing")

                def told(n: int, before: int = chunk * plan.chunk) -> None:
                    progress.update(task, completed=before + n)

                figures = grown(app, pool, file, plan, chunk, told, maker)
                noted(path, figures)
                done.append(figures)
                progress.console.print(line(figures), highlight=False, soft_wrap=True)
    finally:
        app.close()
    return done


def made(folder: Path, plan: Plan, chunks: range, scratch: Path) -> Iterator[tuple[int, Path, int | None]]:
    """Each chunk with its texts, and the process that makes the next one's meanwhile: nobody counts its time or memory.

    Raises SystemExit where making ends badly.
    """
    coming = [making(folder, plan, chunk, scratch) for chunk in chunks[:1]]
    try:
        for chunk in chunks:
            file, process = coming.pop()
            if process.wait():
                raise SystemExit(f"Making texts ended with {process.returncode}.")
            coming += [making(folder, plan, n, scratch) for n in chunks if n == chunk + 1]
            yield chunk, file, coming[0][1].pid if coming else None
            file.unlink()
    finally:
        for _, process in coming:
            process.terminate()
            process.wait()


def making(folder: Path, plan: Plan, chunk: int, scratch: Path) -> tuple[Path, subprocess.Popen[bytes]]:
    """Another process that writes a chunk's texts, after everything else that wants a processor."""
    file = scratch / f"rows-{chunk}.jsonl"
    call = ["nice", sys.executable, "-m", "bench.growth", str(folder), "--rows", str(chunk), *said(plan)]
    with file.open("wb") as out:
        return file, subprocess.Popen(call, stdout=out)


def grown(
    app: App,
    pool: Workers,
    file: Path,
    plan: Plan,
    chunk: int,
    told: Callable[[int], None],
    apart: int | None,
) -> Grown:
    engine = app.engine(pool)
    options = ImportOptions(sources=tuple(app.sources.sources()), timezone=app.settings.timezone)
    with Memory(apart) as memory:
        began, used = time.perf_counter(), processors(apart)
        with indexing_beside(app):
            report = engine.run(
                read_files([file], options, datetime.now(UTC)), source="import", progress=told
            )
            filed = time.perf_counter()
            shared_once = memory.shared_once()
            lag = app.records.head() - app.index.position()
        index_now(app)
        ended = time.perf_counter()
        processor_s = processors(apart) - used
    n = max(1, report.entered)
    on_file = chunk * plan.chunk + plan.size(chunk)
    parts = disk(app.home.folder)
    return Grown(
        chunk=chunk,
        on_file=on_file,
        filed=report.filed,
        again=sum(report.dropped.values()),
        processor_ms_each=round(processor_s / n * 1_000, 3),
        clock_ms_each=round((ended - began) / n * 1_000, 3),
        filing_clock_ms_each=round((filed - began) / n * 1_000, 3),
        index_lag=lag,
        index_caught_up_s=round(ended - filed, 1),
        memory_peak_mb=memory.peak >> 20,
        memory_own_peak_mb=memory.own >> 20,
        memory_own_by_process_mb=tuple(size >> 20 for size in memory.by_process),
        disk_mb={part: round(size / 2**20, 1) for part, size in parts.items()},
        disk_bytes_each={part: size // on_file for part, size in parts.items()},
        load=round(psutil.getloadavg()[0], 1),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        memory_shared_once_mb=shared_once >> 20,
    )


def line(figures: Grown) -> str:
    each = figures.disk_bytes_each
    return (
        f"{figures.on_file:>10,}  {figures.processor_ms_each:6.2f} ms of processors, "
        f"{figures.clock_ms_each:6.2f} by the clock  "
        f"index {figures.index_lag:>6,} behind, {figures.index_caught_up_s:5.0f} s after  "
        f"{figures.memory_peak_mb:,} MB ({figures.memory_own_peak_mb:,} own)  "
        f"{each['records'] + each['index']:,} bytes each, originals {each['originals']:,}"
    )


def summed(plan: Plan, done: list[Grown]) -> str:
    """The first chunk beside the last: what growth costs."""
    if len(done) < 2:
        return ""
    first, last = done[0], done[-1]
    hours = sum(g.clock_ms_each * plan.size(g.chunk) for g in done) / 3_600_000
    return (
        f"{last.on_file:,} publications in {hours:.2f} h of filing and indexing; the last chunk took "
        f"{last.processor_ms_each / first.processor_ms_each:.2f} × the first one's time of processors, "
        f"{last.clock_ms_each / first.clock_ms_each:.2f} × by the clock"
    )


@contextmanager
def shown(plan: Plan, done: int) -> Iterator[tuple[Progress, TaskID]]:
    """How far, how fast and how long still; the time remaining is told from the last hour."""
    columns = (
        TextColumn("{task.fields[what]:13}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=3_600) as progress:
        yield progress, progress.add_task("growth", total=plan.count, completed=done * plan.chunk, what="")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def said(plan: Plan) -> list[str]:
    named = {name: value for name, value in msgspec.structs.asdict(plan).items() if name != "corpus"}
    return [part for name, value in named.items() for part in (f"--{name}", str(value))]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    asked.add_argument("folder", type=Path, help="the home; made where there is none")
    asked.add_argument("--count", type=int, default=8_500_000)
    asked.add_argument("--chunk", type=int, default=50_000)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--relevant", type=float, default=0.05)
    asked.add_argument("--lengths", choices=LENGTHS, default="articles")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--most", type=int, help="chunks in this run; all that are left when absent")
    asked.add_argument(
        "--ask", action="store_true", help="measure pages, searches, counts and exports instead"
    )
    asked.add_argument("--rows", type=int, help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    plan = Plan(chosen.count, chosen.chunk, chosen.seed, chosen.relevant, chosen.lengths, CORPUS)
    if chosen.rows is not None:
        for encoded in rows(plan, chosen.rows):
            sys.stdout.buffer.write(encoded + b"\n")
        return 0
    if chosen.ask:
        from bench.growth_asked import ask

        return ask(chosen.folder)
    try:
        done = grow(chosen.folder, plan, chosen.processes, chosen.most)
    except KeyboardInterrupt:
        print("Stopped; the same call goes on.", file=sys.stderr)
        return 1
    print(summed(plan, done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
