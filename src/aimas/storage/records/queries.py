"""How publications are asked for: with their readings, and with where they stand."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, and_, or_, select

from aimas.core import StoredPublication
from aimas.storage import rows, schema
from aimas.storage.database import reading

PART = 500
"""Positions or ids a statement asks for at once."""
T = TypeVar("T")

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


def with_readings() -> Select[Any]:
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
    return with_places(with_readings().add_columns(*PLACED).outerjoin(table, places))


def with_places(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(_chain, _chain.c.position == schema.placements.c.chain).outerjoin(
        _story, _story.c.position == schema.placements.c.story
    )


def parts(asked: Sequence[T]) -> Iterator[list[T]]:
    for start in range(0, len(asked), PART):
        yield list(asked[start : start + PART])


def stored_publications(engine: Engine, query: Select[Any]) -> list[StoredPublication]:
    """By a query for what `with_readings` or `joined` selects."""
    with reading(engine) as connection:
        return [rows.stored_publication(dict(r)) for r in connection.execute(query).mappings()]
