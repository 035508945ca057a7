"""The outlets as declared in `outlets.yaml`: character, channel, page design and planned defects."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).parent / "outlets.yaml"
WORDS = Path(__file__).parent / "words.yaml"

Format = Literal["rss2", "rss1", "rss091", "atom", "json", "sitemap", "sitemap-index", "news-sitemap", "page"]


class Encoding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    bytes: str = "utf-8"
    declared: str = "utf-8"
    """As HTTP header, XML declaration and meta tag say; may be a lie."""


class Outage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    first_s: float
    lasts_s: float
    every_s: float


class Defects(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Planned misbehaviour; every part of it is deterministic."""

    malformed: bool = False
    """Of three servings of the feed one has bare ampersands, one a cut tail."""
    wrong_dates: bool = False
    """Some dates lie in 2099, some are missing, some in Russian words, some without a time zone."""
    outage: Outage | None = None
    broken_section: str | None = None
    """Pages of this section answer 500."""
    sparse_lastmod: bool = False
    """The sitemap says when an item was edited, and nothing of items that never were."""
    same_etag: bool = False
    """One ETag for ever, and 304 to whoever repeats it."""
    redirects: bool = False
    """The feed's links answer 301 to the article's address with utm parameters."""
    gzip: bool = False
    """Everything comes compressed, asked for or not."""
    private: tuple[str, ...] = ()
    """Ids of items that lie below /private/, which robots.txt forbids."""
    slow_s: float = 0.0


class Outlet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    slug: str
    name: str
    languages: tuple[str, ...]
    character: str
    ownership: Literal["outlet", "institution", "personal"] = "outlet"
    format: Format
    channel: str
    """Path of the feed, sitemap or watched page."""
    full: bool = False
    """The feed carries whole texts; otherwise a summary that sends the reader to the page."""
    media_type: str | None = None
    """What the channel is served as, where that differs from what its format asks for."""
    address: str
    """Shape of article paths: {year} {month} {day} {section} {slug} {number}."""
    design: str
    metadata: Literal["json-ld", "opengraph", "none", "wrong"]
    date_line: Literal["words", "dotted", "iso", "none"] = "words"
    accent: str
    encoding: Encoding = Encoding()
    robots: Literal["open", "private", "absent"] = "open"
    defects: Defects = Defects()

    @property
    def kind(self) -> Literal["feed", "sitemap", "page"]:
        if self.format == "page":
            return "page"
        return "sitemap" if "sitemap" in self.format else "feed"


class Comment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    handle: str
    text: str


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands around an article, in one language."""

    months: tuple[str, ...]
    home: str
    menu: tuple[str, ...]
    archive: str
    read_also: str
    related: str
    newest: str
    share: tuple[str, ...]
    cookies: str
    agree: str
    subscribe: str
    comments_title: str
    comments: tuple[Comment, ...]
    advertisement: str
    ads: tuple[str, ...]
    facts: str
    section: str
    published: str
    minutes: str
    author: str
    picture: str
    tags: str
    more: str
    footer: str
    terms: str
    older: str
    newer: str
    gone: str


@cache
def outlets() -> tuple[Outlet, ...]:
    return msgspec.yaml.decode(FILE.read_bytes(), type=tuple[Outlet, ...])


@cache
def words() -> Mapping[str, Words]:
    """By language: ru, kk, en."""
    return msgspec.yaml.decode(WORDS.read_bytes(), type=dict[str, Words])
