"""What every page of the citizen stands on: language, institution, headers, the words for scripts."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from litestar import Request
from litestar.response import Response, Template

from aimas.app import App
from aimas.core import BadInput
from aimas.web.choosing import remember
from aimas.web.citizen.forms import MOST, PATTERNS
from aimas.web.texts import TONGUES, Texts, catalogue, chosen_tongue

log = structlog.get_logger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    # Only when the citizen presses the button, and the browser asks once more.
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Referrer-Policy": "no-referrer",
}
PRIVATE = {"Cache-Control": "no-store"}
"""For pages that tell of somebody."""
_WORDS = "citizen.js."
_ERRORS = "citizen.error."


class Stand(msgspec.Struct, frozen=True):
    app: App
    texts: Texts
    common: Mapping[str, Any]

    @property
    def tongue(self) -> str:
        return self.texts.tongue


def stand(request: Request[Any, Any, Any], app: App) -> Stand:
    tongue = chosen_tongue(
        request.query_params.get("lang"),
        request.cookies.get("lang"),
        request.headers.get("accept-language"),
        app.settings.language,
    )
    texts = Texts(tongue, app.settings.zone)
    said = catalogue(tongue)
    words = {key.removeprefix(_WORDS): text for key, text in said.items() if key.startswith(_WORDS)}
    words |= {key.removeprefix("citizen."): text for key, text in said.items() if key.startswith(_ERRORS)}
    common = {
        "t": texts,
        "institution": app.office.called(tongue),
        "path": _page_of(request.url.path),
        "is_demo": app.settings.demo,
        "words": words,
        "errors": {},
        "ids": _IDS,
        "said": {},
        "is_form": False,
        "retold": "",
        "most": MOST,
        "patterns": PATTERNS,
        # A promise only where letters can leave.
        "email_note": texts("citizen.email.note" if app.office.sends_mail else "citizen.email.note.nomail"),
    }
    return Stand(app, texts, common)


_IDS = {
    "standing": "standing-appeal",
    "rate": "rate-1",
    "reopen": "reopen-reason",
    "complain": "complain-reason",
    "withdraw": "withdraw-reason",
    "document": "document-text",
    "sign": "name",
}
"""Where a field's name is not the id of what is filled in."""

_PAGES_OF_ACTS = {
    "/citizen/file": "/citizen/new",
    "/citizen/retold": "/citizen/new",
    "/citizen/open": "/citizen/case",
    "/citizen/inspector/find": "/citizen/inspector",
    "/receipt/check": "/receipt",
    "/receipt/pdf": "/receipt",
}


def _page_of(path: str) -> str:
    """Where a change of language leads: after an act, the page that it belongs to."""
    return "/citizen/mine" if path.startswith("/citizen/mine/") else _PAGES_OF_ACTS.get(path, path)


def page(
    here: Stand,
    request: Request[Any, Any, Any],
    template: str,
    status: int = 200,
    *,
    is_private: bool = False,
    **values: Any,
) -> Template:
    made = Template(
        f"citizen/{template}",
        context={**here.common, **values},
        status_code=status,
        headers=HEADERS | (PRIVATE if is_private else {}),
    )
    if request.query_params.get("lang") in TONGUES:
        remember(made, here.app, "lang", here.tongue)
    return made


def is_citizens(path: str) -> bool:
    return any(path == way or path.startswith(way + "/") for way in ("/citizen", "/receipt"))


def wants_json(request: Request[Any, Any, Any]) -> bool:
    return "application/json" in request.headers.get("accept", "")


def failure(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What to do next, in the citizen's language; never an exception's own text."""
    app: App = request.app.state.app
    here = stand(request, app)
    status = 422 if isinstance(error, BadInput) else getattr(error, "status_code", 500)
    if status >= 500:
        log.exception("citizen.failed", path=request.url.path, exc_info=error)
    known = next(
        (s for s in (status, 400 if status < 500 else 500) if here.texts.has(f"citizen.oops.{s}")), 500
    )
    message = here.texts(f"citizen.oops.{known}")
    headers = dict(getattr(error, "headers", None) or {})
    if wants_json(request):
        return Response({"message": message}, status_code=status, headers=headers)
    answer = page(
        here, request, "plain.html", status, title=here.texts("citizen.oops"), message=message, detail=""
    )
    answer.headers.update(headers)
    return answer
