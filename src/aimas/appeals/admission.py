"""Whether an event may follow: what its own words, the case and the dates say against it."""

from datetime import date, datetime

import msgspec

from aimas.appeals.cases import Case, applied, begun, misfit
from aimas.appeals.deadlines import answer_term, deadlines, extension_limit, moved_by_calendar
from aimas.appeals.law import Rule, Terms
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Delivered,
    Extended,
    Forwarded,
    HearingNoticed,
    Paused,
    Recalculated,
    Received,
    Refusal,
    Told,
)
from aimas.core import BadInput


class Refused(msgspec.Struct, frozen=True):
    """The event did not happen; nothing of the case changed."""

    reason: Refusal


class RefusedEvent(BadInput):
    """The event did not happen; nothing of the case changed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(f"Refused ({reason.value}).")
        self.refusal = reason


def refusal(case: Case | None, event: AnyEvent, terms: Terms) -> Refusal | None:
    """The first reason against it; None: it may happen. Late is no reason: what happened late is recorded as late."""
    if found := misfit(case, event, terms):
        return found
    return None if case is None else _refusal_by_date(case, event, terms)


def admitted(case: Case | None, event: AnyEvent, terms: Terms) -> Case | Refused:
    """The case after the event, or why it cannot be."""
    if found := refusal(case, event, terms):
        return Refused(found)
    if case is None:
        assert isinstance(event, Received)
        return begun(event)
    return applied(case, event)


def _refusal_by_date(case: Case, event: AnyEvent, terms: Terms) -> Refusal | None:
    today = terms.hours.local(event.at).date()
    match event:
        case Extended() | Paused():
            term = answer_term(case, terms)
            # Article 91(2): when the term is over, silence is a refusal already; there is nothing left to prolong.
            if term is None or term.due is None or today > term.due:
                return Refusal.EXPIRED
            return _refusal_of_extension(case, event, terms) if isinstance(event, Extended) else None
        case Answered():
            if any(
                each.notice
                and case.told_of(each.notice) is None
                and not any(answer.at >= each.at for answer in case.answers)
                for each in case.hearings
            ):
                return Refusal.HEARING_NOT_TOLD
            # Article 73: three working days at least between the notice of a hearing and the decision.
            first_days = [
                d.due for d in deadlines(case, terms) if d.rule is Rule.HEARING and d.done_on is None
            ]
            if any(day is not None and today < day for day in first_days):
                return Refusal.TOO_SOON_AFTER_NOTICE
        case Told(on=date() as day) | Delivered(on=date() as day):
            known = terms.hours.local(_told_since(case, event)).date()
            return None if known <= day <= today else Refusal.WRONG_DAY
        case Recalculated():
            if event.moved != moved_by_calendar(case, event.calendar, terms):
                return Refusal.MOVES_NOT_TOLD
    return None


def _told_since(case: Case, event: Told | Delivered) -> datetime:
    """When there was something to tell; of what older versions wrote, when the case came."""
    if isinstance(event, Delivered):
        return case.answers[-1].at if case.answers else case.received_at
    extended = (each.decision for each in case.extensions)
    tellings: tuple[Forwarded | Extended | HearingNoticed | Answered, ...] = (
        *case.forwards,
        *extended,
        *case.hearings,
        *case.answers,
    )
    return next((each.at for each in tellings if each.notice == event.notice), case.received_at)


def _refusal_of_extension(case: Case, event: Extended, terms: Terms) -> Refusal | None:
    term, limit = answer_term(case, terms), extension_limit(case, terms)
    if term is None or term.due is None or event.until <= term.due:
        return Refusal.NOT_LATER
    # Article 76: "не более чем до двух месяцев".
    if limit is None or limit.due is None or event.until > limit.due:
        return Refusal.TOO_LONG
    return None
