"""Rows of JSON Lines, JSON, CSV, TSV and Parquet; one row is one item."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

import msgspec
import pyarrow
import pyarrow.parquet

from aimas.core import DatedBy, Fetched, Held, HoldReason, Outcome, Passed
from aimas.sources.addresses import get_canonical
from aimas.sources.charsets import SNIFF_BYTES, charset_of
from aimas.sources.dates import moment
from aimas.sources.imports import ImportOptions, Owners, filed_under, is_personal, is_shared_house
from aimas.sources.jsonstream import BrokenJson, CutJson, JsonStream, TooLong
from aimas.sources.privacy import shareable, shareable_title

FIELDS = ("text", "title", "url", "published_at", "source", "lang", "html")
_USUAL: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text", "body", "content", "full_text", "fulltext", "article", "article_text", "maintext",
        "message", "post",
        "текст", "полный текст", "текст статьи", "текст публикации", "содержание", "сообщение", "мәтін",
        "мазмұны",
    ),
    "title": ("title", "headline", "name", "заголовок", "название", "тема", "тақырып", "атауы"),
    "url": ("url", "link", "address", "href", "uri", "permalink", "ссылка", "адрес", "сілтеме"),
    "published_at": (
        "published_at", "published", "publishedat", "date", "pubdate", "pub_date", "publish_date",
        "date_published",
        "datetime", "timestamp", "created_at", "time", "дата", "дата публикации", "опубликовано", "время",
        "күні",
        "жарияланған күні",
    ),
    "source": (
        "source", "outlet", "publisher", "site", "site_name", "domain", "media", "source_name",
        "источник", "издание",
        "сми", "сайт", "дереккөз", "бақ",
    ),
    "lang": ("lang", "language", "язык", "тіл", "тілі"),
    "html": ("html", "raw_html", "page"),
}  # fmt: skip
_DELIMITERS = ",;\t|"
_KNOWN = {name for names in _USUAL.values() for name in names}

# The default of 128 KiB is less than one long article with its comments.
csv.field_size_limit(16 * 1024 * 1024)


class Rows:
    """Turns one row of one file into its outcome; remembers which column is which."""

    def __init__(self, name: str, options: ImportOptions, fetched_at: datetime) -> None:
        self._name = name
        self._options = options
        self._fetched_at = fetched_at
        self._owners = Owners(options)
        self._layouts: dict[tuple[str, ...], dict[str, str]] = {}

    def layout(self, columns: tuple[str, ...]) -> dict[str, str]:
        """Field → column, by option first, then by usual names."""
        found = self._layouts.get(columns)
        if found is not None:
            return found
        plain = {_plain(column): column for column in reversed(columns)}
        found = {}
        for field in FIELDS:
            asked = self._options.columns.get(field)
            names = (asked,) if asked is not None else _USUAL[field]
            column = next((plain[_plain(name)] for name in names if _plain(name) in plain), None)
            if column is not None:
                found[field] = column
        if len(self._layouts) < 1024:
            self._layouts[columns] = found
        return found

    def outcome(self, row: Mapping[str, Any], number: int) -> Outcome[Fetched]:
        """`number` is the line or row as a person would count it, from 1."""
        where = f"{self._name}:{number}"
        layout = self.layout(tuple(row))
        text = _text(row.get(layout.get("text", "")))
        html = _text(row.get(layout.get("html", ""))) if not text else ""
        if not text and not html:
            wanted = self._options.columns.get("text") or layout.get("text")
            what = f"column '{wanted}' is empty" if wanted in row else "no column holds the text"
            return Held(HoldReason.MISSING_FIELD, f"{where}: {what}")
        if max(len(text), len(html)) > self._options.max_item_bytes:
            return Held(HoldReason.TOO_LARGE, f"{where}: more than {self._options.max_item_bytes} characters")
        address = get_canonical(_text(row.get(layout.get("url", ""))))
        label = _text(row.get(layout.get("source", "")))
        owner = self._owners.of(label, address)
        title = shareable_title(_text(row.get(layout.get("title", ""))), owner.ownership)
        dated = moment(
            _date(row.get(layout.get("published_at", ""))),
            self._fetched_at,
            self._options.timezone or owner.timezone,
        )
        plain = shareable(text, owner.ownership).strip() if text else None
        if text and not plain:
            return Held(HoldReason.EMPTY, f"{where}: nothing but a signature")
        personal = is_personal(owner)
        return Passed(
            Fetched(
                source=filed_under(owner),
                address=None if personal or is_shared_house(address, owner) else address,
                media_type="text/plain" if plain else "text/html",
                body=(plain or html).encode("utf-8", "replace"),
                charset="utf-8",
                title=title or None,
                text=plain,
                published_at=dated,
                dated_by=DatedBy.RECORD if dated else None,
                language_hint=_language(_text(row.get(layout.get("lang", "")))) or owner.language_hint,
                site_name=None if personal else owner.name,
                fetched_at=self._fetched_at,
                name=where,
            )
        )


def jsonl_items(
    stream: "io.BufferedReader[Any]", name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """One JSON object a line; a broken line is held with its number and the next one is read."""
    rows = Rows(name, options, fetched_at)
    limit = options.max_item_bytes
    number = 0
    for line in iter(lambda: stream.readline(limit + 1), b""):
        number += 1
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            yield Held(HoldReason.TOO_LARGE, f"{name}:{number}: a line of more than {limit} bytes")
            continue
        line = line.strip(b" \t\r\n\xef\xbb\xbf" if number == 1 else b" \t\r\n")
        if not line:
            continue
        try:
            row = msgspec.json.decode(line)
        except UnicodeDecodeError:
            yield Held(HoldReason.UNREADABLE_CHARSET, f"{name}:{number}: the line is not UTF-8")
            continue
        except msgspec.DecodeError as error:
            yield Held(HoldReason.MALFORMED, f"{name}:{number}: not JSON: {error}")
            continue
        except RecursionError:
            yield Held(HoldReason.BOMB, f"{name}:{number}: nested too deeply")
            continue
        if isinstance(row, dict):
            yield rows.outcome(row, number)
        else:
            yield Held(HoldReason.MALFORMED, f"{name}:{number}: not an object but {type(row).__name__}")


def json_items(
    stream: "io.BufferedReader[Any]", name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """An array of objects, or one object; read element by element."""
    rows = Rows(name, options, fetched_at)
    pull = JsonStream(stream, options.max_item_bytes)
    number = 0
    try:
        if pull.peek() == b"{":
            yield rows.outcome(pull.decoded_object(), 1)
            return
        for _ in pull.elements():
            number += 1
            try:
                row = pull.value()
            except TooLong:
                yield Held(HoldReason.TOO_LARGE, f"{name}:{number}: more than {options.max_item_bytes} bytes")
                continue
            if isinstance(row, dict):
                yield rows.outcome(row, number)
            else:
                yield Held(HoldReason.MALFORMED, f"{name}:{number}: not an object but {type(row).__name__}")
    except CutJson:
        yield Held(HoldReason.TRUNCATED, f"{name}: the JSON ends inside element {number or 1}")
    except TooLong:
        yield Held(HoldReason.TOO_LARGE, f"{name}: more than {options.max_item_bytes} bytes in one value")
    except BrokenJson as error:
        yield Held(HoldReason.MALFORMED, f"{name}: element {number or 1}: {error}")


def csv_items(
    stream: "io.BufferedReader[Any]", head: bytes, name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Rows under a header line; encoding and delimiter are told from the head."""
    charset = charset_of(head, whole=len(head) < SNIFF_BYTES) or "utf-8"
    # Surrogates mark undecodable bytes, so that one broken row does not end the file.
    text = io.TextIOWrapper(stream, charset, "surrogateescape", newline="")
    delimiter = delimiter_of(head.decode(charset, "replace"))
    reader = csv.reader(text, delimiter=delimiter)
    rows = Rows(name, options, fetched_at)
    try:
        header = tuple(column.strip().lstrip("\ufeff") for column in next(reader, []))
    except csv.Error as error:
        yield Held(HoldReason.MALFORMED, f"{name}:1: {error}")
        return
    layout = rows.layout(header)
    if "text" not in layout and "html" not in layout:
        shown = ", ".join(header[:12])
        yield Held(
            HoldReason.MISSING_FIELD,
            f"{name}: no column holds the text; name it as text=COLUMN; there are: {shown}",
        )
        return
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Held(HoldReason.MALFORMED, f"{name}:{line}: {error}")
            continue
        if not any(cells):
            continue
        if len(cells) > len(header) and any(cells[len(header) :]):
            yield Held(
                HoldReason.MALFORMED,
                f"{name}:{line}: {len(cells)} fields where the header names {len(header)}",
            )
            continue
        row = dict(zip(header, cells, strict=False))
        if any("\ud800" <= c <= "\udfff" for cell in cells if not cell.isascii() for c in cell):
            yield Held(HoldReason.UNREADABLE_CHARSET, f"{name}:{line}: bytes that are not {charset}")
            continue
        yield rows.outcome(row, line)


def parquet_items(
    stream: BinaryIO, name: str, options: ImportOptions, fetched_at: datetime
) -> Iterator[Outcome[Fetched]]:
    """Rows of a Parquet file, read in batches of its own columns that matter."""
    rows = Rows(name, options, fetched_at)
    number = 0
    try:
        file = pyarrow.parquet.ParquetFile(stream)
        layout = rows.layout(tuple(file.schema_arrow.names))
        if "text" not in layout and "html" not in layout:
            shown = ", ".join(file.schema_arrow.names[:12])
            yield Held(
                HoldReason.MISSING_FIELD,
                f"{name}: no column holds the text; name it as text=COLUMN; there are: {shown}",
            )
            return
        for batch in file.iter_batches(batch_size=1024, columns=list(layout.values())):
            for row in batch.to_pylist():
                number += 1
                yield rows.outcome(row, number)
    except (pyarrow.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        yield Held(HoldReason.MALFORMED, f"{name}: after row {number}: {reason}")


def delimiter_of(text: str) -> str:
    """The separator under which the header makes the most known column names, else the commonest in it."""
    header = next((line for line in text.splitlines() if line.strip()), "")

    def score(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([header], delimiter=delimiter), [])
        return sum(_plain(cell) in _KNOWN for cell in cells), len(cells)

    return max(_DELIMITERS, key=score)


def looks_tabular(head: bytes) -> bool:
    """Whether a file of no telling name has a header line with at least two known column names."""
    text = head.decode(charset_of(head, whole=False) or "utf-8", "replace")
    lines = text.splitlines()
    if len(lines) < 2:
        return False
    cells = next(csv.reader(lines[:1], delimiter=delimiter_of(text)), [])
    return len(cells) > 1 and sum(_plain(cell) in _KNOWN for cell in cells) >= 2


def _plain(column: str) -> str:
    return " ".join(column.strip().lstrip("\ufeff").casefold().split())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, list):
        return "\n".join(part for part in (_text(v) for v in value) if part)
    return ""


def _date(value: Any) -> str | int | float | datetime | None:
    if isinstance(value, str | int | float | datetime):
        return value
    return value.isoformat() if isinstance(value, date) else None


def _language(value: str) -> str | None:
    return value[:16].lower() or None
