"""The one who reads the records: every side of them, over one database and one vault."""

from sqlalchemy import Engine

from aimas.storage.database import home_id
from aimas.storage.originals import Vault
from aimas.storage.records.acts import SqlActs
from aimas.storage.records.evidence import SqlEvidence
from aimas.storage.records.held import SqlHeld
from aimas.storage.records.publications import SqlPublications
from aimas.storage.records.tallies import SqlTallies
from aimas.storage.records.versions import SqlVersions


class Records(SqlEvidence, SqlPublications, SqlVersions, SqlHeld, SqlTallies, SqlActs):
    """Reads only; safe to share between threads."""

    def __init__(self, engine: Engine, vault: Vault) -> None:
        self._engine = engine
        self._vault = vault
        self.home = home_id(engine)
