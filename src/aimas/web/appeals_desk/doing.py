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
from aimas.web.appeals_desk.case import Form, found, shown
from aimas.web.appeals_desk.entering import Ask, Room, enter, signer
from aimas.web.appeals_desk.registering import BODY_BYTES, Parts, attachments, files_of, told_of_file

LONGEST = 20_000


@post(
    "/appeals/{case_id:str}/do/{verb:str}",
    opt={"right": Right.SEE_QUEUE},
    include_in_schema=False,
    sync_to_thread=True,
)
def do(
    request: Ask, app: NamedDependency[App], case_id: FromPath[str], verb: FromPath[str], data: Form
) -> Response[Any]:
    case = found(app, case_id)
    act = acting.BY_NAME.get(verb)
    if act is None or act.do is None:
        raise NotFoundException()
    room = _entered(request, app, case, act)
    said = acting.Said(_fields(data), _numbers(data), app.settings.timezone)
    try:
        act.do(room, case, said)
    except BadInput as error:
        tried = acting.Tried(
            act=act.name,
            fields=said.fields,
            picked=tuple(str(n) for n in said.requests),
            wrong=acting.told(room, error),
        )
        return shown(room, case, app.persons.masked(case.id), status=422, tried=tried)
    return Redirect(f"/appeals/{case.id}?done={act.name}", status_code=303)


@post(
    "/appeals/{case_id:str}/do/retry",
    opt={"right": Right.SEE_QUEUE},
    include_in_schema=False,
    sync_to_thread=True,
)
def retry(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Response[Any]:
    """A message that was given up is tried once more."""
    case = found(app, case_id)
    room = _entered(request, app, case, acting.BY_NAME["deliver"])
    wanted = str(data.get("message", ""))
    row = next((m for m in app.appeal_store.messages(case.id) if str(m.id) == wanted), None)
    if row is None:
        raise NotFoundException()
    app.appeals.outbox.postpone(row, app.clock.now(), room.account.actor)
    return Redirect(f"/appeals/{case.id}?done=retry#written", status_code=303)


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
    case = found(app, case_id)
    room = _entered(request, app, case, acting.BY_NAME["document"])
    fields = _fields(data)
    try:
        files = attachments(files_of(data))
        app.appeals.add_document(case.id, fields.get("text", "").strip(), files, room.account.actor)
    except BadInput as error:
        wrong = (
            told_of_file(room, error) if isinstance(error, RefusedAttachment) else acting.told(room, error)
        )
        tried = acting.Tried(act="document", fields=fields, picked=(), wrong=wrong)
        return shown(room, case, app.persons.masked(case.id), status=422, tried=tried)
    return Redirect(f"/appeals/{case.id}?done=document", status_code=303)


@post(
    "/appeals/{case_id:str}/draft",
    opt={"right": Right.DECIDE},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def draft(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Template:
    """The words of an answer begun from what the case says, instead of those in the form."""
    case = found(app, case_id)
    room = enter(request, app, Right.DECIDE, case)
    sheet = app.persons.masked(case.id)
    decision = answering.DECISIONS.get(str(data.get("decision", "")), Decision.EXPLAINED)
    text = answering.drafted(room, case, sheet, decision, _numbers(data))
    form = answering.answering(
        room, case, decision=decision.value, text=text, picked=[str(n) for n in _numbers(data)]
    )
    if request.headers.get("hx-request"):
        return room.page("appeals/answer_words.html", case=case, answering=form)
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
    case = found(app, case_id)
    room = enter(request, app, Right.DECIDE, case)
    sheet = app.persons.masked(case.id)
    decision, text = _answer(data)
    result = (
        answering.checked(room, case, sheet, text, decision or Decision.EXPLAINED, _numbers(data))
        if text.strip()
        else None
    )
    if request.headers.get("hx-request"):
        return room.page("appeals/findings.html", checked=result)
    return shown(room, case, sheet, answer=_form(room, case, data), checked=result)


@post(
    "/appeals/{case_id:str}/do/answer",
    opt={"right": Right.SIGN},
    include_in_schema=False,
    sync_to_thread=True,
)
def answer(request: Ask, app: NamedDependency[App], case_id: FromPath[str], data: Form) -> Response[Any]:
    """Checked again where it is signed; what stops it is shown beside the words, and nothing goes out."""
    case = found(app, case_id)
    room = enter(request, app, Right.SIGN, case)
    sheet = app.persons.masked(case.id)
    decision, text = _answer(data)
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
        )
    except AnswerStopped as stopped:
        form = _form(room, case, data, wrong=room.texts("desk.answer.stopped"))
        result = answering.shown(room, case, sheet, text, stopped.findings)
        return shown(room, case, sheet, status=422, answer=form, checked=result)
    except BadInput as error:
        form = _form(room, case, data, wrong=acting.told(room, error))
        return shown(room, case, sheet, status=422, answer=form)
    return Redirect(f"/appeals/{case.id}?done=answer", status_code=303)


def _entered(request: Ask, app: App, case: Case, act: acting.Act) -> Room:
    """By the first of the act's rights that the person has; raises Forbidden for none."""
    room = enter(request, app, Right.SEE_QUEUE, case)
    for right in act.rights:
        if room.may(right, case):
            return room
    return enter(request, app, act.rights[0], case)


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    return {key: value[:LONGEST] for key, value in data.items() if isinstance(value, str)}


def _numbers(data: Mapping[str, Any]) -> tuple[int, ...]:
    """Requests that are ticked."""
    said = data.get("request", [])
    each = said if isinstance(said, list) else [said]
    return tuple(
        sorted({int(n) for n in each if isinstance(n, str) and n.isascii() and n.isdigit() and len(n) < 4})
    )


def _answer(data: Mapping[str, Any]) -> tuple[Decision | None, str]:
    text = str(data.get("text", ""))[:LONGEST].replace("\r\n", "\n")
    return answering.DECISIONS.get(str(data.get("decision", ""))), text


def _form(room: Room, case: Case, data: Mapping[str, Any], wrong: str = "") -> answering.Answering:
    decision, text = _answer(data)
    return answering.answering(
        room,
        case,
        decision=decision.value if decision else "",
        text=text,
        picked=[str(n) for n in _numbers(data)],
        wrong=wrong,
    )
