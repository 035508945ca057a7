"""Exports hold what the filter finds, at its snapshot, in every form; and leave in pieces, on record."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import NOW
from tests.reports.newsroom import SECRET, index, publication
from tests.reports.newsroom import file as put

from aimas.app import App
from aimas.core import StoredPublication, Tone
from aimas.rendering import tables
from aimas.rendering.tables import About, exported
from aimas.reports.exports import COLUMNS, FORMULAS, Form, neutral

FORMS = list(Form)


def taken(app: App, form: Form, query: str = "*", at: int | None = None) -> bytes:
    question = app.search.ask(query, "kz-mia", at)
    about = About(query, "kz-mia", question.scope.snapshot, app.search.count(question), app.settings.zone)
    return b"".join(exported(app.search.everything(question), form, about))


def read(raw: bytes, form: Form) -> list[dict[str, Any]]:
    match form:
        case Form.JSONL:
            return [msgspec.json.decode(line) for line in raw.splitlines()]
        case Form.CSV:
            return list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
        case Form.PARQUET:
            return list(pq.read_table(io.BytesIO(raw)).to_pylist())
        case Form.XLSX:
            book = openpyxl.load_workbook(io.BytesIO(raw))
            rows: list[dict[str, Any]] = []
            for sheet in book.worksheets[:-1]:
                head, *lines = sheet.iter_rows(values_only=True)
                rows += [dict(zip(head, line, strict=True)) for line in lines]
            return rows


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "query", ["*", "tone:critical", "is:undated", "region:KZ-75 OR lang:kk", "нетничего"]
)
def test_an_export_is_the_filters_list(newsroom: App, form: Form, query: str) -> None:
    question = newsroom.search.ask(query, "kz-mia")
    listed = [p.id for p in newsroom.search.everything(question)]
    assert len(listed) == newsroom.search.count(question)
    assert [row["id"] for row in read(taken(newsroom, form, query), form)] == listed


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_later_is_not_in_an_export_of_before(newsroom: App, form: Form) -> None:
    at = newsroom.index.position()
    before = taken(newsroom, form, "tone:critical", at)
    put(newsroom, publication(0.01, Tone.CRITICAL, number=80))
    index(newsroom)
    assert len(read(taken(newsroom, form, "tone:critical"), form)) == len(read(before, form)) + 1
    again = read(taken(newsroom, form, "tone:critical", at), form)
    assert again == read(before, form)


def test_all_forms_say_the_same(newsroom: App) -> None:
    found = {form: read(taken(newsroom, form, "is:relevant"), form) for form in FORMS}
    for line in zip(*found.values(), strict=True):
        jsonl, flat, sheet, parquet = line
        for column in ("id", "source", "language", "title", "story", "chain"):
            assert jsonl[column] == flat[column] == sheet[column] == parquet[column]
        assert (jsonl["tone"] or "") == flat["tone"] == (sheet["tone"] or "") == (parquet["tone"] or "")
        assert flat["evidence"] == (sheet["evidence"] or "") == "; ".join(parquet["evidence"])
        assert [m["span"] for m in jsonl["mentions"]] == [[m["start"], m["end"]] for m in parquet["mentions"]]
    assert any(row["evidence"] == "отчиталась" for row in found[Form.CSV])


def test_parquet_has_types_and_says_what_it_is(newsroom: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "ROWS_A_GROUP", 4)
    raw = taken(newsroom, Form.PARQUET, "is:relevant is:dated")
    file = pq.ParquetFile(io.BytesIO(raw))
    assert file.metadata.num_row_groups == -(-file.metadata.num_rows // 4)
    types = {f.name: str(f.type) for f in file.schema_arrow}
    assert types["published_at"] == "timestamp[us, tz=UTC]"
    assert types["regions"] == "list<element: string>"
    assert types["confidence"] == "double"
    assert file.schema_arrow.metadata[b"aimas.query"] == b"is:relevant is:dated"
    first = file.read().to_pylist()[0]
    assert isinstance(first["published_at"], datetime) and first["published_at"] <= NOW.astimezone(UTC)


def test_a_workbook_goes_on_in_the_next_sheet(newsroom: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHEET", 5)
    raw = taken(newsroom, Form.XLSX)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == [
        *("publications" if n == 1 else f"publications {n}" for n in range(1, 5)),
        "about",
    ]
    assert len(read(raw, Form.XLSX)) == 19
    about = dict(book["about"].iter_rows(values_only=True))
    assert (about["query"], about["publications"]) == ("*", 19)


def test_a_text_longer_than_a_cell_is_cut_and_says_so(newsroom: App) -> None:
    put(newsroom, publication(0.01, Tone.CRITICAL, number=81, text="Полиция отчиталась. " * 3_000))
    index(newsroom)
    long = max(read(taken(newsroom, Form.XLSX, "is:relevant"), Form.XLSX), key=lambda r: len(r["text"]))
    assert long["text"].endswith("more characters]")
    assert len(long["text"]) < 32_767


DANGEROUS = ['=HYPERLINK("http://x.test")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "  =1", "＝1"]


@pytest.mark.parametrize("title", DANGEROUS)
def test_a_spreadsheet_runs_nothing_of_a_publication(newsroom: App, title: str) -> None:
    put(newsroom, publication(0.01, Tone.CRITICAL, number=82, title=title))
    index(newsroom)
    rows = read(taken(newsroom, Form.CSV, "is:relevant"), Form.CSV)
    (row,) = [r for r in rows if r["title"].lstrip("'\t ") == title.lstrip("\t ")]
    assert row["title"].startswith("'")
    book = openpyxl.load_workbook(io.BytesIO(taken(newsroom, Form.XLSX, "is:relevant")))
    cells = [c for r in book["publications"].iter_rows() for c in r if str(c.value).strip() == title.strip()]
    assert [(c.data_type, c.quotePrefix) for c in cells] == [("s", True)]


@given(st.text())
def test_no_neutral_text_begins_like_a_formula(text: str) -> None:
    made = neutral(text)
    assert not made.startswith(FORMULAS)
    assert made.removeprefix("'") == text or made == text


class Asked:
    """Counts what was taken from it."""

    def __init__(self, publications: list[StoredPublication], times: int) -> None:
        self.count = 0
        self._all = publications * times

    def __iter__(self) -> Iterator[StoredPublication]:
        for p in self._all:
            self.count += 1
            yield p


@pytest.mark.parametrize(("form", "most"), [(Form.JSONL, 200), (Form.CSV, 400), (Form.PARQUET, 2_000)])
def test_the_first_piece_leaves_long_before_the_last_publication_is_read(
    newsroom: App, form: Form, most: int
) -> None:
    everything = list(newsroom.search.everything(newsroom.search.ask("is:relevant", "kz-mia")))
    asked = Asked(everything, 400)
    about = About("*", "kz-mia", 1, 6_000, newsroom.settings.zone)
    pieces = exported(asked, form, about)
    assert asked.count == 0
    first = next(pieces)
    assert first
    assert 0 < asked.count <= most
    rest = b"".join(pieces)
    assert len(read(first + rest, form)) == asked.count == 400 * len(everything)


def test_columns_are_known_by_name_in_every_flat_form(newsroom: App) -> None:
    names = [c.name for c in COLUMNS]
    assert next(csv.reader(io.StringIO(taken(newsroom, Form.CSV).decode()))) == names
    assert list(read(taken(newsroom, Form.XLSX), Form.XLSX)[0]) == names
    assert [*names, "mentions"] == pq.read_schema(io.BytesIO(taken(newsroom, Form.PARQUET))).names


@pytest.mark.parametrize("form", FORMS)
def test_no_personal_page_is_named(newsroom: App, form: Form) -> None:
    raw = taken(newsroom, form)
    shown = msgspec.json.encode([{k: str(v) for k, v in r.items()} for r in read(raw, form)]).decode()
    assert '"personal"' in shown
    assert SECRET not in shown
