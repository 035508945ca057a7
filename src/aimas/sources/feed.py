"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom, JSON Feed; broken ones are read as far as they can be."""

import io
import re
from datetime import datetime
from typing import Any

import feedparser
import msgspec

from aimas.sources.addresses import get_canonical
from aimas.sources.charsets import charset_of
from aimas.sources.dates import moment
from aimas.sources.entries import BrokenListing, Entry, Listing
from aimas.sources.plain import plain_text, plain_title
from aimas.sources.types import Source

MAX_ENTRIES = 5000
"""Read of one document: 1.2 s of parsing here. Feeds list the newest first; 99 % hold fewer than 200."""
MAX_CHARACTERS = 8_000_000
MAX_TAGS = 500_000
"""Broken markup costs feedparser up to 40 µs a tag: 20 s at worst, in a thread of its own."""
MAX_DEPTH = 10_000
"""Unclosed tags of broken markup pile up as depth; no well-made feed is deeper than ten."""
WHOLE_TEXT_CHARACTERS = 600
"""An entry's content of at least so many characters is taken for the whole text."""
ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"

_DECLARED = re.compile(r"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\b([^>]{0,500})", re.IGNORECASE)
_END_OF_ENTRY = re.compile(r"</(?:\w+:)?(item|entry)\s*>", re.IGNORECASE)
_CONTROL_BYTES = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# By the standard a bare guid is an address; half of the feeds put a number there.
_NUMBER_FOR_GUID = re.compile(r"<guid\b[^>]{0,200}>(?!\s*(?:<!\[CDATA\[\s*)?https?://)", re.IGNORECASE)
_TAGS = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|<(/?)[A-Za-z][^<>]*?(/?)>", re.DOTALL)
_HTML_START = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


def read_feed(body: bytes, base: str, charset: str | None, now: datetime, source: Source) -> Listing:
    """Entries in the order given; raises BrokenListing where nothing can be read, or reading would be unsafe.

    Authors, creators, credits and contributors are not read into anything.
    """
    if not body.strip():
        raise BrokenListing("the feed is empty")
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _read_json(body, base, now, source)
    text, repairs = _safe_text(body, charset)
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": base},
        sanitize_html=False,
        resolve_relative_uris=True,
    )
    if not parsed.get("version") and not parsed.entries:
        what = "an HTML page" if _HTML_START.search(text[:4000]) else "not a feed"
        raise BrokenListing(f"{what} stands where the feed was expected")
    if parsed.get("bozo") and not isinstance(
        parsed.get("bozo_exception"), feedparser.CharacterEncodingOverride
    ):
        repairs.append("the XML is broken; entries were recovered")
    language = parsed.feed.get("language")
    entries = tuple(_entry(found, base, now, source, language) for found in parsed.entries[:MAX_ENTRIES])
    return Listing(entries=entries, repairs="; ".join(repairs))


def _safe_text(body: bytes, charset: str | None) -> tuple[str, list[str]]:
    """The document as characters, cut to what will be read; raises for bombs."""
    repairs: list[str] = []
    declared = _DECLARED.match(body[:400].decode("latin-1").lstrip("ï»¿"))
    said = declared.group(1) if declared else charset
    name = charset_of(body, said)
    if name is None and body.lstrip()[:1] == b"<":
        body = body.translate(None, _CONTROL_BYTES)
        name = charset_of(body, said)
    if name is None:
        raise BrokenListing("binary content stands where the feed was expected")
    if said and name.replace("-sig", "").replace("-", "") != said.lower().replace("-", "").replace(
        "windows", "cp"
    ):
        repairs.append(f"declared as {said[:20].lower()}, read as {name}")
    text = _CONTROL.sub("", _DECLARATION.sub("", body.decode(name, "replace").lstrip("\ufeff"), count=1))
    prologue = text[: 1 << 20]
    doctype = _DOCTYPE.search(prologue)
    if doctype and "[" in prologue[doctype.end() : doctype.end() + 500].split(">", 1)[0]:
        for entity in _ENTITY.findall(prologue):
            if (
                "&" in entity.replace("&#", "")
                or "%" in entity
                or re.search(r"\b(?:SYSTEM|PUBLIC)\b", entity)
            ):
                raise BrokenListing(
                    "the feed declares entities that expand or reach outside; it was not read"
                )
        if len(_ENTITY.findall(prologue)) > 300:
            raise BrokenListing("the feed declares hundreds of entities; it was not read")
    text = _NUMBER_FOR_GUID.sub('<guid isPermaLink="false">', text)
    text, left = _cut(text)
    if left:
        repairs.append(f"only the first {len(_END_OF_ENTRY.findall(text))} entries were read")
    if len(text) > MAX_CHARACTERS or text.count("<") > MAX_TAGS:
        raise BrokenListing("the feed is too large; it was not read")
    _require_shallow(text)
    return text, repairs


def _cut(text: str) -> tuple[str, bool]:
    """The document up to the last entry that will be read, closed again, and whether any was left out."""
    end = 0
    for index, match in enumerate(_END_OF_ENTRY.finditer(text)):
        if index == MAX_ENTRIES or (match.end() > MAX_CHARACTERS and end):
            return text[:end] + _closing(text), True
        end = match.end()
    return text, False


def _closing(text: str) -> str:
    root = re.search(r"<((?:\w+:)?(?:rss|RDF|feed))\b", text[:5000])
    name = root.group(1) if root else "rss"
    return f"</channel></{name}>" if name == "rss" else f"</{name}>"


def _require_shallow(text: str) -> None:
    depth = 0
    for match in _TAGS.finditer(text):
        closing, alone = match.groups()
        if closing is None or alone:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        if depth > MAX_DEPTH:
            raise BrokenListing("the feed is nested too deeply; it was not read")


def _entry(found: Any, base: str, now: datetime, source: Source, language: str | None) -> Entry:
    contents = [c.get("value") or "" for c in found.get("content") or ()]
    content = max(contents, key=len, default="")
    summary = found.get("summary") or ""
    address = get_canonical(_link(found), base)
    title = plain_title(found.get("title") or "")
    whole = plain_text(content) if content else ""
    short = plain_text(summary) if summary and summary != content else ""
    is_whole = len(whole) >= WHOLE_TEXT_CHARACTERS or address is None
    text = whole if len(whole) >= len(short) else short
    # Past feedparser's own `get`, which maps an absent `updated` to `published` and warns of it.
    dates = [dict.get(found, key) for key in ("published", "created", "issued", "updated")]
    published = next((at for at in (moment(d, now, source.timezone) for d in dates if d) if at), None)
    return Entry(
        identity=str(found.get("id") or address or f"{title}\n{text[:500]}"),
        address=address,
        title=title or None,
        text=text or None,
        is_whole=is_whole and bool(text),
        published_at=published,
        version=f"{title}\n{text}\n{address or ''}",
        language=_language((found.get("title_detail") or {}).get("language") or language),
    )


def _link(found: Any) -> str | None:
    """The item's page: `alternate` before all; a guid only where it says that it is an address."""
    link = found.get("link")
    if link:
        return str(link)
    for other in found.get("links") or ():
        if other.get("rel", "alternate") == "alternate" and other.get("href"):
            return str(other["href"])
    guid = str(found.get("id") or "")
    return guid if guid.startswith(("http://", "https://")) and found.get("guidislink", True) else None


class _JsonItem(msgspec.Struct):
    # Authors have no field here, so they are not even decoded.
    id: Any = None
    url: str | None = None
    external_url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    language: str | None = None


class _JsonFeed(msgspec.Struct):
    version: str = ""
    language: str | None = None
    items: list[msgspec.Raw] = []


def _read_json(body: bytes, base: str, now: datetime, source: Source) -> Listing:
    try:
        feed = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf").strip(), type=_JsonFeed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenListing(f"not a JSON Feed: {error}") from None
    if "jsonfeed.org" not in feed.version and not feed.items:
        raise BrokenListing("this JSON is no feed: it has no items")
    entries: list[Entry] = []
    broken = 0
    for raw in feed.items[:MAX_ENTRIES]:
        try:
            item = msgspec.json.decode(raw, type=_JsonItem)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            broken += 1
            continue
        entries.append(_json_entry(item, base, now, source, feed.language))
    repairs = [f"{broken} items are malformed"] if broken else []
    if len(feed.items) > MAX_ENTRIES:
        repairs.append(f"only the first {MAX_ENTRIES} entries were read")
    return Listing(entries=tuple(entries), repairs="; ".join(repairs))


def _json_entry(item: _JsonItem, base: str, now: datetime, source: Source, language: str | None) -> Entry:
    whole = plain_text(item.content_html) if item.content_html else (item.content_text or "").strip()
    short = plain_text(item.summary or "")
    address = get_canonical(item.url or item.external_url, base)
    title = plain_title(item.title or "")
    text = whole or short
    published = moment(item.date_published, now, source.timezone) or moment(
        item.date_modified, now, source.timezone
    )
    return Entry(
        identity=str(item.id or address or f"{title}\n{text[:500]}"),
        address=address,
        title=title or None,
        text=text or None,
        is_whole=bool(text) and (len(whole) >= WHOLE_TEXT_CHARACTERS or address is None),
        published_at=published,
        version=f"{title}\n{text}\n{address or ''}",
        language=_language(item.language or language),
    )


def _language(value: str | None) -> str | None:
    return value.strip().lower()[:16] or None if value else None
