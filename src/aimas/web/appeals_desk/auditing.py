"""What the auditor sees: who looked at whose data, when and what for; what left; and whether the books hold."""

import contextlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Template

from aimas.accounts import Right
from aimas.app import App
from aimas.core import BadInput
from aimas.web.appeals_desk.entering import Ask, Room, Said, day_said, enter

PER_PAGE = 50
KINDS: dict[str, tuple[str, ...]] = {
    "looked": ("case-looked",),
    "exported": ("exported",),
    "original": ("original-opened",),
    "erased": ("case-erased", "original-erased"),
}
"""What is watched, by the acts that it is recorded as."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    position: int
    at: datetime
    who: str
    verb: str
    purpose: str
    href: str
    about: str
    """The case's number, or what was taken."""


class Verified(msgspec.Struct, frozen=True):
    """What `verify` said; no finding: the books hold."""

    at: datetime
    entries: int
    findings: tuple[str, ...]


@get("/appeals/looks", opt={"right": Right.SEE_LOOKS}, include_in_schema=False, sync_to_thread=True)
def looks_page(
    request: Ask,
    app: NamedDependency[App],
    kind: Said = "",
    by: Said = "",
    number: Said = "",
    since: Said = "",
    until: Said = "",
    below: Annotated[int | None, QueryParameter(ge=0, le=2**62)] = None,
) -> Template:
    room = enter(request, app, Right.SEE_LOOKS)
    asked = {
        "kind": kind,
        "by": by,
        "number": number,
        "since": day_said(since) or "",
        "until": day_said(until) or "",
    }
    return _page(room, asked, below)


@post(
    "/appeals/looks/verify",
    opt={"right": Right.SEE_LOOKS},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def verify_now(request: Ask, app: NamedDependency[App]) -> Template:
    """Reads the whole ledger: as long as it takes."""
    room = enter(request, app, Right.SEE_LOOKS)
    findings = tuple(f"{each.breach.value}: {each.detail}" for each in app.verify())
    told = Verified(app.clock.now(), app.records.head(), findings)
    return _page(room, dict.fromkeys(("kind", "by", "number", "since", "until"), ""), None, told)


def _page(room: Room, asked: dict[str, Any], below: int | None, verified: Verified | None = None) -> Template:
    app = room.app
    verbs = KINDS.get(asked["kind"]) or tuple(verb for each in KINDS.values() for verb in each)
    case = app.appeals.by_number(asked["number"]) if asked["number"] else None
    unknown = bool(asked["number"]) and case is None
    found = (
        []
        if unknown
        else app.records.acts_of(
            verbs,
            actor=f"person:{asked['by']}" if asked["by"] else None,
            subject=case,
            since=_moment(room, asked["since"], 0),
            until=_moment(room, asked["until"], 1),
            below=below,
            limit=PER_PAGE + 1,
        )
    )
    shown = found[:PER_PAGE]
    carried = {key: value for key, value in asked.items() if value}
    position, head = app.records.head_hash() if app.records.head() else (0, b"")
    return room.page(
        "appeals/looks.html",
        asked=asked,
        kinds=list(KINDS),
        people=[(a.name, a.shown) for a in app.accounts.all()],
        looks=[_looked(room, row) for row in shown],
        is_filtered=bool(carried),
        is_continued=below is not None,
        unknown=unknown,
        more="/appeals/looks?" + urlencode(carried | {"below": shown[-1]["position"]})
        if len(found) > PER_PAGE
        else None,
        position=position,
        head=head.hex(),
        verified=verified,
    )


def _looked(room: Room, row: dict[str, Any]) -> Looked:
    detail = msgspec.json.decode(row["detail"]) if isinstance(row["detail"], bytes | str) else row["detail"]
    verb, subject = row["verb"], row["subject"]
    about, href = subject, ""
    if verb.startswith("case-"):
        with contextlib.suppress(BadInput):
            about, href = room.app.appeals.case(subject).number or subject, f"/appeals/{subject}#timeline"
    elif verb == "exported":
        about = str(detail.get("query") or subject)
    elif verb == "original-opened":
        href = f"/publication/{subject}"
    return Looked(
        position=row["position"],
        at=datetime.fromtimestamp(row["at"] / 1_000_000, UTC) if isinstance(row["at"], int) else row["at"],
        who=room.names.who(row["actor"]),
        verb=verb,
        purpose=str(detail.get("purpose") or detail.get("reason") or detail.get("format") or ""),
        href=href,
        about=about,
    )


def _moment(room: Room, day: date | str, later: int) -> datetime | None:
    """Midnight by the office's clock at which the day begins, or the one after it."""
    if not isinstance(day, date):
        return None
    zone = ZoneInfo(room.app.settings.timezone)
    return datetime.combine(day + timedelta(days=later), time(), zone).astimezone(UTC)
