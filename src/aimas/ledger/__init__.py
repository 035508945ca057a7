"""The hash-chained record of what was taken in, changed, read and exported, and the proof that it is whole."""

from aimas.ledger.chain import GENESIS, Entry, EntryKind, entry_hash, record_digest
from aimas.ledger.checkpoints import (
    Checkpoint,
    public_key_of,
    read_checkpoint,
    sign,
    signature_is_valid,
    write_checkpoint,
)
from aimas.ledger.verification import Breach, Evidence, Finding, verify

__all__ = [
    "GENESIS",
    "Breach",
    "Checkpoint",
    "Entry",
    "EntryKind",
    "Evidence",
    "Finding",
    "entry_hash",
    "public_key_of",
    "read_checkpoint",
    "record_digest",
    "sign",
    "signature_is_valid",
    "verify",
    "write_checkpoint",
]
