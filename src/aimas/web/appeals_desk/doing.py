"""Everything that a person does to a case: each act asked of the rules, refused in words beside its form."""

from collections.abc import Mapping
from typing import Any

from litestar import post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals import Case, Decision
from aimas.appeals.service import AnswerStopped
from aimas.core import BadInput
from aimas.intake.attachments import RefusedAttachment
from aimas.web.appeals_desk import acting, answering
from aimas.web.appeals_desk.case import Before, Form, before, shown
from aimas.web.appeals_desk.entering import Ask, Room, enter, signer
from aimas.web.appeals_desk.registering import BODY_BYTES, Parts, attachments, files_of, told_of_file

LONGEST = 20_000
TOO_LONG = f"A text holds {LONGEST} characters; attach the rest as a file."


@post(
    "/appeals/{case_id:str}/do/{verb:str}",
    opt={"right": Right.SEE_QUEUE},
    include_in_schema=False,
    sync_to_thread=True,
)
def do(
    request: Ask, app: NamedDependency[App], case_id: FromPath[str], verb: FromPath[str], data: Form
) -> Response[Any]:
    act = acting.BY_NAME.get(verb)
    if act is None or act.do is None:
        raise NotFoundException()
    at = _acting(request, app, case_id, act)
    said = acting.Said(_fields(data), _numbers(data), app.settings.timezone)
    try:
        _require_fit(said.fields)
        act.do(at.room, at.case, said)
    except BadInput as error:
        return _tried(at, act.name, said.fields, said.requests, acting.told(at.room, error))
    return _done(at, act.name)


@post(
    "/appeals/{case_id:str}/do/retry",
    opt={"right": Right.SEE_QUEUE},
    include_in_schema=False,
    sync_to_thread=True,
)
def retry(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Response[Any]:
    """A message that was given up is tried once more."""
    at = _acting(request, app, case_id, acting.BY_NAME["deliver"])
    wanted = str(data.get("message", ""))
    row = next((m for m in app.appeal_store.messages(at.case.id) if str(m.id) == wanted), None)
    if row is None:
        raise NotFoundException()
    app.appeals.outbox.postpone(row, app.clock.now(), at.room.account.actor)
    return _done(at, "retry", "#written")


@post(
    "/appeals/{case_id:str}/do/document",
    opt={"right": Right.SEE_QUEUE},
    include_in_schema=False,
    sync_to_thread=True,
    request_max_body_size=BODY_BYTES,
)
def add_document(
    request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Parts
) -> Response[Any]:
    """Words, files or both."""
    at = _acting(request, app, case_id, acting.BY_NAME["document"])
    fields = _fields(data)
    try:
        _require_fit(fields)
        files = attachments(files_of(data))
        app.appeals.add_document(at.case.id, fields.get("text", "").strip(), files, at.room.account.actor)
    except BadInput as error:
        wrong = (
            told_of_file(at.room, error)
            if isinstance(error, RefusedAttachment)
            else acting.told(at.room, error)
        )
        return _tried(at, "document", fields, (), wrong)
    return _done(at, "document")


@post(
    "/appeals/{case_id:str}/draft",
    opt={"right": Right.DECIDE},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def draft(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Template:
    """The words of an answer begun from what the case says, instead of those in the form; which ones hangs on the
    decision, and without it those in the form stay."""
    at = before(request, app, case_id, Right.DECIDE)
    room, case, sheet = at.room, at.case, at.masked
    decision, _ = _answer(data)
    is_part = bool(request.headers.get("hx-request"))
    if decision is None:
        form = _form(room, case, data, wrong=room.texts("desk.draft.nodecision"))
        if is_part:
            return room.page("appeals/answer_words.html", case=case, answering=form, is_part=True)
        return shown(room, case, sheet, status=422, answer=form)
    text = answering.drafted(room, case, sheet, decision, _numbers(data))
    form = answering.answering(
        room, case, decision=decision.value, text=text, picked=[str(n) for n in _numbers(data)]
    )
    if is_part:
        return room.page("appeals/answer_words.html", case=case, answering=form, is_part=True)
    return shown(room, case, sheet, answer=form)


@post(
    "/appeals/{case_id:str}/check",
    opt={"right": Right.DECIDE},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def check(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Template:
    """What the answer in the form lacks; alone for a script, with the page around it without one."""
    at = before(request, app, case_id, Right.DECIDE)
    room, case, sheet = at.room, at.case, at.masked
    decision, text = _answer(data)
    result = (
        answering.checked(room, case, sheet, text[:LONGEST], decision, _numbers(data))
        if text.strip()
        else None
    )
    closed = answering.closed(room, case)
    if request.headers.get("hx-request"):
        return room.page("appeals/findings.html", checked=result, closed=closed)
    return shown(room, case, sheet, answer=_form(room, case, data, wrong=closed), checked=result)


@post(
    "/appeals/{case_id:str}/do/answer",
    opt={"right": Right.SIGN, "resume": "/appeals/{case_id}/check"},
    include_in_schema=False,
    sync_to_thread=True,
)
def answer(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Response[Any]:
    """Checked again where it is signed; what stops it is shown beside the words, and nothing goes out."""
    at = before(request, app, case_id, Right.SIGN)
    room, case, sheet = at.room, at.case, at.masked
    decision, text = _answer(data)
    overruling = _overruling(data)
    if max(len(text), len(overruling)) > LONGEST:
        form = _form(room, case, data, wrong=acting.told(room, BadInput(TOO_LONG)))
        return shown(room, case, sheet, status=422, answer=form)
    if decision is None:
        form = _form(room, case, data, wrong=room.texts("desk.answer.nodecision"))
        return shown(room, case, sheet, status=422, answer=form)
    wanted = answering.answered(case, _numbers(data))
    try:
        app.appeals.answer(
            case.id,
            text,
            wanted,
            decision,
            signer(room, case.language, case.unit),
            room.account.actor,
            room.today,
            overruling,
        )
    except AnswerStopped as stopped:
        form = _form(room, case, data, wrong=room.texts("desk.answer.stopped"))
        result = answering.shown(room, case, sheet, text, stopped.findings, decision)
        return shown(room, case, sheet, status=422, answer=form, checked=result)
    except BadInput as error:
        # Somebody may have signed since the page was asked for, or between these two lines.
        now = app.appeals.case(case.id)
        wrong = answering.closed(room, now) or acting.told(room, error)
        return shown(room, now, sheet, status=422, answer=_form(room, now, data, wrong=wrong))
    return _done(at, "answer")


def _acting(request: Ask, app: App, case_id: str, act: acting.Act) -> Before:
    """By the first of the act's rights that the person has; raises Forbidden for none."""
    at = before(request, app, case_id, Right.SEE_QUEUE)
    if not acting.may_do(at.room, at.case, act):
        enter(request, app, act.rights[0], at.case)
    return at


def _done(at: Before, act: str, place: str = "") -> Redirect:
    return Redirect(f"/appeals/{at.case.id}?done={act}{place}", status_code=303)


def _tried(at: Before, act: str, said: Mapping[str, str], picked: tuple[int, ...], wrong: str) -> Template:
    """The page with the form that was refused, and why."""
    tried = acting.Tried(act=act, fields=said, picked=tuple(str(n) for n in picked), wrong=wrong)
    return shown(at.room, at.case, at.masked, status=422, tried=tried)


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in data.items() if isinstance(value, str)}


def _require_fit(fields: Mapping[str, str]) -> None:
    """What is longer is refused whole: nobody finds out later that his words were cut."""
    if any(len(value.replace("\r\n", "\n")) > LONGEST for value in fields.values()):
        raise BadInput(TOO_LONG)


def _numbers(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Requests that are ticked."""
    said = data.get("request", [])
    each = said if isinstance(said, list) else [said]
    return tuple(
        sorted({int(n) for n in each if isinstance(n, str) and n.isascii() and n.isdigit() and len(n) < 4})
    )


def _answer(data: Mapping[str, Any]) -> tuple[Decision | None, str]:
    text = str(data.get("text", "")).replace("\r\n", "\n")
    return answering.DECISIONS.get(str(data.get("decision", ""))), text


def _overruling(data: Mapping[str, Any]) -> str:
    return str(data.get("overruling", "")).replace("\r\n", "\n").strip()


def _form(room: Room, case: Case, data: Mapping[str, Any], wrong: str = "") -> answering.Answering:
    decision, text = _answer(data)
    return answering.answering(
        room,
        case,
        decision=decision.value if decision else "",
        text=text,
        picked=[str(n) for n in _numbers(data)],
        wrong=wrong,
        overruling=_overruling(data),
    )
