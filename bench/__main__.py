"""`make bench`: the whole flow from pages to filed, searchable records, against the peers' usual composition."""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from aimas.app import App
from aimas.core import Fetched, Outcome, Passed
from aimas.home import create_home

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("--pages", type=int, default=2_000)
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--peers", type=Path, required=True, help="python of the environment with the peers")
    asked.add_argument("--no-record", action="store_true", help="keep no results file")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages.jsonl"
        subprocess.run([sys.executable, "-m", "bench.pages", str(pages), str(chosen.pages)], check=True)
        print(
            f"{chosen.pages} pages, {pages.stat().st_size * 3 // 4 // 2**20} MB, {chosen.processes} processes"
        )
        ours = measure_flow(pages, Path(folder) / "home", chosen.processes)
        print(f"  this flow, filed:      {ours['pages'] / ours['filed_s']:8.1f} pages/s")
        print(f"  this flow, searchable: {ours['pages'] / ours['searchable_s']:8.1f} pages/s")
        told = subprocess.run(
            [str(chosen.peers), "-P", str(HERE / "peers.py"), str(pages), str(chosen.processes)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        peers: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    print(f"  peers' composition:    {peers['pages'] / peers['seconds']:8.1f} pages/s")
    ratio = peers["seconds"] / ours["searchable_s"]
    print(f"  ratio, searchable against peers: {ratio:.1f} ×")
    if not chosen.no_record:
        record({"flow": ours, "peers": peers, "ratio": round(ratio, 2), "processes": chosen.processes})
    return 0


def measure_flow(pages: Path, folder: Path, processes: int) -> dict[str, Any]:
    """From bytes to committed records and a committed index; starting the processes is not counted."""
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder)
    with app.workers(processes) as pool:
        engine = app.engine(pool)
        # One page a process, so that all have loaded what they need.
        engine.run(warm_up(processes), source="bench")
        begun = time.perf_counter()
        report = engine.run(items(pages), source="bench")
        filed = time.perf_counter()
        writer = app.index.writer()
        app.follow(writer)
        writer.close()
        searchable = time.perf_counter()
    relevant = app.search.count(app.search.ask("is:relevant source:bench", "kz-mia"))
    app.close()
    return {
        "pages": report.entered,
        "filed": report.filed,
        "relevant": relevant,
        "filed_s": filed - begun,
        "searchable_s": searchable - begun,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def items(pages: Path) -> Iterator[Outcome[Fetched]]:
    now = datetime.now(UTC)
    with pages.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield Passed(
                Fetched(
                    source="bench",
                    address=row["address"],
                    media_type="text/html",
                    body=b64decode(row["body"]),
                    fetched_at=now,
                    name=row["address"],
                )
            )


def warm_up(processes: int) -> list[Outcome[Fetched]]:
    text = "Полиция города провела собрание. Жителям рассказали о работе участковых."
    return [
        Passed(
            Fetched(
                source="warm-up",
                address=f"http://warm.example/{n}",
                media_type="text/plain",
                body=f"{text} {n}".encode(),
                fetched_at=datetime.now(UTC),
                name="warm-up",
            )
        )
        for n in range(processes * 256)
    ]


def record(figures: dict[str, Any], what: str = "flow") -> None:
    """A results file names machine, versions and date beside the figures."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    about = {
        "date": now.isoformat(timespec="seconds"),
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "system": platform.platform()},
        "versions": {name: version(name) for name in ("aimas", "trafilatura", "tantivy", "onnxruntime")},
    }
    path = RESULTS / f"{now:%Y-%m-%d-%H%M}-{what}.json"
    path.write_text(json.dumps({**about, **figures}, indent=2, default=str) + "\n")
    print(f"  kept in {path.relative_to(HERE.parent)}")


if __name__ == "__main__":
    sys.exit(main())
