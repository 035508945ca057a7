"""All that happened to a case, newest first, each step in words with its place in the ledger."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from aimas.appeals import AnyEvent
from aimas.appeals.cases import folded
from aimas.appeals.law import kinds
from aimas.appeals.service import Recorded
from aimas.appeals.types import (
    Answered,
    Assigned,
    Categorised,
    Complained,
    Delivered,
    DeliveryFailed,
    Divided,
    Entrusted,
    Extended,
    Forwarded,
    HearingNoticed,
    Linked,
    Paused,
    Rated,
    Recalculated,
    Received,
    Reclassified,
    Registered,
    Told,
    Unlinked,
    Veiled,
    Weighed,
)
from aimas.appeals.wording import in_words, moved_told
from aimas.core import BadInput
from aimas.web.appeals_desk.entering import Room
from aimas.web.texts import Texts


class Step(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    at: datetime
    by: str
    said: str
    words: str = ""
    """What the person gave as reason or proof, personal data masked."""
    more: tuple[str, ...] = ()
    look: str = "event"
    """`event`, `look` for who looked, `act` for what else was entered."""


def timeline(room: Room, history: Sequence[Recorded]) -> list[Step]:
    return [step(room, each) for each in reversed(_numbered(history))]


def _numbered(history: Sequence[Recorded]) -> list[Recorded]:
    """Answers and forwards to everything that was open, with the numbers of what was open then."""
    events = [each.event for each in history if each.event is not None]
    if not events:
        return list(history)
    case = folded(events)
    answers, forwards = iter(case.answers), iter(case.forwards)
    told = []
    for each in history:
        event = each.event
        if isinstance(event, Answered):
            event = next(answers)
        elif isinstance(event, Forwarded):
            event = next(forwards)
        if isinstance(event, Answered | Forwarded) and len(event.requests) == case.requests:
            event = msgspec.structs.replace(event, requests=())
        told.append(each if event is each.event else msgspec.structs.replace(each, event=event))
    return told


def step(room: Room, recorded: Recorded) -> Step:
    texts, by = room.texts, room.names.who(recorded.by)
    if recorded.event is None:
        verb = recorded.act or ""
        key = f"desk.acted.{verb}"
        said = texts(key) if texts.has(key) else verb
        purpose = str(recorded.detail.get("purpose") or recorded.detail.get("reason") or "")
        kind = "look" if verb == "case-looked" else "act"
        return Step(position=recorded.position, at=recorded.at, by=by, said=said, words=purpose, look=kind)
    event = recorded.event
    tag = type(event).__name__.lower()
    return Step(
        position=recorded.position,
        at=event.at,
        by=by,
        said=texts(f"desk.event.{tag}", **_named(room, event)),
        words=_said(texts, recorded.words),
        more=_more(room, event),
    )


def _more(room: Room, event: AnyEvent) -> tuple[str, ...]:
    match event:
        case Delivered(on=date() as on) if on != room.app.appeals.terms.hours.local(event.at).date():
            return (room.texts("desk.delivered.on", day=room.texts.day(on, "d MMMM y")),)
        case Recalculated():
            return moved_told(event.moved, room.texts.tongue)
        case Weighed() if event.confidence is not None:
            sure = room.texts("desk.guess.confidence", p=room.texts.percent(event.confidence))
            return (f"{event.by.name}, {sure}",)
        case Veiled():
            sure = room.texts("desk.guess.confidence", p=room.texts.percent(event.confidence))
            return (f"{event.by.name}, {sure}",)
        case Received() if event.lacks:
            what = ", ".join(room.texts(f"desk.lacks.{field}") for field in event.lacks)
            return (room.texts("desk.event.lacks", what=what),)
        case Answered() if event.despite:
            checks = dict.fromkeys(name.rpartition("-")[0] for name in event.despite)
            named = ", ".join(room.texts(f"desk.checked.{check}") for check in checks)
            return (room.texts("desk.overrule.done", findings=named),)
    return ()


def _named(room: Room, event: AnyEvent) -> dict[str, object]:
    """What the sentence about the event names."""
    texts, names, tongue = room.texts, room.names, room.texts.tongue
    match event:
        case Received():
            return {"channel": texts(f"desk.channel.{event.channel.value}"), "receiver": event.receiver}
        case Registered():
            return {"number": event.number}
        case Reclassified():
            return {"kind": kinds()[event.kind].names[tongue] if event.kind in kinds() else event.kind}
        case Categorised():
            return {
                "category": names.category(event.category) if event.category else texts("desk.category.none")
            }
        case Weighed():
            told = event.urgency.value if event.urgency else "none"
            said = "said." if event.by.kind == "person" else ""
            return {"urgency": texts(f"desk.urgency.{said}{told}")}
        case Veiled():
            return {"category": names.category(event.category)}
        case Entrusted():
            return {"reader": names.who(event.reader)}
        case Divided():
            return {"n": texts.number(event.requests)}
        case Assigned():
            officer = names.who(event.officer) if event.officer else texts("desk.wholeunit")
            return {"unit": names.unit(event.unit), "officer": officer}
        case Linked():
            return {
                "relation": texts(f"desk.relation.{event.relation.value}"),
                "other": other(room, event.other),
            }
        case Unlinked():
            return {"other": other(room, event.other)}
        case Forwarded():
            return {"to": event.to, "requests": _requests(texts, event.requests)}
        case Extended():
            return {"until": in_words(event.until, tongue), "decided_by": event.decided_by}
        case HearingNoticed():
            return {
                "at": texts.moment(event.hearing_at) if event.hearing_at else texts("desk.hearing.bypaper")
            }
        case Paused():
            ground = room.app.appeals.terms.pause_grounds.get(event.ground)
            return {"ground": ground.names[tongue] if ground else event.ground}
        case Answered():
            return {
                "decision": texts(f"desk.decision.{event.decision.value}"),
                "requests": _requests(texts, event.requests),
                "signed_by": event.signed_by,
            }
        case Told():
            return {
                "what": texts(f"desk.message.{event.about.value}"),
                "day": texts.day(event.on, "d MMMM y"),
                "channel": texts(f"desk.channel.{event.channel.value}"),
            }
        case Delivered() | DeliveryFailed():
            return {"channel": texts(f"desk.channel.{event.channel.value}")}
        case Rated():
            return {"stars": texts.number(event.stars)}
        case Complained():
            return {"to": event.to}
        case Recalculated():
            return {"calendar": event.calendar}
    return {}


def other(room: Room, id: str) -> str:
    """The number of a linked case; a publication or an unknown case stands by its id."""
    try:
        return room.app.appeals.case(id).number or id
    except BadInput:
        return id


def _said(texts: Texts, words: str) -> str:
    """What the program itself writes as a proof is told in the reader's language."""
    key = f"desk.words.{words}"
    return texts(key) if texts.has(key) else words


def _requests(texts: Texts, numbers: Sequence[int]) -> str:
    return texts("desk.requests.all") if not numbers else ", ".join(texts.number(n) for n in numbers)
