"""What is done to a home as a whole: tables brought to another version, records moved, a copy made and put back."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aimas.app import App
from aimas.appeals.receipt_keys import past_keys, public_hex
from aimas.core import Actor, BadInput
from aimas.home import PAST_RECEIPT_KEYS, RECORDS, Home
from aimas.ledger import Finding, verify
from aimas.settings import changed_setting, read_settings
from aimas.storage import backup, migrations
from aimas.storage.backup import Manifest, Told
from aimas.storage.database import connect, gone_to, open_database, shown, version_of, writing
from aimas.storage.faults import point
from aimas.storage.moving import copy_records, counts, is_under_way, leave
from aimas.storage.originals import Vault
from aimas.storage.records import Records
from aimas.storage.schema import VERSION

SQLITE = "sqlite"
"""Where to move to for records.sqlite in the home."""


class Moved(msgspec.Struct, frozen=True):
    entries: int
    to: str
    left: str
    """Where the records still lie as they were, closed to writing."""
    rows: dict[str, int]


def migrate(folder: Path, to: int = VERSION, told: Callable[[int], None] = lambda version: None) -> int:
    """All steps or none; returns the version that was there. Raises BadInput where something would be lost."""
    engine = connect(where(folder))
    try:
        before = version_of(engine)
        with writing(engine) as connection:
            migrations.move(connection, before, to, told)
    finally:
        engine.dispose()
    return before


def move(folder: Path, to: str, actor: Actor, told: Told = lambda table, done, total: None) -> Moved:
    """Copies all records to another database, proves them equal and whole, and makes the home look there. Nobody can
    write meanwhile. Broken off at any moment, the same call goes on."""
    _require_file_decides()
    home = Home(folder)
    here, there = where(folder), home.records if to == SQLITE else to
    if isinstance(there, Path) and there != here and there.exists():
        _put_aside_what_was_left(there)
    source, target = connect(here), connect(there, create=True)
    try:
        left, reached = shown(source), shown(target)
        if left == reached:
            raise BadInput(f"The records are in {reached} already.")
        if gone_to(source) != reached:
            open_database(here).dispose()
            with writing(source) as connection:
                copy_records(connection, target, told)
                _require_sound(Records(target, Vault(home.originals, home.master_key())))
                leave(connection, reached)
        with writing(target) as connection:
            rows = counts(connection)
    finally:
        source.dispose()
        target.dispose()
    _look(home, "" if to == SQLITE else to)
    point("home-looks")
    app = App(folder, actor=actor)
    try:
        with app.archive.settling() as settlement:
            detail = {"from": left, "to": reached, "entries": rows["ledger"]}
            settlement.act("records-moved", app.records.home, detail)
    finally:
        app.close()
    return Moved(rows["ledger"], reached, left, rows)


def back_up(
    folder: Path, target: Path, *, keys: Path | None = None, told: Told = lambda what, done, total: None
) -> Manifest:
    """While everything runs. The same folder again copies only what is new. Keys go only where `keys` says, which
    must lie elsewhere: whoever has both can read all originals."""
    if target.resolve().is_relative_to(folder.resolve()):
        raise BadInput(
            f"{target} lies in the home itself and would be lost with it. Give a folder elsewhere."
        )
    app = App(folder)
    try:
        home = app.records.home
        before = backup.get_manifest(target)
        if before is not None and before.home != home:
            raise BadInput(f"{target} holds the backup of another home, {before.home}. Give another folder.")
        if keys is not None and keys.resolve().is_relative_to(target.resolve()):
            raise BadInput(
                "Keys beside the originals that they open protect nothing. Give a folder elsewhere."
            )
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = target / f"{RECORDS}.new"
        backup.copied_records(app.database, new, told)
        # After the records: what they name was on the disk before they were.
        kept = Home(target)
        backup.copied_folder(app.home.originals, kept.originals, told)
        backup.copied_folder(app.home.attachments, kept.attachments, told)
        kept.settings.write_bytes(app.home.settings.read_bytes())
        kept.settings.chmod(0o600)
        if keys is not None:
            _copy_keys(app.home.master_key_file.parent, keys)
        (target / backup.MANIFEST).unlink(missing_ok=True)
        new.replace(kept.records)
        manifest = _manifest(app, target)
        backup.write_manifest(target, manifest)
        return manifest
    finally:
        app.close()


def restore(
    source: Path, folder: Path, *, keys: Path | None = None, told: Told = lambda what, done, total: None
) -> tuple[Manifest, list[Finding] | None]:
    """Makes a home of a backup, its records in the home's own file. Checked whole where the keys are given; None where
    they are not. Raises BadInput where the folder is not empty or the backup not whole."""
    home = Home(folder)
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty; give a new folder")
    manifest = backup.require_whole(source)
    if keys is not None and not (keys / home.master_key_file.name).exists():
        raise BadInput(
            f"{keys} holds no {home.master_key_file.name}. Give the folder that --keys of the backup named."
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    home.master_key_file.parent.mkdir(mode=0o700)
    if keys is not None:
        _copy_keys(keys, home.master_key_file.parent)
    backup.put_back(source, manifest, folder, told)
    _look(home, "")
    if keys is None:
        return manifest, None
    engine = open_database(home.records)
    try:
        records = Records(engine, Vault(home.originals, home.master_key()))
        findings = verify(records)
        position, head = records.head_hash() if records.head() else (0, b"")
    finally:
        engine.dispose()
    if (position, head.hex()) != (manifest.position, manifest.head):
        raise BadInput(f"The restored ledger ends at {position}, the backup's at {manifest.position}.")
    return manifest, findings


def where(folder: Path) -> Path | str:
    """A home's records: the file, or the server's address."""
    home = Home(folder)
    address = read_settings(folder).records_url.get_secret_value()
    if not address and not home.records.exists():
        raise BadInput(f"{home.records} is not there. Put it back, or name the server in records_url.")
    return address or home.records


def _manifest(app: App, target: Path) -> Manifest:
    engine = open_database(target / RECORDS)
    try:
        records = Records(engine, app.vault)
        position, head = records.head_hash() if records.head() else (0, b"")
    finally:
        engine.dispose()
    kept = Home(target)
    files = [kept.records, kept.settings]
    for grown in (kept.originals, kept.attachments):
        files += sorted(p for p in grown.rglob("*") if p.is_file()) if grown.exists() else []
    made_at = app.clock.now().isoformat(timespec="seconds")
    parts = tuple(backup.part_of(target, path) for path in files)
    return Manifest(app.records.home, position, head.hex(), made_at, parts)


def _copy_keys(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    past = source / PAST_RECEIPT_KEYS
    given_up = past_keys(past.read_bytes()) if past.exists() else ()
    for path in sorted([*source.glob("*.key"), *([past] if past.exists() else [])]):
        copy = target / path.name
        # A key that was changed since is this home's own; so is a list that grew.
        is_older = path == past or (copy.exists() and _public(copy) in {each.key for each in given_up})
        if copy.exists() and copy.read_bytes() != path.read_bytes() and not is_older:
            raise BadInput(f"{copy} is another home's key; it is not overwritten. Give another folder.")
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o600)


def _public(key: Path) -> str:
    content = key.read_bytes()
    return public_hex(Ed25519PrivateKey.from_private_bytes(content)) if len(content) == 32 else ""


def _require_file_decides() -> None:
    if "AIMAS_RECORDS_URL" in os.environ:
        raise BadInput(
            "AIMAS_RECORDS_URL in the environment says where the records are, and moving could not change it. Write "
            "records_url into aimas.toml instead; its password may come from PGPASSWORD."
        )


def _require_sound(records: Records) -> None:
    if findings := verify(records, originals=False):
        raise BadInput(
            f"The records are not whole ({findings[0].detail}); nothing was switched. See: aimas verify"
        )


def _put_aside_what_was_left(records: Path) -> None:
    """A file that was moved away from once makes room; nothing is deleted."""
    engine = connect(records)
    try:
        if is_under_way(engine) or gone_to(engine) is None:
            return
        with writing(engine) as connection:
            entries = counts(connection)["ledger"]
    finally:
        engine.dispose()
    for ending in ("", "-wal", "-shm"):
        path = records.with_name(records.name + ending)
        if path.exists():
            path.replace(records.with_name(f"records-until-{entries}.sqlite{ending}"))


def _look(home: Home, address: str) -> None:
    """From now on the home's records are there."""
    text = changed_setting(home.settings.read_text("utf-8"), "records_url", address)
    new = home.settings.with_suffix(".new")
    new.write_text(text, "utf-8")
    new.chmod(0o600)
    new.replace(home.settings)
