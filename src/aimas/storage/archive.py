"""The only writer of records: one settlement is one transaction with its ledger entries, counts and originals."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection, Engine, func, insert, select, update

from aimas.appeals.types import AnyEvent
from aimas.core import (
    POOL,
    Actor,
    Clock,
    Dropped,
    DropReason,
    Fetched,
    Held,
    Outcome,
    Passed,
    Publication,
    Reading,
    acting,
    current_trail,
)
from aimas.core.ids import short_id, text_digest
from aimas.ledger import GENESIS, EntryKind, entry_hash
from aimas.storage import appeal_tables, rows, schema
from aimas.storage.database import insert_rows, writing
from aimas.storage.faults import point
from aimas.storage.originals import Sealed, Vault
from aimas.stories import Placing
from aimas.tone import carried

POOLS = frozenset({POOL, "import"})
"""What is nobody's by name: personal pages, and files that a person handed over."""

LOOKUP = 500
"""Keys a statement asks for at once, under SQLite's limit on parameters."""


log = structlog.get_logger(__name__)


class Filed(msgspec.Struct, frozen=True):
    id: str
    position: int
    revision: int


class Archive:
    """Opens settlements; holds the vault that takes the originals."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        clock: Clock,
        actor: Actor,
        pool: Callable[[str], str] = lambda source: source,
    ) -> None:
        """`pool` gives the name under which a source's publications are shown: all personal pages have one."""
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._actor = actor
        self._pool = pool
        self._lock = threading.RLock()
        self._open: Settlement | None = None

    @contextmanager
    def settling(self, by: Actor | None = None) -> Iterator["Settlement"]:
        """Everything recorded inside is committed together, or nothing is. One at a time in a process. `by` is named
        in its entries; who signed in where it is None."""
        with self._lock:
            with writing(self._engine) as connection:
                actor = by or acting(self._actor)
                settlement = Settlement(connection, self._vault, self._clock, actor, self._pool)
                self._open = settlement
                try:
                    yield settlement
                    settlement.flush()
                finally:
                    self._open = None
            settlement.tell()

    def file(self, readings: Sequence[Reading]) -> list[Outcome[Filed]]:
        """The flow's last step: files into the settlement that is open."""
        if self._open is None:
            raise RuntimeError("file() outside a settlement")
        return self._open.file(readings)


class Settlement:
    """The chain's head in hand: rows gather here and are written at once."""

    def __init__(
        self, connection: Connection, vault: Vault, clock: Clock, actor: Actor, pool: Callable[[str], str]
    ) -> None:
        self.connection = connection
        self._pool = cache(pool)
        self._vault = vault
        self._now_us = int(clock.now().timestamp() * 1_000_000)
        self._actor = str(actor)
        top = connection.execute(
            select(schema.ledger.c.position, schema.ledger.c.hash)
            .order_by(schema.ledger.c.position.desc())
            .limit(1)
        ).first()
        self.position: int = top.position if top else 0
        self._head: bytes = top.hash if top else GENESIS
        self._filed: dict[str, dict[str, Any]] = {}
        self._entries: list[dict[str, Any]] = []
        self._publications: list[dict[str, Any]] = []
        self._readings: list[dict[str, Any]] = []
        self._placements: list[dict[str, Any]] = []
        self._originals: list[dict[str, Any]] = []
        self._held: list[dict[str, Any]] = []
        self._acts: list[dict[str, Any]] = []
        self._superseded: list[dict[str, int]] = []
        self._tally: dict[tuple[str, str, str], int] = {}
        self._trail = current_trail()
        self._known = 0

    def file(self, readings: Sequence[Reading]) -> list[Outcome[Filed]]:
        """New texts become records, changed texts revisions; the same text at the same address is dropped."""
        digests = [text_digest(r.publication.title, r.publication.text) for r in readings]
        keys = [_key(r.publication, digest) for r, digest in zip(readings, digests, strict=True)]
        current = self._current(keys)
        outcomes: list[Outcome[Filed]] = []
        for key, digest, reading in zip(keys, digests, readings, strict=True):
            before = current.get(key)
            if before is not None and before["digest"] == digest:
                outcomes.append(Dropped(DropReason.ALREADY_FILED, before["id"]))
                self._known += 1
                continue
            row = self._file_one(key, digest, before, reading)
            current[key] = row
            outcomes.append(Passed(Filed(row["id"], row["position"], row["revision"])))
        return outcomes

    def reread(self, publication: int, reading: Reading, instead_of: int | None = None) -> int:
        """Puts a newer reading beside the old one; returns its position. Raises ValueError where a revision took
        the publication's place, or where the current reading is no longer `instead_of`: a correction or another
        reread came first."""
        position = self.position + 1
        table = schema.readings
        current = update(table).where(table.c.publication == publication, table.c.until.is_(None))
        if instead_of is not None:
            current = current.where(table.c.position == instead_of)
        ended = self.connection.execute(current.values(until=position)).rowcount
        if ended != 1:
            raise ValueError(f"publication {publication} has no current reading on file")
        point("reading-ended")
        row = self._reading_row(position, publication, reading)
        self._enter(EntryKind.REREAD, str(publication), rows.reread_digest(row))
        self._readings.append(row)
        return position

    def place(self, placings: Sequence[Placing]) -> int:
        """Puts publications into chains and stories with one entry; where they stood before stays on file."""
        if not placings:
            raise ValueError("nothing to place")
        position = self.position + 1
        table = schema.placements
        publications = [p.publication for p in placings]
        for row in self._placements:
            if row["until"] is None and row["publication"] in set(publications):
                row["until"] = position
        for start in range(0, len(publications), LOOKUP):
            part = publications[start : start + LOOKUP]
            self.connection.execute(
                update(table)
                .where(table.c.publication.in_(part), table.c.until.is_(None))
                .values(until=position)
            )
        point("places-ended")
        placed = [rows.placement_row(position, p) for p in placings]
        self._enter(EntryKind.PLACED, str(len(placed)), rows.placed_digest(placed))
        self._placements.extend(placed)
        return position

    def looked_for_places(self, position: int) -> None:
        """Notes up to where everything was placed that had to be; no record, only where to go on."""
        self.connection.execute(schema.NOTE, {"key": "placed", "value": str(position)})

    def hold(self, step: str, item: Fetched | None, held: Held, *, source: str, name: str) -> bool:
        """Quarantines; False when the same thing waits there already."""
        key = short_id(step, held.reason, source, name, held.detail)
        waiting = select(schema.held.c.position).where(
            schema.held.c.key == key, schema.held.c.resolved.is_(None)
        )
        if any(h["key"] == key for h in self._held) or self.connection.execute(waiting).first():
            return False
        original = None
        if item is not None:
            original = self._seal("application/x-aimas-item", msgspec.msgpack.encode(item))
        row = {
            "position": self.position + 1,
            "key": key,
            "step": step,
            "reason": held.reason.value,
            "detail": rows.without_nul(held.detail),
            "name": rows.without_nul(name),
            "source": self._pool(source),
            "at": self._now_us,
            "original": original,
            "resolved": None,
        }
        self._enter(EntryKind.HELD, key, rows.held_digest(row))
        self._held.append(row)
        return True

    def resolve(self, held_position: int, act_position: int) -> bool:
        """Claims a held item for one retry; False when another did."""
        result = self.connection.execute(
            update(schema.held)
            .where(schema.held.c.position == held_position, schema.held.c.resolved.is_(None))
            .values(resolved=act_position)
        )
        return result.rowcount == 1

    def erase(self, original: str, reason: str) -> bool:
        """Destroys the key of one original for good, with the entry that says so; False when it has none."""
        gone = self.connection.execute(
            update(schema.originals)
            .where(schema.originals.c.id == original, schema.originals.c.wrapped_key.is_not(None))
            .values(wrapped_key=None)
        ).rowcount
        if gone:
            self.act("original-erased", original, {"reason": reason})
        return gone == 1

    def act(self, verb: str, subject: str, detail: Mapping[str, Any]) -> int:
        """Remembers who did what; returns the position."""
        encoded = msgspec.json.encode(detail, order="deterministic").decode()
        row = {"position": self.position + 1, "verb": verb, "detail": encoded}
        self._enter(EntryKind.ACT, subject, rows.act_digest(row))
        self._acts.append(row)
        return self.position

    def case_event(
        self, case: str, turn: int, event: AnyEvent, sealed: Sequence[str], receipt: str | None = None
    ) -> int:
        """Enters what happened to a case, in the name of whom the event names; returns the position."""
        row = {
            "position": self.position + 1,
            "case_id": case,
            "turn": turn,
            "event": msgspec.json.encode(event, order="deterministic").decode(),
            "sealed": msgspec.json.encode(list(sealed)).decode(),
            "receipt": receipt,
        }
        self._enter(EntryKind.CASE, case, rows.case_digest(row), str(event.by))
        # At once: the next event of the same settlement reads the case anew.
        self.connection.execute(insert(appeal_tables.case_events), [row])
        return self.position

    def tally(self, step: str, outcome: str, reason: str = "", n: int = 1) -> None:
        """Adds to the counts of outcomes; `entered` counts what came in."""
        if n:
            key = (step, outcome, reason)
            self._tally[key] = self._tally.get(key, 0) + n

    def flush(self) -> None:
        if self._originals:
            self._vault.sync()
            point("original-synced")
        for table, gathered in (
            (schema.ledger, self._entries),
            (schema.originals, self._originals),
            (schema.publications, self._publications),
            (schema.readings, self._readings),
            (schema.placements, self._placements),
            (schema.held, self._held),
            (schema.acts, self._acts),
        ):
            insert_rows(self.connection, table, gathered)
            if table is schema.ledger:
                point("entries-written")
        point("records-written")
        for step in self._superseded:
            for table, column in (
                (schema.publications, schema.publications.c.position),
                (schema.readings, schema.readings.c.publication),
            ):
                self.connection.execute(
                    update(table)
                    .where(column == step["old"], table.c.until.is_(None))
                    .values(until=step["new"])
                )
        if self._tally:
            self.connection.execute(
                schema.TALLY,
                [{"step": s, "outcome": o, "reason": r, "n": n} for (s, o, r), n in self._tally.items()],
            )
        if self._trail and self._publications:
            first, last = (self._publications[n]["position"] for n in (0, -1))
            note = {"position": first, "last": last, "trail": self._trail}
            self.connection.execute(insert(schema.trails), [note])

    def tell(self) -> None:
        """Into the log, once it is committed: what came of the trail. A settlement on none says nothing."""
        if not self._trail:
            return
        if self._publications or self._known:
            told: dict[str, Any] = {"publications": len(self._publications), "known": self._known}
            if self._publications:
                told |= {k: self._publications[n]["position"] for k, n in (("first", 0), ("last", -1))}
            if len(self._publications) == 1:
                told["publication"] = self._publications[0]["id"]
            log.info("filed", trail=self._trail, **told)
        for row in self._held:
            held = {"position": row["position"], "step": row["step"], "reason": row["reason"]}
            log.info("held", trail=self._trail, **held)

    def _current(self, keys: list[str]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        table = schema.publications
        distinct = list(dict.fromkeys(keys))
        for start in range(0, len(distinct), LOOKUP):
            wanted = select(
                table.c.key, table.c.id, table.c.digest, table.c.revision, table.c.position
            ).where(table.c.key.in_(distinct[start : start + LOOKUP]), table.c.until.is_(None))
            for row in self.connection.execute(wanted).mappings():
                found[row["key"]] = dict(row)
        found.update((key, self._filed[key]) for key in distinct if key in self._filed)
        return found

    def _file_one(
        self, key: str, digest: bytes, before: Mapping[str, Any] | None, reading: Reading
    ) -> dict[str, Any]:
        publication = reading.publication
        position = self.position + 1
        revision = before["revision"] + 1 if before else 1
        if before:
            reading = self._with_corrections(before["position"], reading)
        original = None
        if publication.original:
            original = self._seal(
                publication.media_type,
                publication.original,
                address=publication.address or f"urn:aimas:{key}",
            )
        row = {
            "position": position,
            "id": short_id(key, str(revision)),
            "key": key,
            "revision": revision,
            "revises": before["position"] if before else None,
            "source": self._pool(publication.source),
            "address": publication.address,
            "title": publication.title,
            "text": publication.text,
            "site_name": publication.site_name,
            "published_at": rows.seconds(publication.published_at),
            "dated_by": publication.dated_by.value if publication.dated_by else None,
            "fetched_at": rows.seconds(publication.fetched_at),
            "media_type": rows.without_nul(publication.media_type),
            # What a person named a file may be a name: of pooled items only the pool is kept.
            "name": publication.source if publication.source in POOLS else rows.without_nul(publication.name),
            "digest": digest,
            "original": original,
            "until": None,
        }
        reading_row = self._reading_row(position, position, reading)
        kind = EntryKind.REVISED if before else EntryKind.FILED
        self._enter(kind, str(row["id"]), rows.filed_digest(row, reading_row))
        self._publications.append(row)
        self._readings.append(reading_row)
        self._filed[key] = row
        if before:
            self._supersede(before["position"], position)
        return row

    def _with_corrections(self, before: int, reading: Reading) -> Reading:
        """What persons said of sentences that stand in the changed text too."""
        publications, readings = schema.publications.c, schema.readings.c
        query = (
            select(publications.title, publications.text, readings.findings)
            .join(schema.readings, readings.publication == publications.position)
            .where(publications.position == before, readings.until.is_(None))
        )
        row = self.connection.execute(query).first()
        if row is None or not (said := rows.corrected_mentions(row.findings)):
            return reading
        was = f"{row.title}\n\n{row.text}" if row.title else row.text
        mentions = carried(said, was, reading.mentions, reading.publication.shown)
        return msgspec.structs.replace(reading, mentions=mentions)

    def _supersede(self, old: int, new: int) -> None:
        for gathered, column in ((self._publications, "position"), (self._readings, "publication")):
            for row in gathered:
                if row[column] == old and row["until"] is None:
                    row["until"] = new
        self._superseded.append({"old": old, "new": new})

    @staticmethod
    def _reading_row(position: int, publication: int, reading: Reading) -> dict[str, Any]:
        return {
            "position": position,
            "publication": publication,
            "language": reading.language.value.value,
            "language_confidence": round(reading.language.confidence, 4),
            "findings": rows.encoded_findings(reading),
            "relevant": int(bool(reading.mentions)),
            "until": None,
        }

    def _seal(self, media_type: str, body: bytes, address: str = "urn:aimas:held") -> str:
        sealed: Sealed = self._vault.seal(address, media_type, rows.moment(self._now_us // 1_000_000), body)
        self._originals.append(msgspec.structs.asdict(sealed))
        return sealed.id

    def _enter(self, kind: EntryKind, subject: str, digest: bytes, actor: str | None = None) -> None:
        self.position += 1
        actor = actor or self._actor
        self._head = entry_hash(self._head, self.position, self._now_us, kind, subject, digest, actor)
        self._entries.append(
            {
                "position": self.position,
                "at": self._now_us,
                "kind": kind.value,
                "subject": subject,
                "digest": digest,
                "actor": actor,
                "hash": self._head,
            }
        )


def _key(publication: Publication, digest: bytes) -> str:
    """The address where there is one; else the text itself, so that a file given twice is one publication."""
    if publication.address:
        return short_id("address", publication.address)
    return short_id("text", digest.hex())


def head(connection: Connection) -> int:
    """The last position of the ledger, 0 when empty."""
    return int(connection.execute(select(func.max(schema.ledger.c.position))).scalar() or 0)
