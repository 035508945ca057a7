"""Publications with their readings, one by one, by revision, in the order of the ledger."""

from collections.abc import Sequence

from sqlalchemy import Engine, select

from aimas.core import StoredPublication
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.records.queries import joined, parts, stored_publications


class SqlPublications:
    _engine: Engine

    def get_publication(self, id: str) -> StoredPublication | None:
        """With its current reading."""
        found = stored_publications(
            self._engine, joined().where(schema.publications.c.id == id, schema.readings.c.until.is_(None))
        )
        if found:
            return found[0]
        # A superseded revision keeps its last reading.
        found = stored_publications(
            self._engine,
            joined()
            .where(schema.publications.c.id == id)
            .order_by(schema.readings.c.position.desc())
            .limit(1),
        )
        return found[0] if found else None

    def by_reading(self, positions: Sequence[int], at: int | None = None) -> list[StoredPublication]:
        """In the order asked for; a reading names one publication in one version. Chain and story as they stood
        at that position, as they stand now where it is None."""
        found: dict[int, StoredPublication] = {}
        for part in parts(positions):
            query = joined(at).where(schema.readings.c.position.in_(part))
            for publication in stored_publications(self._engine, query):
                found[publication.read_at] = publication
        return [found[p] for p in positions if p in found]

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        """Of publications by their positions."""
        found: dict[int, str] = {}
        table = schema.publications
        with reading(self._engine) as connection:
            for part in parts(positions):
                query = select(table.c.position, table.c.id).where(table.c.position.in_(part))
                found.update((r.position, r.id) for r in connection.execute(query))
        return found

    def revisions(self, publication: StoredPublication) -> list[StoredPublication]:
        """All revisions under the same address, oldest first."""
        table = schema.publications
        key = select(table.c.key).where(table.c.position == publication.position).scalar_subquery()
        everything = stored_publications(
            self._engine,
            joined().where(table.c.key == key).order_by(table.c.revision, schema.readings.c.position),
        )
        latest = {p.revision: p for p in everything}
        return list(latest.values())

    def current(self, after: int, limit: int) -> list[StoredPublication]:
        """Current publications with their current readings, by position, from `after` on."""
        position = schema.publications.c.position
        return stored_publications(
            self._engine,
            joined()
            .where(
                position > after,
                schema.publications.c.until.is_(None),
                schema.readings.c.until.is_(None),
            )
            .order_by(position)
            .limit(limit),
        )
