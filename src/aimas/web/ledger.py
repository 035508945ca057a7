"""The ledger: its head, the books of every step, and the acts of persons and programs, found by who, what and when."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Template

from aimas.accounts import Right
from aimas.app import App
from aimas.flow.accounts import accounts
from aimas.web import places, views
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import MAX_POSITION
from aimas.web.signing_in import READ

PER_PAGE = 100
ABOUT_CASES = ("case", "message-", "officer-")
ABOUT_ACCOUNTS = ("account-", "password-", "second-", "token-")
KINDS: dict[str, tuple[str, ...]] = {
    "sources": ("source-",),
    "originals": ("original-",),
    "tones": ("tone-", "sample-", "mention-"),
    "stories": ("story-",),
    "alerts": ("search-", "alert-", "channel-", "delivery-"),
    "exports": ("exported", "digest-exported"),
    "cases": ABOUT_CASES,
    "accounts": ABOUT_ACCOUNTS,
}
"""What an act is about, by how its verb begins; the rest is `other`."""
OTHER = "other"
AT_ONCE = 500
"""Acts that are read together: some lines of a page are many."""
Said = Annotated[str, QueryParameter(max_length=128)]
"""A field of the form that asks for acts."""


@get("/ledger", opt=READ, include_in_schema=False, sync_to_thread=True)
def ledger_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    by: Said = "",
    act: Said = "",
    since: Said = "",
    until: Said = "",
    below: Annotated[int | None, QueryParameter(ge=0, le=MAX_POSITION)] = None,
) -> Template:
    """`by` as the ledger names who acted; days by the home's clock, both included."""
    stand = desk(request, app, None)
    seen = [verb for verb in app.records.verbs() if _is_shown(verb, stand.common["can"])]
    first, last = _day(since), _day(until)
    asked = {"by": by, "act": act, "since": str(first or ""), "until": str(last or "")}
    acts = views.acts(
        _rows(
            app,
            [verb for verb in seen if not act or _kind(verb) == act],
            below,
            person=by or None,
            since=_midnight(app, first, 0),
            until=_midnight(app, last, 1),
        ),
        stand.texts,
        stand.names,
        places.titles(app, stand.profile.id, stand.texts.tongue),
        stand.people.called,
        PER_PAGE + 1,
    )
    carried = {key: value for key, value in asked.items() if value}
    position, head = app.records.head_hash() if app.records.head() else (0, b"")
    return page(
        stand,
        "ledger.html",
        position=position,
        head=head.hex(),
        books=accounts(app.records.tallies()),
        acts=acts[:PER_PAGE],
        asked=asked,
        kinds=[kind for kind in (*KINDS, OTHER) if any(_kind(verb) == kind for verb in seen)],
        actors=_actors(stand, seen),
        is_filtered=bool(carried),
        is_continued=below is not None,
        more="/ledger?" + urlencode(carried | {"below": acts[PER_PAGE].position + 1}) + "#acts"
        if len(acts) > PER_PAGE
        else None,
        home=app.home.folder,
    )


def _rows(app: App, verbs: list[str], below: int | None, **asked: Any) -> Iterator[dict[str, Any]]:
    """All such acts from a position downwards, as far as they are wanted."""
    while True:
        found = app.records.acts_of(verbs, below=below, limit=AT_ONCE, **asked)
        yield from found
        if len(found) < AT_ONCE:
            return
        below = found[-1]["position"]


def _kind(verb: str) -> str:
    return next((kind for kind, beginnings in KINDS.items() if verb.startswith(beginnings)), OTHER)


def _actors(stand: Desk, verbs: list[str]) -> list[tuple[str, str]]:
    """Who acted among what this reader may see, and how they are called; persons first, by name."""
    named = [(actor, stand.people.called(actor)) for actor in stand.app.records.actors(verbs)]
    return sorted(named, key=lambda each: (not each[0].startswith("person:"), each[1].casefold()))


def _is_shown(verb: str, can: Callable[[str], bool]) -> bool:
    """Who looked at whose appeal and who has which account is not for every reader of the board."""
    if verb.startswith(ABOUT_CASES):
        return can(Right.SEE_LOOKS)
    return not verb.startswith(ABOUT_ACCOUNTS) or can(Right.MANAGE_USERS) or can(Right.SEE_LOOKS)


def _day(text: str) -> date | None:
    """None for an empty field and for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(app: App, day: date | None, later: int) -> datetime | None:
    """By the home's clock, at which the day begins, or one after it; None where no calendar has that."""
    if day is None:
        return None
    try:
        return datetime.combine(day + timedelta(days=later), time(), app.settings.zone).astimezone(UTC)
    except OverflowError:
        return None


LEDGER_PAGES = (ledger_page,)
