"""Where records say that they end or were settled, and the ledger says otherwise."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, func, or_, select

from aimas.ledger import EntryKind
from aimas.storage import schema
from aimas.storage.records.acts import acts_upon


def false_endings(connection: Connection) -> Iterator[str]:
    """`until` is derived: it must be the position of the revision that took the place."""
    old, new = schema.publications.alias("old"), schema.publications.alias("new")
    wrong = (
        select(old.c.position)
        .outerjoin(new, new.c.revises == old.c.position)
        .where(
            or_(
                and_(new.c.position.is_(None), old.c.until.is_not(None)),
                and_(new.c.position.is_not(None), or_(old.c.until.is_(None), old.c.until != new.c.position)),
            )
        )
        .limit(20)
    )
    for row in connection.execute(wrong):
        yield f"the publication at {row.position} ends elsewhere than the ledger says"


def false_reading_ends(connection: Connection) -> Iterator[str]:
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


def false_place_ends(connection: Connection) -> Iterator[str]:
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


def false_settlings(connection: Connection) -> Iterator[str]:
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
    told = [
        acts_upon(verb, cast(table.c.position, Text)).exists() for verb in ("held-retried", "held-settled")
    ]
    forgotten = select(table.c.position).where(table.c.resolved.is_(None), or_(*told)).limit(20)
    for row in connection.execute(forgotten):
        yield f"the held item at {row.position} was settled but waits again"


def _by_publication(table: Any) -> dict[str, Any]:
    return {"partition_by": table.c.publication, "order_by": table.c.position}
