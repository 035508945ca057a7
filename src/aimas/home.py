"""A home: one folder that holds everything, and the keys to it."""

import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aimas.appeals.receipt_keys import PastKey, given_up, past_keys, public_hex
from aimas.core import BadInput
from aimas.settings import FILE, written_settings
from aimas.storage.database import open_database

RECORDS = "records.sqlite"
PAST_RECEIPT_KEYS = "receipt-past.json"


class Home:
    """Names of what lies where."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = folder / FILE
        self.records = folder / RECORDS
        self.index = folder / "index"
        self.originals = folder / "originals"
        self.master_key_file = folder / "keys" / "master.key"
        self.checkpoint_key_file = folder / "keys" / "checkpoint.key"
        self.receipt_key_file = folder / "keys" / "receipt.key"
        self.past_receipt_keys_file = folder / "keys" / PAST_RECEIPT_KEYS
        self.attachments = folder / "attachments"

    def master_key(self) -> bytes:
        """Opens originals and sealed records. Whoever loses it can never read them again: keep a copy elsewhere."""
        return _key(self.master_key_file)

    def checkpoint_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(_key(self.checkpoint_key_file))

    def receipt_key(self) -> Ed25519PrivateKey:
        """Signs the receipts of appeals; drawn when the first one is needed. Receipts that it signed outlive it."""
        if not self.receipt_key_file.exists():
            with suppress(FileExistsError), _new(self.receipt_key_file) as file:
                file.write(secrets.token_bytes(32))
        return Ed25519PrivateKey.from_private_bytes(_key(self.receipt_key_file))

    def past_receipt_keys(self) -> tuple[PastKey, ...]:
        """The latest first; the one that signs now is never among them."""
        if not self.past_receipt_keys_file.exists():
            return ()
        try:
            known = past_keys(self.past_receipt_keys_file.read_bytes())
        except (OSError, msgspec.MsgspecError):
            raise BadInput(
                f"{self.past_receipt_keys_file} can't be read: put it back from a backup."
            ) from None
        now = public_hex(self.receipt_key())
        return tuple(past for past in known if past.key != now)

    def rotate_receipt_key(self, at: datetime, *, is_leaked: bool) -> PastKey:
        """From now on another key signs, and the private half of the old one is gone. Cut off in between, the old key
        signs on, and the same can be done again."""
        old = self.receipt_key()
        fresh = secrets.token_bytes(32)
        past = given_up(old, public_hex(Ed25519PrivateKey.from_private_bytes(fresh)), at, is_leaked=is_leaked)
        known = (past, *self.past_receipt_keys())
        _put(self.past_receipt_keys_file, msgspec.json.format(msgspec.json.encode(known)))
        _put(self.receipt_key_file, fresh)
        return past


def create_home(folder: Path, **settings: Any) -> Home:
    """Idempotent for an empty or missing folder; raises BadInput where a home is already, so that no key is lost.

    The records are where `records_url` or AIMAS_RECORDS_URL says, which is asked first: with nobody there, no home.
    """
    home = Home(folder)
    if home.settings.exists():
        raise BadInput(f"{folder} is a home already; its settings are in {home.settings}")
    if folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty; give a new folder")
    address = settings.get("records_url") or os.environ.get("AIMAS_RECORDS_URL")
    if address:
        open_database(address, create=True).dispose()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    home.master_key_file.parent.mkdir(mode=0o700)
    for path in (home.master_key_file, home.checkpoint_key_file):
        with _new(path) as file:
            file.write(secrets.token_bytes(32))
    if not address:
        open_database(home.records, create=True).dispose()
    # Written last: a folder with settings is a whole home.
    home.settings.write_text(written_settings(settings), "utf-8")
    return home


def _new(path: Path) -> BinaryIO:
    """Raises FileExistsError where there is one: no key is ever overwritten."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _put(path: Path, content: bytes) -> None:
    """In place of what was there, whole or not at all, and on the disk."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    with _new(beside) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _key(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}. Put the home's key back.") from None
    if len(key) != 32:
        raise BadInput(f"{path} is no key: it must hold 32 bytes.")
    return key
