"""What placing reads: who waits, who stands where, and why."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Engine, and_, func, literal_column, or_, select

from aimas.core import StoredPublication
from aimas.search.stories import GivenTitle
from aimas.storage import rows, schema
from aimas.storage.archive import head
from aimas.storage.database import reading
from aimas.storage.records import joined, parts, stored_publications
from aimas.stories import Placing
from aimas.stories.placing import Waiting
from aimas.stories.rulings import Merged

MOVES = ("story-merged", "story-unmerged", "story-split", "story-pinned")
"""Rulings that give publications other places."""


class SqlPlaces:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def waiting(self) -> tuple[list[Waiting], int]:
        publications, readings, placements = schema.publications, schema.readings, schema.placements
        said = func.coalesce(publications.c.published_at, publications.c.fetched_at)
        with reading(self._engine) as connection:
            reached = head(connection)
            noted = select(schema.meta.c.value).where(schema.meta.c.key == "placed")
            after = int(connection.execute(noted).scalar() or 0)
            if reached == after:
                return [], reached
            query = (
                select(publications.c.position, said.label("said"), publications.c.fetched_at)
                .join(readings, readings.c.publication == publications.c.position)
                .outerjoin(placements, placements.c.publication == publications.c.position)
                .where(
                    readings.c.position > after,
                    readings.c.position <= reached,
                    # Written out: with a parameter the index of the relevant ones would not be used.
                    readings.c.relevant == literal_column("1"),
                    readings.c.until.is_(None),
                    placements.c.position.is_(None),
                )
            )
            found = [
                Waiting(rows.moment(min(r.said, r.fetched_at)), r.position) for r in connection.execute(query)
            ]
        return found, reached

    def publications(self, positions: Sequence[int]) -> list[StoredPublication]:
        found: dict[int, StoredPublication] = {}
        for part in parts(positions):
            query = joined().where(
                schema.publications.c.position.in_(part), schema.readings.c.until.is_(None)
            )
            found.update((p.position, p) for p in stored_publications(self._engine, query))
        return [found[p] for p in positions if p in found]

    def last_read(self, positions: Sequence[int]) -> list[StoredPublication]:
        """In the order asked for, also what a revision replaced: each as it was read last."""
        found: dict[int, StoredPublication] = {}
        for part in parts(positions):
            query = joined().where(schema.publications.c.position.in_(part))
            everything = stored_publications(self._engine, query.order_by(schema.readings.c.position))
            found.update((p.position, p) for p in everything)
        return [found[p] for p in positions if p in found]

    def placed(self, since: datetime, until: datetime | None) -> Iterator[StoredPublication]:
        table = schema.placements
        within = [table.c.until.is_(None), table.c.timed >= rows.seconds(since)]
        if until is not None:
            within.append(table.c.timed <= rows.seconds(until))
        ordered = select(table.c.publication).where(and_(*within)).order_by(table.c.timed, table.c.position)
        with reading(self._engine) as connection:
            positions = list(connection.execute(ordered).scalars())
        for part in parts(positions):
            yield from self.publications(part)

    def latest(self) -> datetime | None:
        table = schema.placements
        with reading(self._engine) as connection:
            timed = connection.execute(
                select(func.max(table.c.timed)).where(table.c.until.is_(None))
            ).scalar()
        return None if timed is None else rows.moment(timed)

    def last_placing(self) -> int:
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(schema.placements.c.position))).scalar() or 0)

    def chains(self, heads: Sequence[int]) -> list[Placing]:
        return self._placings(schema.placements.c.chain.in_(list(heads)))

    def story(self, story: int) -> list[Placing]:
        """Where the members of a story stand now."""
        return self._placings(schema.placements.c.story == story)

    def positions(self, ids: Sequence[str]) -> dict[str, int]:
        """Ledger positions of publications; unknown ids are left out."""
        table = schema.publications
        found: dict[str, int] = {}
        with reading(self._engine) as connection:
            for part in parts(ids):
                query = select(table.c.id, table.c.position).where(table.c.id.in_(part))
                found.update((r.id, r.position) for r in connection.execute(query))
        return found

    def titles(self, stories: Sequence[str], at: int) -> dict[str, GivenTitle]:
        """The last title that a person gave each of them, as known at a ledger position."""
        ledger, acts = schema.ledger, schema.acts
        query = (
            select(ledger.c.subject, ledger.c.actor, acts.c.detail)
            .join(acts, acts.c.position == ledger.c.position)
            .where(acts.c.verb == "story-renamed", acts.c.position <= at, ledger.c.subject.in_(list(stories)))
            .order_by(acts.c.position)
        )
        with reading(self._engine) as connection:
            given = {
                r.subject: GivenTitle(msgspec.json.decode(r.detail)["title"], r.actor)
                for r in connection.execute(query)
            }
        return {story: title for story, title in given.items() if title.title}

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        """Of publications by their ledger positions."""
        table = schema.publications
        found: dict[int, str] = {}
        with reading(self._engine) as connection:
            for part in parts(positions):
                query = select(table.c.position, table.c.id).where(table.c.position.in_(part))
                found.update((r.position, r.id) for r in connection.execute(query))
        return found

    def last_merge(self, story: str) -> Merged | None:
        """The last ruling about this story, where that is a merge and all that it moved still stands there."""
        acts, ledger = schema.acts, schema.ledger
        query = (
            select(acts.c.position, acts.c.verb, acts.c.detail)
            .join(ledger, ledger.c.position == acts.c.position)
            .where(acts.c.verb.in_(MOVES), ledger.c.subject == story)
            .order_by(acts.c.position.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            last = connection.execute(query).first()
        target = self.positions([story]).get(story)
        if last is None or last.verb != "story-merged" or target is None:
            return None
        # A merge and the places that it gives are entered one after the other.
        before = self._placings(schema.placements.c.until == last.position + 1, is_past=True)
        now = self.of([p.publication for p in before])
        if not before or len(now) != len(before) or any(p.story != target for p in now):
            return None
        detail = msgspec.json.decode(last.detail)
        titles = (detail["from_title"], detail["into_title"]) if "from_title" in detail else None
        return Merged(last.position, str(detail["from"]), int(detail["publications"]), titles, tuple(before))

    def successor(self, story: str) -> str | None:
        """Where most of a story is that has no members any more; None where it never was or still is."""
        return next(iter(self.successors(story)), None)

    def successors(self, story: str) -> list[str]:
        """The stories in which what the last merge took out of this one stands now, those with most of it first; where
        its last publications were moved one by one, the story that now has the one it is named after."""
        position = self.positions([story]).get(story)
        if position is None or self.story(position):
            return []
        acts = schema.acts
        query = (
            select(acts.c.position, acts.c.detail)
            .where(acts.c.verb == "story-merged")
            .order_by(acts.c.position.desc())
        )
        with reading(self._engine) as connection:
            told = connection.execute(query)
            merge = next((r.position for r in told if msgspec.json.decode(r.detail)["from"] == story), None)
        if merge is not None:
            moved = self._placings(schema.placements.c.position == merge + 1, is_past=True)
            shown = self.shown([p.publication for p in moved])
            stand = Counter(
                p.story for p in self.of([p.publication for p in moved if p.publication in shown])
            )
            ids = self.ids(list(stand))
            if found := [ids[s] for s, _ in sorted(stand.items(), key=lambda each: (-each[1], each[0]))]:
                return found
        left = self._left_for(story)
        return [left] if left else []

    def _left_for(self, story: str) -> str | None:
        """None for a story that has members, and for what never was one."""
        placements, publications = schema.placements, schema.publications
        position = self.positions([story]).get(story)
        if position is None or self.story(position):
            return None
        ever = select(placements.c.position).where(placements.c.story == position).exists()
        query = (
            select(publications.c.id)
            .join(placements, placements.c.story == publications.c.position)
            .where(placements.c.publication == position, placements.c.until.is_(None), ever)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def of(self, publications: Sequence[int], at: int | None = None) -> list[Placing]:
        """Where these stood at a ledger position, or stand now."""
        return self._placings(schema.placements.c.publication.in_(list(publications)), at)

    def shown(self, publications: Sequence[int]) -> set[int]:
        table = schema.readings
        found: set[int] = set()
        with reading(self._engine) as connection:
            for part in parts(publications):
                query = select(table.c.publication).where(
                    table.c.publication.in_(part), table.c.until.is_(None), table.c.relevant == 1
                )
                found.update(connection.execute(query).scalars())
        return found

    def before(self, publication: int) -> StoredPublication | None:
        table = schema.publications
        revised = select(table.c.revises).where(table.c.position == publication).scalar_subquery()
        last = (
            joined().where(table.c.position == revised).order_by(schema.readings.c.position.desc()).limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(last).mappings().first()
        return rows.stored_publication(dict(row)) if row else None

    def _placings(
        self, wanted: ColumnElement[bool], at: int | None = None, is_past: bool = False
    ) -> list[Placing]:
        """`is_past`: also what does not stand any more."""
        table = schema.placements
        stood: ColumnElement[bool] = table.c.until.is_(None)
        if at is not None:
            stood = and_(table.c.position <= at, or_(stood, table.c.until > at))
        query = select(table).where(wanted) if is_past else select(table).where(wanted, stood)
        with reading(self._engine) as connection:
            return [
                Placing(
                    publication=r.publication,
                    timed=rows.moment(r.timed),
                    chain=r.chain,
                    story=r.story,
                    similarity=r.similarity,
                    score=r.score,
                    why=rows.why(r.why),
                    ruled_by=r.ruled_by,
                )
                for r in connection.execute(query)
            ]
