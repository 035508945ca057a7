"""Exports as they leave: piece by piece, in memory that does not grow with their length."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any

import msgspec

from aimas.core import Span, StoredPublication
from aimas.public import PublicPublication, public
from aimas.reports.exports import COLUMNS, Form, neutral

PIECE = 64 * 1024
ROWS_A_GROUP = 2_000
"""Of Parquet: held in memory until they are written together."""
SHEET = 1_048_575
"""Rows of a worksheet below its head; what is more goes on in the next one."""
CELL = 32_000
"""Characters of a spreadsheet's cell, safely under Excel's 32,767; a longer text is cut and says so."""


class About(msgspec.Struct, frozen=True):
    """What an export holds, for the file itself to say."""

    query: str
    institution: str
    snapshot: int
    count: int
    zone: tzinfo


def exported(publications: Iterable[StoredPublication], form: Form, about: About) -> Iterator[bytes]:
    """The whole file in pieces; nothing is read from `publications` before the first is asked for."""
    shown = (Shown(public(p, about.institution), p.shown) for p in publications)
    match form:
        case Form.JSONL:
            return _gathered(msgspec.json.encode(s.publication) + b"\n" for s in shown)
        case Form.CSV:
            return _gathered(_csv(shown))
        case Form.XLSX:
            return _xlsx(shown, about)
        case Form.PARQUET:
            return _parquet(shown, about)


class Shown(msgspec.Struct, frozen=True):
    publication: PublicPublication
    text: str
    """In which its spans count."""

    def flat(self) -> dict[str, Any]:
        row: dict[str, Any] = {f: getattr(self.publication, f) for f in self.publication.__struct_fields__}
        row["evidence"] = self.evidence()
        return row

    def evidence(self) -> list[str]:
        """The words that decided, in the order of the text; found at filing or not at all."""
        spans: set[Span] = set()
        for mention in self.publication.mentions:
            said = mention.stands
            if said is not None:
                spans.update(said.evidence)
        return [" ".join(s.of(self.text).split()) for s in sorted(spans)]


def _gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def _csv(shown: Iterable[Shown]) -> Iterator[bytes]:
    line = io.StringIO()
    table = csv.writer(line)

    def taken() -> bytes:
        raw = line.getvalue().encode()
        line.seek(0)
        line.truncate()
        return raw

    table.writerow([c.name for c in COLUMNS])
    yield taken()
    for one in shown:
        row = one.flat()
        table.writerow([_csv_cell(row[c.name]) for c in COLUMNS])
        yield taken()


def _csv_cell(value: Any) -> Any:
    match value:
        case None | int() | float():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case list() | tuple():
            return neutral(_joined(value))
        case _:
            return neutral(str(value))


def _joined(values: Iterable[Any]) -> str:
    return "; ".join(map(str, values))


def _xlsx(shown: Iterable[Shown], about: About) -> Iterator[bytes]:
    # Written whole before its first byte can leave: a workbook is a ZIP whose parts are known at the end.
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="aimas-") as folder, tempfile.TemporaryFile(dir=folder) as file:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        book = xlsxwriter.Workbook(file, options)
        looks = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "share": book.add_format({"num_format": "0.000"}),
            # What begins like a formula stays text even when a person edits the cell.
            "quoted": book.add_format({"quote_prefix": True}),
        }
        sheet, line, cut = None, SHEET, 0
        for n, one in enumerate(shown):
            if line >= SHEET:
                sheet, line = _sheet(book, looks, n // SHEET + 1), 0
            line += 1
            assert sheet is not None
            row = one.flat()
            for at, column in enumerate(COLUMNS):
                cut += _xlsx_cell(sheet, line, at, row[column.name], looks, about.zone)
        if sheet is None:
            _sheet(book, looks, 1)
        _about_sheet(book, looks, about, cut)
        book.close()
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


WIDTHS = {"moment": 19, "list": 24, "text": 16, "share": 10, "whole": 8}


def _sheet(book: Any, looks: Mapping[str, Any], number: int) -> Any:
    sheet = book.add_worksheet("publications" if number == 1 else f"publications {number}")
    sheet.freeze_panes(1, 1)
    for at, column in enumerate(COLUMNS):
        sheet.set_column(at, at, 60 if column.name in ("title", "text") else WIDTHS[column.holds])
    for at, column in enumerate(COLUMNS):
        sheet.write_string(0, at, column.name, looks["head"])
    return sheet


def _xlsx_cell(sheet: Any, line: int, at: int, value: Any, looks: Mapping[str, Any], zone: tzinfo) -> int:
    """1 where the text had to be cut."""
    match value:
        case None:
            return 0
        case bool() | int():
            sheet.write_number(line, at, value)
        case float():
            sheet.write_number(line, at, value, looks["share"])
        case datetime():
            sheet.write_datetime(line, at, value.astimezone(zone).replace(tzinfo=None), looks["moment"])
        case _:
            text = _joined(value) if isinstance(value, list | tuple) else str(value)
            is_cut = len(text) > CELL
            if is_cut:
                text = f"{text[:CELL]} … [{len(text) - CELL} more characters]"
            sheet.write_string(line, at, text, looks["quoted"] if neutral(text) != text else None)
            return int(is_cut)
    return 0


def _about_sheet(book: Any, looks: Mapping[str, Any], about: About, cut: int) -> None:
    sheet = book.add_worksheet("about")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    told = (
        ("query", about.query),
        ("institution", about.institution),
        ("snapshot (ledger entry)", about.snapshot),
        ("publications", about.count),
        ("time zone of moments", str(about.zone)),
        (f"texts cut at {CELL} characters", cut),
    )
    for line, (name, value) in enumerate(told):
        sheet.write_string(line, 0, name, looks["head"])
        if isinstance(value, int):
            sheet.write_number(line, 1, value)
        else:
            sheet.write_string(line, 1, value, looks["quoted"])


class _Passage(io.RawIOBase):
    """A file that keeps only what was not yet taken from it."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._passed = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def tell(self) -> int:
        return self._passed + len(self._held)

    def taken(self) -> bytes:
        raw = bytes(self._held)
        self._passed += len(raw)
        self._held.clear()
        return raw


def _parquet(shown: Iterable[Shown], about: About) -> Iterator[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    told = {"query": about.query, "institution": about.institution, "snapshot": str(about.snapshot)}
    schema = _schema().with_metadata({f"aimas.{k}": v for k, v in told.items()})
    passage = _Passage()
    writer = pq.ParquetWriter(pa.PythonFile(passage, mode="w"), schema, compression="zstd")
    group: list[dict[str, Any]] = []
    for one in shown:
        group.append(_record(one))
        if len(group) == ROWS_A_GROUP:
            writer.write_table(pa.Table.from_pylist(group, schema=schema))
            group.clear()
            yield passage.taken()
    if group:
        writer.write_table(pa.Table.from_pylist(group, schema=schema))
    writer.close()
    yield passage.taken()


def _record(one: Shown) -> dict[str, Any]:
    row = one.flat()
    row["mentions"] = [
        {
            "target": m.target,
            "start": m.span.start,
            "end": m.span.end,
            "sentence": m.sentence.of(one.text),
            "why": m.why,
            "speaker": m.speaker,
            "tone": m.stands.value.value if m.stands else None,
            "confidence": m.stands.confidence if m.stands else None,
            "by": m.stands.by if m.stands else None,
            "evidence": [{"start": s.start, "end": s.end} for s in (m.stands.evidence if m.stands else ())],
        }
        for m in one.publication.mentions
    ]
    return {k: str(v) if isinstance(v, str) else v for k, v in row.items()}


@cache
def _schema() -> Any:
    import pyarrow as pa

    kinds = {
        "text": pa.string(),
        "list": pa.list_(pa.string()),
        "moment": pa.timestamp("us", tz="UTC"),
        "share": pa.float64(),
        "whole": pa.int32(),
    }
    span = pa.struct([("start", pa.int32()), ("end", pa.int32())])
    mention = pa.struct(
        [
            ("target", pa.string()),
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("sentence", pa.string()),
            ("why", pa.string()),
            ("speaker", pa.string()),
            ("tone", pa.string()),
            ("confidence", pa.float64()),
            ("by", pa.string()),
            ("evidence", pa.list_(span)),
        ]
    )
    flat = [pa.field(c.name, kinds[c.holds], nullable=c.name not in ("id", "text")) for c in COLUMNS]
    return pa.schema([*flat, pa.field("mentions", pa.list_(mention))])
