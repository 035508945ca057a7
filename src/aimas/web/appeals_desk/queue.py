"""The duty officer's queue: what is due first, counts that are links to their lists, one act for many cases."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals import Case, Relation, Stage, Standing
from aimas.appeals.categories import categories
from aimas.appeals.service import BulkDone, Due, Order, QueueRow, QueueView
from aimas.appeals.types import AnyEvent, Assigned, Channel, Linked
from aimas.core import BadInput, Language
from aimas.web import views
from aimas.web.appeals_desk import acting
from aimas.web.appeals_desk.case import Form
from aimas.web.appeals_desk.entering import Ask, Room, enter, worded
from aimas.web.appeals_desk.load import load, workers
from aimas.web.appeals_desk.seeing import seen_by
from aimas.web.redirects import SAFE_PATH

PER_PAGE = 25
MOST_AT_ONCE = 200
MESSAGE = "message"
"""The kind by law of what the second tab holds."""
OURS = (Language.RU, Language.KK, Language.KK_RU, Language.EN)
_STAGES = {stage.value: stage for stage in Stage}
_FILTERS = (
    "text",
    "whose",
    "stage",
    "category",
    "lang_of",
    "standing",
    "channel",
    "order",
    "due",
    "urgent",
    "cluster",
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the list."""

    row: QueueRow
    due: str
    summary: str
    said: str


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """A number that opens what it counts."""

    key: str
    count: int
    href: str
    is_here: bool


Asked = dict[str, str]


def asked_of(request: Ask) -> Asked:
    """What the address asks for; what is not known there is not asked for."""
    said = {key: value.replace("\x00", "") for key, value in request.query_params.items()}
    asked = {key: said.get(key, "")[:200].strip() for key in _FILTERS}
    asked["signals"] = "1" if said.get("signals") == "1" else ""
    asked["after"] = said.get("after", "")[:200]
    return asked


def view_of(room: Room, asked: Asked, **more: Any) -> QueueView:
    """The rows that are asked for among those that the person may see."""
    fields: dict[str, Any] = seen_by(room.account, Right.SEE_QUEUE, room.app.office.routing)
    fields |= _whose(room, asked["whose"])
    if asked["stage"] in _STAGES:
        fields["stages"] = (_STAGES[asked["stage"]],)
    for key, name, kinds in (
        ("standing", "standing", Standing),
        ("channel", "channel", Channel),
        ("lang_of", "language", Language),
        ("due", "due", Due),
        ("order", "order", Order),
    ):
        known = {str(kind.value): kind for kind in kinds}
        if asked[key] in known:
            fields[name] = known[asked[key]]
    if asked["category"] in {category.id for category in categories()}:
        fields["category"] = asked["category"]
    if asked["urgent"] == "1":
        fields["only_urgent"] = True
    # A duty officer reads what is urgent before all else, unless another order is asked for.
    fields["urgent_first"] = not asked["order"]
    if asked["cluster"]:
        fields["cluster"] = asked["cluster"]
    if asked["signals"]:
        # A message to the police is read as it comes, whether somebody signed it or not.
        fields = {"order": Order.NEWEST} | fields | {"kind": MESSAGE}
    if not asked["stage"] and not asked["text"] and not asked["cluster"]:
        fields["only_open"] = True
    if asked["stage"] == "all":
        fields["only_open"] = False
    paged = {"text": asked["text"], "after": asked["after"] or None, "size": PER_PAGE}
    return QueueView(**(fields | paged | more))


def _whose(room: Room, said: str) -> dict[str, Any]:
    kind, _, name = said.partition(":")
    match kind:
        case "mine":
            return {"officer": room.account.name}
        case "nobody":
            return {"is_unassigned": True}
        case "unit" if name:
            return {"unit": name}
        case "officer" if name:
            return {"officer": name}
    return {}


@get("/appeals", opt={"right": Right.SEE_QUEUE}, include_in_schema=False, sync_to_thread=True)
def queue_page(
    request: Ask,
    app: NamedDependency[App],
    done: Annotated[str, QueryParameter(max_length=40)] = "",
    n: Annotated[int, QueryParameter(ge=0, le=MOST_AT_ONCE)] = 0,
    refused: Annotated[int, QueryParameter(ge=0, le=MOST_AT_ONCE)] = 0,
    wrong: Annotated[str, QueryParameter(max_length=40)] = "",
) -> Template:
    room = enter(request, app, Right.SEE_QUEUE)
    asked = asked_of(request)
    found = app.appeals.queue(view_of(room, asked), room.today)
    carried = {key: value for key, value in asked.items() if value and key != "after"}
    is_filtered = any(value for key, value in carried.items() if key not in ("signals", "order"))
    return room.page(
        "appeals/queue.html",
        is_signals=bool(asked["signals"]),
        asked=asked,
        lines=[_line(room, row) for row in found.rows],
        total=found.total,
        counts=_counts(room, asked),
        choices=_choices(room),
        has_more_filters=any(asked[key] for key in ("category", "lang_of", "standing", "channel", "order")),
        is_filtered=is_filtered,
        is_continued=bool(asked["after"]),
        first_href=_href(carried),
        plain_href=_href({"signals": asked["signals"]}),
        more=_href(carried | {"after": found.next}) if found.next else None,
        load=(units := load(room)),
        workers=(people := workers(units)),
        load_most=max((o.open for o in people), default=1) or 1,
        done=_done(room, done, n, refused),
        wrong=room.texts(f"desk.wrong.{wrong}") if room.texts.has(f"desk.wrong.{wrong}") else "",
    )


def _line(room: Room, row: QueueRow) -> Line:
    return Line(
        row=row,
        due=row.due_state(room.today).value,
        summary=worded(room, room.app.persons.opening(row.case, row.position)),
        said=views.speech(row.language),
    )


def _counts(room: Room, asked: Asked) -> list[Counted]:
    """Of everything that the person may see in this tab, whatever else is filtered."""
    base = dict.fromkeys(asked, "") | {"signals": asked["signals"]}
    ways: list[tuple[str, Asked]] = [
        ("urgent", {"urgent": "1"}),
        ("mine", {"whose": "mine"}),
        ("nobody", {"whose": "nobody"}),
        ("reopened", {"stage": "reopened"}),
        ("answered", {"stage": "answered"}),
    ]
    if not asked["signals"]:
        ways = [
            ways[0],
            ("overdue", {"due": "overdue"}),
            ("today", {"due": "today"}),
            ("soon", {"due": "soon"}),
            *ways[1:],
        ]
    made = []
    for key, way in ways:
        total = room.app.appeals.queue(view_of(room, base | way, size=1), room.today).total
        is_here = all(asked[name] == value for name, value in way.items())
        made.append(Counted(key=key, count=total, href=_href(base | way), is_here=is_here))
    return made


def _choices(room: Room) -> Mapping[str, Sequence[tuple[str, str]]]:
    texts, tongue = room.texts, room.texts.tongue
    units = [u for u in room.account.units if u != "*"]
    return {
        "whose": [
            ("mine", texts("desk.f.mine")),
            *((f"unit:{unit}", room.names.unit(unit)) for unit in units),
            ("nobody", texts("desk.f.nobody")),
        ],
        "stage": [(s.value, texts(f"desk.stage.{s.value}")) for s in Stage]
        + [("all", texts("desk.stage.all"))],
        "category": [(c.id, c.name[tongue]) for c in categories()],
        "language": [(m.value, texts(f"language.{m.value}")) for m in OURS],
        "standing": [(s.value, texts(f"desk.standing.{s.value}")) for s in Standing],
        "channel": [(c.value, texts(f"desk.channel.{c.value}")) for c in Channel],
        "order": [(o.value, texts(f"desk.order.{o.value}")) for o in Order],
    }


def _href(asked: Mapping[str, str | None]) -> str:
    pairs = {key: value for key, value in asked.items() if value}
    return "/appeals" + (f"?{urlencode(pairs)}" if pairs else "")


class BulkTold(msgspec.Struct, frozen=True, kw_only=True):
    said: str
    refused: tuple[str, ...]
    undo: str


def _done(room: Room, id: str, n: int, refused: int) -> BulkTold | None:
    """What the last act on many cases did; undone by its id."""
    if not id:
        return None
    texts = room.texts
    is_undone = id == "undone"
    said = texts.plural("desk.bulk.undone" if is_undone else "desk.bulk.done", n)
    left = (texts.plural("desk.bulk.refused", refused),) if refused else ()
    return BulkTold(said=said, refused=left, undo="" if is_undone or not n else id)


# Not at a path that is also read: the framework then forgets that a handler is to run in a thread (litestar 2.25.0).
@post("/appeals/bulk", opt={"right": Right.ROUTE}, include_in_schema=False, sync_to_thread=True)
def bulk(request: Ask, app: NamedDependency[App], data: Form) -> Redirect:
    """Assigns the cases that are ticked, or links them with the first of them; what is refused is counted and told."""
    room = enter(request, app, Right.ROUTE)
    back = str(data.get("back", ""))
    back = back if SAFE_PATH.fullmatch(back) and back.startswith("/appeals") else "/appeals"
    said = data.get("case", [])
    cases = [str(id) for id in (said if isinstance(said, list) else [said])][:MOST_AT_ONCE]
    cases = [id for id in dict.fromkeys(cases) if _reaches(room, id)]
    if not cases:
        return _back(back, wrong="nothing")
    try:
        make = (
            _linking(room, cases) if data.get("act") == "link" else _assigning(room, str(data.get("to", "")))
        )
        done = app.appeals.bulk(cases, make, room.account.actor)
    except BadInput:
        return _back(back, wrong="bulk")
    return _told(back, done, done.id)


@post(
    "/appeals/bulk/{bulk_id:str}/undo",
    opt={"right": Right.ROUTE},
    include_in_schema=False,
    sync_to_thread=True,
)
def undo(request: Ask, app: NamedDependency[App], bulk_id: FromPath[str]) -> Redirect:
    room = enter(request, app, Right.ROUTE)
    try:
        done = app.appeals.undo(bulk_id, room.account.actor)
    except BadInput:
        return _back("/appeals", wrong="undo")
    return _told("/appeals", done, "undone")


def _reaches(room: Room, id: str) -> bool:
    try:
        return room.may(Right.ROUTE, room.app.appeals.case(id))
    except BadInput:
        return False


def _assigning(room: Room, to: str) -> Any:
    unit, officer = acting.assigned(room.app.accounts.require, to)

    def make(case: Case) -> AnyEvent:
        return Assigned(at=room.app.clock.now(), by=room.account.actor, unit=unit, officer=officer)

    return make


def _linking(room: Room, cases: Sequence[str]) -> Any:
    first, *others = cases
    if not others:
        raise BadInput("Two cases at least are linked.")

    def make(case: Case) -> AnyEvent:
        other = others[0] if case.id == first else first
        return Linked(at=room.app.clock.now(), by=room.account.actor, other=other, relation=Relation.SIMILAR)

    return make


def _told(back: str, done: BulkDone, id: str) -> Redirect:
    return _back(back, done=id, n=str(len(done.done)), refused=str(len(done.refused)))


def _back(back: str, **more: str) -> Redirect:
    return Redirect(back + ("&" if "?" in back else "?") + urlencode(more), status_code=303)
