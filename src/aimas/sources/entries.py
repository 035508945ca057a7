"""What a feed, a sitemap or a watched page lists, in one form for all of them."""

import hashlib
from datetime import datetime

import msgspec

from aimas.core import BadInput
from aimas.sources.types import ItemMark


class BrokenListing(BadInput):
    """The source's document cannot be read as what it is declared to be."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One listed item. Nothing in it says who wrote it."""

    identity: str
    """What the source tells its items apart by: guid, id or address."""
    address: str | None = None
    title: str | None = None
    text: str | None = None
    """Clean text where the listing itself holds any."""
    is_whole: bool = False
    """Whether `text` is the item and not a summary of it."""
    body: bytes | None = None
    """The page itself, where the watched page is the item."""
    media_type: str = "text/html"
    charset: str | None = None
    published_at: datetime | None = None
    version: str = ""
    """Changes when the item does: `lastmod`, or the words that the listing shows."""
    language: str | None = None

    def mark(self, source_id: str) -> ItemMark:
        """Digests by which the item is known again; salted with the source, so that they join nothing."""
        return ItemMark(digest(source_id, self.identity), digest(self.version))


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A source's document, read."""

    entries: tuple[Entry, ...]
    repairs: str = ""
    """What was wrong and could be mended, or was left unread."""
    received_bytes: int = 0
    """By further requests that the listing took."""
    cursor: datetime | None = None
    link_shapes: tuple[str, ...] = ()


def digest(*parts: str) -> str:
    """128 bits in hexadecimal; parts cannot run into each other."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()
