"""Held items: what could not be processed, and trying it again."""

import re
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from aimas.app import App
from aimas.core import BadInput
from aimas.web.desk import desk, page
from aimas.web.parameters import Form
from aimas.web.signing_in import READ, WORK
from aimas.web.texts import Texts

SHORTEST_REASON = 3
# What fetching says of a page, in English; a cause that is not ours stays as it was told.
CAUSES: tuple[tuple[str, str], ...] = (
    (r"(?P<where>.*?)(?:the page|the source|\S+) answers (?P<status>\d{3})", "answers"),
    (r"(?P<where>.*?)the page leads to the site's front page", "front"),
    (r"(?P<where>.*?)the page is empty", "empty"),
    (r"(?P<where>.*?)the entry holds neither text nor a link to it", "bare"),
    (r"(?P<where>.*?)binary content (?:where text was expected|under a text's name)", "binary"),
    (r"(?P<where>.*?)no text in it", "textless"),
)


def cause(detail: str, texts: Texts) -> str | None:
    """In the reader's words, with where it was; None where the sentence is not ours."""
    for pattern, key in CAUSES:
        if found := re.fullmatch(pattern, detail):
            where, *more = found.groups()
            return where + texts(f"held.cause.{key}", **({"status": more[0]} if more else {}))
    return None


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


@post("/held/{position:int}/settle", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def settle_held(
    request: Request[Any, Any, Any], app: NamedDependency[App], position: FromPath[int], data: Form
) -> Template:
    """A person says why nothing more is to be done; what was held stays on record."""
    reason = " ".join(data.get("reason", "").split())[:300]
    if len(reason) < SHORTEST_REASON:
        return _held(request, app, unsaid=position)
    try:
        app.settle_held(position, reason)
    except BadInput:
        return _held(request, app, failed=position)
    return _held(request, app, settled=position)


def _held(request: Request[Any, Any, Any], app: App, **outcome: Any) -> Template:
    stand = desk(request, app, None)
    template = "held_items.html" if request.headers.get("hx-request") else "held.html"
    return page(
        stand,
        template,
        items=app.records.held(),
        cause=lambda detail: cause(detail, stand.texts),
        count=app.records.held_count(),
        **({"done": None, "failed": None, "settled": None, "unsaid": None} | outcome),
    )


HELD_PAGES = (held_page, retry_held, settle_held)
