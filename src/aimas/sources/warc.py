"""WARC archives: pages that another crawler kept."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from fastwarc.warc import ArchiveIterator, WarcRecordType

from aimas.core import BadInput, Dropped, DropReason, Fetched, Held, HoldReason, Outcome, Passed
from aimas.sources.addresses import get_canonical
from aimas.sources.imports import ImportOptions, Owners, filed_under, is_personal
from aimas.sources.packing import Bomb, CutPacking, TooLarge, unpacked

_TEXTS = frozenset({"text/html", "application/xhtml+xml", "text/plain"})
_MAX_HEADER_BYTES = 256 * 1024


def items(
    stream: BinaryIO, name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Pages of the archive's responses and resources.

    A cut archive gives what stands before the cut, then one TRUNCATED.
    """
    owners = Owners(options)
    source = _Told(stream)
    number = 0
    broken = ""
    wanted = WarcRecordType.response | WarcRecordType.resource
    try:
        for record in ArchiveIterator(
            source, record_types=wanted, parse_http=True, auto_decode="none", max_header_len=_MAX_HEADER_BYTES
        ):
            if broken:
                # Something stands behind the short record, so the archive is not cut there.
                yield Held(HoldReason.MALFORMED, broken)
                broken = ""
            number += 1
            where = f"{name}:record {number}"
            declared = record.headers.get("Content-Length")
            is_http = "application/http" in (record.headers.get("Content-Type") or "")
            length = record.content_length
            raw = record.reader.read(min(length, options.max_item_bytes + 1))
            if (
                not declared
                or not declared.isdigit()
                or (is_http and record.http_headers is None and int(declared))
            ):
                broken = f"{where}: its headers are broken or cut"
            elif len(raw) < min(length, options.max_item_bytes + 1):
                broken = f"{where}: ends after {len(raw)} of {length} bytes"
            elif length > options.max_item_bytes:
                yield Held(HoldReason.TOO_LARGE, f"{where}: {length} bytes in one document")
            else:
                yield _outcome(record, raw, where, owners, options, fetched_at)
    except (OSError, ValueError) as error:
        yield Held(HoldReason.MALFORMED, broken or f"{name}: cannot be read after record {number}: {error}")
        return
    if broken:
        yield Held(HoldReason.TRUNCATED, broken)


def _outcome(
    record: Any, raw: bytes, where: str, owners: Owners, options: ImportOptions, fetched_at: datetime
) -> Outcome[Fetched]:
    http = record.http_headers
    media_type = (record.http_content_type if http is not None else record.headers.get("Content-Type")) or ""
    media_type = media_type.split(";")[0].strip().lower()
    if media_type not in _TEXTS:
        return Dropped(DropReason.NOT_A_PUBLICATION, media_type[:60] or "no media type")
    if http is not None and not 200 <= (http.status_code or 0) < 300:
        return Dropped(DropReason.NOT_A_PUBLICATION, f"status {http.status_code}")
    body = raw
    if http is not None:
        limit = options.max_item_bytes
        try:
            if "chunked" in (http.get("Transfer-Encoding") or "").lower():
                body = _dechunked(body)
            body, _ = unpacked((body,), http.get("Content-Encoding") or "", limit, limit)
        except Bomb as error:
            return Held(HoldReason.BOMB, f"{where}: {error}")
        except TooLarge as error:
            return Held(HoldReason.TOO_LARGE, f"{where}: {error}")
        except CutPacking as error:
            return Held(HoldReason.TRUNCATED, f"{where}: {error}")
        except BadInput as error:
            # Several crawlers store the unpacked body under the packed one's headers.
            if raw.lstrip()[:1] != b"<":
                return Held(HoldReason.MALFORMED, f"{where}: {error}")
            body = raw
    if not body.strip():
        return Held(HoldReason.EMPTY, f"{where}: an empty body")
    address = get_canonical((record.headers.get("WARC-Target-URI") or "").strip("<>"))
    owner = owners.of(None, address)
    personal = is_personal(owner)
    return Passed(
        Fetched(
            source=filed_under(owner),
            address=None if personal else address,
            media_type="text/plain" if media_type == "text/plain" else "text/html",
            body=body,
            charset=record.http_charset,
            language_hint=owner.language_hint,
            site_name=None if personal else owner.name,
            fetched_at=_fetched_at(record.record_date, fetched_at),
            name=where,
        )
    )


def _fetched_at(kept: datetime | None, now: datetime) -> datetime:
    """When the crawler had it; the import's own time where the archive says nothing or the future."""
    if kept is None or kept.replace(tzinfo=kept.tzinfo or UTC) > now:
        return now
    return kept.replace(tzinfo=kept.tzinfo or UTC).astimezone(UTC)


def _dechunked(body: bytes) -> bytes:
    """The body without its transfer chunks; as it is where there are none (crawlers often take them off)."""
    out = bytearray()
    at = 0
    while at < len(body):
        line_end = body.find(b"\r\n", at, at + 64)
        size_text = body[at:line_end].split(b";")[0].strip() if line_end >= 0 else b""
        try:
            size = int(size_text, 16)
        except ValueError:
            return body if not out else bytes(out)
        if size == 0:
            break
        out += body[line_end + 2 : line_end + 2 + size]
        at = line_end + 2 + size + 2
    return bytes(out)


class _Told(io.RawIOBase):
    """A forward stream that knows its position, which is all that the archive reader asks of seeking."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        if (whence == 0 and offset != self._at) or (whence != 0 and offset != 0):
            raise OSError("this stream reads forward only")
        return self._at

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._at += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
