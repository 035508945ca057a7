"""Walks the chain and everything it vouches for, and names the first broken link."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Protocol

import msgspec

from aimas.ledger.chain import GENESIS, Entry, entry_hash
from aimas.ledger.checkpoints import Checkpoint, signature_is_valid


class Breach(StrEnum):
    GAP = "gap"
    """A position is missing or comes twice."""
    CHAIN = "chain"
    """An entry's hash does not follow from its content and the entry before."""
    RECORD = "record"
    """A record is not what the ledger says it was."""
    RECORD_MISSING = "record-missing"
    """The ledger vouches for a record that is gone."""
    STRAY_RECORD = "stray-record"
    """A record that no entry vouches for."""
    ORIGINAL = "original"
    """The kept bytes are not those that were taken in."""
    TRUNCATED = "truncated"
    """A checkpoint knows of entries that are gone: the end was cut, or an old copy was put back."""
    REWRITTEN = "rewritten"
    """The chain is sound in itself but is not the one that the checkpoint saw."""
    SEALED = "sealed"
    """What was sealed for an appeal is gone or altered, or its key is gone and no entry says that it was erased."""
    DERIVED = "derived"
    """A row that is made from entries says something else than they do; it can be made anew."""
    CHECKPOINT = "checkpoint"
    """The checkpoint itself is not signed by its key, by another key than this home's, or is of another home."""


class Finding(msgspec.Struct, frozen=True):
    breach: Breach
    position: int | None
    detail: str


class Evidence(Protocol):
    """What verification reads; a store implements it."""

    home: str

    def entries(self) -> Iterator[Entry]:
        """All entries by position."""

    def digests(self, entries: list[Entry]) -> list[bytes | None]:
        """For each entry the digest of its record as it stands now, None where the record is gone."""

    def stray_records(self) -> Iterator[str]:
        """Descriptions of records that no entry vouches for."""

    def damaged_originals(self) -> Iterator[str]:
        """Descriptions of kept originals whose bytes changed or are gone."""


BATCH = 2_000


def verify(
    evidence: Evidence,
    against: Iterable[Checkpoint] = (),
    *,
    key: str | None = None,
    originals: bool = True,
) -> list[Finding]:
    """Empty when whole. Stops at the first broken link of the chain; checks records, originals and
    checkpoints up to there. `key`: hex of the public key that checkpoints must be signed with."""
    wanted: dict[int, list[Checkpoint]] = {}
    for checkpoint in against:
        if wrong := _wrong(checkpoint, evidence.home, key):
            return [Finding(Breach.CHECKPOINT, None, wrong)]
        wanted.setdefault(checkpoint.position, []).append(checkpoint)
    before, position = GENESIS, 0
    batch: list[Entry] = []
    for entry in evidence.entries():
        position += 1
        if broken := _broken_link(before, position, entry, wanted.pop(position, [])):
            return [_first_bad_record(evidence, batch) or broken]
        before = entry.hash
        batch.append(entry)
        if len(batch) == BATCH:
            if finding := _first_bad_record(evidence, batch):
                return [finding]
            batch = []
    if finding := _first_bad_record(evidence, batch):
        return [finding]
    for beyond in sorted(wanted):
        checkpoint = wanted[beyond][0]
        detail = (
            f"the checkpoint of {checkpoint.at} saw {checkpoint.position} entries, only {position} are here"
        )
        return [Finding(Breach.TRUNCATED, position, detail)]
    findings = [Finding(Breach.STRAY_RECORD, None, stray) for stray in evidence.stray_records()]
    if originals:
        findings += [Finding(Breach.ORIGINAL, None, damage) for damage in evidence.damaged_originals()]
    return findings


def _broken_link(before: bytes, position: int, entry: Entry, seen: list[Checkpoint]) -> Finding | None:
    if entry.position != position:
        return Finding(Breach.GAP, position, f"expected entry {position}, found {entry.position}")
    told = entry_hash(before, entry.position, entry.at, entry.kind, entry.subject, entry.digest, entry.actor)
    if told != entry.hash:
        detail = f"entry {position} ({entry.kind} {entry.subject}) was altered"
        return Finding(Breach.CHAIN, position, detail)
    for checkpoint in seen:
        if checkpoint.head != entry.hash.hex():
            detail = f"at {position} the checkpoint of {checkpoint.at} saw another chain"
            return Finding(Breach.REWRITTEN, position, detail)
    return None


def _wrong(checkpoint: Checkpoint, home: str, key: str | None) -> str | None:
    if not signature_is_valid(checkpoint):
        return "the checkpoint's signature does not fit its content"
    if checkpoint.home != home:
        return f"the checkpoint is of another home, {checkpoint.home}"
    if key is not None and checkpoint.public_key != key:
        return f"the checkpoint is signed by another key, {checkpoint.public_key[:16]}…"
    return None


def _first_bad_record(evidence: Evidence, batch: list[Entry]) -> Finding | None:
    if not batch:
        return None
    for entry, digest in zip(batch, evidence.digests(batch), strict=True):
        if digest is None:
            return Finding(
                Breach.RECORD_MISSING, entry.position, f"the record of {entry.kind} {entry.subject} is gone"
            )
        if digest != entry.digest:
            return Finding(
                Breach.RECORD, entry.position, f"the record of {entry.kind} {entry.subject} was altered"
            )
    return None
