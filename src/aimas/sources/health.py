"""How a source is doing, told from what is remembered of its polls."""

from datetime import datetime, timedelta
from enum import StrEnum

from aimas.sources.types import PollState, Source

LATE = timedelta(minutes=10)
"""So long past its due time a source counts as unwatched: the gatherer is not running."""


class Health(StrEnum):
    NEW = "new"
    """Never polled yet."""
    ALIVE = "alive"
    """The last poll was answered."""
    FAILING = "failing"
    """The last poll failed; it is tried again by itself."""
    DEAD = "dead"
    """Gone for good, or failing a whole day."""
    UNWATCHED = "unwatched"
    """Nobody polls it: silence means nothing."""
    RETIRED = "retired"
    """A person ended it: nobody expects it to speak."""


def health(source: Source, state: PollState, now: datetime) -> Health:
    if source.retired_at is not None:
        return Health.RETIRED
    if state.dead:
        return Health.DEAD
    if state.next_due is not None and now - state.next_due > LATE:
        return Health.UNWATCHED
    if state.consecutive_failures:
        since = state.last_ok_at
        return Health.DEAD if since is not None and now - since > timedelta(days=1) else Health.FAILING
    return Health.NEW if state.last_ok_at is None else Health.ALIVE
