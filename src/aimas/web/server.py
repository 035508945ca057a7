"""The web application and the process that serves it."""

import secrets
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.config.csrf import CSRFConfig
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig

from aimas import __version__
from aimas.app import App
from aimas.core import AimasError, BadInput
from aimas.search import QueryError
from aimas.station import Station
from aimas.web.api import API, events, healthz, readyz
from aimas.web.pages import PAGES, failure

HERE = Path(str(files("aimas.web")))
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def create_app(app: App, port: int) -> Litestar:
    """Only requests for this machine's own names are answered: a page elsewhere cannot reach the board by DNS tricks."""

    def provide() -> App:
        return app

    return Litestar(
        route_handlers=[
            *PAGES,
            API,
            events,
            healthz,
            readyz,
            create_static_files_router(path="/static", directories=[HERE / "static"], name="static"),
        ],
        dependencies={"app": Provide(provide, sync_to_thread=False)},
        state=State({"app": app}),
        template_config=TemplateConfig(directory=HERE / "templates", engine=JinjaTemplateEngine),
        allowed_hosts=AllowedHostsConfig([f"{name}:{port}" for name in ("127.0.0.1", "localhost")]),
        csrf_config=CSRFConfig(secret=secrets.token_hex(32), cookie_samesite="strict"),
        exception_handlers={AimasError: _failed, HTTPException: _failed, Exception: _failed},
        response_headers=[],
        after_request=_secured,
        openapi_config=OpenAPIConfig(
            title="Aimas",
            version=__version__,
            path="/api",
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        ),
        debug=False,
    )


def _failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """JSON where JSON was asked for, else a page."""
    if request.url.path.startswith("/api/"):
        status = 422 if isinstance(error, BadInput) else getattr(error, "status_code", 500)
        told: dict[str, Any] = {"error": str(error) if isinstance(error, AimasError) else "internal"}
        if isinstance(error, HTTPException):
            told = {"error": error.detail}
        if isinstance(error, QueryError):
            told |= {"start": error.start, "end": error.end}
        return _secured(Response(told, status_code=status))
    template = failure(request, error)
    made: Response[Any] = template  # type: ignore[assignment]
    return _secured(made)


def _secured(response: Response[Any]) -> Response[Any]:
    response.headers.update(HEADERS)
    return response


def run(app: App, *, port: int, gather: bool) -> None:
    """Serves until stopped; what was being settled is settled before it returns. Raises BadInput when the port is taken."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise BadInput(f"Port {port} is taken on 127.0.0.1. Stop what uses it, or give --port.") from None
    station = Station(app, gather=gather)
    station.start()
    try:
        uvicorn.run(
            create_app(app, port), host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=2
        )
    finally:
        station.stop()
