"""Who takes part, and events with everything defaulted but the point of the test."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aimas.appeals.cases import Case
from aimas.appeals.cases import folded as case_of
from aimas.appeals.law import PauseGround, Terms
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Categorised,
    Channel,
    Complained,
    Decision,
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
    MessageKind,
    Paused,
    Rated,
    Recalculated,
    Received,
    Reclassified,
    Registered,
    Relation,
    Released,
    Reopened,
    Resumed,
    Shielded,
    Standing,
    Told,
    Unlinked,
    Unveiled,
    Urgency,
    Veiled,
    Weighed,
    Withdrawn,
)
from aimas.core import Actor, Language

APPLICANT = Actor("person", "applicant")
CLERK = Actor("person", "clerk")
OFFICER = Actor("person", "officer")
HEAD = Actor("person", "head")
PROGRAM = Actor("program", "intake")

GROUND = PauseGround(
    names={"ru": "проверка", "kk": "тексеру", "en": "an inspection"}, article="0", source="a test"
)
TERMS = Terms(pause_grounds={"inspection": GROUND}, reopened_working_days=5)

_DEFAULTS: dict[type, tuple[Actor, dict[str, Any]]] = {
    Received: (
        PROGRAM,
        {
            "case": "case-1",
            "kind": "application",
            "standing": Standing.APPEAL,
            "channel": Channel.WEB,
            "language": Language.RU,
            "content": "c0ffee",
            "calendar": "kz/2026-07",
            "receiver": "A. Clerk, registry",
        },
    ),
    Registered: (CLERK, {"number": "З-1"}),
    Identified: (APPLICANT, {}),
    Reclassified: (CLERK, {"kind": "complaint", "reason": "it contests a decision"}),
    Released: (CLERK, {"reason": "he is ill"}),
    Categorised: (CLERK, {"category": "road_safety"}),
    Weighed: (PROGRAM, {"urgency": Urgency.URGENT, "confidence": 0.9}),
    Shielded: (HEAD, {"reason": "it speaks of police officers"}),
    Veiled: (PROGRAM, {"category": "police_conduct", "confidence": 0.9}),
    Unveiled: (CLERK, {"reason": "it speaks of a neighbour"}),
    Entrusted: (HEAD, {"reader": "dana", "reason": "she inquires"}),
    Divided: (CLERK, {"requests": 3, "reason": "it asks for three things"}),
    Assigned: (CLERK, {"unit": "unit-1"}),
    DocumentAdded: (APPLICANT, {"content": "d0c"}),
    Linked: (CLERK, {"other": "case-2", "relation": Relation.SIMILAR}),
    Unlinked: (CLERK, {"other": "case-2", "reason": "another street"}),
    Forwarded: (CLERK, {"to": "akimat", "reason": "roads are theirs", "notice": "notice-1"}),
    Extended: (HEAD, {"until": None, "reason": "an expert is asked", "decided_by": "B. Head, head"}),
    ExtensionNotified: (CLERK, {"notice": "notice-2"}),
    Told: (
        CLERK,
        {
            "about": MessageKind.EXTENDED,
            "notice": "notice-2",
            "channel": Channel.PHONE,
            "on": date(2026, 11, 20),
            "proof": "a call at noon",
        },
    ),
    HearingNoticed: (OFFICER, {"preliminary": "beef"}),
    Paused: (HEAD, {"ground": "inspection", "reason": "inspection No. 5"}),
    Resumed: (HEAD, {}),
    Answered: (
        OFFICER,
        {"decision": Decision.SATISFIED, "content": "a115", "signed_by": "C. Officer, chief inspector"},
    ),
    Delivered: (CLERK, {"channel": Channel.WEB, "proof": "message-1"}),
    DeliveryFailed: (PROGRAM, {"channel": Channel.EMAIL, "reason": "mailbox full"}),
    Rated: (APPLICANT, {"stars": 4}),
    Reopened: (APPLICANT, {"reason": "the lamp is still dark"}),
    Complained: (APPLICANT, {"to": "ministry", "reason": "no answer"}),
    Withdrawn: (APPLICANT, {"reason": "solved"}),
    KeyDestroyed: (HEAD, {}),
    Recalculated: (PROGRAM, {"calendar": "kz/2026-01", "moved": ()}),
}


def at(text: str) -> datetime:
    """By the clock on the office's wall, at ten where no time is given."""
    here = datetime.fromisoformat(text if "T" in text else f"{text}T10:00")
    return here.replace(tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)


def event(what: type, when: str, /, **changes: Any) -> AnyEvent:
    by, fields = _DEFAULTS[what]
    made: AnyEvent = what(**{"at": at(when), "by": by, **fields, **changes})
    return made


def case(*events: AnyEvent) -> Case:
    return case_of(events)


def registered(when: str, /, **changes: Any) -> tuple[AnyEvent, AnyEvent]:
    """Received and registered at once."""
    return event(Received, when, **changes), event(Registered, when)
