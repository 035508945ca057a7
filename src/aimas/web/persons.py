"""Who sits at the screen. Until accounts exist persons give their own name; the ledger keeps beside it under whose
account of the operating system the board runs."""

import re
from typing import Any
from urllib.parse import quote, unquote

from litestar import Request
from litestar.response import Response

from aimas.app import App
from aimas.core import Actor, BadInput

COOKIE = "person"
YEAR_S = 365 * 86_400
NAME = re.compile(r"\w[\w .'’-]{0,39}")


def person(request: Request[Any, Any, Any], app: App) -> Actor:
    """By the cookie; this home's user where there is none."""
    name = unquote(request.cookies.get(COOKIE, ""))
    return Actor("person", name if NAME.fullmatch(name) else app.actor.name)


def named(said: str) -> Actor:
    """Raises BadInput for what is no name."""
    name = " ".join(said.split())
    if not NAME.fullmatch(name):
        raise BadInput("A name has 1 to 40 letters, digits, blanks, dots or hyphens.")
    return Actor("person", name)


def remember(answer: Response[Any], actor: Actor) -> None:
    answer.set_cookie(COOKIE, quote(actor.name), max_age=YEAR_S, samesite="lax", httponly=True)
