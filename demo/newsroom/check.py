"""Whether the newsroom is what it promises to be: `python -m demo.newsroom.check` lists what is missing."""

import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import feedparser
from lxml import etree

from demo.newsroom.feeds import WRITERS
from demo.newsroom.outlets import Outlet
from demo.newsroom.server import Answer, Newsroom
from demo.newsroom.texts import Reprint, Text, reprints, texts

MIN_OUTLETS = 12
MIN_PUBLICATIONS = 400
LANGUAGES = {"ru", "kk", "en"}
DAYS = 30
RUN_WORDS = 5
MAX_SHARING = 0.02


@dataclass(frozen=True)
class Counts:
    outlets: int
    publications: int
    """Reprints included."""
    languages: frozenset[str]
    days: int
    live: int


def counts(written: Sequence[Text], copies: Sequence[Reprint]) -> Counts:
    return Counts(
        outlets=len({text.outlet for text in written}),
        publications=len(written) + len(copies),
        languages=frozenset(text.lang[:2] for text in written),
        days=len({text.day for text in written if not text.live}),
        live=sum(text.live for text in written),
    )


def sharing_runs(written: Iterable[Text]) -> dict[str, set[str]]:
    """Items by each run of five words that more than one of them holds."""
    holders: dict[str, set[str]] = defaultdict(set)
    for text in written:
        for part in (text.title, *text.text):
            words = re.findall(r"\w+", part.lower())
            for start in range(len(words) - RUN_WORDS + 1):
                holders[" ".join(words[start : start + RUN_WORDS])].add(text.id)
    return {run: ids for run, ids in holders.items() if len(ids) > 1}


def broken_references(written: Sequence[Text], copies: Sequence[Reprint], known: set[str]) -> list[str]:
    """References to items or outlets that do not exist, ids used twice, empty texts."""
    ids = [text.id for text in written] + [copy.id for copy in copies]
    found = [f"{name} is used twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
    items = {text.id for text in written}
    for text in written:
        if text.outlet not in known:
            found.append(f"{text.id}: no outlet {text.outlet}")
        if text.of is not None and text.of not in items:
            found.append(f"{text.id}: follows {text.of}, which does not exist")
        if not text.title or not text.text or not all(text.text):
            found.append(f"{text.id}: empty title, text or paragraph")
        if not text.live and (text.at is None or not 0 <= text.day < DAYS):
            found.append(f"{text.id}: day {text.day} at {text.at}")
    lost = [copy for copy in copies if copy.reprint_of not in items]
    return found + [f"{copy.id}: copies {copy.reprint_of}, which does not exist" for copy in lost]


def links_of(outlet: Outlet, answer: Answer) -> list[str]:
    """Addresses of articles that a well-formed feed or sitemap lists."""
    body = answer.body if isinstance(answer.body, bytes) else answer.body.encode()
    if outlet.channel.endswith(".gz"):
        body = gzip.decompress(body)
    if outlet.format == "json":
        return [item["url"] for item in json.loads(body)["items"]]
    if outlet.kind == "sitemap":
        return [str(loc.text) for loc in etree.fromstring(body).iter("{*}loc")]
    if outlet.encoding.bytes != "utf-8":
        body = body.split(b"?>", 1)[1]
    parsed = feedparser.parse(body)
    if parsed.bozo:
        raise ValueError(f"{outlet.slug}: {parsed.bozo_exception}")
    return [str(entry.link) for entry in parsed.entries]


def problems(newsroom: Newsroom) -> list[str]:
    """All that is wrong with texts, channels and pages; the newsroom must be started."""
    written, copies = texts(), reprints()
    found = broken_references(written, copies, {outlet.slug for outlet in newsroom.outlets})
    have = counts(written, copies)
    if have.outlets < MIN_OUTLETS:
        found.append(f"{have.outlets} outlets write, {MIN_OUTLETS} are promised")
    if have.publications < MIN_PUBLICATIONS:
        found.append(f"{have.publications} publications, {MIN_PUBLICATIONS} are promised")
    if not have.languages >= LANGUAGES:
        found.append(f"languages are {sorted(have.languages)}")
    if have.days != DAYS:
        found.append(f"{have.days} days have news, {DAYS} are promised")
    shared = set().union(*sharing_runs(written).values())
    if len(shared) > MAX_SHARING * len(written):
        found.append(f"{len(shared)} texts share a run of {RUN_WORDS} words with another")
    for outlet in newsroom.outlets:
        newsroom.set_outage(outlet.slug, False)
        found += _site_problems(newsroom, outlet)
        newsroom.set_outage(outlet.slug, None)
    return found


def _site_problems(newsroom: Newsroom, outlet: Outlet) -> list[str]:
    found, articles = [], newsroom.articles(outlet.slug)
    if outlet.format in WRITERS and not outlet.defects.malformed:
        listed = links_of(outlet, newsroom.answer(outlet, outlet.channel))
        if outlet.format == "sitemap-index":
            base = newsroom.base[outlet.slug]
            children = [newsroom.answer(outlet, child.removeprefix(base)) for child in listed]
            listed = [link for child in children for link in links_of(outlet, child)]
        if len(listed) != len(articles):
            found.append(f"{outlet.slug}: lists {len(listed)} of {len(articles)} articles")
    for article in articles:
        if article.section == outlet.defects.broken_section:
            continue
        answer = newsroom.answer(outlet, article.path)
        if answer.status != 200:
            found.append(f"{outlet.slug}: {article.path} answers {answer.status}")
    return found


def main() -> int:
    with Newsroom(datetime.now(UTC)) as newsroom:
        found = problems(newsroom)
    print(counts(texts(), reprints()))
    print("\n".join(found) or "The newsroom is as promised.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
