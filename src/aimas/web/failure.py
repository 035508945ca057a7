"""The page that stands in place of one that failed."""

from typing import Any

import structlog
from litestar import Request
from litestar.response import Template

from aimas.app import App
from aimas.core import BadInput
from aimas.web.desk import desk, page
from aimas.web.limits import TooMany
from aimas.web.signing_in import Forbidden

log = structlog.get_logger(__name__)


def failure(request: Request[Any, Any, Any], error: Exception) -> Template:
    """A person sees what to do; never an exception's own text."""
    app: App = request.app.state.app
    stand = desk(request, app, None)
    status = 422 if isinstance(error, BadInput) else getattr(error, "status_code", 500)
    if status >= 500:
        log.exception("page.failed", path=request.url.path, exc_info=error)
    known = str(status) if stand.texts.has(f"error.{status}") else "400" if status < 500 else "500"
    if isinstance(error, Forbidden):
        known = "right"
    wait_s = stand.texts.number(error.wait_s) if isinstance(error, TooMany) else ""
    detail = str(error) if isinstance(error, BadInput) else ""
    return page(stand, "error.html", status, message=stand.texts(f"error.{known}", n=wait_s), detail=detail)
