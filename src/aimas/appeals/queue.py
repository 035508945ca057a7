"""The desk's list of cases: what is asked of it and what a line of it says."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from aimas.appeals.states import Press
from aimas.appeals.types import Channel, Decision, Stage, Standing
from aimas.core import Language


class Order(StrEnum):
    """What comes first."""

    DUE = "due"
    """What is due soonest; what has no date, last."""
    NEWEST = "newest"
    """What came last."""
    UPDATED = "updated"
    """What something happened to last."""


class Due(StrEnum):
    """How near the date is."""

    OVERDUE = "overdue"
    """Over, and no answer: silence counts as a refusal."""
    TODAY = "today"
    """Due today."""
    SOON = "soon"
    """Within three days from today."""
    LATER = "later"
    """After that."""
    NONE = "none"
    """No date: none is set by law, the clock stands, or nothing is owed any more."""


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything asked for must hold; what is None or empty is not asked for."""

    unit: str | None = None
    officer: str | None = None
    is_unassigned: bool = False
    stages: tuple[Stage, ...] = ()
    only_open: bool = False
    """What still waits for our answer."""
    due: Due | None = None
    standing: Standing | None = None
    kind: str | None = None
    channel: Channel | None = None
    language: Language | None = None
    category: str | None = None
    only_urgent: bool = False
    """What a person called urgent, or a program suggests to be."""
    cluster: str | None = None
    """Id of any case of it."""
    cases: tuple[str, ...] | None = None
    """Only these: the list behind a figure."""
    text: str = ""
    """A number, or words of the appeals: found without opening any."""
    order: Order = Order.DUE
    urgent_first: bool = False
    """Before the order: what a person called urgent, then what seems to be."""
    after: str | None = None
    """The `next` of the page before."""
    size: int = 50
    sees_confidential: bool = False
    """Without it, of confidential cases only those that `reader` was let in to."""
    confidential_units: tuple[str, ...] = ()
    """Units whose confidential cases are seen as well."""
    reader: str | None = None
    """Name of the account that asks."""
    units: tuple[str, ...] | None = None
    """Only cases of these units, and those that `reader` was given or let in to; None: all."""
    sees_unassigned: bool = True
    """With `units`: those of no unit yet as well."""
    first_read_kinds: tuple[str, ...] = ()
    """With `units`: those of no unit yet and of these kinds as well, unless they are confidential."""


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its events make it, in one line; derived, never the truth."""

    case: str
    number: str
    stage: Stage
    standing: Standing
    kind: str
    channel: Channel
    language: Language
    received_at: datetime
    due: date | None
    """The day by which an answer is owed now."""
    unit: str | None
    officer: str | None
    category: str | None
    is_confidential: bool
    is_repeat: bool
    forwards: int
    extensions: int
    reopenings: int
    complaints: int
    decision: Decision | None
    stars: int | None
    press: Press
    cluster: str
    """Id of the earliest case of its cluster; its own where it is alone."""
    cluster_size: int
    updated_at: datetime
    position: int
    """Ledger position of the last event."""

    def due_state(self, today: date) -> Due:
        if self.due is None:
            return Due.NONE
        left = (self.due - today).days
        if left < 0:
            return Due.OVERDUE
        return Due.TODAY if left == 0 else Due.SOON if left <= SOON_DAYS else Due.LATER


SOON_DAYS = 3


class QueuePage(msgspec.Struct, frozen=True):
    rows: tuple[QueueRow, ...]
    next: str | None
    """Give it as `after`; None: that was the last."""
    total: int
    """Of the whole list, as it stood when the page was read."""
