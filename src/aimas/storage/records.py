"""The reader of records: publications at a snapshot, held items, counts, and the evidence for verification."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Select, Text, and_, cast, func, or_, select, union_all

from aimas.core import BadInput, Placed, StoredPublication
from aimas.ledger import Entry, EntryKind
from aimas.storage import appeal_tables, rows, schema
from aimas.storage.archive import head
from aimas.storage.database import home_id, reading
from aimas.storage.originals import Opened, Sealed, Vault

PAGE = 1_000


class HeldItem(msgspec.Struct, frozen=True):
    position: int
    step: str
    reason: str
    detail: str
    name: str
    source: str
    at: datetime
    retryable: bool
    """False where nothing was kept that could be tried again."""


class Tallied(msgspec.Struct, frozen=True):
    step: str
    outcome: str
    reason: str
    n: int


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


class Records:
    """Reads only; safe to share between threads."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self.home = home_id(engine)

    def head(self) -> int:
        with reading(self._engine) as connection:
            return head(connection)

    def head_hash(self) -> tuple[int, bytes]:
        """Raises BadInput on an empty ledger."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(schema.ledger).order_by(schema.ledger.c.position.desc()).limit(1)
            ).first()
        if row is None:
            raise BadInput("The ledger is empty: there is nothing to vouch for yet.")
        return row.position, row.hash

    def hash_at(self, position: int) -> bytes | None:
        """Of a ledger entry, which stands for all before it, too; None where there is none."""
        query = select(schema.ledger.c.hash).where(schema.ledger.c.position == position)
        with reading(self._engine) as connection:
            found = connection.execute(query).scalar()
        return None if found is None else _bytes(found)

    def position_at(self, moment_us: int) -> int:
        """The last position written at or before this moment."""
        with reading(self._engine) as connection:
            query = select(func.max(schema.ledger.c.position)).where(schema.ledger.c.at <= moment_us)
            return int(connection.execute(query).scalar() or 0)

    def get_publication(self, id: str) -> StoredPublication | None:
        """With its current reading."""
        found = self._publications(
            joined().where(schema.publications.c.id == id, schema.readings.c.until.is_(None))
        )
        if found:
            return found[0]
        # A superseded revision keeps its last reading.
        found = self._publications(
            joined()
            .where(schema.publications.c.id == id)
            .order_by(schema.readings.c.position.desc())
            .limit(1)
        )
        return found[0] if found else None

    def by_reading(self, positions: Sequence[int], at: int | None = None) -> list[StoredPublication]:
        """In the order asked for; a reading names one publication in one version. Chain and story as they stood
        at that position, as they stand now where it is None."""
        found: dict[int, StoredPublication] = {}
        for start in range(0, len(positions), PAGE // 2):
            part = list(positions[start : start + PAGE // 2])
            for publication in self._publications(joined(at).where(schema.readings.c.position.in_(part))):
                found[publication.read_at] = publication
        return [found[p] for p in positions if p in found]

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        """Of publications by their positions."""
        found: dict[int, str] = {}
        table = schema.publications
        with reading(self._engine) as connection:
            for start in range(0, len(positions), PAGE // 2):
                part = list(positions[start : start + PAGE // 2])
                query = select(table.c.position, table.c.id).where(table.c.position.in_(part))
                found.update((r.position, r.id) for r in connection.execute(query))
        return found

    def revisions(self, publication: StoredPublication) -> list[StoredPublication]:
        """All revisions under the same address, oldest first."""
        table = schema.publications
        key = select(table.c.key).where(table.c.position == publication.position).scalar_subquery()
        everything = self._publications(
            joined().where(table.c.key == key).order_by(table.c.revision, schema.readings.c.position)
        )
        latest = {p.revision: p for p in everything}
        return list(latest.values())

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
            for publication in self._publications(_bare().where(part)):
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
        for start in range(0, len(publications), PAGE // 2):
            part = list(publications[start : start + PAGE // 2])
            query = _with_places(select(*PLACED).select_from(table)).where(table.c.publication.in_(part))
            with reading(self._engine) as connection:
                for row in connection.execute(query.order_by(table.c.position)).mappings():
                    found.setdefault(row["placed_publication"], []).append(rows.placed(dict(row)))
        return found

    def current(self, after: int, limit: int) -> list[StoredPublication]:
        """Current publications with their current readings, by position, from `after` on."""
        position = schema.publications.c.position
        return self._publications(
            joined()
            .where(
                position > after,
                schema.publications.c.until.is_(None),
                schema.readings.c.until.is_(None),
            )
            .order_by(position)
            .limit(limit)
        )

    def held(self, limit: int = 200, after: int = 0) -> list[HeldItem]:
        """Waiting items, newest first; `after` continues below a position."""
        table = schema.held
        query = select(table).where(table.c.resolved.is_(None)).order_by(table.c.position.desc()).limit(limit)
        if after:
            query = query.where(table.c.position < after)
        with reading(self._engine) as connection:
            return [
                HeldItem(
                    r.position,
                    r.step,
                    r.reason,
                    r.detail,
                    r.name,
                    r.source,
                    rows.moment(r.at // 1_000_000),
                    r.original is not None,
                )
                for r in connection.execute(query)
            ]

    def held_count(self) -> int:
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(schema.held).where(schema.held.c.resolved.is_(None))
            return int(connection.execute(query).scalar_one())

    def held_original(self, position: int) -> str | None:
        """None where nothing was kept, and where it was settled already."""
        with reading(self._engine) as connection:
            table = schema.held
            query = select(table.c.original).where(table.c.position == position, table.c.resolved.is_(None))
            return connection.execute(query).scalar()

    def tallies(self) -> list[Tallied]:
        with reading(self._engine) as connection:
            table = schema.tallies
            ordered = select(table).order_by(table.c.step, table.c.outcome, table.c.reason)
            return [Tallied(r.step, r.outcome, r.reason, r.n) for r in connection.execute(ordered)]

    def acts(self, limit: int = 100) -> list[dict[str, Any]]:
        """What people and the program did, newest first."""
        # By the acts' own positions: by the ledger's, all entries behind the last act would be read.
        query = (
            select(
                schema.ledger.c.position, schema.ledger.c.at, schema.ledger.c.actor, schema.ledger.c.subject
            )
            .add_columns(schema.acts.c.verb, schema.acts.c.detail)
            .join(schema.acts, schema.acts.c.position == schema.ledger.c.position)
            .order_by(schema.acts.c.position.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def acts_of(
        self,
        verbs: Sequence[str],
        *,
        actor: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        below: int | None = None,
        limit: int = 50,
    ) -> list[dict[str, Any]]:
        """What was done of these kinds, newest first; `until` itself is not in it. What is None is not asked for."""
        ledger, acts = schema.ledger, schema.acts
        query = (
            select(ledger.c.position, ledger.c.at, ledger.c.actor, ledger.c.subject)
            .add_columns(acts.c.verb, acts.c.detail)
            .join(acts, acts.c.position == ledger.c.position)
            .where(acts.c.verb.in_(list(verbs)))
            .order_by(acts.c.position.desc())
            .limit(limit)
        )
        for column, value in ((ledger.c.actor, actor), (ledger.c.subject, subject)):
            if value is not None:
                query = query.where(column == value)
        if since is not None:
            query = query.where(ledger.c.at >= int(since.timestamp() * 1_000_000))
        if until is not None:
            query = query.where(ledger.c.at < int(until.timestamp() * 1_000_000))
        if below is not None:
            query = query.where(acts.c.position < below)
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def acts_about(self, subject: str, verbs: Sequence[str], limit: int = 50) -> list[dict[str, Any]]:
        """What was done to one thing, newest first."""
        ledger, acts = schema.ledger, schema.acts
        query = (
            select(ledger.c.position, ledger.c.at, ledger.c.actor, ledger.c.subject)
            .add_columns(acts.c.verb, acts.c.detail)
            .join(acts, acts.c.position == ledger.c.position)
            .where(acts.c.verb.in_(list(verbs)), ledger.c.subject == subject)
            .order_by(acts.c.position.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def open_original(self, id: str) -> Opened:
        """The act of opening must be recorded by the caller; raises BadInput when gone, erased or damaged."""
        with reading(self._engine) as connection:
            row = connection.execute(select(schema.originals).where(schema.originals.c.id == id)).first()
        if row is None:
            raise BadInput(f"no original {id[:12]} is on file")
        if row.wrapped_key is None:
            raise BadInput(f"the original {id[:12]} was lawfully erased")
        return self._vault.read(Sealed(row.id, row.segment, row.offset, row.length, row.wrapped_key))

    # What verification reads.

    def entries(self) -> Iterator[Entry]:
        position = 0
        table = schema.ledger
        with reading(self._engine) as connection:
            while True:
                page = connection.execute(
                    select(table).where(table.c.position > position).order_by(table.c.position).limit(PAGE)
                ).all()
                if not page:
                    return
                for r in page:
                    yield Entry(
                        r.position, r.at, _kind(r.kind), r.subject, _bytes(r.digest), r.actor, _bytes(r.hash)
                    )
                position = page[-1].position

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
            yield from self._false_endings(connection)
            yield from self._false_reading_ends(connection)
            yield from self._false_place_ends(connection)
            yield from self._false_settlings(connection)
            yield from self._stray_originals(connection)

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
            told = _acts_about("original-erased", schema.originals.c.id)
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

    def _false_endings(self, connection: Any) -> Iterator[str]:
        """`until` is derived: it must be the position of the revision that took the place."""
        old, new = schema.publications.alias("old"), schema.publications.alias("new")
        wrong = (
            select(old.c.position)
            .outerjoin(new, new.c.revises == old.c.position)
            .where(
                or_(
                    and_(new.c.position.is_(None), old.c.until.is_not(None)),
                    and_(
                        new.c.position.is_not(None), or_(old.c.until.is_(None), old.c.until != new.c.position)
                    ),
                )
            )
            .limit(20)
        )
        for row in connection.execute(wrong):
            yield f"the publication at {row.position} ends elsewhere than the ledger says"

    def _false_reading_ends(self, connection: Any) -> Iterator[str]:
        """A reading ends where the next one begins, or where its publication does."""
        table = schema.readings
        following = (
            select(table.c.position, func.lead(table.c.position).over(**_by_publication(table)).label("next"))
        ).subquery()
        expected = func.coalesce(following.c.next, schema.publications.c.until)
        wrong = (
            select(table.c.position)
            .join(following, following.c.position == table.c.position)
            .join(schema.publications, schema.publications.c.position == table.c.publication)
            .where(expected.is_distinct_from(table.c.until))
            .limit(20)
        )
        for row in connection.execute(wrong):
            yield f"the reading at {row.position} ends elsewhere than the ledger says"

    def _false_place_ends(self, connection: Any) -> Iterator[str]:
        """A place ends where the publication's next one begins."""
        table = schema.placements
        following = (
            select(
                table.c.position,
                table.c.publication,
                table.c.until,
                func.lead(table.c.position).over(**_by_publication(table)).label("next"),
            )
        ).subquery()
        wrong = (
            select(following.c.position, following.c.publication)
            .where(following.c.next.is_distinct_from(following.c.until))
            .limit(20)
        )
        for row in connection.execute(wrong):
            yield f"the place given at {row.position} to {row.publication} ends elsewhere than the ledger says"

    def _false_settlings(self, connection: Any) -> Iterator[str]:
        """A held item is settled by the act that names it, and only by such."""
        table, act = schema.held, schema.ledger.alias("act")
        wrong = (
            select(table.c.position)
            .outerjoin(act, and_(act.c.position == table.c.resolved, act.c.kind == EntryKind.ACT.value))
            .where(
                table.c.resolved.is_not(None),
                or_(act.c.position.is_(None), act.c.subject != cast(table.c.position, Text)),
            )
            .limit(20)
        )
        for row in connection.execute(wrong):
            yield f"the held item at {row.position} is marked as settled by no act"
        told = _acts_about("held-retried", cast(table.c.position, Text))
        forgotten = select(table.c.position).where(table.c.resolved.is_(None), told.exists()).limit(20)
        for row in connection.execute(forgotten):
            yield f"the held item at {row.position} was settled but waits again"

    def _stray_originals(self, connection: Any) -> Iterator[str]:
        named = union_all(
            *(
                select(t.c.original).where(t.c.original.is_not(None))
                for t in (schema.publications, schema.held)
            )
        )
        strays = select(schema.originals.c.id).where(schema.originals.c.id.not_in(named)).limit(20)
        for row in connection.execute(strays):
            yield f"original {row.id[:12]} is named by no record"

    def _publications(self, query: Select[Any]) -> list[StoredPublication]:
        with reading(self._engine) as connection:
            return [rows.stored_publication(dict(r)) for r in connection.execute(query).mappings()]


def _by_publication(table: Any) -> dict[str, Any]:
    return {"partition_by": table.c.publication, "order_by": table.c.position}


def _acts_about(verb: str, subject: Any) -> Any:
    """Entries that say that this was done to the subject, which is a column of the query around."""
    ledger, acts = schema.ledger.alias("told"), schema.acts.alias("deeds")
    return (
        select(acts.c.position)
        .join(ledger, ledger.c.position == acts.c.position)
        .where(acts.c.verb == verb, ledger.c.kind == EntryKind.ACT.value, ledger.c.subject == subject)
    )


def _kind(written: Any) -> EntryKind | str:
    return EntryKind(written) if written in set(EntryKind) else str(written)


def _bytes(written: Any) -> bytes:
    """SQLite keeps what somebody else wrote, of whatever type."""
    return written if isinstance(written, bytes) else str(written).encode()


_chain, _story = schema.publications.alias("chain_head"), schema.publications.alias("story_head")

PLACED = (
    schema.placements.c.publication.label("placed_publication"),
    schema.placements.c.position.label("placed_position"),
    schema.placements.c.until.label("placed_until"),
    schema.placements.c.similarity,
    schema.placements.c.score,
    schema.placements.c.ruled_by,
    schema.placements.c.chain.label("chain_at"),
    schema.placements.c.story.label("story_at"),
    _chain.c.id.label("chain_id"),
    _story.c.id.label("story_id"),
)


def _bare() -> Select[Any]:
    """Publications with their readings."""
    return select(
        schema.publications,
        schema.readings.c.position.label("reading_position"),
        schema.readings.c.until.label("reading_until"),
        schema.readings.c.language,
        schema.readings.c.language_confidence,
        schema.readings.c.findings,
    ).join(schema.readings, schema.readings.c.publication == schema.publications.c.position)


def joined(at: int | None = None) -> Select[Any]:
    """With where they stood at a position; where they stand now when it is None."""
    table = schema.placements
    stands = (
        table.c.until.is_(None)
        if at is None
        else and_(table.c.position <= at, or_(table.c.until.is_(None), table.c.until > at))
    )
    places = and_(table.c.publication == schema.publications.c.position, stands)
    return _with_places(_bare().add_columns(*PLACED).outerjoin(table, places))


def _with_places(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(_chain, _chain.c.position == schema.placements.c.chain).outerjoin(
        _story, _story.c.position == schema.placements.c.story
    )


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
