"""What takes an event back: its opposite, told after it. Nothing is deleted; what the applicant heard stays said."""

from datetime import datetime
from enum import StrEnum

from aimas.appeals.cases import Case, folded
from aimas.appeals.types import (
    AnyEvent,
    Assigned,
    Categorised,
    Linked,
    Paused,
    Released,
    Resumed,
    Unlinked,
    Weighed,
)
from aimas.core import Actor


class NotUndone(StrEnum):
    """Why an event stays."""

    WENT_OUT = "went-out"
    """The applicant was told of it, or it has no opposite."""
    CHANGED_SINCE = "changed-since"
    """Something else happened since; a person looks at it first."""
    ERASED = "erased"
    """Its words were lawfully erased: none can be added, not even why it is taken back."""


def opposite(case: Case, event: AnyEvent, at: datetime, by: Actor) -> AnyEvent | NotUndone:
    """What would bring the case to where it was before its last event."""
    if case.events[-1] != event:
        return NotUndone.CHANGED_SINCE
    before = folded(case.events[:-1]) if len(case.events) > 1 else None
    match event:
        case Assigned() | Released() if before and before.unit:
            return Assigned(at=at, by=by, unit=before.unit, officer=before.officer)
        case Assigned():
            return Released(at=at, by=by, reason="undone")
        case Categorised() if before:
            return Categorised(at=at, by=by, category=before.category)
        case Weighed() if before:
            urgency = before.weighed.urgency if before.weighed else None
            return Weighed(at=at, by=by, urgency=urgency)
        case Linked():
            return Unlinked(at=at, by=by, other=event.other, reason="undone")
        case Unlinked() if before:
            link = next(link for link in before.links if link.other == event.other)
            return Linked(at=at, by=by, other=link.other, relation=link.relation)
        case Paused():
            return Resumed(at=at, by=by)
    return NotUndone.WENT_OUT
