"""When officers are away: said by the head of their units, and heeded by whatever suggests who works on a case."""

from datetime import date
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Response, Template

from aimas.accounts import ALL_UNITS, Right
from aimas.app import App
from aimas.core import BadInput
from aimas.web.appeals_desk import acting
from aimas.web.appeals_desk.case import Form
from aimas.web.appeals_desk.entering import Ask, Room, Said, day_said, enter

HERE = "/appeals/absences"


class Away(msgspec.Struct, frozen=True, kw_only=True):
    officer: str
    shown: str
    first: date
    last: date
    is_now: bool


@get(HERE, opt={"right": Right.SET_ABSENCES}, include_in_schema=False, sync_to_thread=True)
def absences_page(request: Ask, app: NamedDependency[App], done: Said = "") -> Template:
    return _page(enter(request, app, Right.SET_ABSENCES), done=done)


@post(
    "/appeals/absences/set", opt={"right": Right.SET_ABSENCES}, include_in_schema=False, sync_to_thread=True
)
def set_absence(request: Ask, app: NamedDependency[App], data: Form) -> Response[Any]:
    room = enter(request, app, Right.SET_ABSENCES)
    officer, first, last = (str(data.get(name, ""))[:128] for name in ("officer", "first", "last"))
    try:
        begins, ends = day_said(first), day_said(last or first)
        if begins is None or ends is None:
            raise BadInput("A day is needed, as 2026-11-30.")
        app.appeals.absences.put(_led(room, officer), begins, ends, room.account.actor)
    except BadInput as error:
        said = {"officer": officer, "first": first, "last": last}
        return _page(room, 422, said=said, wrong=acting.told(room, error))
    return Redirect(f"{HERE}?done=set", status_code=303)


@post(
    "/appeals/absences/end", opt={"right": Right.SET_ABSENCES}, include_in_schema=False, sync_to_thread=True
)
def end_absence(request: Ask, app: NamedDependency[App], data: Form) -> Response[Any]:
    room = enter(request, app, Right.SET_ABSENCES)
    try:
        officer, first = _led(room, str(data.get("officer", ""))), day_said(str(data.get("first", "")))
        if first is None:
            raise BadInput("There is no such absence.")
        app.appeals.absences.end(officer, first, room.today, room.account.actor)
    except BadInput as error:
        return _page(room, 422, wrong=acting.told(room, error))
    return Redirect(f"{HERE}?done=end", status_code=303)


def _page(
    room: Room, status: int = 200, *, said: dict[str, str] | None = None, wrong: str = "", done: str = ""
) -> Template:
    led = {officer.name for officer in room.app.appeals.officers(room.today) if leads(room, officer.units)}
    away = [
        Away(
            officer=each.officer,
            shown=room.names.who(each.officer),
            first=each.first,
            last=each.last,
            is_now=each.first <= room.today,
        )
        for each in room.app.appeals.absences.known(room.today)
        if each.officer in led
    ]
    return room.page(
        "appeals/absences.html",
        status,
        away=away,
        officers=sorted(((name, room.names.who(name)) for name in led), key=lambda each: each[1]),
        said=said or {},
        wrong=wrong,
        done=done if done in ("set", "end") else "",
    )


def leads(room: Room, units: tuple[str, ...]) -> bool:
    """Whether the person answers for one of the officer's units."""
    own = room.account.units
    return ALL_UNITS in own or bool(set(own) & set(units))


def _led(room: Room, name: str) -> str:
    """Raises BadInput for who is no officer of the person's units: whether there is one is not told."""
    for officer in room.app.appeals.officers(room.today):
        if officer.name == name and leads(room, officer.units):
            return name
    raise BadInput("There is no officer of this name.")
