"""Sitemaps, news sitemaps and their indexes."""

import gzip
import io
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import lxml.etree

from aimas.core import BadInput, Unavailable
from aimas.sources.addresses import get_canonical
from aimas.sources.dates import moment
from aimas.sources.entries import BrokenListing, Entry, Listing
from aimas.sources.http import GuardedClient
from aimas.sources.packing import unpacked
from aimas.sources.plain import plain_title
from aimas.sources.types import Source

MAX_DEPTH = 3
MAX_URLS = 50_000
"""Of one file, as sitemaps.org sets it."""
MAX_FILES = 50
"""Read at one poll; an index that lists more by date is followed newest first."""
OVERLAP = timedelta(days=1)
"""`lastmod` often holds a day only: what is a day older than the newest seen is looked at again."""
FIRST_DAYS = 30
"""A site met for the first time is read back over the board's month, not to its founding."""
_MAX_BYTES = 52 * 1024 * 1024


class _Url(Entry, frozen=True, kw_only=True):
    changed_at: datetime | None = None


def read_sitemap(
    body: bytes, address: str, client: GuardedClient, now: datetime, source: Source, cursor: datetime | None
) -> Listing:
    """Entries newer than the cursor, the newest first; raises BrokenListing for what is no sitemap."""
    since = (cursor - OVERLAP) if cursor else now - timedelta(days=FIRST_DAYS)
    return _Walk(client, now, source, since, cursor).listing(body, address)


class _Walk:
    def __init__(
        self, client: GuardedClient, now: datetime, source: Source, since: datetime, cursor: datetime | None
    ) -> None:
        self._client = client
        self._now = now
        self._source = source
        self._since = since
        self._newest = cursor
        self._found: dict[str, _Url] = {}
        self._repairs: dict[str, None] = {}
        self._received = 0

    def listing(self, body: bytes, address: str) -> Listing:
        waiting = self._one(body, address, 1)
        visited = {address}
        files = 1
        while waiting:
            # The newest child first: where there are too many files, the old ones stay unread.
            waiting.sort(key=lambda child: child[0] or self._now, reverse=True)
            changed_at, child, depth = waiting.pop(0)
            if child in visited or (changed_at is not None and changed_at < self._since):
                continue
            if files >= MAX_FILES:
                self._say(f"only {MAX_FILES} files were read")
                break
            visited.add(child)
            files += 1
            try:
                answer = self._client.get(child, robots=self._source.robots)
                self._received += answer.received_bytes
                if not answer.is_ok:
                    self._say(f"a listed sitemap answers {answer.status}")
                    continue
                waiting += self._one(answer.body, answer.address, depth + 1)
            except Unavailable as error:
                self._say(f"a listed sitemap could not be had: {error}")
                # Entries of the unread file may be older than the newest of the others.
                self._newest = None
                break
            except BadInput as error:
                self._say(f"a listed sitemap was not read: {error}")
        entries = sorted(
            self._found.values(),
            key=lambda url: url.changed_at or url.published_at or self._since,
            reverse=True,
        )
        return Listing(
            entries=tuple(entries),
            repairs="; ".join(self._repairs),
            received_bytes=self._received,
            cursor=self._newest,
        )

    def _one(self, body: bytes, address: str, depth: int) -> list[tuple[datetime | None, str, int]]:
        """Take one file's addresses; the sitemaps that it lists in turn."""
        children: list[tuple[datetime | None, str, int]] = []
        count = 0
        for kind, fields in self._records(_ungzipped(body)):
            count += 1
            if count > MAX_URLS:
                self._say(f"more than {MAX_URLS} addresses in one file")
                break
            found = get_canonical(fields.get("loc"), address)
            if found is None:
                continue
            changed_at = moment(fields.get("lastmod"), self._now, self._source.timezone)
            if kind == "sitemap":
                if depth >= MAX_DEPTH:
                    self._say(f"indexes deeper than {MAX_DEPTH} were not followed")
                else:
                    # The address as given: canonical form may drop what the server needs.
                    children.append((changed_at, (fields.get("loc") or "").strip(), depth))
                continue
            published_at = moment(fields.get("publication_date"), self._now, self._source.timezone)
            at = max(filter(None, (changed_at, published_at)), default=None)
            if at is not None and at < self._since:
                continue
            if at is not None and (self._newest is None or at > self._newest):
                self._newest = min(at, self._now)
            self._found.setdefault(
                found,
                _Url(
                    identity=found,
                    address=found,
                    title=plain_title(fields.get("title") or "") or None,
                    published_at=published_at,
                    version=fields.get("lastmod") or fields.get("publication_date") or "",
                    language=(fields.get("language") or "").strip().lower()[:16] or None,
                    changed_at=at,
                ),
            )
        return children

    def _records(self, body: bytes) -> Iterator[tuple[str, dict[str, str]]]:
        start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        if not start.startswith(b"<"):
            # The text form: one address a line.
            lines = body.decode("utf-8", "replace").splitlines()
            addresses = [line.strip() for line in lines if line.strip().startswith(("http://", "https://"))]
            if not addresses:
                raise BrokenListing("not a sitemap")
            for found in addresses:
                yield "url", {"loc": found}
            return
        if b"<!entity" in body[: 1 << 20].lower():
            raise BrokenListing("the sitemap declares entities; it was not read")
        seen_any = False
        fields: dict[str, str] = {}
        try:
            context = lxml.etree.iterparse(
                io.BytesIO(body),
                events=("end",),
                recover=True,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
            )
            for _, element in context:
                name = lxml.etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""
                if name in {"url", "sitemap"}:
                    seen_any = True
                    yield name, fields
                    fields = {}
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
                elif name in {"loc", "lastmod", "publication_date", "title", "language"} and element.text:
                    # <image:loc> and its like come after the page's own.
                    fields.setdefault(name, element.text.strip())
                elif name in {"urlset", "sitemapindex"}:
                    seen_any = True
        except lxml.etree.XMLSyntaxError as error:
            if not seen_any:
                raise BrokenListing(f"not a sitemap: {error.msg}") from None
            self._say("the XML is broken; addresses before the break were taken")
        if not seen_any:
            raise BrokenListing("not a sitemap")

    def _say(self, what: str) -> None:
        self._repairs[what] = None


def _ungzipped(body: bytes) -> bytes:
    """The file as XML; `.xml.gz` comes as it lies, whatever its headers."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return unpacked((body,), "gzip", len(body), _MAX_BYTES)[0]
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BrokenListing(f"a damaged .gz: {error}") from None
