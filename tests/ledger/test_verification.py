"""What a keeper of the home could do to it, and what `verify` says then."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.builders import KEY, NOW, Shelf, fetched, reading

from aimas.core import BadInput, Held, HoldReason, Tone
from aimas.ledger import (
    GENESIS,
    Breach,
    Checkpoint,
    EntryKind,
    entry_hash,
    public_key_of,
    read_checkpoint,
    sign,
    verify,
    write_checkpoint,
)

pytestmark = pytest.mark.both_records

SIGNER = Ed25519PrivateKey.from_private_bytes(KEY)


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    """Sixteen entries of every kind: 1–12 filed, 13 revises 1, 14 rereads 2, 15 held, 16 an act."""
    shelf.file(*(reading(f"Текст {n} о полиции.", address=f"https://a.kz/{n}") for n in range(1, 13)))
    with shelf.archive.settling() as settlement:
        settlement.file([reading("Текст 1 исправлен.", address="https://a.kz/1")])
        settlement.reread(2, reading("Текст 2 о полиции.", tone=Tone.CRITICAL))
        settlement.hold("extract", fetched(), Held(HoldReason.EMPTY, "no text"), source="tengri", name="row")
        settlement.act("source-declared", "tengri", {"name": "Tengri"})
    return shelf


def tamper(shelf: Shelf, *statements: str) -> None:
    shelf.meddle(*statements)


def found(shelf: Shelf, *against: Checkpoint) -> list[tuple[Breach, int | None]]:
    return [(f.breach, f.position) for f in verify(shelf.records, against, key=public_key_of(SIGNER))]


def checkpoint(shelf: Shelf) -> Checkpoint:
    position, head = shelf.records.head_hash()
    return sign(SIGNER, shelf.records.home, position, head, NOW)


def test_an_untouched_home_is_whole(full: Shelf) -> None:
    assert full.records.head() == 16
    assert verify(full.records, [checkpoint(full)], key=public_key_of(SIGNER)) == []


@pytest.mark.parametrize(
    ("statement", "breach", "position"),
    [
        pytest.param("UPDATE publications SET text = text || '.' WHERE position = 5", Breach.RECORD, 5, id="a letter of a text"),
        pytest.param("UPDATE publications SET title = 'x' WHERE position = 5", Breach.RECORD, 5, id="a title"),
        pytest.param("UPDATE publications SET published_at = published_at + 1 WHERE position = 6", Breach.RECORD, 6, id="a second of a date"),
        pytest.param("UPDATE publications SET source = 'other' WHERE position = 6", Breach.RECORD, 6, id="a source"),
        pytest.param("UPDATE publications SET id = 'other' WHERE position = 6", Breach.RECORD, 6, id="an id"),
        pytest.param("UPDATE publications SET original = NULL WHERE position = 6", Breach.RECORD, 6, id="the name of an original"),
        pytest.param("UPDATE publications SET digest = x'00' WHERE position = 6", Breach.RECORD, 6, id="a text's digest"),
        pytest.param("UPDATE readings SET findings = x'7b7d' WHERE position = 7", Breach.RECORD, 7, id="a byte of a reading"),
        pytest.param("UPDATE readings SET language = 'kk' WHERE position = 14", Breach.RECORD, 14, id="a newer reading's language"),
        pytest.param("UPDATE held SET detail = 'nothing' WHERE position = 15", Breach.RECORD, 15, id="why something is held"),
        pytest.param("UPDATE acts SET detail = '{}' WHERE position = 16", Breach.RECORD, 16, id="what an act was"),
        pytest.param("UPDATE ledger SET actor = 'person:other' WHERE position = 9", Breach.CHAIN, 9, id="who did it"),
        pytest.param("UPDATE ledger SET at = at + 1 WHERE position = 9", Breach.CHAIN, 9, id="when it was done"),
        pytest.param("UPDATE ledger SET kind = 'nonsense' WHERE position = 9", Breach.CHAIN, 9, id="a kind that is none"),
        pytest.param("UPDATE ledger SET digest = 'text' WHERE position = 9", Breach.CHAIN, 9, id="a digest of another type"),
        pytest.param("UPDATE ledger SET hash = x'00' WHERE position = 16", Breach.CHAIN, 16, id="the last hash"),
        pytest.param("DELETE FROM publications WHERE position = 4", Breach.RECORD_MISSING, 4, id="a publication deleted"),
        pytest.param("DELETE FROM readings WHERE position = 14", Breach.RECORD_MISSING, 14, id="a reading deleted"),
        pytest.param("DELETE FROM held WHERE position = 15", Breach.RECORD_MISSING, 15, id="a held item deleted"),
        pytest.param("DELETE FROM acts WHERE position = 16", Breach.RECORD_MISSING, 16, id="an act deleted"),
        pytest.param("DELETE FROM ledger WHERE position = 4", Breach.GAP, 4, id="an entry deleted"),
        pytest.param("DELETE FROM ledger WHERE position = 1", Breach.GAP, 1, id="the first entry deleted"),
    ],
)  # fmt: skip
def test_one_edit_is_named(full: Shelf, statement: str, breach: Breach, position: int) -> None:
    tamper(full, statement)
    assert found(full) == [(breach, position)]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param("UPDATE publications SET until = NULL WHERE position = 1", "publication at 1", id="a replaced text made current"),
        pytest.param("UPDATE publications SET until = 13 WHERE position = 3", "publication at 3", id="a current text ended"),
        pytest.param("UPDATE publications SET until = 12 WHERE position = 1", "publication at 1", id="a text ended too early"),
        pytest.param("UPDATE readings SET until = 5 WHERE position = 3", "reading at 3", id="a current reading ended"),
        pytest.param("UPDATE readings SET until = NULL WHERE position = 2", "reading at 2", id="an old reading made current"),
        pytest.param("UPDATE held SET resolved = 16 WHERE position = 15", "held item at 15", id="a held item settled by an act on something else"),
        pytest.param("UPDATE held SET resolved = 99 WHERE position = 15", "held item at 15", id="a held item settled by nothing"),
        pytest.param("INSERT INTO acts VALUES (3, 'exported', '{}')", "acts at 3", id="an act beside a publication's entry"),
        pytest.param("INSERT INTO acts VALUES (99, 'exported', '{}')", "acts at 99", id="an act without an entry"),
        pytest.param("INSERT INTO held SELECT 99, key, step, reason, detail, name, source, at, NULL, NULL FROM held", "held at 99", id="a held item without an entry"),
        pytest.param("INSERT INTO readings SELECT 99, publication, language, language_confidence, findings, relevant, until FROM readings WHERE position = 3", "readings at 99", id="a reading without an entry"),
        pytest.param('INSERT INTO originals SELECT \'x\', segment, "offset", length, wrapped_key FROM originals LIMIT 1', "original x", id="an original that nobody names"),
    ],
)  # fmt: skip
def test_what_no_entry_says_is_named(full: Shelf, statement: str, words: str) -> None:
    tamper(full, statement)
    findings = verify(full.records)
    assert {f.breach for f in findings} <= {Breach.STRAY_RECORD, Breach.ORIGINAL}
    assert any(words in f.detail for f in findings), findings


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param("DELETE FROM originals WHERE id = (SELECT original FROM publications WHERE position = 3)", "its place is gone", id="its row deleted"),
        pytest.param('UPDATE originals SET "offset" = "offset" + 1 WHERE id = (SELECT original FROM publications WHERE position = 3)', "was altered", id="its place moved"),
        pytest.param("UPDATE originals SET segment = 9 WHERE id = (SELECT original FROM publications WHERE position = 3)", "is gone from segment 9", id="its segment gone"),
        pytest.param("UPDATE originals SET wrapped_key = x'00' WHERE id = (SELECT original FROM publications WHERE position = 3)", "key of original", id="its key altered"),
        pytest.param("UPDATE originals SET wrapped_key = NULL WHERE id = (SELECT original FROM publications WHERE position = 3)", "no entry says that it was erased", id="its key destroyed in silence"),
    ],
)  # fmt: skip
def test_an_original_is_vouched_for(full: Shelf, statement: str, words: str) -> None:
    tamper(full, statement)
    (finding,) = verify(full.records)
    assert finding.breach is Breach.ORIGINAL
    assert words in finding.detail


def test_one_byte_of_an_original_is_named(full: Shelf) -> None:
    segment = next((full.folder / "originals").iterdir())
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 1
    segment.write_bytes(raw)
    (finding,) = verify(full.records)
    assert finding.breach is Breach.ORIGINAL
    assert "was altered" in finding.detail
    assert verify(full.records, originals=False) == []


def test_lawful_erasure_is_no_breach(full: Shelf) -> None:
    original = full.records.by_reading([3])[0].original
    assert original
    with full.archive.settling() as settlement:
        assert settlement.erase(original, "court order 5")
        assert not settlement.erase(original, "again")
    assert verify(full.records) == []
    with pytest.raises(BadInput, match="lawfully erased"):
        full.records.open_original(original)


def test_two_entries_swapped_are_named(full: Shelf) -> None:
    tamper(
        full,
        "UPDATE ledger SET position = -5 WHERE position = 5",
        "UPDATE ledger SET position = 5 WHERE position = 6",
        "UPDATE ledger SET position = 6 WHERE position = -5",
    )
    assert found(full) == [(Breach.CHAIN, 5)]


@pytest.mark.parametrize("table", ["publications", "readings"])
def test_two_records_swapped_are_named(full: Shelf, table: str) -> None:
    tamper(
        full,
        f"UPDATE {table} SET position = -5 WHERE position = 5",
        f"UPDATE {table} SET position = 5 WHERE position = 6",
        f"UPDATE {table} SET position = 6 WHERE position = -5",
    )
    assert found(full) == [(Breach.RECORD, 5)]


def cut(shelf: Shelf, last: int) -> None:
    """Takes out everything after `last` so that what is left is sound in itself."""
    tables = ("publications", "readings", "held", "acts", "ledger")
    tamper(
        shelf,
        *(f"DELETE FROM {t} WHERE position > {last}" for t in tables),
        *(f"UPDATE {t} SET until = NULL WHERE until > {last}" for t in ("publications", "readings")),
        "DELETE FROM originals WHERE id NOT IN (SELECT original FROM publications)",
    )


def test_cutting_the_last_ten_shows_only_against_a_checkpoint(full: Shelf) -> None:
    seen = checkpoint(full)
    cut(full, 6)
    assert found(full) == []
    assert found(full, seen) == [(Breach.TRUNCATED, 6)]


def rehash(shelf: Shelf) -> None:
    """What a keeper with the program at hand would do: make the chain fit whatever the records say now."""
    entries = list(shelf.records.entries())
    digests = shelf.records.digests(entries)
    before = GENESIS
    statements = []
    for e, digest in zip(entries, digests, strict=True):
        assert digest
        before = entry_hash(before, e.position, e.at, e.kind, e.subject, digest, e.actor)
        statements.append(
            f"UPDATE ledger SET digest = x'{digest.hex()}', hash = x'{before.hex()}' WHERE position = {e.position}"
        )
    shelf.meddle(*statements)


def test_rehashing_the_whole_chain_shows_only_against_a_checkpoint(full: Shelf) -> None:
    seen = checkpoint(full)
    tamper(full, "UPDATE publications SET text = 'Всё хорошо.' WHERE position = 3")
    rehash(full)
    assert found(full) == []
    assert found(full, seen) == [(Breach.REWRITTEN, 16)]


def test_the_earliest_of_several_checkpoints_names_the_place(full: Shelf) -> None:
    entries = list(full.records.entries())
    seen = [sign(SIGNER, full.records.home, e.position, e.hash, NOW) for e in entries]
    tamper(full, "UPDATE publications SET text = 'Всё хорошо.' WHERE position = 3")
    rehash(full)
    assert found(full, *seen[::-1]) == [(Breach.REWRITTEN, 3)]


def test_two_checkpoints_of_one_position_are_both_heard(full: Shelf) -> None:
    honest = checkpoint(full)
    other = sign(SIGNER, full.records.home, honest.position, bytes(32), NOW + timedelta(hours=1))
    assert found(full, other, honest) == [(Breach.REWRITTEN, 16)]
    assert found(full, honest, other) == [(Breach.REWRITTEN, 16)]


def test_an_old_copy_put_back_shows_only_against_a_checkpoint(full: Shelf, tmp_path: Path) -> None:
    if full.address:
        pytest.skip("the file is SQLite's; on PostgreSQL cutting the last ten stands for it")
    copy = tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(full.path)) as connection, closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    full.file(reading("Позже сказано другое."))
    seen = checkpoint(full)
    full.close()
    for leftover in full.folder.glob("records.sqlite-*"):
        leftover.unlink()
    shutil.copy(copy, full.path)
    old = Shelf(full.folder)
    assert found(old) == []
    assert found(old, seen) == [(Breach.TRUNCATED, 16)]
    old.close()


def forged(shelf: Shelf) -> Checkpoint:
    return msgspec.structs.replace(checkpoint(shelf), position=3)


def from_elsewhere(shelf: Shelf) -> Checkpoint:
    return sign(SIGNER, "another", 1, bytes(32), NOW)


def by_another_key(shelf: Shelf) -> Checkpoint:
    position, head = shelf.records.head_hash()
    return sign(Ed25519PrivateKey.generate(), shelf.records.home, position, head, NOW)


def garbled(shelf: Shelf) -> Checkpoint:
    return msgspec.structs.replace(checkpoint(shelf), public_key="хх", signature="zz")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(forged, "signature does not fit", id="its content was changed after signing"),
        pytest.param(from_elsewhere, "another home", id="it is of another home"),
        pytest.param(by_another_key, "another key", id="somebody else signed it"),
        pytest.param(garbled, "signature does not fit", id="key and signature are no hex"),
    ],
)
def test_a_bad_checkpoint_is_refused(full: Shelf, make: Callable[[Shelf], Checkpoint], words: str) -> None:
    (finding,) = verify(full.records, [make(full)], key=public_key_of(SIGNER))
    assert finding.breach is Breach.CHECKPOINT
    assert words in finding.detail


def test_a_checkpoint_file_comes_back_and_is_not_overwritten_by_another_head(
    full: Shelf, tmp_path: Path
) -> None:
    made = checkpoint(full)
    path = write_checkpoint(made, tmp_path)
    assert read_checkpoint(path) == made
    assert write_checkpoint(made, tmp_path) == path
    with pytest.raises(BadInput, match="vouches for another head"):
        write_checkpoint(msgspec.structs.replace(made, head="00"), tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"home": 1}', b"[" * 10_000])
def test_a_malformed_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is not a checkpoint"):
        read_checkpoint(path)


def test_hashes_are_as_they_were_on_the_day_the_format_was_fixed() -> None:
    """A change here makes every home of the world look tampered with."""
    made = entry_hash(GENESIS, 1, 1_778_576_400_000_000, EntryKind.FILED, "abc", bytes(32), "person:a")
    assert made.hex() == "150e350b6686300b4e8e3e1494b2758655e36aa4a8142f0a308acd4c8e04b8bb"


def test_of_several_breaches_the_first_is_named(full: Shelf) -> None:
    tamper(
        full,
        "UPDATE publications SET text = 'x' WHERE position IN (8, 3)",
        "UPDATE ledger SET at = 0 WHERE position = 10",
    )
    assert found(full) == [(Breach.RECORD, 3)]
    tamper(full, "UPDATE ledger SET at = 0 WHERE position = 2")
    assert found(full) == [(Breach.CHAIN, 2)]
