"""What a citizen can do with the appeal that is open: add, withdraw, rate, sign, say that it is not solved."""

from collections.abc import Callable
from typing import Any

from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Response

from aimas.app import App
from aimas.appeals.service import APPLICANT, RefusedEvent
from aimas.appeals.types import Complained, Rated, Reopened, Withdrawn
from aimas.web.citizen.following import case_page, form_page
from aimas.web.citizen.forms import BODY_BYTES, Errors, Sent, applicant_of, attachments, sent, too_long
from aimas.web.citizen.stand import PRIVATE, Stand, stand
from aimas.web.citizen.trust import let_open, opened
from aimas.web.limits import limited

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
        return form_page(here, request, 401, "citizen.case.closed")
    try:
        errors = work(here, case, said)
    except RefusedEvent:
        errors = {name: here.texts("citizen.error.refused")}
    if errors:
        return case_page(here, request, case, errors=errors, said=said.fields)
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
    long = too_long(said, here.texts)
    if wrong := [told for told in (long.get("text"), errors.get("files")) if told]:
        return {"document": " ".join(wrong)}
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


ACTING = (
    _way("document", _add_document, request_max_body_size=BODY_BYTES),
    _way("reopen", _reopen),
    _way("complain", _complain),
    _way("withdraw", _withdraw),
    _way("rate", _rate),
    _way("sign", _sign),
)
