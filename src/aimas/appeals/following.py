"""What may happen to a case now, and why the rest may not: asked of the same rules that admit the event itself."""

from datetime import datetime

from aimas.appeals.admission import refusal
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import extension_limit
from aimas.appeals.law import Terms
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Complained,
    Decision,
    Delivered,
    Divided,
    DocumentAdded,
    Extended,
    Forwarded,
    HearingNoticed,
    Identified,
    KeyDestroyed,
    Paused,
    Reclassified,
    Refusal,
    Registered,
    Reopened,
    Resumed,
    Unveiled,
    Withdrawn,
)
from aimas.core import Actor

_SAID = "said"
"""Stands for words that a person will still write."""


def obstacles(case: Case, terms: Terms, at: datetime) -> dict[type[AnyEvent], Refusal | None]:
    """By event: why it could not follow at this moment even if all its words were there; None: it could."""
    return {type(each): refusal(case, each, terms) for each in _specimens(case, terms, at)}


def _specimens(case: Case, terms: Terms, at: datetime) -> tuple[AnyEvent, ...]:
    """Each event as likely to be admitted as it can be."""
    by = Actor("person", _SAID)
    limit = extension_limit(case, terms)
    until = limit.due if limit and limit.due else at.date()
    ground = next(iter(terms.pause_grounds), "")
    return (
        Registered(at=at, by=by, number=_SAID),
        Identified(at=at, by=by),
        Reclassified(at=at, by=by, kind=case.kind, reason=_SAID),
        Divided(at=at, by=by, requests=case.requests, reason=_SAID),
        Assigned(at=at, by=by, unit=_SAID),
        DocumentAdded(at=at, by=by, content=_SAID),
        Forwarded(at=at, by=by, to=_SAID, reason=_SAID, notice=_SAID),
        Extended(at=at, by=by, until=until, reason=_SAID, decided_by=_SAID),
        HearingNoticed(at=at, by=by, preliminary=_SAID),
        Paused(at=at, by=by, ground=ground, reason=_SAID),
        Resumed(at=at, by=by),
        Answered(at=at, by=by, decision=Decision.EXPLAINED, content=_SAID, signed_by=_SAID),
        Delivered(at=at, by=by, channel=case.channel, proof=_SAID),
        Reopened(at=at, by=by, reason=_SAID),
        Complained(at=at, by=by, to=_SAID, reason=_SAID),
        Withdrawn(at=at, by=by, reason=_SAID),
        KeyDestroyed(at=at, by=by),
        Unveiled(at=at, by=by, reason=_SAID),
    )
