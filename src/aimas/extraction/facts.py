"""What a page says about itself beside its text: title, site, language, dates."""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.extraction.cleaning import clean_line, words_key
from aimas.extraction.types import PageFacts

_ARTICLE_TYPES = frozenset(
    """
    Article NewsArticle BlogPosting ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle
    BackgroundNewsArticle LiveBlogPosting TechArticle Report SocialMediaPosting
    """.split()  # noqa: SIM905
)
_TITLE_SPLIT = re.compile(r"\s+[|•·—–»:-]\s+|\s*\|\s*|\s+::\s+")
_SEPARATOR = re.compile(r"\s*(?:::|[|•·—–»:/-])\s*\S")
_HEADINGS_TRIED = 30
_HEADING_CHARACTERS = 15
_DATE_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "pubdate",
    "publishdate", "publish-date", "publish_date", "published", "published_at", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.date", "dcterms.created", "dc.date", "article.published",
    "date",
)  # fmt: skip
_AUTHOR_META = ("author", "article:author", "parsely-author", "dc.creator", "sailthru.author", "byl")
_NAMES_SPLIT = re.compile(r"\s*[,;&]\s*|\s+(?:и|және|and)\s+|^[Bb]y\s+")
_GENERIC_TITLES = frozenset(
    ("", "home", "главная", "басты бет", "untitled", "index", "новости", "жаңалықтар", "news")
)
_JSON_LD_DEPTH = 6


def facts_of(tree: LexborHTMLParser) -> PageFacts:
    """Before `strip_unread`: JSON-LD lives in scripts."""
    meta = _meta(tree)
    linked = _linked_article(tree)
    site = _site_name(meta.get("og:site_name") or _name_of(linked.get("publisher")))
    root = tree.root
    language = (root.attributes.get("lang") or "") if root is not None else ""
    return PageFacts(
        title=_title(tree, meta, linked, site),
        site_name=site or None,
        language=language.strip() or meta.get("og:locale") or _string(linked.get("inLanguage")) or None,
        date_claims=tuple(_date_claims(tree, meta, linked)),
        authors=tuple(_authors(meta, linked)),
        article_body=_string(linked.get("articleBody")),
        declared_article=bool(linked) or meta.get("og:type", "").lower() in ("article", "news"),
    )


def _authors(meta: dict[str, str], linked: dict[str, Any]) -> Iterator[str]:
    """Names of two words or more: "admin" and "Редакция" are words that a text may hold."""
    claims = linked.get("author")
    for claim in [*(claims if isinstance(claims, list) else [claims]), *map(meta.get, _AUTHOR_META)]:
        for name in _NAMES_SPLIT.split(_name_of(claim)):
            name = clean_line(name)
            if 1 <= name.count(" ") <= 3 and len(name) <= 60 and "/" not in name:
                yield name


def visible_date_lines(tree: LexborHTMLParser) -> list[str]:
    """Short lines around the headline, nearest first."""
    headline = tree.css_first("h1")
    if headline is None:
        return [clean_line(node.text(separator=" ")) for node in tree.css("[class*=date i]")[:1]]
    lines: list[str] = []
    node: LexborNode | None = headline
    for _ in range(4):
        if node is None or node.tag in ("body", "html", None):
            break
        before, after = node.prev, node.next
        for _ in range(6):
            for neighbour in (after, before):
                if neighbour is not None and neighbour.tag not in ("aside", "nav", "footer"):
                    lines += _short_lines(neighbour)
            after = after.next if after is not None else None
            before = before.prev if before is not None else None
        node = node.parent
    return lines


def is_generic(title: str) -> bool:
    """A title that names the site's page and no publication."""
    return words_key(title) in _GENERIC_TITLES


def _short_lines(node: LexborNode) -> list[str]:
    text = node.text(separator="\n", strip=True)
    if len(text) > 400:
        return []
    lines = [clean_line(line) for line in text.split("\n")]
    return [*lines, " ".join(lines)]


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if name and (content := (attributes.get("content") or "").strip()):
            found.setdefault(name.lower(), content)
    return found


def _linked_article(tree: LexborHTMLParser) -> dict[str, Any]:
    """The page's one JSON-LD article; empty where there is none or several."""
    articles: list[dict[str, Any]] = []
    for script in tree.css("script[type='application/ld+json']"):
        try:
            data = json.loads(script.text(), strict=False)
        except (ValueError, RecursionError):
            continue
        articles += _articles(data, 0)
    bodies = {json.dumps(_string(article.get("headline") or article.get("name"))) for article in articles}
    return articles[0] if len(bodies) == 1 else {}


def _articles(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _JSON_LD_DEPTH:
        return
    if isinstance(data, list):
        for part in data:
            yield from _articles(part, depth + 1)
    elif isinstance(data, dict):
        kind = data.get("@type")
        kinds = kind if isinstance(kind, list) else [kind]
        if any(isinstance(name, str) and name in _ARTICLE_TYPES for name in kinds):
            yield data
        else:
            for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                if key in data:
                    yield from _articles(data[key], depth + 1)


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _name_of(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    return _string(value.get("name")) if isinstance(value, dict) else _string(value)


def _site_name(claim: str) -> str:
    """Empty where the claim is an address or a handle."""
    name = clean_line(claim)
    return "" if "@" in name or "//" in name else name


def _title(tree: LexborHTMLParser, meta: dict[str, str], linked: dict[str, Any], site: str) -> str:
    """The headline that most of the page's own claims agree on."""
    headlines = [clean_line(node.text(separator=" ")) for node in tree.css("h1")[:4]]
    head = tree.css_first("head > title") or tree.css_first("title")
    document = clean_line(head.text()) if head is not None else ""
    claims = [
        clean_line(claim)
        for claim in (
            _string(linked.get("headline")),
            meta.get("og:title", ""),
            meta.get("twitter:title", ""),
        )
        if claim
    ]
    document_key = words_key(document)
    for headline in headlines:
        key = words_key(headline)
        if (
            key
            and (key in document_key or any(key in words_key(claim) for claim in claims))
            and not is_generic(key)
            and key != words_key(site)
        ):
            return headline
    for claim in [*claims, document]:
        title = _without_site(claim, site)
        if not is_generic(title):
            return _without_what_follows_a_heading(tree, title) if not headlines else title
    return next((headline for headline in headlines if not is_generic(headline)), "")


def _without_what_follows_a_heading(tree: LexborHTMLParser, title: str) -> str:
    """Pages without <h1>: a heading with which the document's title begins, before a separator, is the title."""
    for node in tree.css("h2, h3, h4, b, strong")[:_HEADINGS_TRIED]:
        heading = clean_line(node.text(separator=" "))
        rest = title[len(heading) :]
        if len(heading) >= _HEADING_CHARACTERS and title.startswith(heading) and _SEPARATOR.match(rest):
            return heading
    return title


def _without_site(title: str, site: str) -> str:
    """Cuts " | Site" and " — Site.kz" off; without a known site only a short last part after a bar goes."""
    parts = _TITLE_SPLIT.split(title)
    if len(parts) < 2:
        return "" if site and words_key(title) == words_key(site) else title
    site_key, last, first = words_key(site), words_key(parts[-1]), words_key(parts[0])
    cut = len(title) - len(parts[-1])
    if "::" in title[cut - 4 : cut] and len(parts[-1]) < cut:
        return _without_separator(title[:cut])
    if (site_key and (last in site_key or site_key in last)) or re.search(r"\.[a-z]{2,4}$", parts[-1]):
        return _without_separator(title[:cut])
    if site_key and first == site_key:
        return title[len(parts[0]) :].lstrip(" |•·—–»:-")
    if "|" in title[cut - 3 : cut] and len(parts[-1]) * 2 < cut:
        return _without_separator(title[:cut])
    return title


def _without_separator(title: str) -> str:
    """A guillemet is one only where a blank stands before it."""
    title = title.rstrip(" |•·—–:-")
    return title[:-2].rstrip(" |•·—–:-") if title.endswith(" »") else title


def _date_claims(tree: LexborHTMLParser, meta: dict[str, str], linked: dict[str, Any]) -> Iterator[str]:
    claim: str | None = _string(linked.get("datePublished")) or _string(linked.get("dateCreated"))
    if claim:
        yield claim
    for name in _DATE_META:
        if claim := meta.get(name):
            yield claim
    for node in tree.css("[itemprop~=datePublished]")[:2]:
        attributes = node.attributes
        if claim := attributes.get("datetime") or attributes.get("content") or clean_line(node.text()):
            yield claim
    times = tree.css("time[pubdate], article time[datetime], main time[datetime], h1 ~ time[datetime]")
    for node in (times or tree.css("time[datetime]"))[:1]:
        if claim := node.attributes.get("datetime"):
            yield claim
