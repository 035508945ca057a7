"""Texts lie packed in a file of SQLite, and nobody who reads the records sees it."""

from pathlib import Path

import pytest
from tests.builders import Shelf, reading

from aimas.core import BadInput
from aimas.ledger import verify
from aimas.storage import migrations, schema
from aimas.storage.database import writing
from aimas.storage.packed import LEAST, packed, unpacked

LONG = "Полиция области сообщила, что дорогу откроют утром. " * 40
LATER = "Ілияс пен Әсел жолда қалды. " * 30


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def kept(shelf: Shelf) -> list[object]:
    with shelf.engine.connect() as connection:
        query = "SELECT text FROM publications ORDER BY position"
        return [row[0] for row in connection.exec_driver_sql(query)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("а" * (LEAST // 2 - 1), id="just too short"),
        pytest.param("а" * (LEAST // 2), id="just long enough"),
        pytest.param(LONG, id="long"),
        pytest.param("\0" * 400, id="NUL"),
        pytest.param("".join(map(chr, range(0x4E00, 0x4E00 + 300))), id="hardly a letter twice"),
    ],
)
def test_a_text_comes_back_as_it_was(text: str) -> None:
    small = packed(text)
    assert len(small if isinstance(small, bytes) else small.encode()) <= len(text.encode())
    assert (unpacked(small) if isinstance(small, bytes) else small) == text


def test_the_file_holds_half_of_a_long_text_and_records_tell_it_whole(shelf: Shelf) -> None:
    shelf.file(reading(LONG, address="https://a.kz/1"), reading("Short.", address="https://a.kz/2"))
    long, short = kept(shelf)
    assert isinstance(long, bytes) and 2 * len(long) < len(LONG.encode())
    assert short == "Short."
    assert [p.text for p in shelf.records.by_reading([1, 2])] == [LONG, "Short."]
    assert verify(shelf.records) == []


def test_what_was_written_plain_before_is_read_as_it_is(shelf: Shelf) -> None:
    shelf.file(reading(LONG, address="https://a.kz/1"))
    shelf.meddle(f"UPDATE publications SET text = '{LONG}'")
    assert kept(shelf) == [LONG]
    assert shelf.records.by_reading([1])[0].text == LONG
    assert verify(shelf.records) == []


@pytest.mark.parametrize("damage", ["x'00'", "substr(text, 1, length(text) - 9)", "x'ff' || text"])
def test_damaged_bytes_are_no_crash_but_a_finding(shelf: Shelf, damage: str) -> None:
    shelf.file(reading(LONG, address="https://a.kz/1"), reading(LATER, address="https://a.kz/2"))
    shelf.meddle(f"UPDATE publications SET text = CAST({damage} AS BLOB) WHERE position = 1")
    assert [found.position for found in verify(shelf.records)] == [1]
    assert shelf.records.by_reading([2])[0].text == LATER


def test_a_step_back_writes_over_nothing_that_is_damaged(shelf: Shelf) -> None:
    shelf.file(reading(LONG, address="https://a.kz/1"), reading(LATER, address="https://a.kz/2"))
    shelf.meddle("UPDATE publications SET text = CAST(x'00' AS BLOB) WHERE position = 2")
    before = kept(shelf)
    with (
        pytest.raises(BadInput, match="text of publication 2 is damaged"),
        writing(shelf.engine) as connection,
    ):
        migrations.move(connection, schema.VERSION, 6)
    assert kept(shelf) == before


def test_a_step_back_leaves_texts_that_the_older_program_reads(shelf: Shelf) -> None:
    shelf.file(reading(LONG, address="https://a.kz/1"), reading(LATER, address="https://a.kz/2"))
    with writing(shelf.engine) as connection:
        migrations.move(connection, schema.VERSION, 6)
    assert kept(shelf) == [LONG, LATER]
    with writing(shelf.engine) as connection:
        migrations.move(connection, 6, schema.VERSION)
    assert [p.text for p in shelf.records.by_reading([1, 2])] == [LONG, LATER]
    assert verify(shelf.records) == []
