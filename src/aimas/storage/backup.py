"""A copy of records and files made while everything runs: whole, of one moment, and proved file by file."""

import hashlib
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from aimas.core import BadInput, Unavailable
from aimas.storage.database import connect, is_postgresql
from aimas.storage.moving import copy_records

MANIFEST = "backup.json"
PAGES = 4_096
"""Copied at once: 16 MB."""
CHUNK = 1 << 20

Told = Callable[[str, int, int], None]
"""Hears what is copied: how much of it, and of how much."""


class Part(msgspec.Struct, frozen=True):
    """A file as it was when it was copied. One that only grows may be longer by now: a later copy goes on in it."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds; written last, so that a folder with it is whole."""

    home: str
    position: int
    """Of the ledger's last entry."""
    head: str
    """Its hash, hex: what the restored chain must end with."""
    made_at: str
    files: tuple[Part, ...]


def copied_records(source: Engine, target: Path, told: Told) -> None:
    """As they are at one moment, as one SQLite file. Nobody who writes waits for it."""
    target.unlink(missing_ok=True)
    try:
        if is_postgresql(source):
            made = connect(target, create=True)
            with source.connect().execution_options(isolation_level="REPEATABLE READ") as snapshot:
                copy_records(snapshot, made, told)
            made.dispose()
        else:
            _copied_file(Path(str(source.url.database)), target, told)
        with closing(sqlite3.connect(target)) as connection:
            # One file, without a log beside it.
            connection.execute("PRAGMA journal_mode=DELETE")
        _synced(target)
    except (sqlite3.OperationalError, OSError) as error:
        raise _full(target, error) from None


def _copied_file(source: Path, target: Path, told: Told) -> None:
    with (
        closing(sqlite3.connect(source, isolation_level=None)) as origin,
        closing(sqlite3.connect(target)) as copy,
    ):
        # A reader's transaction holds the moment: without it every write of others would begin the copy anew.
        origin.execute("BEGIN")
        origin.execute("SELECT 1 FROM meta").fetchone()
        origin.backup(
            copy, pages=PAGES, progress=lambda _, left, total: told("records", total - left, total), sleep=0
        )
        origin.execute("ROLLBACK")


def copied_folder(source: Path, target: Path, told: Told) -> None:
    """Files that never change or only grow: what is there already is gone on with. Raises BadInput where more is there
    than here, which is another home's copy or one of later."""
    found = sorted(p for p in source.rglob("*") if p.is_file()) if source.exists() else []
    for number, path in enumerate(found, 1):
        _grow(path, target / path.relative_to(source))
        told(source.name, number, len(found))


def _grow(path: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    size = path.stat().st_size
    there = copy.stat().st_size if copy.exists() else 0
    if there > size:
        raise BadInput(f"{copy} is longer than {path}: this folder holds a later copy, or another home's.")
    try:
        with path.open("rb") as origin, copy.open("ab") as out:
            origin.seek(there)
            left = size - there
            while left and (part := origin.read(min(left, CHUNK))):
                out.write(part)
                left -= len(part)
        _synced(copy)
    except OSError as error:
        raise _full(copy, error) from None


def part_of(folder: Path, path: Path) -> Part:
    return Part(str(path.relative_to(folder)), path.stat().st_size, _sha256(path, path.stat().st_size))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    new = folder / f"{MANIFEST}.new"
    new.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    _synced(new)
    new.replace(folder / MANIFEST)


def get_manifest(folder: Path) -> Manifest | None:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        raise BadInput(f"{folder / MANIFEST} is damaged.") from None


def require_whole(folder: Path) -> Manifest:
    """Raises BadInput where no backup was finished, and where a file is missing or is not what was copied."""
    manifest = get_manifest(folder)
    if manifest is None:
        raise BadInput(f"{folder} is no backup, or one that was broken off: {MANIFEST} is not there.")
    for part in manifest.files:
        path = folder / part.name
        if not path.is_file():
            raise BadInput(f"The backup is not whole: {part.name} is missing.")
        if _sha256(path, part.size) != part.sha256:
            raise BadInput(f"The backup is damaged: {part.name} is not what was copied.")
    return manifest


def put_back(folder: Path, manifest: Manifest, target: Path, told: Told) -> None:
    for number, part in enumerate(manifest.files, 1):
        copy = target / part.name
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / part.name).open("rb") as origin, copy.open("wb") as out:
            left = part.size
            while left and (piece := origin.read(min(left, CHUNK))):
                out.write(piece)
                left -= len(piece)
        copy.chmod(0o600)
        told("files", number, len(manifest.files))


def _sha256(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (piece := file.read(min(size, CHUNK))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _full(path: Path, error: Exception) -> Unavailable:
    return Unavailable(f"{path} can't be written: {error}. Free some room and run the same again.")
