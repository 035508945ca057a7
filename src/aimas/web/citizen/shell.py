"""The start page, and what makes of it an app that opens without a connection."""

import hashlib
from calendar import Calendar as Months
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from babel.dates import format_date, get_day_names
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Response, Template
from litestar.utils.scope.state import ScopeState

from aimas import __version__
from aimas.app import App
from aimas.appeals.calendars import DayKind
from aimas.web.assets import Assets
from aimas.web.citizen.stand import HEADERS, PRIVATE, page, stand
from aimas.web.citizen.trust import shut
from aimas.web.texts import TONGUES, catalogue

PAGES = (
    "/citizen",
    "/citizen/new",
    "/citizen/message",
    "/citizen/police",
    "/citizen/case",
    "/citizen/inspector",
    "/citizen/calendar",
    "/citizen/offline",
    "/receipt",
)
"""Stored on the phone, in three languages each."""
FILES = (
    "citizen/citizen.css",
    "citizen/calendar.css",
    "citizen/calendar.svg",
    "citizen/page.js",
    "citizen/queue.js",
    "citizen/receipts.js",
    "citizen/check.js",
    "citizen/icon-192.png",
    "mark.svg",
)
KEYS = "/receipt/key.json"


@get("/citizen", include_in_schema=False, sync_to_thread=True)
def home(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return page(stand(request, app), request, "home.html")


@get("/citizen/offline", include_in_schema=False, sync_to_thread=True)
def offline(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """What stands in for a page that was not stored."""
    here = stand(request, app)
    title, message = here.texts("citizen.offline.title"), here.texts("citizen.offline.means")
    return page(here, request, "plain.html", title=title, message=message, detail="")


class Cell(msgspec.Struct, frozen=True):
    n: int
    off: bool
    today: bool


@get("/citizen/calendar", include_in_schema=False, sync_to_thread=True)
def calendar_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """Where "leave quickly" leads: a month as on any wall, which also shuts the appeal that was open."""
    here = stand(request, app)
    office = app.office
    known = office.terms.calendar(office.calendar)
    today = office.terms.hours.local(app.clock.now()).date()
    weeks = [
        [
            None if day.month != today.month else Cell(day.day, not known.is_working_day(day), day == today)
            for day in week
        ]
        for week in Months().monthdatescalendar(today.year, today.month)
    ]
    wide, short = (get_day_names(width, locale=here.tongue) for width in ("wide", "abbreviated"))
    names = []
    for week in Months().monthdatescalendar(today.year, today.month):
        for on in week:
            day = known.day(on)
            if on.month == today.month and day.holiday and day.kind is DayKind.HOLIDAY:
                told = here.texts.day(on, "d MMMM")
                names.append(
                    here.texts("citizen.calendar.off", day=told, name=known.names[day.holiday][here.tongue])
                )
    answer = page(
        here,
        request,
        "calendar.html",
        month=str(format_date(today, "LLLL y", locale=here.tongue)).capitalize(),
        weekdays=[(short[n], wide[n]) for n in range(7)],
        weeks=weeks,
        names=names,
    )
    shut(answer)
    return answer


@get("/citizen/token", include_in_schema=False, sync_to_thread=False)
def token(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Against forged requests, for a phone whose stored page is older than its cookie; other sites cannot read it."""
    said = ScopeState.from_scope(request.scope).csrf_token
    return Response({"token": said if isinstance(said, str) else ""}, headers=PRIVATE)


@get("/citizen/sw.js", include_in_schema=False, sync_to_thread=False)
def worker(app: NamedDependency[App], assets: NamedDependency[Assets]) -> Response[bytes]:
    """Served from here because a worker rules no page above its own address, unless the server says so."""
    stored = [assets.url(file) for file in FILES] + [
        f"/static/citizen/{name}" for name in ("receipts.js", "queue.js")
    ]
    said = {
        # The institution's name and what it promises stand in stored pages too.
        "VERSION": _version((*stored, repr(sorted(app.office.names.items())), str(app.office.sends_mail))),
        "PAGES": PAGES,
        "FILES": stored,
        "KEYS": KEYS,
        "QUEUE": assets.url("citizen/queue.js"),
    }
    head = "".join(f"const {name} = {msgspec.json.encode(value).decode()};\n" for name, value in said.items())
    asset = assets.get("citizen/worker.js")
    assert asset is not None
    return Response(
        head.encode() + asset.body,
        media_type="text/javascript; charset=utf-8",
        headers=HEADERS | {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"},
    )


@cache
def _version(stored: tuple[str, ...]) -> str:
    """Another whenever a page, a text, a script or a style is."""
    said = hashlib.sha256("\n".join((__version__, *stored)).encode())
    for template in sorted(
        files("aimas.web").joinpath("templates", "citizen").iterdir(), key=lambda f: f.name
    ):
        said.update(template.read_bytes())
    for tongue in TONGUES:
        said.update(msgspec.json.encode(catalogue(tongue), order="deterministic"))
    return said.hexdigest()[:16]


@get("/citizen/manifest.webmanifest", include_in_schema=False, sync_to_thread=True)
def manifest(
    request: Request[Any, Any, Any], app: NamedDependency[App], assets: NamedDependency[Assets]
) -> Response[dict[str, Any]]:
    here = stand(request, app)
    t = here.texts
    icons = [
        {
            "src": assets.url(f"citizen/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size, purpose in ((192, "any"), (512, "any"), (512, "maskable"))
    ]
    doors = [("new", "/citizen/new"), ("message", "/citizen/message"), ("case", "/citizen/case")]
    said = {
        "id": "/citizen",
        "name": f"{t('citizen.title')}. {app.office.called(here.tongue)}",
        "short_name": t("citizen.app.short"),
        "lang": here.tongue,
        "start_url": "/citizen",
        "scope": "/citizen",
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#123d5c",
        "icons": icons,
        "shortcuts": [{"name": t(f"citizen.door.{key}"), "url": url} for key, url in doors],
    }
    return Response(said, media_type="application/manifest+json", headers=HEADERS)


SHELL = (home, offline, calendar_page, token, worker, manifest)
