"""Our index, SQLite FTS5 and PostgreSQL full text on the same texts: `python -m bench.search_peers [--count 10000]`.

The corpus is `bench.corpus`. All three have the texts already: what is timed and weighed is the index alone (FTS5
without a copy of the text; `tsvector` in the configuration of each text's language, `simple` for Kazakh, under GIN).
Each search counts its hits and names the newest twenty. PostgreSQL is the tests' own server on this machine, with 64 MB
of shared buffers, asked over a socket by the driver that the product uses; a word is asked for in all three
configurations at once, since who searches says no language.

What a search should find is told by a plain scan: of texts with exactly the written words, and, for words whose forms
stand in `forms.toml`, of texts with any of the forms.
"""

import argparse
import random
import re
import sqlite3
import sys
import tempfile
import time
import tomllib
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from typing import Any

import msgspec
import psutil
from sqlalchemy import Connection, create_engine, text
from tests.postgres import PostgresServer

from aimas.app import App
from aimas.core import DatedBy, Guess, Language, Publication, Reading
from aimas.home import create_home
from aimas.storage.index import Index
from bench.__main__ import HERE, record
from bench.corpus import Corpus, Row

NEWEST = 20
EACH = {"word": 40, "phrase": 30, "and": 20, "or": 20, "not": 20, "prefix": 30, "languages mixed": 20}
LETTERS = re.compile(r"[^\W_]+")
CONFIGURATIONS = {"ru": "russian", "en": "english", "kk": "simple"}
INSTITUTION = "kz-mia"


class Asked(msgspec.Struct, frozen=True):
    """A search in no system's language."""

    kind: str
    words: tuple[str, ...]


class Scan:
    """Every text as its words; what stands where, without any index's opinion."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._parts = [tuple(words(part) for part in (row.title, row.text)) for row in rows]
        self.of: dict[str, set[int]] = defaultdict(set)
        for n, parts in enumerate(self._parts):
            for part in parts:
                for word in part:
                    self.of[word].add(n)

    def found(self, asked: Asked) -> set[int]:
        one, *others = asked.words
        match asked.kind:
            case "word":
                return self.of[one]
            case "phrase":
                both = self.of[one] & self.of[others[0]]
                return {n for n in both if self._side_by_side(n, one, others[0])}
            case "and":
                return self.of[one] & self.of[others[0]]
            case "or" | "languages mixed":
                return self.of[one] | self.of[others[0]]
            case "not":
                return self.of[one] - self.of[others[0]]
            case _:
                return set().union(*(found for word, found in self.of.items() if word.startswith(one)))

    def _side_by_side(self, n: int, one: str, other: str) -> bool:
        return any((one, other) in pairwise(part) for part in self._parts[n])


def words(part: str) -> list[str]:
    return [w.lower().replace("ё", "е") for w in LETTERS.findall(part)]


def searches(rows: Sequence[Row], scan: Scan, seed: int = 7) -> list[Asked]:
    """Words as often as they stand in the texts, of four letters and more, in three languages in turn."""
    dice = random.Random(seed)
    by_language: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_language[row.lang].append(row)

    def pair(lang: str) -> tuple[str, str]:
        while True:
            found = LETTERS.findall(dice.choice(by_language[lang]).text)
            at = dice.randrange(max(1, len(found) - 1))
            two = [w.lower() for w in found[at : at + 2]]
            if len(two) == 2 and all(len(w) > 3 and w.isalpha() and "ё" not in w for w in two):
                return two[0], two[1]

    made: list[Asked] = []
    for kind, many in EACH.items():
        for n in range(many):
            lang = ("ru", "kk", "en")[n % 3]
            one, two = pair(lang)
            match kind:
                case "word":
                    made.append(Asked(kind, (one,)))
                case "phrase" | "and":
                    # So that there is something to find.
                    made.append(Asked(kind, (one, two)))
                case "prefix":
                    made.append(Asked(kind, (one[:4],)))
                case "languages mixed":
                    made.append(Asked(kind, (one, pair(("kk", "en", "ru")[n % 3])[0])))
                case _:
                    made.append(Asked(kind, (one, pair(lang)[0])))
    return made


class System(ABC):
    """One way to search. Rows are numbered from 0 in order of time."""

    name: str

    @abstractmethod
    def build(self) -> None: ...
    @abstractmethod
    def bytes(self) -> int: ...
    @abstractmethod
    def ask(self, asked: Asked, *, exact: bool = False) -> tuple[int, Any]:
        """Number of hits, and the newest."""

    @abstractmethod
    def all(self, asked: Asked, *, exact: bool = False) -> set[int]:
        """Numbers of the rows found."""

    def processor_s(self) -> float:
        return time.process_time()

    @abstractmethod
    def close(self) -> None: ...


class Ours(System):
    name = "this index"

    def __init__(self, folder: Path, rows: Sequence[Row]) -> None:
        create_home(folder, profiles=[INSTITUTION], timezone="Asia/Almaty")
        self._app = App(folder)
        self._row: dict[int, int] = {}
        for start in range(0, len(rows), 2_000):
            with self._app.archive.settling():
                for n, outcome in enumerate(
                    self._app.archive.file([_reading(row) for row in rows[start : start + 2_000]]), start
                ):
                    self._row[outcome.value.position] = n  # type: ignore[union-attr]

    def build(self) -> None:
        writer = self._app.index.writer()
        while writer.follow(self._app.records):
            pass
        writer.close()

    def bytes(self) -> int:
        folder = self._app.home.index
        return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())

    def ask(self, asked: Asked, *, exact: bool = False) -> tuple[int, Any]:
        question = self._app.search.ask(self._written(asked, exact), INSTITUTION)
        index: Index = self._app.index
        return index.counted_page(question.node, question.scope, limit=NEWEST)

    def all(self, asked: Asked, *, exact: bool = False) -> set[int]:
        question = self._app.search.ask(self._written(asked, exact), INSTITUTION)
        hits = self._app.search.hits(question, max(1, self._app.search.count(question)))
        return {self._row[h.reading] for h in hits}

    @staticmethod
    def _written(asked: Asked, exact: bool) -> str:
        sign = "=" if exact else ""
        quoted = [f"={w}" if exact else f'"{w}"' for w in asked.words]
        match asked.kind:
            case "phrase":
                return f'{sign}"{" ".join(asked.words)}"'
            case "prefix":
                return f"{asked.words[0]}*"
            case "word":
                return quoted[0]
        operator = {"and": "AND", "or": "OR", "languages mixed": "OR", "not": "NOT"}[asked.kind]
        return f"{quoted[0]} {operator} {quoted[1]}"

    def close(self) -> None:
        self._app.close()


class Fts5(System):
    name = "SQLite FTS5"

    def __init__(self, folder: Path, rows: Sequence[Row]) -> None:
        self._path = folder / "fts5.sqlite"
        self._rows = rows
        self._db = sqlite3.connect(self._path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA cache_size=-65536")
        # porter stems English; what is not ASCII it leaves alone.
        self._db.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title, body, content='', "
            'tokenize="porter unicode61 remove_diacritics 0")'
        )

    def build(self) -> None:
        with self._db:
            self._db.executemany(
                "INSERT INTO texts (rowid, title, body) VALUES (?, ?, ?)",
                ((n, row.title, row.text) for n, row in enumerate(self._rows, 1)),
            )
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def bytes(self) -> int:
        return self._path.stat().st_size

    def ask(self, asked: Asked, *, exact: bool = False) -> tuple[int, Any]:
        match = (self._match(asked),)
        (count,) = self._db.execute("SELECT count(*) FROM texts WHERE texts MATCH ?", match).fetchone()
        newest = self._db.execute(
            f"SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid DESC LIMIT {NEWEST}", match
        )
        return count, newest.fetchall()

    def all(self, asked: Asked, *, exact: bool = False) -> set[int]:
        found = self._db.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (self._match(asked),))
        return {n - 1 for (n,) in found}

    @staticmethod
    def _match(asked: Asked) -> str:
        quoted = [f'"{w}"' for w in asked.words]
        match asked.kind:
            case "phrase":
                return f'"{" ".join(asked.words)}"'
            case "prefix":
                return f"{quoted[0]} *"
            case "word":
                return quoted[0]
        operator = {"and": "AND", "or": "OR", "languages mixed": "OR", "not": "NOT"}[asked.kind]
        return f"{quoted[0]} {operator} {quoted[1]}"

    def close(self) -> None:
        self._db.close()


class PostgresText(System):
    name = "PostgreSQL full text"

    def __init__(self, server: PostgresServer, rows: Sequence[Row]) -> None:
        url = server.database().replace("postgresql://", "postgresql+pg8000://")
        plain, _, folder = url.partition("?host=")
        self._server = server
        self._engine = create_engine(plain, connect_args={"unix_sock": f"{folder}/.s.PGSQL.5432"})
        self._connection: Connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._do("SET maintenance_work_mem = '256MB'")
        self._do("SET plan_cache_mode = force_custom_plan")
        self._do("CREATE TABLE rows (id int PRIMARY KEY, config regconfig, title text, body text)")
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            self._connection.execute(
                text("INSERT INTO rows VALUES (:n, CAST(:config AS regconfig), :title, :body)"),
                [
                    {"n": n, "config": CONFIGURATIONS[row.lang], "title": row.title, "body": row.text}
                    for n, row in enumerate(part, start)
                ],
            )
        (self.version,) = self._connection.execute(text("SHOW server_version")).one()

    def build(self) -> None:
        self._do(
            "CREATE TABLE texts AS "
            "SELECT id, to_tsvector(config, title) || to_tsvector(config, body) AS words FROM rows"
        )
        self._do("ALTER TABLE texts ADD PRIMARY KEY (id)")
        self._do("CREATE INDEX texts_words ON texts USING gin (words)")
        self._do("ANALYZE texts")

    def bytes(self) -> int:
        return int(self._connection.execute(text("SELECT pg_total_relation_size('texts')")).scalar_one())

    def ask(self, asked: Asked, *, exact: bool = False) -> tuple[int, Any]:
        query, values = self._query(asked)
        count = self._connection.execute(
            text(f"SELECT count(*) FROM texts WHERE words @@ ({query})"), values
        ).scalar_one()
        newest = self._connection.execute(
            text(f"SELECT id FROM texts WHERE words @@ ({query}) ORDER BY id DESC LIMIT {NEWEST}"), values
        )
        return int(count), newest.all()

    def all(self, asked: Asked, *, exact: bool = False) -> set[int]:
        query, values = self._query(asked)
        return set(
            self._connection.execute(text(f"SELECT id FROM texts WHERE words @@ ({query})"), values).scalars()
        )

    def processor_s(self) -> float:
        main = psutil.Process(self._server.pid)
        times = [p.cpu_times() for p in (main, *main.children())]
        return time.process_time() + sum(t.user + t.system for t in times)

    @staticmethod
    def _query(asked: Asked) -> tuple[str, dict[str, str]]:
        def anyhow(function: str, name: str) -> str:
            return "(" + " || ".join(f"{function}('{c}', :{name})" for c in CONFIGURATIONS.values()) + ")"

        one = asked.words[0]
        match asked.kind:
            case "word":
                return anyhow("plainto_tsquery", "one"), {"one": one}
            case "phrase":
                return anyhow("phraseto_tsquery", "one"), {"one": " ".join(asked.words)}
            case "prefix":
                return "to_tsquery('simple', :one)", {"one": f"{one}:*"}
        sign = {"and": "&&", "or": "||", "languages mixed": "||", "not": "&& !!"}[asked.kind]
        two = anyhow("plainto_tsquery", "two")
        return f"{anyhow('plainto_tsquery', 'one')} {sign} {two}", {"one": one, "two": asked.words[1]}

    def _do(self, statement: str) -> None:
        self._connection.execute(text(statement))

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


def _reading(row: Row) -> Reading:
    at = datetime.fromisoformat(row.published_at)
    return Reading(
        publication=Publication(
            source=row.source,
            address=row.url,
            title=row.title,
            text=row.text,
            site_name=None,
            published_at=at,
            dated_by=DatedBy.RECORD,
            fetched_at=at,
            language_hint=None,
            original=b"",
            media_type="text/plain",
            name="",
        ),
        language=Guess(Language(row.lang), 0.99, (), "bench"),
        mentions=(),
        versions=("bench",),
    )


def measured(system: System, asked: Sequence[Asked], scan: Scan, rows: int) -> dict[str, Any]:
    began, used = time.perf_counter(), system.processor_s()
    system.build()
    index_s, index_processor_s = time.perf_counter() - began, system.processor_s() - used
    taken: dict[str, list[float]] = defaultdict(list)
    used_ms: dict[str, float] = {}
    for kind in EACH:
        these = [a for a in asked if a.kind == kind]
        for one in these:
            system.ask(one)
        used = system.processor_s()
        for one in these:
            began = time.perf_counter()
            system.ask(one)
            taken[kind].append((time.perf_counter() - began) * 1_000)
        used_ms[kind] = (system.processor_s() - used) / len(these) * 1_000
    every = [ms for some in taken.values() for ms in some]
    return {
        "index_s": round(index_s, 1),
        "index_processor_s": round(index_processor_s, 1),
        "bytes_each": round(system.bytes() / rows),
        "search_ms": {
            **{
                kind: _milliseconds(ms) | {"processors": round(used_ms[kind], 2)}
                for kind, ms in taken.items()
            },
            "all": _milliseconds(every) | {"processors": round(mean(used_ms.values()), 2)},
        },
        "against_a_scan": exactly(system, asked, scan),
        "forms": inflected(system, scan),
    }


def _milliseconds(taken: list[float]) -> dict[str, float]:
    cut = sorted(taken)
    return {"p50": round(median(cut), 2), "p95": round(cut[int(0.95 * (len(cut) - 1))], 2)}


def exactly(system: System, asked: Sequence[Asked], scan: Scan) -> dict[str, dict[str, float]]:
    """How much of what the scan found each search found too, and of how many it found the very same texts. A prefix is
    asked for as it is; for the rest ours is asked for exact forms, the others have but one way."""
    told: dict[str, dict[str, float]] = {}
    for kind in EACH:
        shares, same = [], 0
        these = [a for a in asked if a.kind == kind]
        for one in these:
            wanted, found = scan.found(one), system.all(one, exact=True)
            shares.append(len(wanted & found) / len(wanted) if wanted else 1.0)
            same += wanted == found
        told[kind] = {"recall": round(mean(shares), 4), "same": round(same / len(these), 3)}
    return told


def inflected(system: System, scan: Scan) -> dict[str, dict[str, float]]:
    """Asked for the first form: the share of the texts with any form that is found, and of what is found the share that
    has one."""
    told = {}
    for lang, table in tomllib.loads((HERE / "forms.toml").read_text("utf-8")).items():
        counts: Counter[str] = Counter()
        for line in table["words"]:
            forms = words(line)
            wanted = set().union(*(scan.of[form] for form in forms))
            found = system.all(Asked("word", (forms[0],)))
            counts.update(wanted=len(wanted), found=len(found), right=len(wanted & found))
        told[lang] = {
            "recall": round(counts["right"] / max(1, counts["wanted"]), 3),
            "precision": round(counts["right"] / max(1, counts["found"]), 3),
        }
    return told


def systems(folder: Path, server: PostgresServer, rows: Sequence[Row]) -> Iterator[Callable[[], System]]:
    yield lambda: Ours(folder / "home", rows)
    yield lambda: Fts5(folder, rows)
    yield lambda: PostgresText(server, rows)


def main() -> int:
    read = argparse.ArgumentParser(prog="python -m bench.search_peers", description=__doc__)
    read.add_argument("--count", type=int, default=10_000)
    read.add_argument("--seed", type=int, default=2026)
    read.add_argument("--no-record", action="store_true", help="keep no results file")
    chosen = read.parse_args()
    rows = list(Corpus(chosen.seed).rows(chosen.count))
    scan = Scan(rows)
    asked = searches(rows, scan)
    found: dict[str, Any] = {
        "publications": len(rows),
        "searches": len(asked),
        "load": [round(load, 1) for load in psutil.getloadavg()],
        "sqlite": sqlite3.sqlite_version,
    }
    with tempfile.TemporaryDirectory() as temporary, PostgresServer() as server:
        for open_one in systems(Path(temporary), server, rows):
            system = open_one()
            found[system.name] = figures = measured(system, asked, scan, len(rows))
            if isinstance(system, PostgresText):
                found["postgresql"] = system.version
            system.close()
            show(system.name, figures)
    if not chosen.no_record:
        record(found, "search-peers")
    return 0


def show(name: str, figures: dict[str, Any]) -> None:
    ms, scan, forms = figures["search_ms"]["all"], figures["against_a_scan"], figures["forms"]
    print(
        f"  {name:21} indexed in {figures['index_s']:6.1f} s ({figures['index_processor_s']:.1f} of processors), "
        f"{figures['bytes_each']:,} bytes each; p50 {ms['p50']} ms, p95 {ms['p95']} ms, "
        f"{ms['processors']} of processors"
    )
    print(
        f"  {'':21} exact words found {min(s['recall'] for s in scan.values()):.3f} at least; forms found "
        + ", ".join(f"{lang} {f['recall']:.3f}" for lang, f in forms.items())
    )


if __name__ == "__main__":
    sys.exit(main())
