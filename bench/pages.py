"""Pages to measure on: the demo's own texts in every page design, so that no text repeats within a site."""

import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from demo.newsroom import pages
from demo.newsroom.outlets import outlets
from demo.newsroom.server import Newsroom

STARTED = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    address: str
    body: bytes
    published_at: datetime


def made(count: int) -> Iterator[Page]:
    """`count` pages over at most 16 sites a round; each round dresses the same texts in another site's design."""
    newsroom = Newsroom(started=STARTED, port=0)
    designs = sorted({o.design for o in outlets()})
    given = 0
    for turn in range(len(designs)):
        for number, outlet in enumerate(outlets()):
            design = designs[(number + turn) % len(designs)]
            dressed = msgspec.structs.replace(outlet, slug=f"{outlet.slug}-{turn}", design=design)
            base = f"http://{outlet.slug}-{turn}.example"
            articles = newsroom.articles(outlet.slug)
            site = pages.Site(dressed, base, articles, newsroom.words)
            for article in articles:
                yield Page(base + article.path, site.article(article).encode(), article.published_at)
                given += 1
                if given == count:
                    return


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for page in made(count):
            row = {"address": page.address, "body": b64encode(page.body).decode()}
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
