"""The text path: JSON Lines to filed, searchable records, against the peers' composition: `python -m bench.texts`.

The corpus is `bench.corpus` at 5 % relevant; the peers get the same texts and need not extract them. Beside the clock
stands the time of processors, helpers' included: on a busy machine only that can be compared.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from aimas.app import App
from aimas.beside import indexing_beside
from aimas.cli.gathering import index_now
from aimas.engines import collect_seldom
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files
from bench.__main__ import HERE, record, warm_up


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.texts", description=__doc__)
    asked.add_argument("--count", type=int, default=20_000)
    asked.add_argument("--relevant", type=float, default=0.05)
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--peers", type=Path, help="python of the environment with the peers")
    asked.add_argument("--peers-count", type=int, default=1_000, help="texts that the peers are given")
    asked.add_argument("--no-record", action="store_true", help="keep no results file")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        with rows.open("wb") as out:
            made = [
                sys.executable,
                "-m",
                "bench.corpus",
                str(chosen.count),
                "--relevant",
                str(chosen.relevant),
            ]
            subprocess.run(made, check=True, stdout=out)
        ours = measured(rows, Path(folder) / "home", chosen.processes)
        show("this flow, filed", ours["texts"], ours["filed_s"], ours["filed_cpu_s"])
        show("this flow, searchable", ours["texts"], ours["searchable_s"], ours["cpu_s"])
        found: dict[str, Any] = {"texts": ours, "relevant": chosen.relevant, "processes": chosen.processes}
        if chosen.peers:
            part = Path(folder) / "part.jsonl"
            lines = rows.read_bytes().split(b"\n")
            part.write_bytes(b"\n".join(lines[:: max(1, chosen.count // chosen.peers_count)]))
            peers = composed(chosen.peers, part, chosen.processes)
            show("peers' composition", peers["pages"], peers["seconds"], peers["cpu_s"])
            by_clock = peers["seconds"] / peers["pages"] / (ours["searchable_s"] / ours["texts"])
            by_cpu = peers["cpu_s"] / peers["pages"] / (ours["cpu_s"] / ours["texts"])
            print(f"  ratio: {by_clock:.1f} × by the clock, {by_cpu:.1f} × by processors' time")
            found |= {"peers": peers, "ratio": round(by_clock, 2), "ratio_cpu": round(by_cpu, 2)}
    if not chosen.no_record:
        record(found, "texts")
    return 0


def measured(rows: Path, folder: Path, processes: int) -> dict[str, Any]:
    """From bytes to committed records and a committed index; starting the reading processes is not counted."""
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder)
    fetched_at = datetime.now(UTC)
    with app.workers(processes) as pool:
        engine = app.engine(pool)
        engine.run(warm_up(processes), source="bench")
        collect_seldom()
        begun, used = time.perf_counter(), processors()
        with indexing_beside(app):
            report = engine.run(read_files([rows], ImportOptions(), fetched_at), source="import")
            filed, filed_cpu = time.perf_counter(), processors()
            helpers = psutil.Process().children()
            peak = sum(p.memory_info().rss for p in (psutil.Process(), *helpers)) // 2**20
        index_now(app)
        searchable, done_cpu = time.perf_counter(), processors()
    relevant = app.search.count(app.search.ask("is:relevant source:import", "kz-mia"))
    head = app.records.head()
    app.close()
    return {
        "texts": report.entered,
        "filed": report.filed,
        "relevant": relevant,
        "filed_s": filed - begun,
        "filed_cpu_s": filed_cpu - used,
        "searchable_s": searchable - begun,
        "cpu_s": done_cpu - used,
        "memory_mb": peak,
        "disk_bytes_each": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) // max(head, 1),
    }


def processors(apart: int | None = None) -> float:
    """Seconds that this process, its children and those that have ended have had, but for the one child `apart`."""
    own = psutil.Process()
    used = own.cpu_times()
    total = used.user + used.system + used.children_user + used.children_system
    for child in own.children():
        if child.pid == apart:
            continue
        times = child.cpu_times()
        total += times.user + times.system
    return total


def composed(python: Path, rows: Path, processes: int) -> dict[str, Any]:
    told = subprocess.run(
        [str(python), "-P", str(HERE / "peers.py"), str(rows), str(processes)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    said: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return said


def show(what: str, count: int, seconds: float, cpu_s: float) -> None:
    print(
        f"  {what + ':':24}{count / seconds:9.1f} texts/s, {1000 * cpu_s / count:7.2f} ms of processors each"
    )


if __name__ == "__main__":
    sys.exit(main())
