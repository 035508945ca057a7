"""What verification reads: the entries, and whether the records are what they vouch for and no more."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select

from aimas.ledger import Entry, EntryKind
from aimas.storage import appeal_tables, rows, schema
from aimas.storage.database import reading
from aimas.storage.records.endings import (
    false_endings,
    false_place_ends,
    false_reading_ends,
    false_settlings,
)
from aimas.storage.records.ledger import SqlLedger
from aimas.storage.records.originals import SqlOriginals, stray_originals


class SqlEvidence(SqlLedger, SqlOriginals):
    """An Evidence."""

    home: str

    def digests(self, entries: list[Entry]) -> list[bytes | None]:
        low, high = entries[0].position, entries[-1].position
        with reading(self._engine) as connection:

            def between(table: Any) -> dict[int, Mapping[str, Any]]:
                within = select(table).where(table.c.position.between(low, high))
                return {r["position"]: dict(r) for r in connection.execute(within).mappings()}

            publications, readings = between(schema.publications), between(schema.readings)
            placed: dict[int, list[Mapping[str, Any]]] = {}
            table = schema.placements
            for row in connection.execute(
                select(table).where(table.c.position.between(low, high))
            ).mappings():
                placed.setdefault(row["position"], []).append(dict(row))
            held, acts = between(schema.held), between(schema.acts)
            happened = between(appeal_tables.case_events)
        found: list[bytes | None] = []
        for entry in entries:
            p = entry.position
            digest: bytes | None = None
            match entry.kind:
                case EntryKind.FILED | EntryKind.REVISED:
                    if p in publications and p in readings:
                        digest = rows.filed_digest(publications[p], readings[p])
                case EntryKind.REREAD:
                    if p in readings:
                        digest = rows.reread_digest(readings[p])
                case EntryKind.PLACED:
                    if p in placed:
                        digest = rows.placed_digest(placed[p])
                case EntryKind.HELD:
                    if p in held:
                        digest = rows.held_digest(held[p])
                case EntryKind.ACT:
                    if p in acts:
                        digest = rows.act_digest(acts[p])
                case EntryKind.CASE:
                    if p in happened:
                        digest = rows.case_digest(happened[p])
            found.append(digest)
        return found

    def stray_records(self) -> Iterator[str]:
        vouched = {
            schema.publications: (EntryKind.FILED, EntryKind.REVISED),
            schema.readings: (EntryKind.FILED, EntryKind.REVISED, EntryKind.REREAD),
            schema.placements: (EntryKind.PLACED,),
            schema.held: (EntryKind.HELD,),
            schema.acts: (EntryKind.ACT,),
            appeal_tables.case_events: (EntryKind.CASE,),
        }
        with reading(self._engine) as connection:
            for table, kinds in vouched.items():
                entry = and_(
                    schema.ledger.c.position == table.c.position,
                    schema.ledger.c.kind.in_([k.value for k in kinds]),
                )
                strays = (
                    select(table.c.position)
                    .outerjoin(schema.ledger, entry)
                    .where(schema.ledger.c.position.is_(None))
                    .limit(20)
                )
                for row in connection.execute(strays):
                    yield f"{table.name} at {row.position} is vouched for by no entry"
            yield from false_endings(connection)
            yield from false_reading_ends(connection)
            yield from false_place_ends(connection)
            yield from false_settlings(connection)
            yield from stray_originals(connection)
