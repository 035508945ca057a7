"""The chain: each entry's hash covers its content and the hash before it."""

import hashlib
from enum import StrEnum
from typing import Any

import msgspec

GENESIS = bytes(32)
"""What stands before the first entry."""


class EntryKind(StrEnum):
    FILED = "filed"
    """A publication was taken in and read for the first time."""
    REVISED = "revised"
    """The same address says something else now; the old text stays."""
    REREAD = "reread"
    """A newer model or profile read it again; the old reading stays."""
    PLACED = "placed"
    """Publications were put into chains of copies and stories, by the program or a person; old places stay known."""
    HELD = "held"
    """Something broken was quarantined."""
    CASE = "case"
    """Something happened to an appeal; what people wrote stands behind digests of what was sealed."""
    ACT = "act"
    """A person or the program did something worth remembering: a source added, an original opened, an export."""


class Entry(msgspec.Struct, frozen=True):
    position: int
    """1, 2, 3 … without gaps."""
    at: int
    """Microseconds since 1970, UTC."""
    kind: EntryKind | str
    """A plain string only where somebody wrote one that the program never writes."""
    subject: str
    """Id of what it is about."""
    digest: bytes
    """SHA-256 of the record that it vouches for."""
    actor: str
    hash: bytes


_encode = msgspec.json.Encoder(order="deterministic").encode


def entry_hash(
    before: bytes, position: int, at: int, kind: EntryKind | str, subject: str, digest: bytes, actor: str
) -> bytes:
    """SHA-256 over the previous hash and the entry's canonical JSON."""
    content = _encode((position, at, kind, subject, digest.hex(), actor))
    return hashlib.sha256(before + content).digest()


def record_digest(record: Any) -> bytes:
    """SHA-256 of a record's canonical JSON; `record` is anything msgspec encodes."""
    return hashlib.sha256(_encode(record)).digest()
