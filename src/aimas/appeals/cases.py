"""A case as its events make it: a pure fold, and which event cannot follow, whatever the date."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from aimas.appeals.categories import SHIELDED
from aimas.appeals.law import Terms, kinds
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Categorised,
    Channel,
    Complained,
    Delivered,
    DeliveryFailed,
    Divided,
    DocumentAdded,
    Entrusted,
    Extended,
    ExtensionNotified,
    Forwarded,
    HearingNoticed,
    Identified,
    KeyDestroyed,
    Linked,
    Paused,
    Rated,
    Recalculated,
    Received,
    Reclassified,
    Refusal,
    Registered,
    Relation,
    Released,
    Reopened,
    Resumed,
    Shielded,
    Stage,
    Standing,
    Told,
    Unlinked,
    Unveiled,
    Veiled,
    Weighed,
    Withdrawn,
)
from aimas.core import Language

_DECISIONS = (
    Reclassified,
    Shielded,
    Entrusted,
    Divided,
    Forwarded,
    Extended,
    Paused,
    Answered,
    Unlinked,
    Unveiled,
    Withdrawn,
    KeyDestroyed,
)
"""What a program may suggest and only a person does."""


class Extension(msgspec.Struct, frozen=True):
    decision: Extended
    notice: Told | ExtensionNotified | None = None
    """None: the applicant has not been told yet."""

    @property
    def notice_id(self) -> str:
        return self.decision.notice or (self.notice.notice if self.notice else "")


class Pause(msgspec.Struct, frozen=True):
    begun: Paused
    ended: Resumed | None = None
    """None: the clock stands now."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened, and what follows from it without asking what day it is."""

    events: tuple[AnyEvent, ...]
    """Every event, in order; nothing is ever taken out."""
    id: str
    kind: str
    standing: Standing
    channel: Channel
    language: Language
    requests: int
    calendar: str
    is_shielded: bool
    """Confidential as a person said, or as its category asks for."""
    clock_at: datetime | None
    """When the lawful clock began; None: the law sets no date."""
    number: str | None = None
    registered_at: datetime | None = None
    category: str | None = None
    """As a person said last; None: nobody did."""
    veil: Veiled | None = None
    """Confidential as a program suggests, until a person decides; None: it does not, or somebody has."""
    weighed: Weighed | None = None
    """Whether it is urgent, as a person said last, else as a program suggests; None: nobody looked."""
    readers: frozenset[str] = frozenset()
    """Who was let in to it, where it is confidential."""
    unit: str | None = None
    officer: str | None = None
    forwards: tuple[Forwarded, ...] = ()
    """With the requests that went, by number."""
    extensions: tuple[Extension, ...] = ()
    hearings: tuple[HearingNoticed, ...] = ()
    told: tuple[Told, ...] = ()
    pauses: tuple[Pause, ...] = ()
    answers: tuple[Answered, ...] = ()
    """With the requests that each answers, by number."""
    answered: frozenset[int] = frozenset()
    """Requests whose answer stands; a reopening empties it."""
    completed_at: datetime | None = None
    """When everything that is ours was answered for the first time: what the lawful date asks for."""
    delivered_at: datetime | None = None
    """Of the answer that stands: when that was recorded."""
    delivered_on: date | None = None
    """By the office's clock; None: the day of the record."""
    failed_deliveries: int = 0
    reopenings: tuple[Reopened, ...] = ()
    again_at: datetime | None = None
    """When everything was answered after the last reopening."""
    stars: int | None = None
    complaints: tuple[Complained, ...] = ()
    links: tuple[Linked, ...] = ()
    """Those that stand; the others are in `events`."""
    documents: int = 0
    withdrawn_at: datetime | None = None
    erased_at: datetime | None = None
    """When the key to its words was destroyed."""

    @property
    def ended_at(self) -> datetime | None:
        """When it ended without an answer being owed any more: taken back or erased, whichever came first."""
        return self.withdrawn_at or self.erased_at

    @property
    def is_confidential(self) -> bool:
        return self.is_shielded or self.veil is not None

    @property
    def received_at(self) -> datetime:
        return self.events[0].at

    @property
    def gone(self) -> frozenset[int]:
        """Requests that other bodies answer."""
        return frozenset(number for forward in self.forwards for number in forward.requests)

    @property
    def ours(self) -> frozenset[int]:
        return frozenset(range(1, self.requests + 1)) - self.gone

    @property
    def open(self) -> frozenset[int]:
        """Requests that still wait for our answer."""
        return self.ours - self.answered

    def told_of(self, notice: str) -> Told | None:
        """How the applicant heard of it; None: he has not, as far as the case knows."""
        return next((each for each in self.told if each.notice == notice), None)

    @property
    def is_paused(self) -> bool:
        return bool(self.pauses) and self.pauses[-1].ended is None

    @property
    def stage(self) -> Stage:
        if self.erased_at:
            return Stage.ERASED
        if self.withdrawn_at:
            return Stage.WITHDRAWN
        if not self.ours:
            return Stage.FORWARDED
        if not self.open:
            return Stage.DELIVERED if self.delivered_at else Stage.ANSWERED
        if self.is_paused:
            return Stage.PAUSED
        if self.reopenings:
            return Stage.REOPENED
        return Stage.REGISTERED if self.number else Stage.RECEIVED

    @property
    def is_repeat(self) -> bool:
        """A repeat is often an escalation: the first answer did not help."""
        return any(link.relation is Relation.REPEAT for link in self.links)


def begun(event: Received) -> Case:
    """The case of which nothing is known but that it came."""
    lawful = event.standing is Standing.APPEAL
    return Case(
        events=(event,),
        id=event.case,
        kind=event.kind,
        standing=event.standing,
        channel=event.channel,
        language=event.language,
        requests=event.requests,
        calendar=event.calendar,
        is_shielded=event.is_confidential,
        clock_at=event.at if lawful else None,
    )


def folded(events: Iterable[AnyEvent]) -> Case:
    """The case that these events make; they were admitted when they happened, so none is asked again."""
    remaining = iter(events)
    first = next(remaining)
    if not isinstance(first, Received):
        raise ValueError(f"the first event of a case is Received, not {type(first).__name__}")
    case = begun(first)
    for event in remaining:
        case = applied(case, event)
    return case


def applied(case: Case, event: AnyEvent) -> Case:
    """The case after one more event; asks nothing, see `admission.refusal`."""
    return msgspec.structs.replace(case, events=(*case.events, event), **_changes(case, event))


def _changes(case: Case, event: AnyEvent) -> dict[str, object]:
    match event:
        case Registered():
            return {"number": event.number, "registered_at": event.at}
        case Identified():
            return {"standing": Standing.APPEAL, "clock_at": event.at}
        case Reclassified():
            return {"kind": event.kind}
        case Released():
            return {"unit": None, "officer": None}
        case Categorised():
            return {"category": event.category, **({"veil": None} if _opens(event) else {})}
        case Weighed():
            said = case.weighed is not None and case.weighed.by.kind == "person"
            return {} if said and event.by.kind != "person" else {"weighed": event}
        case Shielded():
            return {"is_shielded": True, "veil": None}
        case Veiled():
            return {"veil": event}
        case Unveiled():
            return {"veil": None}
        case Entrusted():
            return {"readers": case.readers | {event.reader}}
        case Divided():
            return {"requests": event.requests}
        case Assigned():
            return {"unit": event.unit, "officer": event.officer}
        case DocumentAdded():
            return {"documents": case.documents + 1}
        case Linked():
            return {"links": (*case.links, event)}
        case Unlinked():
            return {"links": tuple(link for link in case.links if link.other != event.other)}
        case Forwarded():
            return _forwarded(case, event)
        case Extended():
            return {"extensions": (*case.extensions, Extension(event))}
        case ExtensionNotified():
            told = msgspec.structs.replace(case.extensions[-1], notice=event)
            return {"extensions": (*case.extensions[:-1], told)}
        case Told():
            return _told(case, event)
        case HearingNoticed():
            return {"hearings": (*case.hearings, event)}
        case Paused():
            return {"pauses": (*case.pauses, Pause(event))}
        case Resumed():
            return {"pauses": (*case.pauses[:-1], msgspec.structs.replace(case.pauses[-1], ended=event))}
        case Answered():
            return _answered(case, event)
        case Delivered():
            return {"delivered_at": event.at, "delivered_on": event.on}
        case DeliveryFailed():
            return {"failed_deliveries": case.failed_deliveries + 1}
        case Rated():
            return {"stars": event.stars}
        case Reopened():
            reopenings = (*case.reopenings, event)
            anew = dict.fromkeys(("delivered_at", "delivered_on", "again_at"))
            return {"reopenings": reopenings, "answered": frozenset(), **anew}
        case Complained():
            return {"complaints": (*case.complaints, event)}
        case Withdrawn():
            return {"withdrawn_at": event.at}
        case KeyDestroyed():
            return {"erased_at": event.at}
        case Recalculated():
            return {"calendar": event.calendar}
        case Received():
            raise ValueError("a case is received once")


def _opens(event: Categorised) -> bool:
    """Whether an official said that it is of a matter that all may see; the applicant's own choice does not."""
    is_official = event.by.kind == "person" and event.by.name != "applicant"
    return is_official and event.category is not None and event.category not in SHIELDED


def _told(case: Case, event: Told) -> dict[str, object]:
    extensions = tuple(
        msgspec.structs.replace(each, notice=event) if each.notice_id == event.notice else each
        for each in case.extensions
    )
    return {"told": (*case.told, event), "extensions": extensions}


def _forwarded(case: Case, event: Forwarded) -> dict[str, object]:
    went = event.requests or tuple(sorted(case.open))
    changes: dict[str, object] = {"forwards": (*case.forwards, msgspec.structs.replace(event, requests=went))}
    left = case.ours - set(went)
    if left and left <= case.answered and case.answers:
        changes |= _completed(case, case.answers[-1].at)
    return changes


def _answered(case: Case, event: Answered) -> dict[str, object]:
    done = event.requests or tuple(sorted(case.open))
    answered = case.answered | set(done)
    changes: dict[str, object] = {
        "answers": (*case.answers, msgspec.structs.replace(event, requests=done)),
        "answered": answered,
    }
    if case.ours <= answered:
        changes |= _completed(case, event.at)
    return changes


def _completed(case: Case, at: datetime) -> dict[str, object]:
    changes: dict[str, object] = {"completed_at": case.completed_at or at}
    if case.reopenings:
        changes["again_at"] = at
    return changes


def misfit(case: Case | None, event: AnyEvent, terms: Terms) -> Refusal | None:
    """Why the event cannot follow, whatever the date; None: nothing but a date could stand against it."""
    if event.at.tzinfo is None:
        return Refusal.NO_ZONE
    if case is None:
        return _misfit_first(event, terms)
    if isinstance(event, Received):
        return Refusal.ALREADY_RECEIVED
    if event.at < case.events[-1].at:
        return Refusal.OUT_OF_ORDER
    if isinstance(event, _DECISIONS) and event.by.kind != "person":
        return Refusal.PERSON_DECIDES
    return _misfit_of_words(event, terms) or _misfit_of_state(case, event)


def _misfit_first(event: AnyEvent, terms: Terms) -> Refusal | None:
    if not isinstance(event, Received):
        return Refusal.NOT_RECEIVED
    if event.kind not in kinds():
        return Refusal.UNKNOWN_KIND
    if not terms.knows(event.calendar):
        return Refusal.UNKNOWN_CALENDAR
    if event.requests < 1:
        return Refusal.NO_REQUEST
    if not event.receiver.strip():
        return Refusal.NO_NAME
    if not event.content or not event.case:
        return Refusal.NO_TEXT
    return None


def _misfit_of_words(event: AnyEvent, terms: Terms) -> Refusal | None:
    """What the event itself lacks."""
    reason = getattr(event, "reason", None)
    if reason is not None and not reason.strip():
        return Refusal.NO_REASON
    if isinstance(event, Answered) and event.despite and event.reason is None:
        return Refusal.NO_REASON
    if isinstance(event, Forwarded | ExtensionNotified | Told) and not event.notice.strip():
        return Refusal.NO_NOTICE
    named = (
        event.signed_by
        if isinstance(event, Answered)
        else event.decided_by
        if isinstance(event, Extended)
        else "-"
    )
    if not named.strip():
        return Refusal.NO_NAME
    told: str = "-"
    match event:
        case Registered(number=told) | Assigned(unit=told) | Linked(other=told):
            pass
        case Entrusted(reader=told):
            pass
        case Categorised(category=str() as told):
            pass
        case Answered(content=told) | DocumentAdded(content=told) | HearingNoticed(preliminary=told):
            pass
        case Forwarded(to=told) | Complained(to=told) | Delivered(proof=told) | Told(proof=told):
            pass
        case Reclassified() if event.kind not in kinds():
            return Refusal.UNKNOWN_KIND
        case Recalculated() if not terms.knows(event.calendar):
            return Refusal.UNKNOWN_CALENDAR
        case Paused() if event.ground not in terms.pause_grounds:
            return Refusal.NO_GROUND
        case Divided() if event.requests < 1:
            return Refusal.NO_REQUEST
        case Rated() if not 1 <= event.stars <= 5:
            return Refusal.NO_SUCH_RATING
    return None if told.strip() else Refusal.NO_TEXT


def _misfit_of_state(case: Case, event: AnyEvent) -> Refusal | None:
    """What stands against it in the case."""
    if case.erased_at:
        return Refusal.ERASED
    if isinstance(event, KeyDestroyed):
        return None
    if isinstance(
        event, Complained | DocumentAdded | Recalculated | Categorised | Weighed | Shielded | Entrusted
    ):
        return None
    if isinstance(event, Veiled):
        return None
    if isinstance(event, Told):
        return Refusal.ALREADY_TOLD if case.told_of(event.notice) else None
    if isinstance(event, Unveiled):
        return None if case.veil else Refusal.NOT_VEILED
    if isinstance(event, Linked | Unlinked):
        return _misfit_of_link(case, event)
    if case.withdrawn_at:
        return Refusal.WITHDRAWN
    if not case.ours:
        return Refusal.GONE
    if isinstance(event, Released):
        return None if case.unit else Refusal.NOT_ASSIGNED
    if isinstance(event, Registered):
        return Refusal.ALREADY_REGISTERED if case.number else None
    if isinstance(event, Identified):
        return Refusal.ALREADY_AN_APPEAL if case.standing is Standing.APPEAL else None
    if isinstance(event, Withdrawn):
        return None
    if not case.number:
        return Refusal.NOT_REGISTERED
    return _misfit_of_work(case, event)


def _misfit_of_link(case: Case, event: Linked | Unlinked) -> Refusal | None:
    if event.other == case.id:
        return Refusal.LINKED_TO_ITSELF
    stands = any(link.other == event.other for link in case.links)
    if isinstance(event, Linked):
        return Refusal.ALREADY_LINKED if stands else None
    return None if stands else Refusal.NOT_LINKED


def _misfit_of_work(case: Case, event: AnyEvent) -> Refusal | None:
    match event:
        case Divided():
            return Refusal.DIVIDED_TOO_LATE if case.forwards or case.answers else None
        case Forwarded() | Answered():
            return _misfit_of_requests(case, event)
        case Extended() | Paused() if case.clock_at is None:
            return Refusal.NO_LAWFUL_DATE
        case Extended() | Paused() if not case.open or case.completed_at:
            return Refusal.REQUEST_ANSWERED
        case Extended() | HearingNoticed() if case.is_paused:
            return Refusal.CLOCK_STANDS
        case ExtensionNotified():
            waits = bool(case.extensions) and case.extensions[-1].notice is None
            return None if waits else Refusal.NOT_EXTENDED
        case HearingNoticed():
            return None if case.open else Refusal.REQUEST_ANSWERED
        case Paused():
            return Refusal.ALREADY_PAUSED if case.is_paused else None
        case Resumed():
            return None if case.is_paused else Refusal.NOT_PAUSED
        case Delivered() | DeliveryFailed() | Reopened():
            return Refusal.NOT_ANSWERED if case.open else None
        case Rated():
            return None if case.delivered_at else Refusal.NOT_DELIVERED
    return None


def _misfit_of_requests(case: Case, event: Forwarded | Answered) -> Refusal | None:
    if case.is_paused:
        return Refusal.CLOCK_STANDS
    if len(set(event.requests)) != len(event.requests) or any(
        not 1 <= number <= case.requests for number in event.requests
    ):
        return Refusal.UNKNOWN_REQUEST
    if case.gone & set(event.requests):
        return Refusal.REQUEST_GONE
    if not case.open or case.answered & set(event.requests):
        return Refusal.REQUEST_ANSWERED
    return None
