"""A case on one page: its state in words, its dates, its text, what may be done, and all that happened."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Response, Template

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals import CURRENT, Case, Relation, Stage, kinds, moved_by_calendar
from aimas.appeals.calendars import versions
from aimas.appeals.categories import categories
from aimas.appeals.competence import bodies
from aimas.appeals.service import MessageState, Outgoing, Sheet
from aimas.appeals.states import state_of
from aimas.appeals.types import Channel, MessageKind, Urgency
from aimas.appeals.wording import in_words, moved_told, standing_told
from aimas.appeals.writing import MAILED
from aimas.core import BadInput, Span
from aimas.web import views
from aimas.web.appeals_desk import acting
from aimas.web.appeals_desk.answering import Answering, Checked, answering, may_answer, request_lines
from aimas.web.appeals_desk.dates import dates, waiting
from aimas.web.appeals_desk.entering import MASK, Ask, Room, enter, signer, unkept, worded
from aimas.web.appeals_desk.load import load
from aimas.web.appeals_desk.suggesting import Suggested, suggested
from aimas.web.appeals_desk.timeline import timeline

CASE_ID = re.compile(r"[a-z2-7]{4,40}")
SHORTEST_PURPOSE = 3
RETRIED = (MessageState.FAILED,)
TOLD_BY_HAND = (MessageState.BY_HAND, MessageState.FAILED)
"""A message that was given up goes another way, or once more."""
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


class Piece(msgspec.Struct, frozen=True):
    """A run of text with one look."""

    text: str
    mark: str = ""


class Telling(msgspec.Struct, frozen=True, kw_only=True):
    """The form in which a person records how and when the applicant was told."""

    channel: str
    on: str
    proof: str
    first: str
    last: str
    """Days between which it was, as a form writes them."""
    wrong: str = ""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message to the applicant and what became of it."""

    id: int
    kind: Any
    channel: Any
    state: Any
    tries: int
    can_retry: bool
    reached: str
    """When and by which way the applicant heard of it; empty where the case does not say."""
    telling: Telling | None
    """None: it is not for a person to tell, or not for this one."""


class Done(msgspec.Struct, frozen=True):
    """What was just done, and what follows."""

    said: str
    next: tuple[str, ...]


class Refused(msgspec.Struct, frozen=True):
    """What was not done, said where the page begins, and where what was written still stands."""

    said: str
    place: str
    """An id on the page."""


class Before(msgspec.Struct, frozen=True):
    """A person before a case that may be worked on with the right that brought him here."""

    room: Room
    case: Case

    @property
    def masked(self) -> Sheet:
        return self.room.app.persons.masked(self.case.id)


def before(request: Ask, app: App, id: str, right: Right) -> Before:
    """Finds the case and asks for the right; raises NotFoundException, NotSignedIn, Forbidden."""
    case = found(app, id)
    return Before(enter(request, app, right, case), case)


def found(app: App, id: str) -> Case:
    """Raises NotFoundException."""
    if not CASE_ID.fullmatch(id):
        raise NotFoundException()
    try:
        return app.appeals.case(id)
    except BadInput:
        raise NotFoundException() from None


@get("/appeals/{case_id:str}", opt={"right": Right.SEE_QUEUE}, include_in_schema=False, sync_to_thread=True)
def case_page(
    request: Ask,
    app: NamedDependency[App],
    case_id: FromPath[str],
    done: Annotated[str, QueryParameter(max_length=40)] = "",
    decision: Annotated[str, QueryParameter(max_length=20)] = "",
) -> Template:
    at = before(request, app, case_id, Right.SEE_QUEUE)
    return shown(at.room, at.case, at.masked, done=done, decision=decision)


@post(
    "/appeals/{case_id:str}/look",
    opt={"right": Right.SEE_PERSONAL},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def look(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Template:
    """Recorded first, shown after."""
    at, purpose = before(request, app, case_id, Right.SEE_PERSONAL), _purpose(data)
    if len(purpose) < SHORTEST_PURPOSE:
        return shown(at.room, at.case, at.masked, status=422, look_wrong=True)
    sheet = app.persons.look(at.case.id, at.room.account.actor, purpose)
    return unkept(shown(at.room, app.appeals.case(at.case.id), sheet, purpose=purpose))


@post(
    "/appeals/{case_id:str}/file/{digest:str}",
    opt={"right": Right.SEE_PERSONAL},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def take_file(
    request: Ask, app: NamedDependency[App], case_id: FromPath[str], digest: FromPath[str], data: Form
) -> Response[bytes]:
    """Recorded as a look; handed over as bytes that no browser opens by itself."""
    at = before(request, app, case_id, Right.SEE_PERSONAL)
    try:
        file = app.persons.attachment(at.case.id, digest, at.room.account.actor, _purpose(data))
    except BadInput:
        raise NotFoundException() from None
    return Response(
        file.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
            "Cache-Control": "no-store",
        },
    )


def _purpose(data: Mapping[str, Any]) -> str:
    return " ".join(str(data.get("purpose", "")).split())[:200]


def shown(
    room: Room,
    case: Case,
    sheet: Sheet,
    *,
    status: int = 200,
    purpose: str = "",
    look_wrong: bool = False,
    done: str = "",
    decision: str = "",
    tried: acting.Tried | None = None,
    answer: Answering | None = None,
    checked: Checked | None = None,
) -> Template:
    """The page; `tried` is a form that was refused, `answer` one that is being written."""
    app, texts = room.app, room.texts
    tongue, terms = texts.tongue, app.appeals.terms
    told = dates(case, terms, room.today, tongue)
    groups, impossible = acting.offers(room, case, tried)
    is_answered_here = may_answer(room, case)
    # Written in a tab that did not know what had happened meanwhile: shown once more, to be copied.
    unsent = answer if answer is not None and not is_answered_here else None
    guessed = suggested(room, case)
    messages = app.appeal_store.messages(case.id)
    next_steps = _next(room, case, messages)
    return room.page(
        "appeals/case.html",
        status,
        case=case,
        sheet=sheet,
        purpose=purpose,
        look_wrong=look_wrong,
        said=views.speech(case.language),
        done=_done(room, case, done, messages, next_steps),
        refused=_refused(room, tried, answer),
        press=state_of(case, terms).press,
        state_words=_state(room, case),
        silence=told.silence,
        next_steps=next_steps,
        term=told.term,
        dates=told.all,
        receipt_told=told.receipt,
        moves=told.moves,
        standing_told=standing_told(case.standing, tongue),
        requests=request_lines(room, case, sheet.text),
        paragraphs=_paragraphs(room, sheet, guessed),
        written=[w for w in sheet.written if w.kind.value != "words"],
        messages=[_message(room, case, m, tried) for m in messages],
        today=room.today,
        groups=groups,
        impossible=impossible,
        limits=acting.limits(room, case),
        choices=_choices(room, case),
        recalculations=_recalculations(room, case),
        load=load(room) if any(o.name == "assign" for g in groups for o in g.acts) else (),
        signer=signer(room, case.language, case.unit),
        has_post=bool(room.account.posts),
        timeline=timeline(room, app.appeals.history(case.id)),
        guessed=guessed,
        signal=_signal(room, case),
        worded=lambda words: worded(room, words),
        erased_on=in_words(terms.hours.local(case.erased_at).date(), tongue) if case.erased_at else "",
        may_link=case.erased_at is None and acting.may_do(room, case, acting.BY_NAME["link"]),
        may_look=room.may(Right.SEE_PERSONAL, case),
        may_answer=is_answered_here,
        may_sign=room.may(Right.SIGN, case),
        answering=(answer or answering(room, case, decision=decision)) if is_answered_here else None,
        checked=checked,
        unsent=unsent,
        closed="",
        is_part=False,
    )


def _refused(room: Room, tried: acting.Tried | None, answer: Answering | None) -> Refused | None:
    if tried is not None:
        act = room.texts(f"desk.act.{tried.act}")
        message = tried.fields.get("message")
        place = f"{tried.act}-{message}" if message else f"act-{tried.act}"
        return Refused(room.texts("desk.refused", act=act, why=tried.wrong), place)
    if answer is not None and answer.wrong:
        return Refused(answer.wrong, "answer")
    return None


_BRINGS = {
    "forward": MessageKind.FORWARDED,
    "extend": MessageKind.EXTENDED,
    "hearing": MessageKind.HEARING,
    "answer": MessageKind.ANSWER,
}
"""Acts that the applicant hears of."""


def _done(
    room: Room, case: Case, name: str, messages: Sequence[Outgoing], next_steps: Sequence[str]
) -> Done | None:
    """Said after an act: that it is done, what of it the applicant has heard, and what comes next."""
    key = f"desk.done.{name}"
    if not name or not room.texts.has(key):
        return None
    last = case.forwards[-1].to if case.forwards else ""
    told = room.texts(key, to=last) if name == "forward" else room.texts(key)
    if name in _BRINGS:
        told = f"{told} {_heard(room, messages, _BRINGS[name])}"
    return Done(told, tuple(next_steps[:2]))


def _heard(room: Room, messages: Sequence[Outgoing], kind: MessageKind) -> str:
    """What became of the last message of a kind; what goes by letter beside it is not asked."""
    texts = room.texts
    row = next((m for m in reversed(messages) if m.kind is kind and not m.key.endswith(MAILED)), None)
    if row is None:
        return texts("desk.heard.nobody")
    on_page = row.state is MessageState.SENT and row.channel in (Channel.WEB, Channel.API)
    state = "page" if on_page else row.state.value
    return texts(f"desk.heard.{state}", channel=texts(f"desk.channel.{row.channel.value}"))


def _state(room: Room, case: Case) -> str:
    texts, tongue = room.texts, room.texts.tongue
    at = case.erased_at or case.delivered_at or case.withdrawn_at
    day = room.app.appeals.terms.hours.local(at).date() if at else None
    if case.stage is Stage.DELIVERED and case.delivered_on:
        day = case.delivered_on
    said = texts(f"desk.state.{case.stage.value}", day=in_words(day, tongue) if day else "")
    if case.unit and case.stage in (Stage.REGISTERED, Stage.REOPENED, Stage.PAUSED):
        who = room.names.who(case.officer) if case.officer else room.names.unit(case.unit)
        said += " " + texts("desk.state.with", who=who)
    return said


def _next(room: Room, case: Case, messages: Sequence[Outgoing]) -> list[str]:
    """What is to be done, the nearest first."""
    texts = room.texts
    steps: list[str] = []
    if case.open and case.ended_at is None and not case.unit:
        steps.append(texts("desk.next.assign"))
    if case.stage is Stage.ANSWERED:
        steps.append(texts("desk.next.redeliver" if case.failed_deliveries else "desk.next.deliver"))
    if case.stage is Stage.REOPENED:
        steps.append(texts("desk.next.reopened"))
    steps += [
        texts(
            "desk.next.tell",
            what=texts(f"desk.message.{row.kind.value}"),
            channel=texts(f"desk.channel.{row.channel.value}"),
        )
        for row in messages
        if row.state is MessageState.BY_HAND and not (row.kind is MessageKind.ANSWER and not case.open)
    ]
    if case.stage not in (Stage.WITHDRAWN, Stage.DELIVERED, Stage.ERASED):
        steps += waiting(case, room.app.appeals.terms, room.today, texts.tongue)
    return steps


def _paragraphs(room: Room, sheet: Sheet, guessed: Suggested) -> list[tuple[Piece, ...]]:
    """Masked: each mark in the reader's words, and what no earlier one of its cluster says. Opened: plain."""
    if not sheet.is_masked:
        return [(Piece(line),) for line in sheet.text.splitlines() if line.strip()]
    made: list[tuple[Piece, ...]] = []
    at = 0
    for line in sheet.text.splitlines(keepends=True):
        if line.strip():
            made.append(tuple(_pieces(room, line.rstrip("\r\n"), at, guessed.new_spans)))
        at += len(line)
    return made


def _pieces(room: Room, line: str, offset: int, new: Sequence[Span]) -> list[Piece]:
    """`offset`: where the line begins in the text that `new` counts in."""
    cuts = {0, len(line)}
    masks = {match.start(): match for match in MASK.finditer(line)}
    for match in masks.values():
        cuts |= {match.start(), match.end()}
    for span in new:
        cuts |= {point - offset for point in (span.start, span.end) if 0 < point - offset < len(line)}
    inside = {point for match in masks.values() for point in range(match.start() + 1, match.end())}
    pieces = []
    for start, end in pairwise(sorted(cuts - inside)):
        if start in masks:
            pieces.append(Piece(room.texts(f"desk.mask.{masks[start][1]}"), "masked"))
        else:
            is_new = any(span.start <= offset + start and offset + end <= span.end for span in new)
            pieces.append(Piece(line[start:end], "new-here" if is_new else ""))
    return pieces


def _message(room: Room, case: Case, row: Outgoing, tried: acting.Tried | None) -> Message:
    told = case.told_of(row.key.removesuffix(MAILED))
    return Message(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        state=row.state,
        tries=row.tries,
        can_retry=row.state in RETRIED,
        reached=room.texts(
            "desk.reached",
            day=room.texts.day(told.on, "d MMMM y"),
            channel=room.texts(f"desk.channel.{told.channel.value}"),
        )
        if told and row.state is MessageState.SENT
        else "",
        telling=_telling(room, case, row, tried),
    )


def _telling(room: Room, case: Case, row: Outgoing, tried: acting.Tried | None) -> Telling | None:
    waits = row.state is MessageState.WAITING and not room.app.office.sends_mail
    if (
        not (row.state in TOLD_BY_HAND or waits)
        or case.erased_at
        or not acting.may_do(room, case, acting.TELL)
    ):
        return None
    is_tried = (
        tried is not None and tried.act == acting.TELL.name and tried.fields.get("message") == str(row.id)
    )
    said = tried.fields if tried and is_tried else {}
    made = room.app.appeals.terms.hours.local(row.made_at).date()
    return Telling(
        channel=said.get("channel", row.channel.value),
        on=said.get("on", room.today.isoformat()),
        proof=said.get("proof", ""),
        first=made.isoformat(),
        last=room.today.isoformat(),
        wrong=tried.wrong if tried and is_tried else "",
    )


def _choices(room: Room, case: Case) -> Mapping[str, Sequence[tuple[str, str]]]:
    texts, tongue = room.texts, room.texts.tongue
    people = [a for a in room.app.accounts.all() if not a.is_closed]
    return {
        "kinds": [(id, kind.names[tongue]) for id, kind in kinds().items()],
        "urgency": [(u.value, texts(f"desk.urgency.said.{u.value}")) for u in Urgency],
        "category": [(c.id, c.name[tongue]) for c in categories()],
        "relations": [
            (r, texts(f"desk.relation.{r}")) for r in (Relation.SIMILAR.value, Relation.REPEAT.value)
        ],
        "linked": [(link.other, _number(room, link.other)) for link in case.links],
        "channel": [(c.value, texts(f"desk.channel.{c.value}")) for c in Channel],
        "grounds": [
            (id, f"{g.names[tongue]} ({g.article})") for id, g in room.app.appeals.terms.pause_grounds.items()
        ],
        "calendars": [(v, v) for v in versions()],
        "people": [(a.name, a.shown) for a in people],
        "bodies": [(body.id, body.name[tongue]) for body in bodies()],
    }


def _number(room: Room, id: str) -> str:
    try:
        return room.app.appeals.case(id).number or id
    except BadInput:
        return id


def _recalculations(room: Room, case: Case) -> list[tuple[str, tuple[str, ...]]]:
    """By version: every date that it would move, told before anybody does it."""
    terms = room.app.appeals.terms
    return [
        (version, moved_told(moved_by_calendar(case, version, terms), room.texts.tongue))
        for version in dict.fromkeys([CURRENT, *versions()])
        if version != case.calendar
    ]


class Signal(msgspec.Struct, frozen=True):
    id: str
    title: str


def _signal(room: Room, case: Case) -> Signal | None:
    """The publication that this case was opened from."""
    for link in case.links:
        if link.relation is Relation.FROM_SIGNAL:
            publication = room.app.records.get_publication(link.other)
            return Signal(link.other, views.title_of(publication) if publication else link.other)
    return None
