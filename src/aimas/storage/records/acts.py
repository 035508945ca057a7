"""What people and the program did: acts, with who did them and to what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Select, or_, select

from aimas.ledger import EntryKind
from aimas.storage import schema
from aimas.storage.database import reading


class SqlActs:
    _engine: Engine

    def acts(self, limit: int = 100) -> list[dict[str, Any]]:
        """What people and the program did, newest first."""
        query = _newest().limit(limit)
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def acts_of(
        self,
        verbs: Sequence[str],
        *,
        actor: str | None = None,
        person: str | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        below: int | None = None,
        limit: int = 50,
    ) -> list[dict[str, Any]]:
        """What was done of these kinds, newest first; `until` itself is not in it. What is None is not asked for.
        `person` is an actor whom the entry names, or the act itself where a program wrote it down."""
        ledger, acts = schema.ledger, schema.acts
        query = _newest().where(acts.c.verb.in_(list(verbs))).limit(limit)
        for column, value in ((ledger.c.actor, actor), (ledger.c.subject, subject)):
            if value is not None:
                query = query.where(column == value)
        if person is not None:
            named = f'"by":{msgspec.json.encode(person).decode()}'
            query = query.where(or_(ledger.c.actor == person, acts.c.detail.contains(named, autoescape=True)))
        if since is not None:
            query = query.where(ledger.c.at >= int(since.timestamp() * 1_000_000))
        if until is not None:
            query = query.where(ledger.c.at < int(until.timestamp() * 1_000_000))
        if below is not None:
            query = query.where(acts.c.position < below)
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def verbs(self) -> list[str]:
        """Of all acts on file, by the alphabet."""
        verb = schema.acts.c.verb
        with reading(self._engine) as connection:
            return list(connection.execute(select(verb).distinct().order_by(verb)).scalars())

    def actors(self, verbs: Sequence[str]) -> list[str]:
        """Whom the entries of such acts name, by the alphabet."""
        ledger, acts = schema.ledger, schema.acts
        query = (
            select(ledger.c.actor)
            .join(acts, acts.c.position == ledger.c.position)
            .where(acts.c.verb.in_(list(verbs)))
            .distinct()
            .order_by(ledger.c.actor)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())


def _newest() -> Select[Any]:
    """Acts as the ledger tells of them, newest first."""
    ledger, acts = schema.ledger, schema.acts
    return (
        select(ledger.c.position, ledger.c.at, ledger.c.actor, ledger.c.subject)
        .add_columns(acts.c.verb, acts.c.detail)
        .join(acts, acts.c.position == ledger.c.position)
        # By the acts' own positions: by the ledger's, all entries behind the last act would be read.
        .order_by(acts.c.position.desc())
    )


def acts_upon(verb: str, subject: Any) -> Any:
    """Entries that say that this was done to the subject, which is a column of the query around."""
    ledger, acts = schema.ledger.alias("told"), schema.acts.alias("deeds")
    return (
        select(acts.c.position)
        .join(ledger, ledger.c.position == acts.c.position)
        .where(acts.c.verb == verb, ledger.c.kind == EntryKind.ACT.value, ledger.c.subject == subject)
    )
