"""My appeals: opened by number and code, told in plain words, and what the citizen can do with them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Redirect, Response, Template

from aimas.app import App
from aimas.appeals.admission import refusal
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import Deadline, Keeping, keeping, silence
from aimas.appeals.law import Rule, Terms, law
from aimas.appeals.requests import requests_of
from aimas.appeals.service import APPLICANT, Recorded, RefusedEvent
from aimas.appeals.sheets import Sheet, Written
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Complained,
    Divided,
    Extended,
    Forwarded,
    Rated,
    Registered,
    Reopened,
    Standing,
    Withdrawn,
)
from aimas.appeals.wording import explanation, headline, silence_told, standing_told
from aimas.web.citizen import talons
from aimas.web.citizen.forms import BODY_BYTES, Errors, Sent, Shown, applicant_of, attachments, sent, too_long
from aimas.web.citizen.stand import PRIVATE, Stand, page, stand
from aimas.web.citizen.trust import let_open, opened, shut
from aimas.web.limits import limited
from aimas.web.texts import Texts

TOLD_RULES = (Rule.ANSWER, Rule.EXTENSION, Rule.FORWARD, Rule.HEARING, Rule.SILENCE, Rule.REOPENED)
"""Dates that concern the citizen; the rest is the office's housekeeping."""


@get("/citizen/case", include_in_schema=False, sync_to_thread=True)
def case_form(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    answer = _case_form(stand(request, app), request)
    shut(answer)
    return answer


def _case_form(
    here: Stand,
    request: Request[Any, Any, Any],
    status: int = 200,
    wrong: str = "",
    said: Mapping[str, str] | None = None,
) -> Template:
    return page(
        here,
        request,
        "case_form.html",
        status,
        is_private=bool(wrong),
        errors={"number": here.texts(wrong)} if wrong else {},
        said=said or {},
    )


@post("/citizen/open", include_in_schema=False, status_code=200)
async def open_case(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Any]:
    """One answer, and the same work, for a wrong number and a wrong code."""
    # In a thread of its own: this limit is kept in the records.
    await sync_to_thread(limited, request, "receipt")
    said = await sent(request)
    return await sync_to_thread(_opened, request, app, said)


def _opened(request: Request[Any, Any, Any], app: App, said: Sent) -> Response[Any]:
    here = stand(request, app)
    number, code = said.word("number", 60), said.word("code", 60)
    case = app.appeals.opened(number, code)
    if case is None:
        return _case_form(here, request, 422, "citizen.case.wrong", {"number": number})
    answer = Redirect("/citizen/mine", status_code=303, headers=PRIVATE)
    let_open(answer, app, case)
    return answer


@get("/citizen/mine", include_in_schema=False, sync_to_thread=True)
def mine(
    request: Request[Any, Any, Any], app: NamedDependency[App], done: FromQuery[str] = ""
) -> Response[Any]:
    case = opened(request, app)
    here = stand(request, app)
    if case is None:
        return _case_form(here, request, 401, "citizen.case.closed")
    known = done if here.texts.has(f"citizen.done.{done}") else ""
    return _case_page(here, request, case, done=known)


def _case_page(
    here: Stand,
    request: Request[Any, Any, Any],
    case_id: str,
    *,
    done: str = "",
    errors: Errors | None = None,
    said: Mapping[str, str] | None = None,
) -> Template:
    app = here.app
    # To open it is work for the server, so who has the code may not look without end.
    limited(request, "upload", f"case:{case_id}")
    # His own words, shown to himself: that is nobody's look, and leaves no line that tells when he read it.
    sheet = app.persons.sheet(case_id)
    shown = view(
        app.appeals.case(case_id),
        app.appeals.deadlines(case_id),
        sheet,
        app.appeals.history(case_id),
        app.appeals.receipt(case_id),
        app.office.terms,
        here,
    )
    answer = page(
        here,
        request,
        "case.html",
        422 if errors else 200,
        is_private=True,
        c=shown,
        done=done,
        errors=errors or {},
        said=said or {},
        limits=Shown(),
    )
    let_open(answer, app, case_id)
    return answer


class Dated(msgspec.Struct, frozen=True):
    headline: str
    explanation: tuple[str, ...]
    keeping: str


class Answer(msgspec.Struct, frozen=True):
    text: str
    told: str
    decision: str
    about: str
    """Which requests it takes up; empty where there is but one."""


class Own(msgspec.Struct, frozen=True):
    """What the applicant filed, as it is kept."""

    text: str
    requests: tuple[str, ...]
    """Numbered as answers and notices name them; none where there is but one."""
    files: tuple[str, ...]
    """Names."""


class Notice(msgspec.Struct, frozen=True):
    title: str
    text: str


class Step(msgspec.Struct, frozen=True):
    at: str
    when: str
    told: str


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A case as its applicant reads it."""

    number: str
    stage: str
    means: str
    """The stage in a sentence."""
    standing: str
    own: Own
    language: str
    silence: tuple[str, ...]
    answers: tuple[Answer, ...]
    notices: tuple[Notice, ...]
    dates: tuple[Dated, ...]
    has_term: bool
    steps: tuple[Step, ...]
    stars: int | None
    may_rate: bool
    may_reopen: bool
    may_withdraw: bool
    may_sign: bool
    complaint_law: str
    receipt: str
    qr: str


def view(
    case: Case,
    dates: Sequence[Deadline],
    sheet: Sheet,
    history: Sequence[Recorded],
    receipt: str,
    terms: Terms,
    here: Stand,
) -> View:
    t, tongue = here.texts, here.tongue
    now = here.app.clock.now()
    today = terms.hours.local(now).date()
    late = silence(case, terms, today)
    calendar = terms.calendar(case.calendar)

    def may(event: AnyEvent) -> bool:
        return refusal(case, event, terms) is None

    told = [d for d in dates if d.rule in TOLD_RULES and d.applies]
    return View(
        number=case.number or "",
        stage=case.stage.value,
        means=_means(case, t),
        standing=standing_told(case.standing, tongue),
        own=_own(case, sheet),
        language=case.language.value,
        silence=silence_told(late, tongue) if late else (),
        answers=_answers(case, sheet, t) if case.delivered_at else (),
        notices=_notices(sheet, history, t),
        dates=tuple(
            Dated(
                headline(d, tongue),
                explanation(d, case, calendar, tongue),
                "" if (kept := keeping(d, today)) is Keeping.CONDITIONAL else kept.value,
            )
            for d in told
        ),
        has_term=case.standing is Standing.APPEAL,
        steps=_steps(history, t),
        stars=case.stars,
        may_rate=may(Rated(at=now, by=APPLICANT, stars=5)),
        may_reopen=may(Reopened(at=now, by=APPLICANT, reason="-")),
        may_withdraw=may(Withdrawn(at=now, by=APPLICANT, reason="-")) and bool(case.open),
        may_sign=case.standing is not Standing.APPEAL and not case.ended_at and bool(case.ours),
        complaint_law=law().complaint.says[tongue],
        receipt=receipt,
        qr=talons.qr(receipt),
    )


def _means(case: Case, t: Texts) -> str:
    """Nobody is said to be at work before somebody is."""
    key = f"citizen.stage.{case.stage.value}.means"
    waits = f"{key}.unassigned"
    return t(waits if case.unit is None and t.has(waits) else key)


def _own(case: Case, sheet: Sheet) -> Own:
    spans = [found.span for found in requests_of(sheet.text)]
    is_counted_so = case.requests > 1 and len(spans) == case.requests
    return Own(
        text=sheet.text,
        requests=tuple(span.of(sheet.text) for span in spans) if is_counted_so else (),
        files=tuple(note.name for note in sheet.attachments),
    )


def _about(case: Case, requests: Sequence[int], t: Texts) -> str:
    if case.requests < 2 or not requests:
        return ""
    numbers = ", ".join(t.number(n) for n in sorted(requests))
    return t("citizen.answer.request" if len(requests) == 1 else "citizen.answer.requests", n=numbers)


def _answers(case: Case, sheet: Sheet, t: Texts) -> tuple[Answer, ...]:
    """The latest first."""
    made = [
        Answer(
            written.text,
            t("citizen.answer.told", who=answer.signed_by, day=t.moment(answer.at)),
            answer.decision.value,
            _about(case, answer.requests, t),
        )
        for answer, written in zip(case.answers, sheet.answers, strict=False)
    ]
    return tuple(reversed(made))


def _notices(sheet: Sheet, history: Sequence[Recorded], t: Texts) -> tuple[Notice, ...]:
    at = {each.position: each.at for each in history}

    def title(written: Written) -> str:
        on = at.get(written.position)
        return t("citizen.notice.of", day=t.moment(on) if on else "")

    return tuple(Notice(title(written), written.text) for written in sheet.notices)


HIDDEN_STEPS = ("categorised", "weighed", "linked", "unlinked", "released", "veiled", "unveiled")
"""What only the office needs to see."""


def _steps(history: Sequence[Recorded], t: Texts) -> tuple[Step, ...]:
    """Latest first; looks and the office's own marks are left to the auditor."""
    made: list[Step] = []
    for each in reversed(history):
        event = each.event
        if event is None:
            continue
        kind = type(event).__name__.lower()
        if kind in HIDDEN_STEPS or not t.has(f"citizen.step.{kind}"):
            continue
        words = _words_of(event, t)
        made.append(Step(event.at.isoformat(), t.moment(event.at), t(f"citizen.step.{kind}", **words)))
    return tuple(made)


def _words_of(event: AnyEvent, t: Texts) -> dict[str, object]:
    match event:
        case Registered():
            return {"number": event.number}
        case Divided():
            return {"n": t.number(event.requests)}
        case Forwarded():
            return {"to": event.to}
        case Extended():
            return {"day": t.day(event.until, "d MMMM y")}
        case Rated():
            return {"n": event.stars}
        case Assigned() | Answered():
            return {}
    return {}


# What the citizen does.


Work = Callable[[Stand, str, Sent], Errors]
"""What a form asks for, done to the case that is open; what is wrong with it by field."""


def _way(name: str, work: Work, **more: Any) -> HTTPRouteHandler:
    """Where the form of that name is sent."""

    @post(f"/citizen/mine/{name}", include_in_schema=False, status_code=200, **more)
    async def act(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Any]:
        limited(request, "file")
        said = await sent(request)
        return await sync_to_thread(_done, request, app, name, said, work)

    return act


def _done(
    request: Request[Any, Any, Any],
    app: App,
    name: str,
    said: Sent,
    work: Work,
) -> Response[Any]:
    here = stand(request, app)
    case = opened(request, app)
    if case is None:
        return _case_form(here, request, 401, "citizen.case.closed")
    try:
        errors = work(here, case, said)
    except RefusedEvent:
        errors = {name: here.texts("citizen.error.refused")}
    if errors:
        return _case_page(here, request, case, errors=errors, said=said.fields)
    answer = Redirect(f"/citizen/mine?done={name}", status_code=303, headers=PRIVATE)
    let_open(answer, app, case)
    return answer


def _reason(here: Stand, said: Sent, name: str) -> tuple[str, Errors]:
    reason = said.words("reason")
    if "reason" in (long := too_long(said, here.texts)):
        return "", {name: long["reason"]}
    return reason, {} if len(reason) > 1 else {name: here.texts("citizen.error.reason")}


def _add_document(here: Stand, case: str, said: Sent) -> Errors:
    files, errors = attachments(said, here.texts)
    text = said.words("text")
    if "text" in (long := too_long(said, here.texts)):
        return {"document": long["text"]}
    if errors:
        return {"document": errors["files"]}
    if not text and not files:
        return {"document": here.texts("citizen.error.document")}
    here.app.appeals.add_document(case, text, files, APPLICANT)
    return {}


def _reopen(here: Stand, case: str, said: Sent) -> Errors:
    reason, errors = _reason(here, said, "reopen")
    if not errors:
        here.app.appeals.tell(case, Reopened(at=here.app.clock.now(), by=APPLICANT, reason=reason))
    return errors


def _complain(here: Stand, case: str, said: Sent) -> Errors:
    reason, errors = _reason(here, said, "complain")
    if not errors:
        to = here.texts("citizen.complain.to")
        now = here.app.clock.now()
        here.app.appeals.tell(case, Complained(at=now, by=APPLICANT, to=to, reason=reason))
    return errors


def _withdraw(here: Stand, case: str, said: Sent) -> Errors:
    reason, errors = _reason(here, said, "withdraw")
    if not errors:
        here.app.appeals.tell(case, Withdrawn(at=here.app.clock.now(), by=APPLICANT, reason=reason))
    return errors


def _rate(here: Stand, case: str, said: Sent) -> Errors:
    stars = said.fields.get("stars", "")
    if stars not in ("1", "2", "3", "4", "5"):
        return {"rate": here.texts("citizen.error.stars")}
    here.app.appeals.tell(case, Rated(at=here.app.clock.now(), by=APPLICANT, stars=int(stars)))
    return {}


def _sign(here: Stand, case: str, said: Sent) -> Errors:
    """From now on the law owes a date."""
    errors = too_long(said, here.texts)
    applicant = applicant_of(said, here.texts, errors, signs=True)
    if not errors:
        here.app.appeals.identify(case, applicant, APPLICANT)
    return errors


FOLLOWING = (
    case_form,
    open_case,
    mine,
    _way("document", _add_document, request_max_body_size=BODY_BYTES),
    _way("reopen", _reopen),
    _way("complain", _complain),
    _way("withdraw", _withdraw),
    _way("rate", _rate),
    _way("sign", _sign),
)
