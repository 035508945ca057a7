"""Records on SQLite beside records on PostgreSQL: `python -m bench.records [N]`, the same work in one run.

Filing is what one settlement costs without reading the texts (that costs the same on both): rows, ledger entry, sealed
original, commit. PostgreSQL is the tests' own server on this machine, with its log written to disk before a commit is
reported. Beside the clock stands the time of processors, the server's included: a busy machine spoils only the first.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import psutil
from sqlalchemy import select
from tests.builders import KEY, Shelf, reading
from tests.postgres import PostgresServer

from aimas.core import Tone
from aimas.storage import schema
from aimas.storage.database import connect, writing
from aimas.storage.database import reading as asking
from aimas.storage.moving import copy_records
from aimas.storage.originals import Vault
from aimas.storage.records import Records

TEXT = "Полиция Алматы сообщила о происшествии в районе, где работают сотрудники департамента. " * 12


class Watch:
    """A context: what passed by the clock and on processors, of this process and the server's."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def __enter__(self) -> "Watch":
        self._began, self._used = time.perf_counter(), self._processors()
        return self

    def __exit__(self, *_: object) -> None:
        self.clock_s = time.perf_counter() - self._began
        self.processor_s = self._processors() - self._used

    def of(self, n: int) -> dict[str, float]:
        """How many a second."""
        return {"per_s": round(n / self.clock_s), "per_processor_s": round(n / max(self.processor_s, 1e-3))}

    def _processors(self) -> float:
        # A connection's process that ended is missing: the pool keeps them while we measure.
        main = psutil.Process(self._server.pid)
        times = [p.cpu_times() for p in (main, *main.children())]
        return time.process_time() + sum(t.user + t.system for t in times)


def filed(shelf: Shelf, n: int, batch: int) -> None:
    for start in range(0, n, batch):
        made = [
            reading(
                f"{i}: {TEXT}",
                address=f"https://a.kz/{batch}/{i}",
                tone=Tone.CRITICAL if i % 20 == 0 else None,
            )
            for i in range(start, start + batch)
        ]
        shelf.file(*made)


def asked(shelf: Shelf, server: PostgresServer) -> dict[str, dict[str, float]]:
    """Milliseconds by the clock at the middle and at the 95th percentile, and on processors in the mean."""
    chance = random.Random(1)
    head = shelf.records.head()
    table = schema.publications

    def newest() -> None:
        with asking(shelf.engine) as connection:
            connection.execute(select(table.c.id).order_by(table.c.position.desc()).limit(50)).all()

    def some(n: int) -> list[int]:
        return [chance.randint(1, head) for _ in range(n)]

    questions: dict[str, Callable[[], object]] = {
        "one publication": lambda: shelf.records.by_reading(some(1)),
        "fifty of a list": lambda: shelf.records.by_reading(some(50)),
        "the newest fifty ids": newest,
        "all counts": shelf.records.tallies,
        "1,000 entries for the index": lambda: shelf.records.versions_after(0, 1_000),
    }
    found = {}
    for name, question in questions.items():
        times = []
        question()
        with Watch(server) as watch:
            for _ in range(20 if "index" in name else 100):
                began = time.perf_counter()
                question()
                times.append((time.perf_counter() - began) * 1_000)
        cut = quantiles(times, n=20)
        processors = watch.processor_s / len(times) * 1_000
        found[name] = {"p50": round(cut[9], 2), "p95": round(cut[18], 2), "processors": round(processors, 2)}
    return found


def moved(shelf: Shelf, server: PostgresServer) -> dict[str, object]:
    """Entries of the ledger with all that hangs on them, every row compared on both sides."""
    target, back = connect(server.database()), connect(shelf.folder / "back.sqlite", create=True)
    head = shelf.records.head()
    with Watch(server) as there, writing(shelf.engine) as connection:
        copy_records(connection, target)
    with Watch(server) as again, writing(target) as connection:
        copy_records(connection, back)
    copies = Records(back, Vault(shelf.folder / "originals", KEY))
    assert list(copies.entries()) == list(shelf.records.entries())
    for engine in (target, back):
        engine.dispose()
    return {"entries": head, "to_postgresql": there.of(head), "back": again.of(head)}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.records", description=__doc__)
    asked.add_argument("publications", type=int, nargs="?", default=20_000)
    n = asked.parse_args().publications
    with tempfile.TemporaryDirectory() as folder, PostgresServer(durable=True) as server:
        found: dict[str, object] = {"publications": n}
        for kind, address in (("sqlite", ""), ("postgresql", server.database())):
            shelf = Shelf(Path(folder) / kind, address=address)
            speeds = {}
            for batch, many in ((64, n), (1, n // 50)):
                shelf.records.head()
                with Watch(server) as watch:
                    filed(shelf, many, batch)
                speeds[f"filed {batch} at once"] = watch.of(many)
            found[kind] = {**speeds, "ms": asked(shelf, server)}
            if kind == "sqlite":
                found["moved"] = moved(shelf, server)
            shelf.close()
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
