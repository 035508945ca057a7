"""Appeals on SQL: each idea keeps its own tables, and all of them take part in one settlement."""

from sqlalchemy import Engine, delete

from aimas.appeals.store import Settlement
from aimas.storage import appeal_tables as tables
from aimas.storage.absences import SqlAbsences
from aimas.storage.case_messages import SqlMessages
from aimas.storage.case_queue import SqlCaseQueue
from aimas.storage.case_states import SqlCaseStates
from aimas.storage.cases import SqlCases
from aimas.storage.likeness import SqlLikeness


class SqlAppeals(SqlCases, SqlCaseStates, SqlCaseQueue, SqlLikeness, SqlMessages, SqlAbsences):
    """An AppealStore."""

    def __init__(self, engine: Engine, secret: bytes) -> None:
        """`secret` keys the marks by which appeals are found again."""
        self._engine = engine
        self._secret = secret

    def empty_derived(self, settlement: Settlement) -> None:
        for table in _DERIVED:
            settlement.connection.execute(delete(table))


_DERIVED = (
    tables.case_states,
    tables.case_readers,
    tables.case_clusters,
    tables.cluster_sizes,
    tables.case_marks,
    tables.case_tokens,
    tables.case_pairs,
)
