"""A page to watch: the articles that it links to, or the page itself where it changes."""

import re
from collections import Counter
from datetime import datetime
from urllib.parse import urlsplit

import lxml.etree
import lxml.html

from aimas.sources.addresses import get_canonical, get_host
from aimas.sources.charsets import charset_of
from aimas.sources.entries import BrokenListing, Entry, Listing
from aimas.sources.plain import plain_text
from aimas.sources.types import Source

MAX_LINKS = 500
ENOUGH_LINKS = 3
"""So many links of one shape with sentences for their words make a list of articles."""
HEADLINE_CHARACTERS = 25
_MAX_BYTES = 8 * 1024 * 1024
_NEVER = re.compile(
    r"(?i)/(?:tags?|categor(?:y|ies)|rubric|rubrics|author|authors|avtor|users?|profile|search|login|register|about|contacts?|"
    r"page|archive|rss|feed|privacy|terms|reklama|advert\w*|wp-\w+|static|assets|upload\w*)(?:/|$|\?)|"
    r"\.(?:jpe?g|png|gif|webp|svg|pdf|docx?|xlsx?|zip|mp[34]|css|js|xml|rss|apk)$"
)


def read_page(
    body: bytes,
    address: str,
    charset: str | None,
    now: datetime,
    source: Source,
    known_shapes: tuple[str, ...],
) -> Listing:
    """Links to articles of the same host; the page itself as one entry where it links to none."""
    name = charset_of(body[:_MAX_BYTES], charset)
    if name is None:
        raise BrokenListing("binary content stands where a page was expected")
    text = body[:_MAX_BYTES].decode(name, "replace").lstrip("\ufeff")
    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (lxml.etree.LxmlError, ValueError):
        raise BrokenListing("the page holds nothing") from None
    links = _links(root, address)
    if source.link_pattern is not None:
        pattern = re.compile(source.link_pattern)
        chosen = {link: words for link, words in links.items() if pattern.search(urlsplit(link).path)}
        return Listing(entries=_entries(chosen))
    shapes = tuple(sorted({*known_shapes, *_article_shapes(links)}))[:50]
    chosen = {link: words for link, words in links.items() if _shape(link) in shapes}
    if chosen:
        return Listing(entries=_entries(chosen), link_shapes=shapes)
    shown = plain_text(text)
    # Clocks, counters and rates change without anything being said.
    version = re.sub(r"[\W\d_]+", " ", shown)
    here = get_canonical(address)
    entry = Entry(identity=here or address, address=here, body=body, charset=charset, version=version)
    return Listing(entries=(entry,))


def _links(root: lxml.html.HtmlElement, address: str) -> dict[str, str]:
    """Address → words of the longest link to it, for the page's own host, in the page's order."""
    base = next((found for found in root.xpath("//base/@href") if found), None)
    start = get_canonical(base, address) or address
    host = get_host(address)
    here = get_canonical(address)
    found: dict[str, str] = {}
    for anchor in root.iter("a"):
        link = get_canonical(anchor.get("href"), start)
        if link is None or link == here or get_host(link) != host or _NEVER.search(link):
            continue
        words = " ".join(anchor.text_content().split()) or anchor.get("title", "")
        if len(words) >= len(found.get(link, "")):
            found[link] = words
        if len(found) >= MAX_LINKS:
            break
    return found


def _article_shapes(links: dict[str, str]) -> set[str]:
    counted: Counter[str] = Counter()
    for link, words in links.items():
        path = urlsplit(link).path
        if (
            len(words) >= HEADLINE_CHARACTERS
            and path not in {"", "/"}
            and re.search(r"\d{3,}|[^/]{16,}/?$", path)
        ):
            counted[_shape(link)] += 1
    return {shape for shape, count in counted.items() if count >= ENOUGH_LINKS}


def _shape(link: str) -> str:
    """A path with what varies taken out: `/news/2024/05/some-long-words-123.html` → `/news/0/0/w.html`."""
    parts = urlsplit(link)
    segments = []
    for segment in parts.path.strip("/").split("/"):
        stem, dot, ending = segment.rpartition(".")
        plain, suffix = (stem, dot + ending) if dot and len(ending) <= 5 else (segment, "")
        if plain.isdigit():
            segments.append("0" + suffix)
        elif len(plain) >= 16 or plain.count("-") >= 2 or plain.count("_") >= 2 or re.search(r"\d", plain):
            segments.append("w" + suffix)
        else:
            segments.append(plain + suffix)
    keys = sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query))
    return "/" + "/".join(segments) + ("?" + "&".join(keys) if keys else "")


def _entries(links: dict[str, str]) -> tuple[Entry, ...]:
    # The words of a link may hold a rubric or a counter, so they are no title: the page has its own.
    return tuple(Entry(identity=link, address=link) for link in links)
