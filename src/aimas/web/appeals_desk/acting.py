"""What can be done to a case: each act with the right that it needs, its form, and its refusal in words."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from aimas.accounts import ALL_UNITS, Account, Right
from aimas.appeals import (
    AnyEvent,
    Case,
    Refusal,
    Rule,
    answer_term,
    deadlines,
    extension_limit,
    law,
    moved_by_calendar,
)
from aimas.appeals.following import obstacles
from aimas.appeals.service import Applicant, RefusedEvent
from aimas.appeals.types import (
    Assigned,
    Channel,
    Complained,
    Delivered,
    Divided,
    DocumentAdded,
    Entrusted,
    Extended,
    Forwarded,
    HearingNoticed,
    Identified,
    KeyDestroyed,
    Linked,
    Paused,
    Recalculated,
    Reclassified,
    Relation,
    Reopened,
    Resumed,
    Shielded,
    Unlinked,
    Unveiled,
    Urgency,
    Weighed,
    Withdrawn,
)
from aimas.appeals.wording import headline, in_words
from aimas.core import BadInput
from aimas.web.appeals_desk.entering import Room, signer
from aimas.web.citizen.forms import misfits


class Said(msgspec.Struct, frozen=True):
    """What a form says, read as its act needs it."""

    fields: Mapping[str, str]
    requests: tuple[int, ...]
    zone: str

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def day(self, name: str) -> date:
        """Raises BadInput for what is no day."""
        try:
            return date.fromisoformat(self[name])
        except ValueError:
            raise BadInput("A day is needed, as 2026-11-30.") from None

    def moment(self, name: str) -> datetime | None:
        """By the office's clock; None where nothing is said."""
        if not self[name]:
            return None
        try:
            return datetime.fromisoformat(self[name]).replace(tzinfo=ZoneInfo(self.zone))
        except ValueError:
            raise BadInput("A day and a time are needed.") from None

    def whole(self, name: str) -> int:
        text = self[name]
        if not (text.isascii() and text.isdigit() and len(text) < 4):
            raise BadInput("A number is needed.")
        return int(text)


class WrongField(BadInput):
    """Something is filled in, but not with what it is for."""

    def __init__(self, field: str) -> None:
        super().__init__(f"The field {field} does not hold what it is for.")
        self.field = field


Do = Callable[[Room, Case, Said], object]


class Act(msgspec.Struct, frozen=True):
    """One thing that a person may do to a case."""

    name: str
    group: str
    rights: tuple[Right, ...]
    """Any of them is enough."""
    event: type[Any] | None
    """Whose admission decides whether it is offered; None: always."""
    do: Do | None
    """None: its form brings files and has an address of its own."""


def _tell(make: Callable[[Room, Case, Said, dict[str, Any]], AnyEvent]) -> Do:
    """An act that is one event and nothing else."""

    def do(room: Room, case: Case, said: Said) -> object:
        head = {"at": room.app.clock.now(), "by": room.account.actor}
        return room.app.appeals.tell(case.id, make(room, case, said, head))

    return do


def assigned(account_of: Callable[[str], Account], to: str) -> tuple[str, str | None]:
    """Unit and officer of a choice like `unit:duty` or `officer:duty:aigerim`: who works in several units is given a
    case in the one that was chosen. Raises BadInput, also for a unit that is not the officer's."""
    kind, _, name = to.partition(":")
    if kind == "unit" and name:
        return name, None
    unit, _, officer = name.partition(":")
    if kind == "officer" and unit and officer:
        account = account_of(officer)
        if unit not in account.units and ALL_UNITS not in account.units:
            raise BadInput("This person does not work in that unit.")
        return unit, account.name
    raise BadInput("Choose who works on it.")


def choice_of(unit: str, officer: str | None) -> str:
    """What `assigned` reads."""
    return f"officer:{unit}:{officer}" if officer else f"unit:{unit}"


def _assign(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    unit, officer = assigned(room.app.accounts.require, said["to"])
    return Assigned(**head, unit=unit, officer=officer)


def _link(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    other = room.app.appeals.by_number(said["other"])
    if other is None:
        raise BadInput("There is no case of that number.")
    relation = Relation.REPEAT if said["relation"] == Relation.REPEAT else Relation.SIMILAR
    return Linked(**head, other=other, relation=relation)


def _extend(room: Room, case: Case, said: Said) -> object:
    by = signer(room, case.language, case.unit)
    return room.app.appeals.extend(case.id, said.day("until"), said["reason"], by, room.account.actor)


def _forward(room: Room, case: Case, said: Said) -> object:
    return room.app.appeals.forward(case.id, said["to"], said.requests, said["reason"], room.account.actor)


def _hearing(room: Room, case: Case, said: Said) -> object:
    return room.app.appeals.notice_hearing(
        case.id, said["preliminary"], said.moment("hearing_at"), room.account.actor
    )


def _identify(room: Room, case: Case, said: Said) -> object:
    applicant = Applicant(
        name=said["name"],
        iin="".join(said["iin"].split()),
        address=said["address"],
        phone=said["phone"],
        email=said["email"],
    )
    if wrong := misfits(applicant):
        raise WrongField(wrong[0])
    return room.app.appeals.identify(case.id, applicant, room.account.actor)


def _categorise(room: Room, case: Case, said: Said) -> object:
    return room.app.appeals.set_category(case.id, said["category"], room.account.actor)


def _weigh(room: Room, case: Case, said: Said) -> object:
    known = {urgency.value: urgency for urgency in Urgency}
    if said["urgency"] not in known:
        raise BadInput("Say whether it is urgent.")
    return room.app.appeals.weigh(case.id, known[said["urgency"]], room.account.actor)


def _channel(said: Said) -> Channel:
    known = {channel.value: channel for channel in Channel}
    if said["channel"] not in known:
        raise BadInput("Choose by which way.")
    return known[said["channel"]]


def _on(room: Room, said: Said) -> date:
    """The day of what a person tells; today where nothing is said."""
    return said.day("on") if said["on"] else room.today


def _tell_by_hand(room: Room, case: Case, said: Said) -> object:
    """Of a message that waits for a person; what was recorded already stays as it is."""
    row = next((m for m in room.app.appeal_store.messages(case.id) if str(m.id) == said["message"]), None)
    if row is None:
        raise BadInput("There is no such message.")
    channel, on = _channel(said), _on(room, said)
    return room.app.appeals.outbox.told_by_hand(row, channel, on, said["proof"], room.account.actor)


def _recalculate(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    version, terms = said["calendar"], room.app.appeals.terms
    if not terms.knows(version):
        raise RefusedEvent(Refusal.UNKNOWN_CALENDAR)
    return Recalculated(**head, calendar=version, moved=moved_by_calendar(case, version, terms))


def _erase(room: Room, case: Case, said: Said) -> object:
    if said["number"] != case.number:
        raise BadInput("Repeat the number of the case: what is erased comes back for nobody.")
    return room.app.appeals.erase(case.id, said["reason"], room.account.actor)


def _paused(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Paused(**head, ground=said["ground"], reason=said["reason"])


def _delivered(room: Room, case: Case, said: Said) -> object:
    channel, on = _channel(said), _on(room, said)
    room.app.appeals.outbox.handed_over(case.id, channel, on, said["proof"], room.account.actor)
    return None


def _reclassified(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Reclassified(**head, kind=said["kind"], reason=said["reason"])


def _divided(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Divided(**head, requests=said.whole("requests"), reason=said["reason"])


def _unlinked(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Unlinked(**head, other=said["other"], reason=said["reason"])


def _entrusted(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Entrusted(**head, reader=said["reader"], reason=said["reason"])


def _complained(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Complained(**head, to=said["to"], reason=said["reason"])


def _shielded(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Shielded(**head, reason=said["reason"])


def _unveiled(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Unveiled(**head, reason=said["reason"])


def _reopened(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Reopened(**head, reason=said["reason"])


def _withdrawn(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Withdrawn(**head, reason=said["reason"])


def _resumed(room: Room, case: Case, said: Said, head: dict[str, Any]) -> AnyEvent:
    return Resumed(**head)


_WORK = (Right.DECIDE, Right.REGISTER)
_SORT = (Right.ROUTE, Right.DECIDE)

ACTS: tuple[Act, ...] = (
    Act("forward", "work", (Right.FORWARD,), Forwarded, _forward),
    Act("extend", "work", (Right.EXTEND,), Extended, _extend),
    Act("hearing", "work", (Right.DECIDE,), HearingNoticed, _hearing),
    Act("pause", "work", (Right.DECIDE,), Paused, _tell(_paused)),
    Act("resume", "work", (Right.DECIDE,), Resumed, _tell(_resumed)),
    Act("deliver", "work", _WORK, Delivered, _delivered),
    Act("assign", "sort", (Right.ROUTE,), Assigned, _tell(_assign)),
    Act("weigh", "sort", _SORT, Weighed, _weigh),
    Act("categorise", "sort", _SORT, None, _categorise),
    Act("reclassify", "sort", _SORT, Reclassified, _tell(_reclassified)),
    Act("divide", "sort", _SORT, Divided, _tell(_divided)),
    Act("link", "sort", _SORT, None, _tell(_link)),
    Act("unlink", "sort", _SORT, Unlinked, _tell(_unlinked)),
    Act("shield", "sort", _SORT, Shielded, _tell(_shielded)),
    Act("unveil", "sort", (Right.ROUTE,), Unveiled, _tell(_unveiled)),
    Act("entrust", "sort", (Right.ROUTE,), Entrusted, _tell(_entrusted)),
    Act("document", "applicant", _WORK, DocumentAdded, None),
    Act("identify", "applicant", _WORK, Identified, _identify),
    Act("reopen", "applicant", _WORK, Reopened, _tell(_reopened)),
    Act("complaint", "applicant", _WORK, Complained, _tell(_complained)),
    Act("withdraw", "applicant", _WORK, Withdrawn, _tell(_withdrawn)),
    Act("erase", "law", (Right.ERASE,), KeyDestroyed, _erase),
    Act("recalculate", "law", (Right.EXTEND,), None, _tell(_recalculate)),
)  # fmt: skip
TELL = Act("tell", "outbox", (*_WORK, Right.EXTEND), None, _tell_by_hand)
"""Stands beside the message that waits for it, not among the others."""
BY_NAME = {act.name: act for act in (*ACTS, TELL)}
GROUPS = ("work", "sort", "applicant", "law")


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An act as the page shows it: with its form, or with why it cannot be now."""

    name: str
    said: Mapping[str, str]
    """What a person has already written."""
    picked: tuple[str, ...] = ()
    """Requests ticked."""
    is_open: bool = False
    wrong: str = ""
    why: str = ""


class Group(msgspec.Struct, frozen=True):
    key: str
    acts: tuple[Offer, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What the law says of an act before it is done."""

    forward: str = ""
    forward_by: str = ""
    """The last day for it, or that it has passed."""
    is_forward_late: bool = False
    telling: str = ""
    """By which way the applicant will hear of what is decided."""
    extend: tuple[str, ...] = ()
    hearing: tuple[str, ...] = ()
    after: date | None = None
    latest: date | None = None


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was refused, with what was written in it."""

    act: str
    fields: Mapping[str, str]
    picked: tuple[str, ...]
    wrong: str


def may_do(room: Room, case: Case, act: Act) -> bool:
    return any(room.may(right, case) for right in act.rights)


def offers(room: Room, case: Case, tried: Tried | None) -> tuple[tuple[Group, ...], tuple[Offer, ...]]:
    """What the person may do now, by group, and what cannot be now with its reason."""
    if case.erased_at is not None and tried is None:
        return (), ()
    against = obstacles(case, room.app.appeals.terms, room.app.clock.now())
    possible: list[tuple[str, Offer]] = []
    impossible: list[Offer] = []
    for act in ACTS:
        is_tried = tried is not None and tried.act == act.name
        if not may_do(room, case, act) or (_is_idle(act, room, case) and not is_tried):
            continue
        found = against.get(act.event) if act.event is not None else None
        if found is None or is_tried:
            offer = Offer(
                name=act.name,
                said=tried.fields if tried and is_tried else _usual(act, case, room.today),
                picked=tried.picked if tried and is_tried else (),
                is_open=is_tried,
                wrong=tried.wrong if tried and is_tried else "",
            )
            possible.append((act.group, offer))
        else:
            impossible.append(Offer(name=act.name, said={}, why=told_refusal(room, found)))
    groups = (Group(key, tuple(o for group, o in possible if group == key)) for key in GROUPS)
    return tuple(group for group in groups if group.acts), tuple(impossible)


def _is_idle(act: Act, room: Room, case: Case) -> bool:
    """Whether there is nothing that it could be done about."""
    match act.name:
        case "unlink":
            return not case.links
        case "entrust":
            return not case.is_confidential
        case "shield":
            return case.is_shielded
        case "unveil":
            return case.veil is None
        case "resume":
            return not case.is_paused
        case "pause":
            return case.is_paused or not room.app.appeals.terms.pause_grounds
        case "identify":
            return case.clock_at is not None
    return False


def _usual(act: Act, case: Case, today: date) -> dict[str, str]:
    match act.name:
        case "reclassify":
            return {"kind": case.kind}
        case "weigh":
            told = case.weighed.urgency if case.weighed else None
            return {"urgency": told.value if told else ""}
        case "categorise":
            return {"category": case.category or ""}
        case "deliver":
            return {"channel": case.channel.value, "on": today.isoformat()}
        case "recalculate":
            return {"calendar": case.calendar}
    return {}


def told_refusal(room: Room, refusal: Refusal) -> str:
    return room.texts(f"desk.refusal.{refusal.value}")


def told(room: Room, error: BadInput) -> str:
    """Why it was not done, in the reader's language."""
    if isinstance(error, RefusedEvent):
        return told_refusal(room, error.refusal)
    if isinstance(error, WrongField):
        return room.texts(f"citizen.error.{error.field}")
    key = f"desk.bad.{error!s}"
    return room.texts(key) if room.texts.has(key) else room.texts("desk.bad", said=str(error))


def limits(room: Room, case: Case) -> Limits:
    """What stands in the law about the acts offered, and between which days an extension may lie."""
    texts, terms = room.texts, room.app.appeals.terms
    tongue = texts.tongue
    found = {d.rule: d for d in deadlines(case, terms)}
    rules = law().rules

    def article(rule: Rule) -> str:
        return texts("desk.article", article=rules[rule].article, says=rules[rule].says[tongue])

    term, limit = answer_term(case, terms), extension_limit(case, terms)
    extend: list[str] = []
    if term is not None and term.due is not None and limit is not None and limit.due is not None:
        extend = [
            texts(
                "desk.extend.between",
                after=in_words(term.due, tongue),
                latest=in_words(limit.due, tongue),
            ),
            article(Rule.EXTENSION),
            article(Rule.EXTENSION_NOTICE),
        ]
    last = found[Rule.FORWARD].due if Rule.FORWARD in found else None
    is_late = last is not None and last < room.today
    hearing = [article(Rule.HEARING)]
    if Rule.HEARING_NOTICE in found:
        hearing.append(headline(found[Rule.HEARING_NOTICE], tongue))
    return Limits(
        forward=article(Rule.FORWARD) if case.clock_at else "",
        forward_by=texts(f"desk.forward.{'passed' if is_late else 'until'}", day=in_words(last, tongue))
        if last
        else "",
        is_forward_late=is_late,
        telling=texts(f"desk.telling.{_telling(case)}", channel=texts(f"desk.channel.{case.channel.value}")),
        extend=tuple(extend),
        hearing=tuple(hearing),
        after=term.due if term else None,
        latest=limit.due if limit else None,
    )


def _telling(case: Case) -> str:
    """How what is decided reaches who came this way: see `writing.Writing.send`."""
    if case.channel in (Channel.WEB, Channel.API):
        return "page"
    return "letter" if case.channel is Channel.EMAIL else "hand"
