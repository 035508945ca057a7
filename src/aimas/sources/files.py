"""Files handed over by a person: told apart by name and content, opened, and read item by item."""

import codecs
import io
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from aimas.core import BadInput, Fetched, Held, HoldReason, Outcome, Passed
from aimas.sources import table, telegram, warc
from aimas.sources.charsets import SNIFF_BYTES, charset_of, decoded
from aimas.sources.imports import ImportOptions, filed_under
from aimas.sources.privacy import shareable
from aimas.sources.table import looks_tabular

STDIN = "-"
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 16
_KINDS = {
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".warc": "warc",
}


def read_files(
    paths: Iterable[str | Path], options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Every item of every file, in the order given; folders are walked, `-` is standard input.

    Raises BadInput for a path that does not exist before anything is read.
    """
    named = [Path(path) if str(path) != STDIN else None for path in paths]
    for path in named:
        if path is not None and not path.exists():
            raise BadInput(f"{path}: no such file; check the spelling or give the full path")
    return _read_all(named, options, fetched_at)


def _read_all(
    named: list[Path | None], options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    for path in named:
        if path is None:
            yield from read_stream(sys.stdin.buffer, "standard input", options, fetched_at)
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            yield from _read_all(list(inside), options, fetched_at)
        else:
            try:
                with path.open("rb") as stream:
                    yield from read_stream(stream, path.name, options, fetched_at)
            except OSError as error:
                yield Held(HoldReason.MALFORMED, f"{path.name}: cannot be read: {error.strerror or error}")


def read_stream(
    stream: BinaryIO, name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Items of one open file. A compressed one is unpacked on the way, whatever its name says."""
    source = PackedStream(stream)
    plain_name = name[:-3] if name.lower().endswith(".gz") else name
    charset = charset_of(source.head, whole=False)
    is_wide = charset is not None and charset.startswith(("utf-16", "utf-32"))
    head = source.head.decode(charset, "replace").encode() if charset and is_wide else source.head
    kind = _kind_of(plain_name, head, is_binary=charset is None)
    if kind == "empty":
        reason = HoldReason.TRUNCATED if source.broken else HoldReason.EMPTY
        yield Held(reason, f"{name}: {source.broken or 'the file is empty'}")
        return
    if kind == "binary":
        yield Held(HoldReason.NOT_TEXT, f"{name}: binary content where text was expected")
        return
    lines: io.BufferedReader[Any] = io.BufferedReader(source, buffer_size=1 << 18)
    if is_wide and kind in {"csv", "jsonl", "json", "telegram"}:
        assert charset is not None
        lines = io.BufferedReader(_Recoded(source, charset))
    match kind:
        case "text" | "html":
            yield _page(lines, name, kind, options, fetched_at)
            if source.broken:
                yield Held(HoldReason.TRUNCATED, f"{name}: {source.broken}")
            return
        case "warc":
            items = warc.items(lines, name, options, fetched_at)
        case "csv":
            items = table.csv_items(lines, head, name, options, fetched_at)
        case "jsonl":
            items = table.jsonl_items(lines, name, options, fetched_at)
        case "json":
            items = table.json_items(lines, name, options, fetched_at)
        case "telegram":
            items = telegram.items(lines, name, options, fetched_at)
        case _:
            with tempfile.TemporaryFile() as whole:
                while chunk := lines.read(1 << 20):
                    whole.write(chunk)
                whole.seek(0)
                yield from table.parquet_items(whole, name, options, fetched_at)
            return
    has_said_cut = False
    for item in items:
        has_said_cut = has_said_cut or (isinstance(item, Held) and item.reason is HoldReason.TRUNCATED)
        yield item
    if source.broken and not has_said_cut:
        yield Held(HoldReason.TRUNCATED, f"{name}: {source.broken}")


def _page(
    stream: "io.BufferedReader[Any]", name: str, kind: str, options: ImportOptions, fetched_at: datetime
) -> Outcome[Fetched]:
    body = stream.read(options.max_item_bytes + 1)
    if len(body) > options.max_item_bytes:
        return Held(HoldReason.TOO_LARGE, f"{name}: more than {options.max_item_bytes} bytes in one document")
    if not body.strip():
        return _empty(name)
    owner = options.source
    if kind == "html":
        return Passed(
            Fetched(
                source=filed_under(owner),
                address=None,
                media_type="text/html",
                body=body,
                language_hint=owner.language_hint,
                fetched_at=fetched_at,
                name=name,
            )
        )
    text = decoded(body)
    if text is None:
        return Held(HoldReason.NOT_TEXT, f"{name}: binary content under a text's name")
    plain = shareable(text.lstrip("\ufeff").replace("\r\n", "\n"), owner.ownership).strip()
    if not plain:
        return _empty(name)
    return Passed(
        Fetched(
            source=filed_under(owner),
            address=None,
            media_type="text/plain",
            body=plain.encode(),
            charset="utf-8",
            text=plain,
            language_hint=owner.language_hint,
            fetched_at=fetched_at,
            name=name,
        )
    )


def _empty(name: str) -> Held:
    return Held(HoldReason.EMPTY, f"{name}: no text in it")


def _kind_of(name: str, head: bytes, *, is_binary: bool) -> str:
    if not head:
        return "empty"
    # Content that cannot be anything else outranks the name.
    if head.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PAR1"):
        return "parquet"
    named = _KINDS.get(Path(name).suffix.lower())
    if is_binary:
        return "binary"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if named == "json" or (named is None and start[:1] in (b"{", b"[")):
        return _kind_of_json(start)
    if named is not None:
        return named
    lowered = start[:2048].lower()
    if lowered.startswith((b"<!doctype html", b"<html")) or (lowered[:1] == b"<" and b"<body" in lowered):
        return "html"
    return "csv" if looks_tabular(head) else "text"


def _kind_of_json(start: bytes) -> str:
    if start[:1] == b"[":
        return "json"
    if telegram.looks_like_export(start):
        return "telegram"
    first = start.split(b"\n", 1)[0].rstrip()
    return "jsonl" if first.endswith(b"}") else "json"


class PackedStream(io.RawIOBase):
    """A file with gzip taken off, where it has any; a damaged end reads as the end, told by `broken`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._packed = stream.read(2)
        self._machine = zlib.decompressobj(31) if self._packed == _GZIP else None
        self.broken = ""
        """Why the stream ended early; empty where it did not."""
        self.head = b""
        while len(self.head) < SNIFF_BYTES and (more := self._take(SNIFF_BYTES - len(self.head))):
            self.head += more
        self._pending = self.head

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        if self._pending:
            data, self._pending = self._pending[:size], self._pending[size:]
        else:
            data = self._take(size)
        buffer[: len(data)] = data
        return len(data)

    def _take(self, size: int) -> bytes:
        # Not GzipFile: at a cut it raises and throws away what it had unpacked.
        if self._machine is None:
            first, self._packed = self._packed[:size], self._packed[size:]
            return first or self._stream.read(size)
        while not self.broken:
            packed, self._packed = self._packed or self._stream.read(_CHUNK), b""
            if self._machine.eof:
                packed = packed.lstrip(b"\x00")
                if not packed.startswith(_GZIP[: len(packed)]) or not packed:
                    return b""
                self._machine = zlib.decompressobj(31)
            if not packed:
                self.broken = "the compressed file ends before its own end"
                return b""
            try:
                data = self._machine.decompress(packed, size)
            except zlib.error as error:
                self.broken = f"the compressed file is damaged: {error}"
                return b""
            self._packed = self._machine.unused_data or self._machine.unconsumed_tail
            if data:
                return data
        return b""


class _Recoded(io.RawIOBase):
    """A stream of UTF-16 or UTF-32 as UTF-8, for readers of lines and of JSON."""

    def __init__(self, stream: io.RawIOBase, charset: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(charset)("replace")
        self._pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        while not self._pending:
            data = self._stream.read(_CHUNK) or b""
            self._pending = self._decoder.decode(data, final=not data).encode("utf-8", "replace")
            if not data:
                break
        data, self._pending = self._pending[:size], self._pending[size:]
        buffer[: len(data)] = data
        return len(data)
