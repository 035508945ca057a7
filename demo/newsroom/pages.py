"""Articles, front pages and archives in eight designs, each with what real pages put around a text."""

import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo.newsroom.dates import date_line, flaw_of, iso
from demo.newsroom.edition import Article, section_path
from demo.newsroom.feeds import WRITERS
from demo.newsroom.letters import handle
from demo.newsroom.outlets import Comment, Outlet, Words

PER_PAGE = 20


@dataclass(frozen=True)
class Entry:
    """Another item as a link or a card."""

    path: str
    title: str
    summary: str
    date: str
    picture: str


@dataclass(frozen=True)
class Section:
    name: str
    path: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """All that a template may show."""

    outlet: Outlet
    words: Words
    base: str
    lang: str
    title: str
    year: int
    sections: Sequence[Section]
    newest: Sequence[Entry]
    ad: str
    article: Article | None = None
    handle: str = ""
    canonical: str = ""
    date: str = ""
    iso: str = ""
    json_ld: str = ""
    section_path: str = ""
    picture: str = ""
    views: int = 0
    reading_minutes: int = 1
    also: Entry | None = None
    related: Sequence[Entry] = ()
    comments: Sequence[Comment] = ()
    entries: Sequence[Entry] = ()
    number: int = 1
    pages: int = 1

    @property
    def feed_type(self) -> str:
        return WRITERS[self.outlet.format][1]


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)


@dataclass(frozen=True)
class Site:
    """One outlet's pages over the articles that are out now, newest first."""

    outlet: Outlet
    base: str
    articles: Sequence[Article]
    words: Mapping[str, Words]

    def article(self, article: Article) -> str:
        words, digest = self._words(article.lang), zlib.crc32(article.id.encode())
        undated = self.outlet.defects.wrong_dates and flaw_of(article.id) == "missing"
        others = self._others(article)
        byline_handle = handle(article.byline) if article.byline else ""
        return self._render(
            replace(
                self._blank(article.lang, article.title),
                article=article,
                handle=byline_handle,
                canonical=self.base + article.path,
                date=""
                if undated
                else date_line(article.published_at, self.outlet.date_line, article.lang, words),
                iso=iso(article.published_at),
                json_ld=Markup(self._json_ld(article, byline_handle)),
                section_path=section_path(article.section),
                picture=f"/assets/picture-{digest % 12}.svg",
                views=200 + digest % 9_000,
                reading_minutes=max(1, sum(map(len, article.paragraphs)) // 700),
                also=others[0] if others else None,
                related=others[1:5],
                comments=[words.comments[(digest + i) % len(words.comments)] for i in range(2 + digest % 2)],
            )
        )

    def listing(self, title: str, articles: Sequence[Article], number: int = 1, pages: int = 1) -> str:
        entries = [self._entry(article) for article in articles]
        blank = self._blank(self.outlet.languages[0], title)
        return self._render(replace(blank, entries=entries, number=number, pages=pages))

    def front(self) -> str:
        return self.listing(self.outlet.name, self.articles)

    def archive(self, number: int) -> str | None:
        """None where the archive has no such page."""
        pages = max(1, -(-len(self.articles) // PER_PAGE))
        if not 1 <= number <= pages:
            return None
        shown = self.articles[(number - 1) * PER_PAGE : number * PER_PAGE]
        return self.listing(self._words(self.outlet.languages[0]).archive, shown, number, pages)

    def section(self, path: str) -> str | None:
        found = [article for article in self.articles if section_path(article.section) == path]
        return self.listing(found[0].section, found) if found else None

    def about(self) -> str:
        return self.listing(self._words(self.outlet.languages[0]).menu[-2], [])

    def gone(self) -> str:
        return self.listing(self._words(self.outlet.languages[0]).gone, [])

    def _words(self, lang: str) -> Words:
        return self.words[lang[:2]]

    def _blank(self, lang: str, title: str) -> Page:
        """What all pages of the site have in common."""
        words = self._words(lang)
        frequent = Counter(article.section for article in reversed(self.articles)).most_common(7)
        return Page(
            outlet=self.outlet,
            words=words,
            base=self.base,
            lang=lang[:2],
            title=title,
            year=self.articles[0].published_at.year if self.articles else 2026,
            sections=[Section(name, section_path(name)) for name, _ in frequent],
            newest=[self._entry(article) for article in self.articles[:6]],
            ad=words.ads[zlib.crc32(self.outlet.slug.encode()) % len(words.ads)],
        )

    def _others(self, article: Article) -> list[Entry]:
        """Older items, the same ones whenever the page is asked for."""
        older = [other for other in self.articles if other.published_at < article.published_at]
        older.sort(key=lambda other: zlib.crc32(f"{article.id} {other.id}".encode()))
        return [self._entry(other) for other in older[:5]]

    def _entry(self, article: Article) -> Entry:
        words = self._words(article.lang)
        date = date_line(article.published_at, self.outlet.date_line, article.lang, words)
        picture = f"/assets/picture-{zlib.crc32(article.id.encode()) % 12}.svg"
        return Entry(article.path, article.title, article.summary, date, picture)

    def _json_ld(self, article: Article, byline_handle: str) -> str:
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": iso(article.published_at),
            "dateModified": iso(article.changed_at),
            "inLanguage": article.lang[:2],
            "mainEntityOfPage": self.base + article.path,
            "publisher": {"@type": "Organization", "name": self.outlet.name},
            "articleSection": article.section,
        }
        if article.byline:
            data["author"] = {"@type": "Person", "name": article.byline, "alternateName": byline_handle}
        return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")

    def _render(self, page: Page) -> str:
        return _templates().get_template(f"{self.outlet.design}.html").render(page=page)


def stylesheet(outlet: Outlet) -> str:
    return f":root {{ --accent: {outlet.accent}; }}\n" + (Path(__file__).parent / "site.css").read_text(
        "utf-8"
    )


def picture(number: int, outlet: Outlet) -> str:
    """A landscape of three hills, another one for each number."""
    hills = "".join(
        f'<path d="M0 {260 + 30 * i} Q {120 + 37 * number % 200} {120 + 40 * i + 9 * number % 50}'
        f' 400 {240 + 30 * i} T 800 {230 + 35 * i} V400 H0 Z"'
        f' fill="{outlet.accent}" opacity="{0.3 + 0.2 * i:.1f}"/>'
        for i in range(3)
    )
    sun = f'<circle cx="{100 + 57 * number % 600}" cy="{70 + 11 * number % 60}" r="38" fill="#f2c14e"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 400"><title>'
        f'{escape(outlet.name)}</title><rect width="800" height="400" fill="#dfe8ee"/>{sun}{hills}</svg>'
    )
