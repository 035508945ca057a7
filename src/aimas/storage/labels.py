"""What persons said of tones, read from the ledger's acts: corrections, samples drawn, answers given blind."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Select, or_, select

from aimas.measuring import Label, Sample
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.tone import Correction

CORRECTED, DRAWN, LABELLED = "tone-corrected", "sample-drawn", "mention-labelled"
"""The verbs of the acts; the ledger vouches for them as for any act, so they can be neither altered nor removed."""

ASKED_AT_ONCE = 500


class Recorded(msgspec.Struct, frozen=True):
    """A correction with its place in the ledger."""

    position: int
    """Of the act; the reading that holds the correction is the entry before."""
    at: datetime
    correction: Correction


class Labels:
    """Reads only; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def corrections_of(self, publications: Sequence[int]) -> list[Recorded]:
        """All that was ever said of these publications (by position), oldest first, also what holds no more."""
        readings, acts = schema.readings, schema.acts
        query = (
            _acts(CORRECTED)
            .join(readings, acts.c.position == readings.c.position + 1)
            .where(readings.c.publication.in_(list(publications)))
        )
        return list(self._recorded(query))

    def corrections(self) -> list[Recorded]:
        """Every one in this home, oldest first."""
        return list(self._recorded(_acts(CORRECTED)))

    def samples(self) -> list[Sample]:
        """Newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(_acts(DRAWN)).all()
        return [msgspec.json.decode(r.detail, type=Sample) for r in reversed(rows)]

    def get_sample(self, id: str) -> Sample | None:
        return next((s for s in self.samples() if s.id == id), None)

    def labels(self, sample: str) -> list[Label]:
        """Oldest first; of one person on one mention the last holds, the earlier ones stay on file."""
        query = _acts(LABELLED).where(schema.ledger.c.subject == sample)
        with reading(self._engine) as connection:
            return [msgspec.json.decode(r.detail, type=Label) for r in connection.execute(query)]

    def readings_at(self, drawn: Sequence[int], position: int) -> dict[int, int]:
        """The readings by which the same publications are read at a position, a later revision's included, by those
        that were drawn; what is not on file by then is left out."""
        before, was, now, after = (
            schema.readings.alias("before"),
            schema.publications.alias("was"),
            schema.publications.alias("now"),
            schema.readings.alias("after"),
        )
        found: dict[int, int] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(drawn), ASKED_AT_ONCE):
                part = list(drawn[start : start + ASKED_AT_ONCE])
                query = (
                    select(before.c.position.label("drawn"), after.c.position.label("read"))
                    .join(was, was.c.position == before.c.publication)
                    .join(now, now.c.key == was.c.key)
                    .join(after, after.c.publication == now.c.position)
                    .where(before.c.position.in_(part), after.c.position <= position)
                    .where(or_(after.c.until.is_(None), after.c.until > position))
                )
                found.update((r.drawn, r.read) for r in connection.execute(query))
        return found

    def _recorded(self, query: Select[Any]) -> Iterator[Recorded]:
        with reading(self._engine) as connection:
            for row in connection.execute(query).all():
                at = datetime.fromtimestamp(row.at / 1_000_000, UTC)
                yield Recorded(row.position, at, msgspec.json.decode(row.detail, type=Correction))


def _acts(verb: str) -> Select[Any]:
    ledger, acts = schema.ledger, schema.acts
    return (
        select(ledger.c.position, ledger.c.at, acts.c.detail)
        .select_from(acts)
        .join(ledger, ledger.c.position == acts.c.position)
        .where(acts.c.verb == verb)
        .order_by(acts.c.position)
    )
