"""`entry:` finds what certain entries of the ledger brought, at any later snapshot."""

import itertools
from datetime import date

import pytest
from tests.alerts.conftest import Desk

from aimas.search import QueryError, parse, written

TODAY = date(2026, 9, 16)


@pytest.mark.parametrize(
    ("query", "again"),
    [
        ("entry:120..180", "entry:120..180"),
        ("entry:7", "entry:7"),
        ("entry:7..7", "entry:7"),
        ("entry:..9", "entry:..9"),
        ("entry:9..", "entry:9.."),
        ("a1 NOT entry:(3 OR 5..6)", "a1 AND (NOT (entry:3 OR entry:5..6))"),
    ],
)
def test_it_is_written_as_it_is_read(query: str, again: str) -> None:
    node = parse(query, TODAY)
    assert written(node) == again
    assert parse(again, TODAY) == node


@pytest.mark.parametrize(
    "query", ["entry:x", "entry:", "entry:..", "entry:9..3", "entry:-4", "entry:1.5", 'entry:"a b"']
)
def test_what_is_no_entry_is_told(query: str) -> None:
    with pytest.raises(QueryError):
        parse(query, TODAY)


def test_it_counts_what_these_entries_brought(desk: Desk) -> None:
    search = desk.app.search
    marks = [desk.app.records.head()]
    for n in (3, 1, 4):
        desk.file(*(f"Полиция {n} {k}." for k in range(n)))
        marks.append(desk.app.records.head())
    for (first, last), n in zip(itertools.pairwise(marks), (3, 1, 4), strict=True):
        question = search.ask(f"полиция entry:{first + 1}..{last}", "kz-mia")
        assert search.count(question) == len(list(search.everything(question))) == n
    assert search.count(search.ask(f"entry:{marks[1] + 1}..", "kz-mia")) == 5
    assert search.count(search.ask(f"entry:..{marks[1]}", "kz-mia")) == 3
    assert search.count(search.ask("entry:999999999999999", "kz-mia")) == 0
