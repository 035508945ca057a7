"""Feeds and sitemaps in every format that outlets still use."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape as html
from xml.sax.saxutils import escape

from demo.newsroom.dates import flaw_of, flawed, iso, rfc822
from demo.newsroom.edition import LOCAL, Article, with_utm
from demo.newsroom.outlets import Outlet, Words

SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@dataclass(frozen=True)
class Channel:
    """All that a writer needs to know of the outlet whose feed it writes."""

    outlet: Outlet
    base: str
    """`http://host:port`, no slash at the end."""
    articles: Sequence[Article]
    words: Words

    def link(self, article: Article) -> str:
        if self.outlet.defects.redirects:
            return with_utm(f"{self.base}/go/{article.number}")
        return self.base + article.path

    @property
    def changed_at(self) -> datetime | None:
        return max((article.changed_at for article in self.articles), default=None)

    @property
    def prolog(self) -> str:
        return f'<?xml version="1.0" encoding="{self.outlet.encoding.declared}"?>\n'


def body_html(article: Article) -> str:
    return "".join(f"<p>{html(paragraph, quote=False)}</p>" for paragraph in article.paragraphs)


def rss2(channel: Channel) -> str:
    outlet, items = channel.outlet, []
    for article in channel.articles:
        link = channel.link(article)
        flaw = flaw_of(article.id) if outlet.defects.wrong_dates else None
        date = flawed(article.published_at, flaw, channel.words) if flaw else rfc822(article.published_at)
        items.append(
            "<item>\n"
            f"<title>{escape(article.title)}</title>\n<link>{escape(link)}</link>\n"
            f'<guid isPermaLink="false">{outlet.slug}-{article.number}</guid>\n'
            f"<category>{escape(article.section)}</category>\n"
            + (f"<dc:creator>{escape(article.byline)}</dc:creator>\n" if article.byline else "")
            + (f"<pubDate>{date}</pubDate>\n" if date else "")
            + f"<description>{escape(article.summary)}</description>\n"
            + (
                f"<content:encoded><![CDATA[{body_html(article)}]]></content:encoded>\n"
                if outlet.full
                else ""
            )
            + "</item>\n"
        )
    return (
        channel.prolog + '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n<channel>\n'
        f"<title>{escape(outlet.name)}</title>\n<link>{channel.base}/</link>\n"
        f'<atom:link href="{channel.base}{outlet.channel}" rel="self" type="application/rss+xml"/>\n'
        f"<description>{escape(outlet.name)}</description>\n<language>{outlet.languages[0]}</language>\n"
        + "".join(items)
        + "</channel>\n</rss>\n"
    )


def rss1(channel: Channel) -> str:
    outlet = channel.outlet
    links = [escape(channel.link(article)) for article in channel.articles]
    listed = "".join(f'<rdf:li rdf:resource="{link}"/>\n' for link in links)
    items = "".join(
        f'<item rdf:about="{link}">\n<title>{escape(article.title)}</title>\n<link>{link}</link>\n'
        f"<description>{escape(article.summary)}</description>\n<dc:date>{iso(article.published_at)}</dc:date>\n"
        + (f"<dc:creator>{escape(article.byline)}</dc:creator>\n" if article.byline else "")
        + "</item>\n"
        for link, article in zip(links, channel.articles, strict=True)
    )
    return (
        channel.prolog + '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{channel.base}{outlet.channel}">\n<title>{escape(outlet.name)}</title>\n'
        f"<link>{channel.base}/</link>\n<description>{escape(outlet.name)}</description>\n"
        f"<items><rdf:Seq>\n{listed}</rdf:Seq></items>\n</channel>\n{items}</rdf:RDF>\n"
    )


def rss091(channel: Channel) -> str:
    """Title, link and description: this version knows neither dates nor ids of items."""
    outlet = channel.outlet
    items = "".join(
        f"<item>\n<title>{escape(article.title)}</title>\n<link>{escape(channel.link(article))}</link>\n"
        f"<description>{escape(article.summary)}</description>\n</item>\n"
        for article in channel.articles
    )
    return (
        channel.prolog + f'<rss version="0.91">\n<channel>\n<title>{escape(outlet.name)}</title>\n'
        f"<link>{channel.base}/</link>\n<description>{escape(outlet.name)}</description>\n"
        f"<language>{outlet.languages[0]}</language>\n{items}</channel>\n</rss>\n"
    )


def atom(channel: Channel) -> str:
    outlet, entries = channel.outlet, []
    for article in channel.articles:
        year = article.published_at.astimezone(LOCAL).year
        entries.append(
            f"<entry>\n<title>{escape(article.title)}</title>\n"
            f"<id>tag:{outlet.slug}.example,{year}:{article.number}</id>\n"
            f'<link rel="alternate" type="text/html" href="{escape(channel.link(article))}"/>\n'
            f"<published>{iso(article.published_at)}</published>\n<updated>{iso(article.changed_at)}</updated>\n"
            + (f"<author><name>{escape(article.byline)}</name></author>\n" if article.byline else "")
            + f"<summary>{escape(article.summary)}</summary>\n"
            + (f'<content type="html">{escape(body_html(article))}</content>\n' if outlet.full else "")
            + "</entry>\n"
        )
    updated = f"<updated>{iso(channel.changed_at)}</updated>\n" if channel.changed_at else ""
    return (
        channel.prolog + f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.languages[0]}">\n'
        f"<title>{escape(outlet.name)}</title>\n<id>tag:{outlet.slug}.example,2026:feed</id>\n{updated}"
        f"<author><name>{escape(outlet.name)}</name></author>\n"
        f'<link rel="self" href="{channel.base}{outlet.channel}"/>\n'
        f'<link rel="alternate" href="{channel.base}/"/>\n' + "".join(entries) + "</feed>\n"
    )


def json_feed(channel: Channel) -> str:
    outlet = channel.outlet
    items = [
        {
            "id": f"{outlet.slug}-{article.number}",
            "url": channel.link(article),
            "title": article.title,
            "summary": article.summary,
            **({"content_html": body_html(article)} if outlet.full else {}),
            "date_published": iso(article.published_at),
            "date_modified": iso(article.changed_at),
            **({"authors": [{"name": article.byline}]} if article.byline else {}),
            "tags": [article.section],
            "language": article.lang,
        }
        for article in channel.articles
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{channel.base}/",
        "feed_url": channel.base + outlet.channel,
        "language": outlet.languages[0],
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def sitemap(channel: Channel) -> str:
    rows = "".join(
        f"<url><loc>{escape(channel.link(article))}</loc>{_lastmod(channel, article)}</url>\n"
        for article in channel.articles
    )
    return f"{channel.prolog}<urlset {SITEMAP}>\n{rows}</urlset>\n"


def _lastmod(channel: Channel, article: Article) -> str:
    if channel.outlet.defects.sparse_lastmod and article.changed_at == article.published_at:
        return ""
    return f"<lastmod>{iso(article.changed_at)}</lastmod>"


def news_sitemap(channel: Channel) -> str:
    outlet = channel.outlet
    rows = "".join(
        f"<url><loc>{escape(channel.link(article))}</loc><lastmod>{iso(article.changed_at)}</lastmod>"
        f"<news:news><news:publication><news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{outlet.languages[0]}</news:language></news:publication>"
        f"<news:publication_date>{iso(article.published_at)}</news:publication_date>"
        f"<news:title>{escape(article.title)}</news:title></news:news></url>\n"
        for article in channel.articles
    )
    news = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f"{channel.prolog}<urlset {SITEMAP} {news}>\n{rows}</urlset>\n"


def sitemap_index(channel: Channel) -> str:
    """One child a month."""
    rows = "".join(
        f"<sitemap><loc>{channel.base}/sitemaps/{month}.xml.gz</loc><lastmod>{iso(changed)}</lastmod></sitemap>\n"
        for month, changed in sorted(_months(channel).items(), reverse=True)
    )
    return f"{channel.prolog}<sitemapindex {SITEMAP}>\n{rows}</sitemapindex>\n"


def month_of(article: Article) -> str:
    return f"{article.published_at.astimezone(LOCAL):%Y-%m}"


def _months(channel: Channel) -> dict[str, datetime]:
    months: dict[str, datetime] = {}
    for article in channel.articles:
        month = month_of(article)
        months[month] = max(months.get(month, article.changed_at), article.changed_at)
    return months


WRITERS: dict[str, tuple[Callable[[Channel], str], str]] = {
    "rss2": (rss2, "application/rss+xml"),
    "rss1": (rss1, "application/rdf+xml"),
    "rss091": (rss091, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
    "sitemap": (sitemap, "application/xml"),
    "sitemap-index": (sitemap_index, "application/xml"),
    "news-sitemap": (news_sitemap, "application/xml"),
}


def bare_ampersands(document: str) -> str:
    """Ampersands and HTML entities where XML allows neither; what the items say stays the same."""
    return document.replace("</category>", " & область&nbsp;</category>")


def cut_tail(document: str) -> str:
    return document[: len(document) * 9 // 10]
