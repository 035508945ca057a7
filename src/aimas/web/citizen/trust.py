"""Which appeal a browser has opened: told by a sealed cookie that ends by itself, since there is no account."""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request
from litestar.response import Response

from aimas.app import App
from aimas.web.signing_in import is_https

COOKIE = "citizen-case"
OPEN_FOR = timedelta(minutes=20)
"""After the last look; long enough to write why something is not solved."""
PATH = "/citizen"


class Opened(msgspec.Struct, frozen=True):
    case: str
    until: datetime


def let_open(answer: Response[Any], app: App, case: str) -> None:
    said = msgspec.json.encode(Opened(case, app.clock.now() + OPEN_FOR))
    token = base64.urlsafe_b64encode(_mark(app, said) + said).decode().rstrip("=")
    answer.set_cookie(
        COOKIE,
        token,
        path=PATH,
        httponly=True,
        samesite="strict",
        secure=is_https(app),
        max_age=int(OPEN_FOR.total_seconds()),
    )


def opened(request: Request[Any, Any, Any], app: App) -> str | None:
    """The case's id; None where nothing is open, any more or at all."""
    token = request.cookies.get(COOKIE, "")
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    mark, said = raw[:32], raw[32:]
    if not hmac.compare_digest(mark, _mark(app, said)):
        return None
    found = msgspec.json.decode(said, type=Opened)
    return found.case if app.clock.now() < found.until else None


def shut(answer: Response[Any]) -> None:
    answer.delete_cookie(COOKIE, path=PATH)


def _mark(app: App, said: bytes) -> bytes:
    key = hmac.digest(app.home.master_key(), b"aimas-citizen-case-1", "sha256")
    return hmac.digest(key, said, "sha256")
