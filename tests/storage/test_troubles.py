"""A disk that is full, a database that is locked, files that are damaged: a plain word, and nothing half-written."""

import errno
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.builders import KEY, Shelf, reading

from aimas.core import BadInput, Unavailable
from aimas.ledger import verify
from aimas.storage import database, originals
from aimas.storage.database import open_database
from aimas.storage.originals import Sealed, Vault


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Shelf]:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    made = Shelf(tmp_path / "impatient")
    yield made
    made.close()


def test_a_locked_database_says_who_is_in_the_way(impatient: Shelf) -> None:
    with closing(sqlite3.connect(impatient.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="busy: another process writes") as refused:
            impatient.file(reading("A"))
        assert refused.value.retry_after_s
        assert impatient.records.head() == 0, "readers are not in the way"
        other.execute("ROLLBACK")
    impatient.file(reading("A"))
    assert impatient.records.head() == 1


def test_a_full_disk_under_the_records_keeps_all_or_nothing(shelf: Shelf) -> None:
    shelf.file(reading("A"))

    def limit(pages: int) -> None:
        shelf.engine.dispose()
        with shelf.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            raw.execute(f"PRAGMA max_page_count={pages}")

    with closing(sqlite3.connect(shelf.path)) as plain:
        (used,) = plain.execute("PRAGMA page_count").fetchone()
    limit(used)
    with pytest.raises(Unavailable, match="No room left on the disk"):
        shelf.file(*(reading(f"Text {n} " + "x" * 4_000) for n in range(50)))
    assert shelf.records.head() == 1
    assert verify(shelf.records) == []
    limit(1_000_000)
    shelf.file(*(reading(f"Text {n} " + "x" * 4_000) for n in range(50)))
    assert shelf.records.head() == 51
    assert verify(shelf.records) == []


class AlmostFull(io.FileIO):
    """Takes `room` bytes more, the last of them in a short write, and then refuses, as a real disk does."""

    room = 0

    def write(self, data: Any) -> int:
        if not AlmostFull.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = memoryview(data)[: AlmostFull.room]
        AlmostFull.room -= len(taken)
        return super().write(taken)


def test_a_full_disk_under_the_originals_keeps_all_or_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals.io, "FileIO", AlmostFull)
    AlmostFull.room = 10_000
    shelf.file(reading("A"))
    AlmostFull.room = 100
    with pytest.raises(Unavailable, match="No space left"):
        shelf.file(reading("B"), reading("C"))
    assert shelf.records.head() == 1
    assert verify(shelf.records) == []
    AlmostFull.room = 10_000
    shelf.file(reading("B"), reading("C"))
    assert verify(shelf.records) == []
    body = shelf.records.by_reading([3])[0].original
    assert body and shelf.records.open_original(body).body == b"C"


def test_a_short_write_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Sips(io.FileIO):
        def write(self, data: Any) -> int:
            return super().write(memoryview(data)[:7])

    monkeypatch.setattr(originals.io, "FileIO", Sips)
    vault = Vault(tmp_path, KEY)
    sealed = seal(vault, b"the whole of it")
    assert vault.read(sealed).body == b"the whole of it"


def test_what_a_full_disk_took_of_an_original_is_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals.io, "FileIO", AlmostFull)
    AlmostFull.room = 100
    with pytest.raises(Unavailable):
        seal(Vault(tmp_path, KEY))
    assert [p.stat().st_size for p in tmp_path.iterdir()] == [0]


def seal(vault: Vault, body: bytes = b"body") -> Sealed:
    from tests.builders import NOW

    return vault.seal("https://a.kz/1", "text/html", NOW, body)


def test_an_original_comes_back_with_its_headers(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEY)
    opened = vault.read(seal(vault, "тело".encode()))
    assert opened.body.decode() == "тело"
    assert (opened.address, opened.media_type) == ("https://a.kz/1", "text/html")
    assert opened.fetched_at == "2026-05-12T09:00:00Z"


def test_no_word_of_an_original_lies_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path, KEY)
    seal(vault, b"a secret word " * 50)
    assert b"secret" not in b"".join(p.read_bytes() for p in tmp_path.iterdir())


def test_another_homes_key_opens_no_original(tmp_path: Path) -> None:
    sealed = seal(Vault(tmp_path, KEY))
    with pytest.raises(BadInput, match="key does not open"):
        Vault(tmp_path, bytes(32)).read(sealed)


@pytest.mark.parametrize("at", [0, 20, -1])
def test_damaged_bytes_are_not_shown(tmp_path: Path, at: int) -> None:
    vault = Vault(tmp_path, KEY)
    sealed = seal(vault)
    path = next(tmp_path.iterdir())
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="damaged; run: aimas verify"):
        vault.read(sealed)


def test_two_writers_never_share_a_segment(tmp_path: Path) -> None:
    one, other = Vault(tmp_path, KEY), Vault(tmp_path, KEY)
    sealed = [seal(v, b"%d" % n) for n, v in enumerate((one, other, one, other))]
    assert sealed[0].segment == sealed[2].segment != sealed[1].segment == sealed[3].segment
    assert [one.read(s).body for s in sealed] == [b"0", b"1", b"2", b"3"]


def test_a_full_segment_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(originals, "SEGMENT_BYTES", 1)
    vault = Vault(tmp_path, KEY)
    sealed = [seal(vault) for _ in range(3)]
    assert [s.segment for s in sealed] == [1, 2, 3]
    assert all(vault.read(s).body == b"body" for s in sealed)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        pytest.param(lambda p: None, "is not a home yet", id="nothing there"),
        pytest.param(lambda p: p.write_bytes(b"x" * 5_000), "is damaged", id="no database at all"),
        pytest.param(
            lambda p: (
                open_database(p, create=True).dispose(),
                closing(sqlite3.connect(p, isolation_level=None)).thing.execute(
                    "UPDATE meta SET value = '99' WHERE key = 'version'"
                ),
            ),
            "tables of version 99",
            id="of a later version",
        ),
    ],
)
def test_a_file_that_is_no_record_is_refused(tmp_path: Path, prepare: Any, words: str) -> None:
    path = tmp_path / "records.sqlite"
    prepare(path)
    with pytest.raises(BadInput, match=words):
        open_database(path)
