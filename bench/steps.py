"""Where a publication's processor time goes, step by step, in one process: `python -m bench.steps [--count N]`.

A stopwatch goes from part to part: each has only what is not another's. The time is the processor's, not the clock's;
what helping threads take (the index merges beside) is a line of its own. Under the table stands what the bytes alone
cost on this machine: reading, hashing, compressing, sealing, writing them, with no work on their meaning.
"""

import argparse
import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from aimas.app import App
from aimas.core import Fetched, Outcome, Passed
from aimas.engines import collect_seldom
from aimas.engines.local import CHUNK
from aimas.extraction import Extractor
from aimas.flow import Understanding
from aimas.home import create_home
from aimas.institution import Gazetteer, Institutions
from aimas.sources import ImportOptions, read_files
from aimas.storage import archive
from aimas.storage.archive import Archive, Settlement
from aimas.storage.index import IndexWriter, documents
from aimas.storage.originals import Vault
from aimas.storage.records import Records
from aimas.storage.terms import Writing
from aimas.stories.placing import Placer
from aimas.stories.reprints import Reprints
from aimas.stories.stories import Stories
from aimas.text import LanguageDetector
from aimas.tone.model import OnnxTone

T = TypeVar("T")

PARTS: tuple[tuple[str, Any, str], ...] = (
    ("extract", Extractor, "extract_batch"),
    ("understand: language", LanguageDetector, "detect_many"),
    ("understand: is it named", Institutions, "speaks_of"),
    ("understand: mentions, themes, places", Institutions, "find"),
    ("understand: mentions, themes, places", Institutions, "themes"),
    ("understand: mentions, themes, places", Gazetteer, "places"),
    ("understand: tone", OnnxTone, "answers"),
    ("understand: the rest", Understanding, "understand"),
    ("file: records", Archive, "file"),
    ("file: originals", Vault, "seal"),
    ("file: originals", Vault, "sync"),
    ("file: rows into SQLite", Settlement, "flush"),
    ("file: begin and commit", archive, "writing"),
    ("place: the rest", Placer, "place_waiting"),
    ("place: copies", Reprints, "place"),
    ("place: stories", Stories, "place"),
    ("index: the rest", IndexWriter, "follow"),
    ("index: records read", Records, "versions_after"),
    ("index: words to terms", Writing, "written"),
    ("index: words to terms", Writing, "tokenizer"),
    ("index: documents", documents, "document"),
    ("index: commit", IndexWriter, "_commit"),
)
"""Part, and what of the program it is."""


class Stopwatch:
    """Charges this thread's processor time to the part that runs; what a part calls, to that one alone."""

    def __init__(self) -> None:
        self.used: defaultdict[str, float] = defaultdict(float)
        self._running = ["engine, and between the steps"]
        self._since = time.thread_time()

    def into(self, part: str) -> None:
        self._charge()
        self._running.append(part)

    def out(self) -> None:
        self._charge()
        self._running.pop()

    def stop(self) -> None:
        self._charge()

    def _charge(self) -> None:
        now = time.thread_time()
        self.used[self._running[-1]] += now - self._since
        self._since = now

    def on(self, part: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            self.into(part)
            try:
                return run(*given, **named)
            finally:
                self.out()

        return timed

    def over(self, part: str, items: Iterable[T]) -> Iterator[T]:
        remaining = iter(items)
        while True:
            self.into(part)
            try:
                item = next(remaining)
            except StopIteration:
                return
            finally:
                self.out()
            yield item


class Entered:
    """A context whose entering and leaving are timed, not what is done inside."""

    def __init__(self, watch: Stopwatch, part: str, inner: Any) -> None:
        self._inner = inner
        self._enter = watch.on(part, inner.__enter__)
        self._leave = watch.on(part, inner.__exit__)

    def __enter__(self) -> Any:
        return self._enter()

    def __exit__(self, *error: Any) -> Any:
        return self._leave(*error)


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.steps", description=__doc__)
    asked.add_argument("--count", type=int, default=6_000)
    asked.add_argument("--relevant", type=float, default=0.05)
    asked.add_argument("--rows", type=Path, help="texts as JSON Lines, instead of made ones")
    asked.add_argument("--keep", type=Path, help="a folder for the home, to be looked at afterwards")
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows = chosen.rows or made(folder, chosen.count, chosen.relevant)
        used, count = measured(rows, chosen.keep or folder / "home")
        for part, seconds in used.items():
            print(f"  {part:40}{1e6 * seconds / count:9.0f} µs")
        print(f"  {'all of it':40}{1e6 * sum(used.values()) / count:9.0f} µs a publication, {count} of them")
        print("  the bytes alone:")
        for what, seconds in bytes_alone(rows, folder, count).items():
            print(f"  {what:40}{1e6 * seconds / count:9.0f} µs")
    return 0


def made(folder: Path, count: int, relevant: float) -> Path:
    rows = folder / "rows.jsonl"
    with rows.open("wb") as out:
        command = [sys.executable, "-m", "bench.corpus", str(count), "--relevant", str(relevant)]
        subprocess.run(command, check=True, stdout=out)
    return rows


def measured(rows: Path, folder: Path) -> tuple[dict[str, float], int]:
    """Seconds of each part, in the order of the flow, and how many publications; a fresh process is assumed."""
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder)
    watch = Stopwatch()
    with patched(watch):
        engine = app.engine(bulk=True)
        # Models and lists are loaded at the first use: that is a start's cost.
        engine.run([Passed(warm())], source="warm-up")
        collect_seldom()
        whole = time.process_time()
        watch.stop()
        watch.used.clear()
        items: Iterator[Outcome[Fetched]] = read_files([rows], ImportOptions(), datetime.now(UTC))
        report = engine.run(watch.over("read rows", items), source="import")
        writer = app.index.writer()
        app.follow(writer)
        writer.close()
        watch.stop()
        whole = time.process_time() - whole
    app.close()
    order = ["read rows", *dict.fromkeys(part for part, _, _ in PARTS)]
    used = {part: watch.used.pop(part, 0.0) for part in order} | dict(watch.used)
    used["helping threads (the index)"] = whole - sum(used.values())
    return used, report.entered


class patched:
    """A context in which the stopwatch sees every part begin and end."""

    def __init__(self, watch: Stopwatch) -> None:
        self._watch = watch
        self._were: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> None:
        for part, owner, name in PARTS:
            was = getattr(owner, name)
            self._were.append((owner, name, was))
            setattr(
                owner, name, self._contexts(part, was) if name == "writing" else self._watch.on(part, was)
            )

    def __exit__(self, *_: object) -> None:
        for owner, name, was in self._were:
            setattr(owner, name, was)

    def _contexts(self, part: str, was: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given: Entered(self._watch, part, was(*given))


def warm() -> Fetched:
    text = "Полиция города провела собрание. Жителям рассказали о работе участковых."
    return Fetched(
        source="warm-up",
        address="http://warm.example/",
        media_type="text/plain",
        body=text.encode(),
        text=text,
        fetched_at=datetime.now(UTC),
        name="warm-up",
    )


def bytes_alone(rows: Path, folder: Path, count: int) -> dict[str, float]:
    """Processor seconds for all texts."""
    found: dict[str, float] = {}
    lines: list[bytes] = []
    bodies: list[bytes] = []
    packed: list[bytes] = []

    def timed(what: str, work: Callable[[], object]) -> None:
        begun = time.process_time()
        work()
        found[what] = time.process_time() - begun

    def compressed() -> None:
        packed.extend(gzip.compress(body, 4, mtime=0) for body in bodies)

    def sealed() -> None:
        for body in packed:
            ChaCha20Poly1305(bytes(32)).encrypt(bytes(12), body, None)

    def written() -> None:
        with (folder / "bytes").open("wb") as out:
            for start in range(0, len(packed), CHUNK):
                out.writelines(packed[start : start + CHUNK])
                os.fsync(out.fileno())

    def tabled() -> None:
        connection = sqlite3.connect(folder / "bytes.sqlite", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE texts (position INTEGER PRIMARY KEY, text TEXT)")
        for start in range(0, len(bodies), CHUNK):
            connection.execute("BEGIN IMMEDIATE")
            part = enumerate((body.decode() for body in bodies[start : start + CHUNK]), start)
            connection.executemany("INSERT INTO texts VALUES (?, ?)", part)
            connection.execute("COMMIT")
        connection.close()

    timed("read from the disk", lambda: lines.extend(rows.read_bytes().splitlines()))
    bodies.extend(json.loads(line)["text"].encode() for line in lines)
    timed("hashed once (SHA-256)", lambda: [hashlib.sha256(body).digest() for body in bodies])
    timed("compressed each alone", compressed)
    timed("sealed each alone", sealed)
    timed("written as originals", written)
    timed("written as rows of SQLite", tabled)
    return found


if __name__ == "__main__":
    sys.exit(main())
