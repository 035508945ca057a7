"""Publications over time: from which position of the ledger to which each stood as it was read and placed."""

from collections.abc import Iterator, Sequence

import msgspec
from sqlalchemy import Engine, and_, func, or_, select

from aimas.core import Placed, StoredPublication
from aimas.storage import rows, schema
from aimas.storage.database import reading
from aimas.storage.records.queries import PLACED, parts, stored_publications, with_places, with_readings


class Version(msgspec.Struct, frozen=True):
    """A publication as it stood from one ledger position up to another, None while it stands."""

    publication: StoredPublication
    since: int
    until: int | None


class Versions(msgspec.Struct, frozen=True):
    """What became of publications in a stretch of the ledger."""

    ended: list[int]
    """Readings known before, of which something ended or began: all of their versions come anew."""
    documents: list[Version]
    reached: int


class SqlVersions:
    _engine: Engine

    def versions_after(self, position: int, limit: int) -> Versions:
        """What an index must take in after `position`, at most `limit` ledger positions on."""
        ledger, readings, placements = schema.ledger.c, schema.readings.c, schema.placements.c
        with reading(self._engine) as connection:
            last = connection.execute(
                select(func.max(ledger.position)).where(
                    ledger.position > position, ledger.position <= position + limit
                )
            ).scalar()
            if last is None:
                return Versions([], [], position)
            # One entry may place many: no more are taken at once than entries, but for those of a single entry.
            crowd = select(placements.position).where(placements.position.between(position + 1, last))
            full = connection.execute(crowd.order_by(placements.position).offset(limit).limit(1)).scalar()
        if full is not None:
            last = max(position + 1, full - 1)
        moved = select(placements.publication).where(placements.position.between(position + 1, last))
        asked = (
            readings.position.between(position + 1, last),
            and_(readings.position <= position, readings.until.between(position + 1, last)),
            and_(
                readings.position <= position,
                or_(readings.until.is_(None), readings.until > position),
                readings.publication.in_(moved),
            ),
        )
        # Three questions, each answered by its own index; joined by OR they would be answered by reading everything.
        found: dict[int, StoredPublication] = {}
        for part in asked:
            for publication in stored_publications(self._engine, with_readings().where(part)):
                found[publication.read_at] = publication
        # Once each: a publication asked about in two parts would be placed twice.
        relevant = sorted({p.position for p in found.values() if p.mentions})
        placed = self._placed_versions(relevant)
        documents = [
            # Of what speaks of no institution, as it was read then, no place is told.
            version
            for p in found.values()
            for version in _over_time(p, placed.get(p.position, ()) if p.mentions else ())
        ]
        return Versions([r for r in found if r <= position], documents, last)

    def _placed_versions(self, publications: Sequence[int]) -> dict[int, list[Placed]]:
        """All that was ever said of where these stand, in order."""
        found: dict[int, list[Placed]] = {}
        table = schema.placements
        for part in parts(publications):
            query = with_places(select(*PLACED).select_from(table)).where(table.c.publication.in_(part))
            with reading(self._engine) as connection:
                for row in connection.execute(query.order_by(table.c.position)).mappings():
                    found.setdefault(row["placed_publication"], []).append(rows.placed(dict(row)))
        return found


def _over_time(publication: StoredPublication, placed: Sequence[Placed]) -> Iterator[Version]:
    """One for each place that it had while this reading stood, the time before the first included."""
    since, until = publication.read_at, publication.read_until
    first = placed[0].position if placed else None
    if first is None or first > since:
        yield Version(msgspec.structs.replace(publication, placed=None), since, _earlier(until, first))
    for place in placed:
        begins, ends = max(since, place.position), _earlier(until, place.until)
        if ends is None or begins < ends:
            yield Version(msgspec.structs.replace(publication, placed=place), begins, ends)


def _earlier(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
