"""The web application and the process that serves it."""

import errno
import gc
import hmac
import threading
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, Request, Response, Router, get
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Parameter as Described
from litestar.params import FromPath, FromQuery
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.routes import HTTPRoute
from litestar.template.config import TemplateConfig

from aimas import __version__
from aimas.app import App
from aimas.core import AimasError, BadInput
from aimas.engines import collect_seldom
from aimas.search import QueryError
from aimas.station import Station
from aimas.web.accounts import ACCOUNT_PAGES
from aimas.web.alerting import ALERTING
from aimas.web.api import API, events, healthz, metrics, readyz
from aimas.web.appeals_desk import DESK
from aimas.web.assets import ASK_AGAIN, FOREVER, Assets
from aimas.web.board import BOARD_PAGES
from aimas.web.choosing import CHOOSING
from aimas.web.citizen import CITIZEN, is_citizens
from aimas.web.citizen import failure as citizens_failure
from aimas.web.correcting import CORRECTING
from aimas.web.desk import desk, page
from aimas.web.evidence import Explained
from aimas.web.failure import failure
from aimas.web.held import HELD_PAGES
from aimas.web.labelling import LABELLING
from aimas.web.ledger import LEDGER_PAGES
from aimas.web.limits import Buckets
from aimas.web.listing import LIST_PAGES
from aimas.web.open311 import open311
from aimas.web.publication import PUBLICATION_PAGES
from aimas.web.reporting import REPORTING
from aimas.web.signing_in import (
    ANY,
    MustChange,
    NotSignedIn,
    guard,
    is_https,
    led_to_sign_in,
    opens,
    signed_in,
)
from aimas.web.sources import SOURCE_PAGES
from aimas.web.stories import STORY_PAGES

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIDY_EVERY_S = 300.0
"""How long what nothing needs any more may stay, where only the search for rings can free it."""
HERE = Path(str(files("aimas.web")))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@get("/static/{path:path}", include_in_schema=False, sync_to_thread=False)
def static(
    path: FromPath[Path], assets: NamedDependency[Assets], v: FromQuery[str | None] = None
) -> Response[bytes]:
    asset = assets.get(path.as_posix().lstrip("/"))
    if asset is None:
        raise NotFoundException()
    kept = FOREVER if v == asset.version else ASK_AGAIN
    return Response(asset.body, media_type=asset.media_type, headers={"Cache-Control": kept})


@get("/api", opt=ANY, include_in_schema=False, sync_to_thread=True)
def api_index(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """The endpoints for a person to read, from the same description that programs read."""
    schema = request.app.openapi_schema
    account = signed_in(request)
    rights = {
        route.path_format: handler.opt.get("right")
        for route in request.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "GET" in handler.http_methods
    }
    ways = [
        (
            path,
            item.get.summary,
            [p.name for p in item.get.parameters or () if isinstance(p, Described)],
            opens(account, rights.get(path)),
        )
        for path, item in sorted((schema.paths or {}).items())
        if item.get
    ]
    return page(desk(request, app, None), "api.html", ways=ways)


@get("/api/openapi.json", opt=ANY, include_in_schema=False, sync_to_thread=True)
def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return request.app.openapi_schema.to_schema()


def _environment(assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["asset"] = assets.url
    return environment


def create_app(app: App, port: int, dead: Callable[[], Sequence[str]] = tuple) -> Litestar:
    """Answers only to this machine's own names: a page elsewhere cannot reach the board by DNS tricks.

    `dead` names what has failed for good in the background: every page says that something has, `/readyz` says what.
    """

    assets = Assets(HERE / "static")

    def provide() -> App:
        return app

    def provide_assets() -> Assets:
        return assets

    return Litestar(
        route_handlers=[
            *BOARD_PAGES,
            *LIST_PAGES,
            *PUBLICATION_PAGES,
            *SOURCE_PAGES,
            *HELD_PAGES,
            *LEDGER_PAGES,
            *CHOOSING,
            *ACCOUNT_PAGES,
            *ALERTING,
            *DESK,
            *STORY_PAGES,
            *REPORTING,
            *CORRECTING,
            *LABELLING,
            *CITIZEN,
            open311,
            API,
            api_index,
            openapi,
            events,
            healthz,
            readyz,
            metrics,
            static,
        ],
        dependencies={
            "app": Provide(provide, sync_to_thread=False),
            "assets": Provide(provide_assets, sync_to_thread=False),
        },
        guards=[guard],
        state=State(
            {
                "app": app,
                "dead": dead,
                "buckets": Buckets(app.limits),
                "explained": Explained(app.explained),
            }
        ),
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(_environment(assets))),
        allowed_hosts=AllowedHostsConfig(
            [*(f"{name}:{port}" for name in LOOPBACK[:2]), *app.settings.allowed_hosts]
        ),
        # The home's own, so that a form opened before a restart can still be sent after it.
        csrf_config=CSRFConfig(
            secret=hmac.digest(app.home.master_key(), b"aimas-csrf", "sha256").hex(),
            cookie_samesite="strict",
            cookie_secure=is_https(app),
        ),
        exception_handlers={AimasError: _failed, HTTPException: _failed, Exception: _failed},
        response_headers=[],
        after_request=_secured,
        openapi_config=OpenAPIConfig(
            title="Aimas",
            version=__version__,
            # Litestar takes this path's root for itself; /api is the index for people.
            openapi_router=Router("/api/description", route_handlers=[], opt=ANY, include_in_schema=False),
            render_plugins=[JsonRenderPlugin()],
            use_handler_docstrings=True,
        ),
        debug=False,
    )


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """JSON where JSON was asked for, else a page; who is not signed in is led to where that is done."""
    if is_citizens(request.url.path):
        return _secured(citizens_failure(request, error))
    if isinstance(error, NotSignedIn) and _is_for_a_person(request):
        return _secured(led_to_sign_in(request))
    if isinstance(error, MustChange) and _is_for_a_person(request):
        return _secured(led_to_sign_in(request, "/account"))
    if not _is_for_a_person(request):
        status = 422 if isinstance(error, BadInput) else getattr(error, "status_code", 500)
        told: dict[str, Any] = {"error": str(error) if isinstance(error, AimasError) else "internal"}
        if isinstance(error, HTTPException):
            told = {"error": error.detail}
        if isinstance(error, QueryError):
            told |= {"start": error.start, "end": error.end}
        headers = error.headers if isinstance(error, HTTPException) else None
        return _secured(Response(told, status_code=status, headers=headers))
    template = failure(request, error)
    if isinstance(error, HTTPException):
        template.headers.update(error.headers or {})
    return _secured(template)


def _is_for_a_person(request: Request[Any, Any, Any]) -> bool:
    accepts = request.headers.get("accept", "")
    wants_data = "application/json" in accepts or "text/event-stream" in accepts
    return not request.url.path.startswith("/api/") and (not wants_data or "text/html" in accepts)


def _secured(response: Response[Any]) -> Response[Any]:
    # A page may ask for more of the browser than others: the citizen's for its place and an own worker.
    response.headers.update({name: value for name, value in HEADERS.items() if name not in response.headers})
    # What is shown depends on cookies and, for parts of pages, on who asks.
    response.headers.setdefault("Cache-Control", "private, no-cache")
    response.headers.setdefault("Vary", "Cookie, Accept-Language, HX-Request")
    return response


def _tidy(stop: threading.Event) -> None:
    """A page frees nearly all that it makes, so the count that would begin a full search for rings hardly grows: a
    broken-off export would keep its file and its connection."""
    while not stop.wait(TIDY_EVERY_S):
        gc.collect()


def _unbound(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} is taken on {host}. Stop what uses it."
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine. Set `listen` to one that is."
        case errno.EACCES:
            return f"Port {port} may not be had without root. Take one above 1023."
    return f"{host} can't be listened on at port {port}: {error.strerror}."


def run(
    app: App,
    *,
    port: int,
    gather: bool,
    host: str = "127.0.0.1",
    welcome: Callable[[], None] = lambda: None,
) -> None:
    """Serves until stopped; what was being settled is settled before it returns. `welcome` is called once it is sure
    that the port can be had.

    Raises BadInput when the port can't be had, and for a demonstration that others could come into.
    """
    import socket

    if host not in LOOPBACK and app.settings.demo:
        raise BadInput("A demonstration lets anybody in: it is served on this machine only.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"{_unbound(host, port, error)} Or give --port.") from None
    # Links in messages, feeds and digests lead to where the board really is.
    app.settings = app.settings.model_copy(update={"port": port})
    welcome()
    station = Station(app, gather=gather)
    served = create_app(app, port, station.dead)
    # Before anything is under way: what is looked at now is kept for good.
    collect_seldom()
    over = threading.Event()
    tidying = threading.Thread(target=_tidy, args=(over,), name="tidy", daemon=True)
    station.start()
    try:
        tidying.start()
        uvicorn.run(
            served,
            host=host,
            port=port,
            log_level="warning",
            timeout_graceful_shutdown=2,
            # What a stranger writes into X-Forwarded-… is believed of nobody but the proxy that the settings name.
            proxy_headers=bool(app.settings.trusted_proxy),
            forwarded_allow_ips=app.settings.trusted_proxy or None,
            server_header=False,
        )
    finally:
        over.set()
        station.stop()
