"""Between rows and nouns: what exactly the ledger vouches for, column by column."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from aimas.core import DatedBy, Guess, Language, Mention, Place, Placed, Reading, StoredPublication, Theme
from aimas.ledger import record_digest
from aimas.stories import Placing, Why

PUBLICATION = (
    "position",
    "id",
    "key",
    "revision",
    "revises",
    "source",
    "address",
    "title",
    "text",
    "site_name",
    "published_at",
    "dated_by",
    "fetched_at",
    "media_type",
    "name",
    "digest",
    "original",
)
READING = ("position", "publication", "language", "language_confidence", "findings", "relevant")
PLACEMENT = (
    "position",
    "publication",
    "timed",
    "chain",
    "story",
    "similarity",
    "score",
    "ruled_by",
    "why",
)
HELD = ("position", "key", "step", "reason", "detail", "name", "source", "at", "original")
ACT = ("position", "verb", "detail")
CASE = ("position", "case_id", "turn", "event", "sealed", "receipt")


class Findings(msgspec.Struct, frozen=True):
    """What a reading found, as stored."""

    mentions: tuple[Mention, ...]
    places: tuple[Place, ...]
    themes: tuple[Theme, ...]
    versions: tuple[str, ...]


_why_in = msgspec.json.Decoder(Why)
_why_out = msgspec.json.Encoder(order="deterministic")
_findings_in = msgspec.json.Decoder(Findings)
_findings_out = msgspec.json.Encoder(order="deterministic")


def without_nul(text: str) -> str:
    """PostgreSQL keeps none, and nobody misses it in the name of a thing or the word for what broke it."""
    return text.replace("\0", "")


def encoded_findings(reading: Reading) -> bytes:
    findings = Findings(reading.mentions, reading.places, reading.themes, reading.versions)
    return _findings_out.encode(findings)


def corrected_mentions(findings: bytes) -> tuple[Mention, ...]:
    """All mentions of a reading on which a person spoke; empty for most."""
    if b'"corrected":{' not in findings:
        return ()
    return tuple(m for m in _findings_in.decode(findings).mentions if m.corrected is not None)


def filed_digest(publication: Mapping[str, Any], reading: Mapping[str, Any]) -> bytes:
    return record_digest([[publication[c] for c in PUBLICATION], [reading[c] for c in READING]])


def reread_digest(reading: Mapping[str, Any]) -> bytes:
    return record_digest([reading[c] for c in READING])


def placed_digest(placements: Iterable[Mapping[str, Any]]) -> bytes:
    """Of all that were placed by one entry."""
    ordered = sorted(placements, key=lambda row: row["publication"])
    return record_digest([[row[c] for c in PLACEMENT] for row in ordered])


def held_digest(row: Mapping[str, Any]) -> bytes:
    return record_digest([row[c] for c in HELD])


def case_digest(row: Mapping[str, Any]) -> bytes:
    return record_digest([row[c] for c in CASE])


def act_digest(row: Mapping[str, Any]) -> bytes:
    return record_digest([row[c] for c in ACT])


def placement_row(position: int, placing: Placing) -> dict[str, Any]:
    return {
        "position": position,
        "publication": placing.publication,
        "timed": seconds(placing.timed),
        "chain": placing.chain,
        "story": placing.story,
        "similarity": None if placing.similarity is None else round(placing.similarity, 4),
        "score": round(placing.score, 4),
        "ruled_by": placing.ruled_by,
        "why": _why_out.encode(placing.why),
        "until": None,
    }


def why(encoded: bytes) -> Why:
    return _why_in.decode(encoded)


def placed(row: Mapping[str, Any]) -> Placed:
    return Placed(
        position=row["placed_position"],
        until=row["placed_until"],
        chain=row["chain_id"],
        chain_at=row["chain_at"],
        similarity=row["similarity"],
        story=row["story_id"],
        story_at=row["story_at"],
        score=row["score"],
        ruled_by=row["ruled_by"],
    )


def seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def moment(at_seconds: int) -> datetime:
    return datetime.fromtimestamp(at_seconds, UTC)


def stored_publication(row: Mapping[str, Any]) -> StoredPublication:
    """From a row that joins `publications` with the reading's columns under `reading_*`."""
    findings = _findings_in.decode(row["findings"])
    return StoredPublication(
        position=row["position"],
        id=row["id"],
        revision=row["revision"],
        revises=row["revises"],
        until=row["until"],
        source=row["source"],
        address=row["address"],
        title=row["title"],
        text=row["text"],
        site_name=row["site_name"],
        published_at=None if row["published_at"] is None else moment(row["published_at"]),
        dated_by=None if row["dated_by"] is None else DatedBy(row["dated_by"]),
        fetched_at=moment(row["fetched_at"]),
        media_type=row["media_type"],
        name=row["name"],
        original=row["original"],
        read_at=row["reading_position"],
        read_until=row["reading_until"],
        language=Guess(
            Language(row["language"]),
            row["language_confidence"],
            (),
            next((v for v in findings.versions if v.startswith("language")), "language"),
        ),
        mentions=findings.mentions,
        places=findings.places,
        themes=findings.themes,
        versions=findings.versions,
        placed=placed(row) if row.get("placed_position") is not None else None,
    )
