"""A case in one row: everything that lists and figures ask of it, derived from its events and made again from them."""

from datetime import date, datetime
from enum import IntEnum

import msgspec

from aimas.appeals.cases import Case
from aimas.appeals.deadlines import answer_term
from aimas.appeals.law import Terms
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Channel,
    Decision,
    Delivered,
    ExtensionNotified,
    Forwarded,
    HearingNoticed,
    Stage,
    Standing,
    Told,
    Urgency,
)
from aimas.core import Language


class Press(IntEnum):
    """How a list puts urgent cases first: what a person said before what a program suggests."""

    SAID = 0
    SEEMS = 1
    NOT = 2


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """Never the truth: `state_of` the events is."""

    case: str
    number: str
    stage: Stage
    is_open: bool
    """Something still waits for our answer."""
    kind: str
    standing: Standing
    channel: Channel
    language: Language
    category: str | None
    unit: str | None
    officer: str | None
    is_confidential: bool
    received_at: datetime
    received_on: date
    """By the office's clock."""
    due: date | None
    """The day by which an answer is owed now; None: none is owed, or the clock stands."""
    term: date | None
    """The last day of the term that holds, owed or kept; None: the law sets none, the clock stands, all went elsewhere,
    or it was taken back in time."""
    done_on: date | None
    """When everything that is ours was answered for the first time."""
    contact_at: datetime | None
    """When the applicant first heard more than the receipt."""
    forwards: int
    extensions: int
    reopenings: int
    complaints: int
    is_repeat: bool
    decision: Decision | None
    """Of the last answer."""
    stars: int | None
    press: Press
    updated_at: datetime


def state_of(case: Case, terms: Terms) -> CaseState:
    """The row that these events make."""
    term = answer_term(case, terms)
    holds = term is not None and (term.applies or term.done_on is not None)
    is_open = bool(case.open) and case.ended_at is None
    last_day = term.due if term is not None and holds and (case.ours or case.completed_at) else None
    return CaseState(
        case=case.id,
        number=case.number or "",
        stage=case.stage,
        is_open=is_open,
        kind=case.kind,
        standing=case.standing,
        channel=case.channel,
        language=case.language,
        category=case.category,
        unit=case.unit,
        officer=case.officer,
        is_confidential=case.is_confidential,
        received_at=case.received_at,
        received_on=terms.hours.local(case.received_at).date(),
        due=last_day if is_open and case.completed_at is None else None,
        term=last_day,
        done_on=None if case.completed_at is None else terms.hours.local(case.completed_at).date(),
        contact_at=next((e.at for e in case.events if _is_heard(e)), None),
        forwards=len(case.forwards),
        extensions=len(case.extensions),
        reopenings=len(case.reopenings),
        complaints=len(case.complaints),
        is_repeat=case.is_repeat,
        decision=case.answers[-1].decision if case.answers else None,
        stars=case.stars,
        press=_press(case),
        updated_at=case.events[-1].at,
    )


def _is_heard(event: AnyEvent) -> bool:
    """Whether by it the applicant hears more than the receipt; what waits to be told is not heard yet."""
    match event:
        case Told() | Delivered() | ExtensionNotified():
            return True
        case Forwarded():
            return not event.told_apart
        case HearingNoticed() | Answered():
            return not event.notice
    return False


def _press(case: Case) -> Press:
    if case.erased_at or case.weighed is None or case.weighed.urgency is not Urgency.URGENT:
        return Press.NOT
    return Press.SAID if case.weighed.by.kind == "person" else Press.SEEMS
