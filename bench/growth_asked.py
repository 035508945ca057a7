"""What a home of any size answers, and how fast: every page of the board, 200 searches, counts, a story, exports.

Asked of the whole web application in one process, signed in, without a network between. Again is what was asked before
at the same snapshot, next after one more entry of the ledger; for warm nothing is kept of answers; for cold a new
application opens the home and the system is told to forget the home's files first. Days are those that the made-up
publications end with. Beside the clock's stands the time of processors, for a busy machine.
"""

import gc
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

import msgspec
import psutil
from litestar.testing import TestClient
from rich.console import Console
from rich.table import Table
from tests.signing import signed_in

from aimas.app import App
from aimas.engines import collect_seldom
from aimas.search.service import Search
from aimas.storage.index import Index
from aimas.web.server import create_app
from bench.__main__ import record
from bench.corpus import END
from bench.search_latency import Forgetting, dropped, searched
from bench.search_latency import asked as searches

INSTITUTION = "kz-mia"
PORT = 8000
LAST = END.date().replace(month=10, day=31)
SEARCH, STORY, PUBLICATION = "a search", "a story", "a publication"
STATES = ("again", "next", "warm", "cold")
WARM, COLD = 20, 3
"""Times that each page is asked for."""
COUNTS = (
    "*",
    "полиция",
    "is:relevant",
    "tone:critical",
    "lang:kk полиция",
    '"департамент полиции"',
    "is:original",
)


class Then:
    """A clock on the evening of the last day."""

    def now(self) -> datetime:
        return END - timedelta(hours=6)


class Taken(msgspec.Struct, frozen=True):
    clock_ms: float
    processor_ms: float


class Answered(msgspec.Struct, frozen=True):
    """Milliseconds by the clock and of processors."""

    times: int
    p50: float
    p95: float
    processor_p50: float
    processor_p95: float

    @classmethod
    def of(cls, taken: list[Taken]) -> "Answered":
        clock, used = sorted(t.clock_ms for t in taken), sorted(t.processor_ms for t in taken)
        return cls(len(taken), *(round(f(v), 1) for v in (clock, used) for f in (median, _p95)))


def _p95(values: list[float]) -> float:
    return values[min(len(values) - 1, int(0.95 * len(values)))]


def pages(app: App) -> dict[str, str]:
    """Name and address of what the board can show, of the publications and stories of the last days."""
    week = f"date:{LAST.replace(day=25)}..{LAST}"
    lines = app.stories.lines(app.search.ask(f"is:relevant {week}", INSTITUTION), limit=20)
    (publication,) = app.search.page(app.search.ask(f"is:relevant {week}", INSTITUTION), limit=1).publications

    def listed(query: str) -> str:
        return "/list?" + urlencode({"q": query})

    return {
        "the board": f"/?until={LAST}",
        "the board, brought up to date": "/board/live",
        "list: everything": listed("*"),
        "list: a common word": listed("полиция"),
        "list: critical, a week": listed(f"tone:critical {week}"),
        "list: a phrase": listed('"департамент полиции"'),
        PUBLICATION: f"/publication/{publication.id}",
        "stories of a week": "/stories?" + urlencode({"q": f"is:relevant {week}"}),
        STORY: f"/story/{lines[0].id}",
        "digest of a day": f"/digest?day={LAST}&days=1",
        "digest of a week": f"/digest?day={LAST}&days=7",
        "who is listening": f"/digest/listening?day={LAST}&days=7",
        "sources": "/sources",
        "held": "/held",
        "ledger": "/ledger",
        "saved searches": "/searches",
        "alerts": "/alerts",
        "labelling": "/labelling",
        "accounts": "/users",
        "data: board": f"/api/v1/board?until={LAST}",
        "data: publications": "/api/v1/publications?" + urlencode({"q": "полиция"}),
        "data: stories": "/api/v1/stories?" + urlencode({"q": f"is:relevant {week}"}),
        "data: coverage": "/api/v1/coverage",
        "data: stats": "/api/v1/stats",
        "metrics": "/metrics",
    }


def exports() -> dict[str, str]:
    week = urlencode({"q": f"is:relevant date:{LAST.replace(day=25)}..{LAST}"})
    return {
        **{
            f"export of a week, {form}": f"/api/v1/publications.{form}?{week}"
            for form in ("jsonl", "csv", "xlsx", "parquet")
        },
        "digest of a week, docx": f"/digest/file?form=docx&day={LAST}&days=7",
        "digest of a week, pdf": f"/digest/file?form=pdf&day={LAST}&days=7",
    }


@contextmanager
def opened(folder: Path) -> Iterator[tuple[App, TestClient[Any]]]:
    app = App(folder)
    app.__dict__["index"] = Forgetting(app.home.index, app.settings.zone)
    # The board's days are the corpus's last, also where it is brought up to date and no day can be asked for.
    app.search = Search(app.index, app.records, Then(), app.settings.zone)
    with signed_in(app, create_app(app, PORT), f"http://127.0.0.1:{PORT}") as client:
        yield app, client
    app.close()


def timed(act: Callable[[], object]) -> Taken:
    began, used = time.perf_counter(), time.process_time()
    act()
    return Taken((time.perf_counter() - began) * 1_000, (time.process_time() - used) * 1_000)


def fetch(client: TestClient[Any], address: str) -> None:
    """Raises where the page is not what was asked for: a quick refusal is no quick page."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answers {answer.status_code}: {answer.text[:300]}")


def asked_next(app: App, client: TestClient[Any], address: str, times: int) -> Answered:
    """As after each of the last entries of the ledger: the index takes one more into account every time."""
    index: Any = app.index
    taken = []
    for index.behind in range(times, -1, -1):
        taken.append(timed(partial(fetch, client, address)))
    # The first is answered as from nothing: it was another snapshot's.
    return Answered.of(taken[1:])


def asked_pages(folder: Path, told: Callable[[str], None]) -> dict[str, dict[str, Answered]]:
    found: dict[str, dict[str, Answered]] = {}
    with opened(folder) as (app, client):
        index: Any = app.index
        wanted = {**pages(app), **exports()}
        collect_seldom()
        for name, address in wanted.items():
            told(name)
            fetch(client, address)
            times = WARM if name not in exports() else COLD
            again = [timed(partial(fetch, client, address)) for _ in range(times)]
            warm = []
            for _ in range(times):
                index.forget()
                warm.append(timed(partial(fetch, client, address)))
            found[name] = {"again": Answered.of(again), "next": asked_next(app, client, address, times)}
            found[name]["warm"] = Answered.of(warm)
        for query in COUNTS:
            question = app.search.ask(query, INSTITUTION)
            ask = partial(app.index.count, question.node, question.scope)
            taken = [timed(ask) for _ in range(WARM)]
            found[f"count: {query}"] = {"warm": Answered.of(taken)}
    # Closed homes must let go of their files below.
    gc.unfreeze()
    for name, address in wanted.items():
        told(f"cold: {name}")
        taken = []
        for _ in range(COLD):
            with opened(folder) as (_, client):
                # What the process itself reads only once (the frame of all pages, texts) is not the home's.
                fetch(client, "/account")
                gc.collect()
                dropped(folder)
                taken.append(timed(partial(fetch, client, address)))
        found[name]["cold"] = Answered.of(taken)
    return found


def asked_searches(folder: Path, told: Callable[[str], None]) -> dict[str, Answered]:
    app = App(folder)
    index = app.__dict__["index"] = Forgetting(app.home.index, app.settings.zone)
    warm, cold = [], []
    for n, (kind, query) in enumerate(searches()):
        told(f"search {n}")
        search = searched(app, app.search, kind, query)
        search()
        index.forget()
        warm.append(timed(search))
    del app.__dict__["index"], app.__dict__["search"], search, index
    for n, (kind, query) in enumerate(searches()):
        told(f"cold: search {n}")
        anew = Search(Index(app.home.index, app.settings.zone), app.records, app.clock, app.settings.zone)
        search = searched(app, anew, kind, query)
        del anew
        gc.collect()
        dropped(folder)
        cold.append(timed(search))
        del search
    app.close()
    return {"warm": Answered.of(warm), "cold": Answered.of(cold)}


def ask(folder: Path) -> int:
    console = Console(stderr=True)
    with console.status("asking") as status:
        found: dict[str, dict[str, Answered]] = asked_pages(folder, status.update)
        found["200 searches of every kind"] = asked_searches(folder, status.update)
    app = App(folder)
    on_file = app.search.count(app.search.ask("*", INSTITUTION))
    app.close()
    table = Table("", *(f"{state} {what}" for state in STATES for what in ("p50", "p95", "processors p95")))
    for name, states in found.items():
        cells = []
        for state in STATES:
            one = states.get(state)
            cells += [f"{v:,.1f}" for v in (one.p50, one.p95, one.processor_p95)] if one else [""] * 3
        table.add_row(name, *cells)
    Console(width=160).print(table)
    print(f"milliseconds, {on_file:,} publications, load {psutil.getloadavg()[0]:.1f}")
    (folder / "asked.json").write_text(
        json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1) + "\n"
    )
    record(
        {"publications": on_file, "load": psutil.getloadavg()[0], "ms": msgspec.to_builtins(found)},
        "growth-asked",
    )
    return 0
