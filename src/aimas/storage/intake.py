"""What is kept of letters and imports: their outcomes in the ledger, without a word or an address."""

from collections import Counter

import msgspec
from sqlalchemy import Engine, select

from aimas.intake.receiving import VERB
from aimas.storage import schema
from aimas.storage.database import reading


class SqlIntake:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_known(self, key: str) -> bool:
        ledger, acts = schema.ledger.c, schema.acts.c
        query = (
            select(acts.position)
            .join(schema.ledger, ledger.position == acts.position)
            .where(ledger.subject == key, acts.verb == VERB)
            .limit(1)
        )
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def counts(self) -> dict[str, int]:
        """Letters by outcome, held and ignored ones with their reason."""
        query = select(schema.acts.c.detail).where(schema.acts.c.verb == VERB)
        counted: Counter[str] = Counter()
        with reading(self._engine) as connection:
            for detail in connection.execute(query).scalars():
                said = msgspec.json.decode(detail)
                counted[said["outcome"] + (f":{said['reason']}" if said["reason"] else "")] += 1
        return dict(sorted(counted.items()))
