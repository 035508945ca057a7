"""Who asks: the account behind a request, the guard in front of every route, and the pages of signing in and out."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from litestar import Request
from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect, Response

from aimas.accounts import Account, CaseScope, Right, may
from aimas.app import App
from aimas.core import act_as

OPEN_PATHS = (
    "/citizen",
    "/receipt",
    "/open311",
    "/static",
    "/healthz",
    "/readyz",
    "/metrics",
    "/sign-in",
    "/set-up",
    # Language and colours.
    "/choose",
    # Each has a secret of its own in its address.
    "/feeds",
)
"""What anybody may ask for; everything else needs an account."""

SIGNED_IN = "signed-in"
"""Stands for a right where any account will do: one's own account, signing out."""

READ: dict[str, Any] = {"right": Right.READ_BOARD}
READ_LIVE: dict[str, Any] = READ | {"background": True}
"""What an open page asks for by itself: it keeps nobody signed in."""
WORK: dict[str, Any] = {"right": Right.WORK_BOARD}
EXPORT: dict[str, Any] = {"right": Right.EXPORT}
OPEN_ORIGINAL: dict[str, Any] = {"right": Right.OPEN_ORIGINAL}
USERS: dict[str, Any] = {"right": Right.MANAGE_USERS}
ANY: dict[str, Any] = {"right": SIGNED_IN}
"""Declared beside each route, as its `opt`."""

UNCHANGED = ("/account", "/sign-out")
"""What a person with a password that somebody else has seen can do before changing it."""

_KEY = "aimas_account"
Connection = ASGIConnection[Any, Any, Any, Any]


class NotSignedIn(NotAuthorizedException):
    """401 for programs; a person is led to the page of signing in and back."""

    def __init__(self) -> None:
        super().__init__("Sign in first.", headers={"WWW-Authenticate": 'Bearer realm="aimas"'})


class MustChange(PermissionDeniedException):
    """A person is led to choose a password of their own."""

    def __init__(self) -> None:
        super().__init__("Choose a password of your own first.")


class Forbidden(PermissionDeniedException):
    """The account has no such right; whether the thing exists is not told."""

    def __init__(self) -> None:
        super().__init__("This account has no right to do that.")


def signed_in(request: Connection) -> Account:
    """Raises NotSignedIn."""
    account = account_of(request)
    if account is None:
        raise NotSignedIn()
    return account


def require(request: Connection, right: Right, case: CaseScope | None = None) -> Account:
    """The account, once it is sure that it may. Raises NotSignedIn, Forbidden."""
    account = signed_in(request)
    if not may(account, right, case):
        raise Forbidden()
    return account


def account_of(request: Connection) -> Account | None:
    """By the cookie, or for programs by their token; looked up once a request."""
    state: dict[str, Any] = request.scope["state"]
    if _KEY not in state:
        state[_KEY] = _looked_up(request)
    found: Account | None = state[_KEY]
    return found


def _looked_up(request: Connection) -> Account | None:
    app: App = request.app.state.app
    said = request.headers.get("authorization", "")
    if said and request.scope["path"].startswith("/api/"):
        kind, _, token = said.partition(" ")
        found = app.accounts.token_of(token.strip()) if kind.lower() == "bearer" else None
        return None if found is None else found[1]
    cookie = request.cookies.get(cookie_name(app), "")
    if not cookie:
        return None
    handler = request.scope.get("route_handler")
    is_background = handler is not None and bool(handler.opt.get("background"))
    known = app.accounts.session_of(cookie, is_activity=not is_background)
    return None if known is None else known[1]


def is_still_in(request: Connection) -> bool:
    """Asked anew, for what stays open long after its request came."""
    return _looked_up(request) is not None


async def guard(request: Connection, handler: BaseRouteHandler) -> None:
    """Before every route: open, or somebody who may; what is written from here on is that person's act."""
    await sync_to_thread(_look, request, handler)
    if (account := account_of(request)) is not None:
        act_as(account.actor)


def _look(request: Connection, handler: BaseRouteHandler) -> None:
    """A route that declares no right is nobody's."""
    path = request.scope.get("path_template") or request.scope["path"]
    if is_open(path):
        if is_under(path, "/metrics") and not is_local(request):
            raise Forbidden()
        account_of(request)
        return
    account = signed_in(request)
    if account.must_change and not any(is_under(path, way) for way in UNCHANGED):
        raise MustChange()
    if not opens(account, handler.opt.get("right")):
        raise Forbidden()


def opens(account: Account, right: object) -> bool:
    """Whether a route that declares this right is open to the account."""
    return right == SIGNED_IN or (isinstance(right, Right) and may(account, right))


def is_open(path: str) -> bool:
    return any(is_under(path, way) for way in OPEN_PATHS)


def is_under(path: str, way: str) -> bool:
    return path == way or path.startswith(way + "/")


def is_local(request: Connection) -> bool:
    """Asked from this machine itself, and not through a proxy on it."""
    if request.client is None or any(name.startswith("x-forwarded") for name in request.headers):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def is_https(app: App) -> bool:
    return app.settings.public_address.startswith("https://")


def cookie_name(app: App) -> str:
    """Under https its name forbids browsers to take it from another host or path."""
    return "__Host-aimas-session" if is_https(app) else "aimas-session"


def let_in(answer: Response[Any], app: App, token: str) -> None:
    answer.set_cookie(
        cookie_name(app),
        token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_https(app),
        max_age=int(app.accounts.lifetimes.absolute.total_seconds()),
    )


def let_out(answer: Response[Any], app: App) -> None:
    answer.set_cookie(
        cookie_name(app), "", path="/", httponly=True, samesite="lax", secure=is_https(app), max_age=0
    )


def led_to_sign_in(request: Request[Any, Any, Any], way: str = "/sign-in") -> Response[Any]:
    """A person is led there and back; a part of a page tells the browser to leave the page."""
    app: App = request.app.state.app
    # Who still has the cookie was in: he is told why he is asked again.
    why = "ended" if way == "/sign-in" and request.cookies.get(cookie_name(app)) else ""
    if request.headers.get("hx-request"):
        target = _there_and_back(way, _way_of(request.headers.get("hx-current-url", "/")), why)
        return Response(b"", status_code=401, headers={"HX-Redirect": target})
    if request.method != "GET":
        back = _stood_on(request)
        if way != "/sign-in":
            return Redirect(_there_and_back(way, back), status_code=303)
        # The browser sends the form on as it is, so that nothing written in it is lost.
        again = urlencode({"to": _resumed_at(request), "next": back})
        return Redirect(f"/sign-in/again?{again}", status_code=307)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Redirect(_there_and_back(way, asked, why), status_code=303)


def _there_and_back(way: str, back: str, why: str = "") -> str:
    asked = [f"next={quote(back, safe='/')}"] if back not in ("", "/") else []
    asked += [f"why={why}"] if why else []
    return f"{way}?{'&'.join(asked)}" if asked else way


def _way_of(address: str) -> str:
    """Path and query of one of this board's pages."""
    parts = urlsplit(address)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _stood_on(request: Request[Any, Any, Any]) -> str:
    """The page that a form was on, as far as the browser tells it; of another site, this board's first."""
    said = request.headers.get("referer", "")
    return _way_of(said) if urlsplit(said).netloc == request.headers.get("host") else "/"


def _resumed_at(request: Request[Any, Any, Any]) -> str:
    """Where a form goes once its writer is back: an act that is final declares a step before itself as `resume`."""
    handler = request.scope.get("route_handler")
    before = handler.opt.get("resume", "") if handler is not None else ""
    return before.format(**request.path_params) if before else request.url.path
