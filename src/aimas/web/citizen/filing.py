"""New appeals, messages and complaints: the forms, and the one address that all of them are sent to."""

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.response import Response, Template

from aimas.app import App
from aimas.appeals.categories import categories
from aimas.appeals.law import kinds, law
from aimas.appeals.receipts import Receipt
from aimas.appeals.service import APPLICANT, NewAppeal
from aimas.core import BadInput
from aimas.web.citizen import talons
from aimas.web.citizen.forms import BODY_BYTES, CONFIDENTIAL, Errors, Sent, Shown, new_appeal, sent
from aimas.web.citizen.stand import HEADERS, PRIVATE, Stand, page, stand, wants_json
from aimas.web.limits import limited

ASKED_OF_POLICE = (
    "road_safety",
    "crime_report",
    "neighbours_noise",
    "domestic_violence",
    "fraud_online",
    "thanks",
    "other",
)
"""What a message that is not urgent tends to be about, the most frequent first (the 102 service's own figures)."""


@get("/citizen/new", include_in_schema=False, sync_to_thread=True)
def new_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _form(stand(request, app), request, "new")


@get("/citizen/police", include_in_schema=False, sync_to_thread=True)
def police_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _form(stand(request, app), request, "police")


@get("/citizen/message", include_in_schema=False, sync_to_thread=True)
def message_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _form(stand(request, app), request, "message")


def _form(
    here: Stand,
    request: Request[Any, Any, Any],
    what: str,
    said: Mapping[str, str] | None = None,
    errors: Errors | None = None,
    retold: str = "",
) -> Template:
    """`retold`: the key of what is said of fields that another language's form sent along."""
    known = {c.id: c for c in categories()}
    listed = {"police": CONFIDENTIAL, "message": ASKED_OF_POLICE}.get(what, tuple(known))
    return page(
        here,
        request,
        "message.html" if what == "message" else "appeal.html",
        422 if errors else 200,
        is_private=bool(said),
        form_kind=what,
        path=f"/citizen/{what}",
        kinds=[(id, kind.names[here.tongue]) for id, kind in kinds().items()],
        categories=[known[id] for id in listed if id in known],
        limits=Shown(),
        law_of_standing=law().standing.says[here.tongue],
        # A form that is sent twice is filed once.
        nonce=secrets.token_urlsafe(24),
        said=said or {},
        errors=errors or {},
        is_form=True,
        retold=retold,
    )


@post("/citizen/retold", include_in_schema=False, status_code=200)
async def retold(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """The form in another language with what was typed into it, for browsers without scripts; nothing is kept."""
    limited(request, "file")
    said = await sent(request)
    return await sync_to_thread(_retold, request, app, said)


def _retold(request: Request[Any, Any, Any], app: App, said: Sent) -> Template:
    # A browser names the files that it does not send.
    told = "citizen.retold.files" if said.fields.get("files") or said.files else "citizen.retold"
    fields = dict(said.fields)
    if fields.get("language") == fields.get("was"):
        # The answer comes in the page's language unless another was chosen.
        fields.pop("language", None)
    return _form(stand(request, app), request, _what(said), fields, retold=told)


def _what(said: Sent) -> str:
    what = said.fields.get("what", "new")
    return what if what in ("police", "message") else "new"


@post("/citizen/file", include_in_schema=False, status_code=200, request_max_body_size=BODY_BYTES)
async def file(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Any]:
    """Answers a form without scripts with a page, a phone's queue with JSON; a nonce makes sending twice harmless."""
    limited(request, "file")
    said = await sent(request)
    return await sync_to_thread(_file, request, app, said)


def _file(request: Request[Any, Any, Any], app: App, said: Sent) -> Response[Any]:
    here = stand(request, app)
    new, errors = new_appeal(said, here.texts)
    if new is None:
        return _refused(here, request, said, errors)
    try:
        filed = app.appeals.file(new, APPLICANT)
    except BadInput:
        # Checked field by field before: what is left is a nonce that served another text already.
        return _refused(here, request, said, {"text": here.texts("citizen.error.nonce")})
    stored = [(a.name, hashlib.sha256(a.content).hexdigest()) for a in new.attachments]
    made = talons.talon(app, filed.receipt, here.tongue, filed.code, stored)
    if wants_json(request):
        return Response(_answer(here, request, made, new), headers=HEADERS | PRIVATE)
    return page(here, request, "receipt.html", is_private=True, r=made, path="/citizen")


def _refused(here: Stand, request: Request[Any, Any, Any], said: Sent, errors: Errors) -> Response[Any]:
    if wants_json(request):
        told = {"message": " ".join(errors.values()), "errors": errors}
        return Response(told, status_code=422, headers=HEADERS | PRIVATE)
    return _form(here, request, _what(said), said.fields, errors)


def _answer(
    here: Stand, request: Request[Any, Any, Any], made: talons.Talon, new: NewAppeal
) -> dict[str, Any]:
    receipt = talons.receipt_of(here.app, made.text)
    assert isinstance(receipt, Receipt)
    engine = request.app.template_engine
    assert engine is not None
    # The script puts a token of its own into the form before it sends it.
    token = '<input type="hidden" name="_csrf_token" value="">'
    body = engine.get_template("citizen/receipt_body.html").render(**here.common, r=made, csrf_input=token)
    return {
        "number": made.number,
        "code": made.code,
        "receipt": made.text,
        "answer_by": receipt.answer_by,
        "standing": new.standing.value,
        "lines": made.lines,
        "files": [{"name": name, "sha256": digest} for name, digest in made.files],
        "html": body,
    }


FILING = (new_page, police_page, message_page, retold, file)
