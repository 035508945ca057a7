"""Held items: what could not be processed, and trying it again."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from aimas.app import App
from aimas.core import BadInput
from aimas.web.desk import desk, page
from aimas.web.signing_in import READ, WORK


@get("/held", opt=READ, include_in_schema=False, sync_to_thread=True)
def held_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _held(request, app)


@post("/held/{position:int}/retry", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def retry_held(
    request: Request[Any, Any, Any], app: NamedDependency[App], position: FromPath[int]
) -> Template:
    """Answers with the list as it stands after, and what came of the try."""
    try:
        done = app.retry_held(position)
    except BadInput:
        # Another person was faster, or nothing was kept: the list below shows how it stands.
        return _held(request, app, failed=position)
    return _held(request, app, done=done)


def _held(request: Request[Any, Any, Any], app: App, **outcome: Any) -> Template:
    stand = desk(request, app, None)
    template = "held_items.html" if request.headers.get("hx-request") else "held.html"
    return page(
        stand,
        template,
        items=app.records.held(),
        count=app.records.held_count(),
        **({"done": None, "failed": None} | outcome),
    )


HELD_PAGES = (held_page, retry_held)
