"""How long searches take: `python -m bench.search_latency [--publications 100000] [--home FOLDER]`.

A home is filled with made-up publications (paragraphs of the demo newsroom mixed anew, with words that nobody ever
wrote, so that the list of words is as long as in life), then 200 searches of every kind are asked: warm is the
second time with nothing kept of the first one's answer, cold is with the index opened anew and its files dropped from
the system's memory. A search is what the list page asks for: number, first page and its rows from the records; "page"
adds the choices beside the list.
"""

import argparse
import contextlib
import gc
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from demo.newsroom.outlets import outlets
from demo.newsroom.server import Newsroom

from aimas.app import App
from aimas.core import DatedBy, Guess, Language, Mention, Place, Publication, Reading, Span, Theme, Tone
from aimas.home import create_home
from aimas.search.service import Search
from aimas.search.types import Reached
from aimas.storage.index import Index, order_key
from aimas.web import filters, views
from aimas.web.texts import Texts

INSTITUTION = "kz-mia"
NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
DAYS = 730
OUTLETS = 400
RARE = 400_000
"""Words that nobody wrote; nine a publication, the n-th as often as 1/n."""
TONES = (Tone.NEUTRAL, Tone.UNCLEAR, Tone.CRITICAL, Tone.POSITIVE)
REGIONS = tuple(
    f"KZ-{n}" for n in (10, 11, 15, 19, 23, 27, 31, 33, 35, 39, 43, 47, 55, 59, 61, 62, 63, 71, 75, 79)
)
THEMES = ("corruption", "violence", "roads", "migration", "drugs", "staff", "fraud")
SYLLABLES = tuple(f"{consonant}{vowel}" for consonant in "бгджклмнрст" for vowel in ("а", "е", "о", "ы"))
BATCH = 2_000

QUERIES = {
    "word": (
        *("полиция", "прокуратура", "жол", "қызметкер", "министр", "суд", "қала", "police", "ministry"),
        *("Тургумбаев", "Turgumbayev", "Тұрғымбаев"),
    ),
    "rare word": ("балекобы", "дыгаро", "джесамола", "сатекобара", "нерогалы", "тысамегора"),
    "exact": ("=полиции", "=қызметкері", "=police", "=суда", "=министрдің", "=officers"),
    "phrase": (
        *(
            '"департамент полиции"',
            '"полиция қызметкерлері"',
            '"police officers"',
            '"в суде"',
            '"жол қозғалысы"',
        ),
        *('="департамент полиции"', 'title:"полиция"', '"Ерлан Тургумбаев"'),
    ),
    "near": (
        *("полиция NEAR/5 взятка", "полиция NEAR/10 суд", "полиция ONEAR/3 қала", "police NEAR/7 court"),
        *('"департамент полиции" NEAR/8 водитель', "и NEAR/4 в"),
        "(полиция OR прокуратура OR суд) NEAR/6 (взятка OR штраф OR дело)",
    ),
    "wildcard": ("полиц*", "*цейский", "пол?ция", "қызмет*", "*ов", "*лиц*", "minist*", "ба*"),
    "fields": (
        *("tone:critical", "lang:kk", "region:KZ-75", "theme:corruption", "is:relevant", "is:undated"),
        *("date:-7d..", "date:2025", "source:outlet-7"),
        "tone:(critical OR positive) region:(KZ-10 OR KZ-11)",
    ),
    "many parts": (
        "(полиция OR police) tone:critical date:-30d.. -region:KZ-75",
        "title:(суд OR сот OR court) lang:(ru OR kk) is:relevant",
        "полиция NOT (взятка OR штраф) date:2026",
        '(взятка OR "не превышая" OR пара OR bribe) AND полиц* AND tone:(critical OR unclear)',
        "* -полиция",
    ),
    "120 words": (" OR ".join(f"{SYLLABLES[n % 40]}{SYLLABLES[n % 37]}ла" for n in range(120)),),
}


def publications(count: int) -> Iterator[Reading]:
    chance = random.Random(7)
    newsroom = Newsroom(started=NOW, port=0)
    texts: dict[Language, tuple[list[str], list[str]]] = {}
    for outlet in outlets():
        for article in newsroom.articles(outlet.slug):
            titles, paragraphs = texts.setdefault(Language(article.lang), ([], []))
            titles.append(article.title or "")
            paragraphs.extend(article.paragraphs)
    languages = chance.choices(list(texts), [len(t[0]) for t in texts.values()], k=count)
    for n, language in enumerate(languages):
        titles, paragraphs = texts[language]
        rare = " ".join(made_word(int(RARE ** chance.random())) for _ in range(9))
        published = NOW - timedelta(seconds=chance.random() * DAYS * 86_400)
        relevant = chance.random() < 0.4
        yield Reading(
            publication=Publication(
                source=f"outlet-{int(chance.paretovariate(0.7)) % OUTLETS}",
                address=f"https://outlet.example/{n}",
                title=chance.choice(titles),
                text="\n".join([*chance.choices(paragraphs, k=3), rare]),
                site_name=None,
                published_at=None if n % 50 == 0 else published,
                dated_by=None if n % 50 == 0 else DatedBy.FEED,
                fetched_at=published,
                language_hint=None,
                original=b"",
                media_type="text/plain",
                name=str(n),
            ),
            language=Guess(language, 0.99, (), "bench"),
            mentions=(spoken_of(chance.choices(TONES, (5, 3, 2, 1))[0]),) if relevant else (),
            places=tuple(Place(r, r, Span(0, 1)) for r in chance.sample(REGIONS, k=n % 3))
            if relevant
            else (),
            themes=tuple(Theme(INSTITUTION, t, ()) for t in chance.sample(THEMES, k=n % 2))
            if relevant
            else (),
            versions=("bench",),
        )


def spoken_of(tone: Tone) -> Mention:
    return Mention(
        institution=INSTITUTION,
        target="police",
        span=Span(0, 1),
        sentence=Span(0, 1),
        why="",
        tone=Guess(tone, 0.9, (), "bench"),
    )


def made_word(n: int) -> str:
    letters = ""
    while n:
        n, syllable = divmod(n, len(SYLLABLES))
        letters += SYLLABLES[syllable]
    return letters + "бабебобы"[len(letters) :]


def fill(folder: Path, count: int) -> None:
    create_home(folder, profiles=[INSTITUTION], timezone="Asia/Almaty")
    app = App(folder)
    begun = time.perf_counter()
    made = publications(count)
    filed = 0
    while batch := [r for r, _ in zip(made, range(BATCH), strict=False)]:
        with app.archive.settling():
            app.archive.file(batch)
        filed += len(batch)
        told(f"filed {filed}")
    app.close()
    told(f"{filed} filed in {time.perf_counter() - begun:.0f} s\n")


def indexed(folder: Path) -> None:
    app = App(folder)
    begun, worked, before = time.perf_counter(), time.thread_time(), app.index.position()
    writer = app.index.writer()
    while writer.follow(app.records):
        told(f"indexed {writer.position}")
    writer.close()
    taken, processor = time.perf_counter() - begun, time.thread_time() - worked
    new = app.index.position() - before
    app.close()
    megabytes = sum(f.stat().st_size for f in (folder / "index").rglob("*") if f.is_file()) / 2**20
    told(
        f"{new} indexed in {taken:.0f} s ({processor:.0f} s of one core); the index has {megabytes:.0f} MB\n"
    )


class StoppedClock:
    def now(self) -> datetime:
        return NOW


def told(line: str) -> None:
    print(f"\r{line:60}", end="", file=sys.stderr, flush=True)


def asked() -> list[tuple[str, str]]:
    """Kind and query: two hundred in turn."""
    every = [(kind, query) for kind, queries in QUERIES.items() for query in queries]
    relevant = ["полиция", "is:relevant", "tone:critical date:-30d..", "*"]
    every += [(kind, query) for kind in ("facets", "days", "deep page", "page") for query in relevant]
    return [every[n % len(every)] for n in range(200)]


def searched(app: App, search: Search, kind: str, text: str) -> Callable[[], object]:
    question = search.ask(text, INSTITUTION)
    if kind == "facets":
        return lambda: [
            search.facet(question, field) for field in ("lang", "source", "tone", "theme", "region")
        ]
    if kind == "days":
        until = search.today()
        return lambda: (
            search.days(question, until - timedelta(days=30), until),
            search.tones_by_day(question, until - timedelta(days=30), until),
        )
    if kind == "deep page":
        below = order_key(NOW - timedelta(days=DAYS / 2), 0)
        return lambda: search.page(question, limit=50, below=below)
    if kind == "page":
        texts = Texts("ru", app.settings.zone)
        names = views.Names(texts, app.profiles[0], ())
        links = views.Links(INSTITUTION, question.scope.snapshot)
        return lambda: (
            search.page(question, limit=50),
            filters.groups(search, question, links, names, texts),
        )
    return lambda: search.page(question, limit=50)


def dropped(folder: Path) -> None:
    """Asks the system to forget the pages of all files there; a mapping still open would keep them."""
    gc.collect()
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if file.is_file():
                opened = os.open(file, os.O_RDONLY)
                os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(opened)


class Taken(NamedTuple):
    seconds: float
    processor: float
    """Seconds of it: what it takes on a machine with nothing else to do."""


@contextlib.contextmanager
def timed(into: dict[str, list[Taken]], kind: str) -> Iterator[None]:
    begun, worked = time.perf_counter(), time.thread_time()
    yield
    taken = Taken(time.perf_counter() - begun, time.thread_time() - worked)
    into.setdefault(kind, []).append(taken)


class Forgetting(Index):
    """Starts anew, as it seems, whenever `forget` is called: nobody's kept answers help then; and may seem so many
    entries `behind`."""

    turn = behind = 0

    def forget(self) -> None:
        self.turn += 1

    def reached(self) -> Reached:
        reached = super().reached()
        return Reached(reached.position - self.behind, f"{reached.generation}-{self.turn}")


def measured(folder: Path) -> dict[str, dict[str, list[Taken]]]:
    app = App(folder, StoppedClock())
    taken: dict[str, dict[str, list[Taken]]] = {"warm": {}, "cold": {}}
    index = app.__dict__["index"] = Forgetting(app.home.index, app.settings.zone)
    for kind, text in asked():
        ask = searched(app, app.search, kind, text)
        ask()
        index.forget()
        with timed(taken["warm"], kind):
            ask()
    del app.__dict__["index"], app.__dict__["search"], ask, index
    for kind, text in asked():
        search = Search(Index(app.home.index, app.settings.zone), app.records, app.clock, app.settings.zone)
        ask = searched(app, search, kind, text)
        del search
        dropped(folder)
        with timed(taken["cold"], kind):
            ask()
        del ask
    app.close()
    return taken


def percentile(seconds: list[float], share: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def main() -> int:
    read = argparse.ArgumentParser(prog="python -m bench.search_latency", description=__doc__)
    read.add_argument("--publications", type=int, default=100_000)
    read.add_argument("--home", type=Path, help="filled when it is not there, kept afterwards")
    read.add_argument("--json", action="store_true")
    chosen = read.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = chosen.home or Path(temporary) / "home"
        if not (folder / "aimas.toml").exists():
            fill(folder, chosen.publications)
        indexed(folder)
        taken = measured(folder)
    figures = {}
    for state, by_kind in taken.items():
        for kind, each in {**by_kind, "all": [one for some in by_kind.values() for one in some]}.items():
            wall, processor = [one.seconds * 1000 for one in each], [one.processor * 1000 for one in each]
            figures[f"{state}, {kind}"] = {
                "searches": len(each),
                "p50_ms": round(statistics.median(wall), 1),
                "p95_ms": round(percentile(wall, 0.95), 1),
                "processor_p50_ms": round(statistics.median(processor), 1),
                "processor_p95_ms": round(percentile(processor, 0.95), 1),
            }
    if not chosen.json:
        for name, figure in figures.items():
            print(f"{name:18}" + "".join(f"  {key} {value:6}" for key, value in figure.items()))
    if chosen.json:
        print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
