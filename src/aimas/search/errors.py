"""What a query that is not understood raises."""

from aimas.core import LocatedError


class QueryError(LocatedError):
    """The query is not understood at the place told."""


class ChainedQueryError(QueryError):
    """Between named searches, not inside one; names the chain itself."""
