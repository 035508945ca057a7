"""The HTML path: `python -m bench.web_pages`, bytes of pages to filed, searchable records, on new and on known sites.

The texts are `bench.corpus` at 5 % relevant, dressed as news pages of 70 KB in the invented site designs of
`quality/make_pages.py`, and handed over as a WARC of declared outlets, as `aimas ingest` would take it. English texts,
one in ten, are left out: the designs have words in Russian and Kazakh only.

A new site has two or three pages, too few for a template. A known one's template was learned by an earlier import and
is on file in the home before the clock starts: the processes that read get it when they begin. How many pages a
template read is asked of them afterwards, and a sample of what was filed is held against the texts that the pages were
made of.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import psutil
from quality.make_pages import AUTHORS, DESIGNS, MONTHS, WORDS, Article, Page, Scene

from aimas.app import App
from aimas.beside import indexing_beside
from aimas.cli.gathering import index_now
from aimas.core import Ownership
from aimas.engines import Workers, collect_seldom
from aimas.evaluation.extraction import mean_f1
from aimas.extraction.agreement import overlap, shingles
from aimas.extraction.service import ALMATY
from aimas.home import create_home
from aimas.sources import ImportOptions, Source, SourceKind, read_files
from bench.__main__ import record, warm_up
from bench.corpus import Corpus, Row
from bench.texts import processors

AIMS = {"new": 80, "known": 250}
"""Pages a second on two cores."""
PAGES_OF_A_NEW_SITE = 2.5
"""A template takes seven at least."""
KNOWN_SITES = 16
LEARNING_PAGES = 15
"""Of a known site, for each process of the import that learns it: they share its pages."""
SAMPLE = 200
PAGE_BYTES = 70_000
CARDS = 40
"""Beside or below a text, in the site's own layout."""
SCRIPT = b"<script>window.dataLayer.push({a: 1});</script>"
QUOTED = 0.15
RECENT = 200
"""Texts before it that a page's cards tell of."""
SEEDS = {"new": 2026, "known": 2027, "learning": 2028}


class Shown(Scene):
    """A scene on its text's own day."""

    __slots__ = ()

    @property
    def date(self) -> str:
        at = self._at
        month = MONTHS[self.lang][at.month - 1]
        if self.lang == "ru":
            return f"{at.day} {month} {at.year}, {at:%H:%M}"
        return f"{at.year} жылғы {at.day} {month}, {at:%H:%M}"

    @property
    def iso(self) -> str:
        return self._at.isoformat(timespec="seconds")

    @property
    def _at(self) -> datetime:
        return datetime.fromisoformat(self.article["published_at"]).astimezone(ALMATY)


class Truth(msgspec.Struct, frozen=True):
    """What a page was made of."""

    address: str
    text: str


def hosts(kind: str, count: int) -> list[str]:
    """Sites that `count` pages of a kind are spread over, design by design."""
    many = KNOWN_SITES if kind == "known" else max(1, round(count / PAGES_OF_A_NEW_SITE))
    designs = list(DESIGNS)
    return [f"{designs[n % len(designs)]}-{kind}-{n}.example" for n in range(many)]


def design_of(host: str) -> str:
    return host.rsplit("-", 2)[0]


def made(count: int, sites: Sequence[str], seed: int) -> Iterator[Page]:
    """`count` pages over the sites in turn; each carries its text whole. Equal arguments give equal bytes."""
    corpus = Corpus(seed, relevant=0.05, reprinted=0.15)
    rows = (row for row in corpus.rows(RECENT + count * 5 // 4) if row.lang in WORDS)
    recent = deque((_card(row) for row in islice(rows, RECENT // 2)), maxlen=RECENT)
    chance = random.Random(seed)
    for number, row in enumerate(islice(rows, count)):
        host = sites[number % len(sites)]
        article = _article(row, chance)
        others = chance.sample([other for other in recent if other["title"] != row.title], CARDS)
        scene = Shown(article, others, row.lang, number, chance)
        page = Page(
            site=host,
            lang=row.lang,
            address=f"https://{host}/{row.lang}/news/{seed}{number:07}",
            title=row.title,
            body=DESIGNS[design_of(host)](scene),
            text=row.text,
            author=AUTHORS[row.lang][number % 3],
        )
        filling = SCRIPT * (max(0, PAGE_BYTES - len(page.body)) // len(SCRIPT))
        yield page._replace(body=page.body.replace(b"</body>", filling + b"</body>"))
        recent.append(_card(row))


def _card(row: Row) -> Article:
    """The text as other pages tell of it: a title and the first sentence."""
    return {"title": row.title, "blocks": [{"p": row.text.partition(". ")[0].rstrip(".") + "."}]}


def _article(row: Row, chance: random.Random) -> Article:
    first, *rest = row.text.split("\n")
    blocks = [{"p": first}, *({"quote" if chance.random() < QUOTED else "p": line} for line in rest)]
    return {"title": row.title, "lang": row.lang, "blocks": blocks, "published_at": row.published_at}


def written(archive: Path, count: int, sites: Sequence[str], seed: int) -> list[Truth]:
    """Writes the pages one by one as a WARC; gives back what a sample of them holds."""
    # At random: the sites come in turn, and every nth page would be of one design.
    sampled = set(random.Random(seed).sample(range(count), min(SAMPLE, count)))
    sample: list[Truth] = []
    kept_at = f"{datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    with archive.open("wb") as out:
        for number, page in enumerate(made(count, sites, seed)):
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {page.address}\r\nWARC-Date: {kept_at}\r\n"
                f"Content-Type: application/http;msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            out.write(head.encode() + http + b"\r\n\r\n")
            if number in sampled:
                sample.append(Truth(page.address, page.text))
    return sample


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.web_pages", description=__doc__)
    asked.add_argument("--count", type=int, default=6_000, help="pages of each kind")
    asked.add_argument("--processes", type=int, default=os.cpu_count() or 2)
    asked.add_argument("--no-record", action="store_true", help="keep no results file")
    chosen = asked.parse_args()
    found: dict[str, Any] = {"processes": chosen.processes, "aims_pages_s": AIMS}
    for kind in AIMS:
        with tempfile.TemporaryDirectory() as folder:
            found[kind] = measured(kind, chosen.count, Path(folder), chosen.processes)
        show(kind, found[kind])
    if not chosen.no_record:
        record(found, "web-pages")
    return 0


def measured(kind: str, count: int, folder: Path, processes: int) -> dict[str, Any]:
    """From bytes to committed records and a committed index; making pages and starting processes is not counted."""
    sites = hosts(kind, count)
    archive, lessons = folder / "pages.warc", folder / "lessons.warc"
    # In a process of its own, whose memory goes with it.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
        sample = maker.submit(written, archive, count, sites, SEEDS[kind]).result()
        if kind == "known":
            lesson_pages = LEARNING_PAGES * processes * len(sites)
            maker.submit(written, lessons, lesson_pages, sites, SEEDS["learning"]).result()
    home = folder / "home"
    create_home(home, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(home)
    outlets = tuple(_outlet(host) for host in sites)
    for outlet in outlets:
        app.declare(outlet)
    options = ImportOptions(sources=outlets, timezone=app.settings.timezone)
    if lessons.exists():
        app.ingest(read_files([lessons], options, datetime.now(UTC)), source="import", workers=processes)
    with app.workers(processes) as pool:
        engine = app.engine(pool)
        engine.run(warm_up(processes), source="bench")
        index_now(app)
        head, before = app.records.head(), by_template(pool)
        collect_seldom()
        begun, used = time.perf_counter(), processors()
        with indexing_beside(app):
            report = engine.run(read_files([archive], options, datetime.now(UTC)), source="import")
            filed, filed_cpu = time.perf_counter(), processors()
            helpers = psutil.Process().children()
            peak = sum(p.memory_info().rss for p in (psutil.Process(), *helpers)) // 2**20
        index_now(app)
        searchable, done_cpu = time.perf_counter(), processors()
        after = by_template(pool)
    texts, relevant = on_file(app, head)
    app.close()
    # At least: a template learned again meanwhile counts from naught.
    read = sum(seen - before[at] if seen >= before[at] else seen for at, seen in after.items())
    trusted = Counter(design_of(host) for _, host in before)
    return {
        "pages": report.entered,
        "filed": report.filed,
        "held": report.held,
        "dropped": report.dropped,
        "relevant": relevant,
        "sites": len(sites),
        "kilobytes_a_page": round(archive.stat().st_size / count / 1000, 1),
        "filed_s": filed - begun,
        "filed_cpu_s": filed_cpu - used,
        "searchable_s": searchable - begun,
        "cpu_s": done_cpu - used,
        "trusted_before": round(len(before) / len(sites) / processes, 3),
        "trusted_by_design": {design: trusted[design] / processes for design in DESIGNS},
        "read_by_template_at_least": round(read / max(1, report.entered), 3),
        "shingle_f1": round(agreement_with(texts, sample), 4),
        "shingle_f1_by_design": {
            design: round(agreement_with(texts, [t for t in sample if f"//{design}-" in t.address]), 4)
            for design in DESIGNS
        },
        "sampled": len(sample),
        "memory_mb": peak,
    }


def _outlet(host: str) -> Source:
    # Of an undeclared site, a personal page, no address is kept, and so no template learned.
    name = host.removesuffix(".example")
    address = f"https://{host}/feed.xml"
    return Source(id=name, kind=SourceKind.FEED, address=address, name=name, ownership=Ownership.OUTLET)


def by_template(pool: Workers) -> Counter[tuple[int, str]]:
    """Pages read by a trusted template so far, by reading process and site; a site trusted and not yet met has none.

    One page in 25 of them was read by the teacher too.
    """
    told = pool.counts("extract")
    return Counter({(pid, host): read for pid, sites in told.items() for host, read in sites.items()})


def on_file(app: App, after: int) -> tuple[dict[str | None, str], int]:
    """Texts by address, and how many are relevant, of what was filed behind a position."""
    texts: dict[str | None, str] = {}
    relevant = 0
    while found := app.records.current(after, 500):
        after = found[-1].position
        texts.update((p.address, p.text) for p in found)
        relevant += sum(bool(p.mentions) for p in found)
    return texts, relevant


def agreement_with(texts: Mapping[str | None, str], sample: Sequence[Truth]) -> float:
    """With what the pages were made of; what was not filed counts as empty."""
    return mean_f1([overlap(shingles(true.text), shingles(texts.get(true.address, ""))) for true in sample])


def show(kind: str, figures: dict[str, Any]) -> None:
    pages = figures["pages"]
    print(
        f"{kind} sites: {pages} pages of {figures['kilobytes_a_page']} KB on {figures['sites']} sites, "
        f"{figures['filed']} filed, {figures['relevant']} relevant; aim {AIMS[kind]} pages/s"
    )
    for what, clock, cpu in (("filed", "filed_s", "filed_cpu_s"), ("searchable", "searchable_s", "cpu_s")):
        print(
            f"  {what + ':':12}{pages / figures[clock]:8.1f} pages/s, "
            f"{1000 * figures[cpu] / pages:7.2f} ms of processors each"
        )
    read, trusted = figures["read_by_template_at_least"], figures["trusted_before"]
    print(
        f"  read by a template, at least: {read:.1%} (trusted before: {trusted:.1%} of sites, by process); "
        f"shingle F1 of {figures['sampled']}: {figures['shingle_f1']:.4f}; {figures['memory_mb']} MB"
    )


if __name__ == "__main__":
    sys.exit(main())
