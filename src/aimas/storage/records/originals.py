"""Originals as the records name them: one opened, and those that are damaged, gone or named by nothing."""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, select, union_all

from aimas.core import BadInput
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.originals import Opened, Sealed, Vault
from aimas.storage.records.acts import acts_upon

PAGE = 1_000


class SqlOriginals:
    _engine: Engine
    _vault: Vault

    def open_original(self, id: str) -> Opened:
        """The act of opening must be recorded by the caller; raises BadInput when gone, erased or damaged."""
        with reading(self._engine) as connection:
            row = connection.execute(select(schema.originals).where(schema.originals.c.id == id)).first()
        if row is None:
            raise BadInput(f"no original {id[:12]} is on file")
        if row.wrapped_key is None:
            raise BadInput(f"the original {id[:12]} was lawfully erased")
        return self._vault.read(Sealed(row.id, row.segment, row.offset, row.length, row.wrapped_key))

    def damaged_originals(self) -> Iterator[str]:
        with reading(self._engine) as connection:
            named = (
                select(schema.publications.c.original)
                .where(schema.publications.c.original.is_not(None))
                .union(select(schema.held.c.original).where(schema.held.c.original.is_not(None)))
                .subquery()
            )
            missing = (
                select(named.c.original)
                .outerjoin(schema.originals, schema.originals.c.id == named.c.original)
                .where(schema.originals.c.id.is_(None))
                .limit(20)
            )
            for row in connection.execute(missing):
                yield f"original {row.original[:12]} is named by a record but its place is gone"
            told = acts_upon("original-erased", schema.originals.c.id)
            erased = (
                select(schema.originals.c.id)
                .where(schema.originals.c.wrapped_key.is_(None), ~told.exists())
                .limit(20)
            )
            for row in connection.execute(erased):
                yield f"the key of original {row.id[:12]} is gone and no entry says that it was erased"
            everything = connection.execution_options(yield_per=PAGE).execute(select(schema.originals))
            sealed = (Sealed(r.id, r.segment, r.offset, r.length, r.wrapped_key or b"") for r in everything)
            yield from self._vault.damaged(sealed)


def stray_originals(connection: Connection) -> Iterator[str]:
    named = union_all(
        *(select(t.c.original).where(t.c.original.is_not(None)) for t in (schema.publications, schema.held))
    )
    strays = select(schema.originals.c.id).where(schema.originals.c.id.not_in(named)).limit(20)
    for row in connection.execute(strays):
        yield f"original {row.id[:12]} is named by no record"
