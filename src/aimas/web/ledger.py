"""The ledger: its head, the books of every step, and the latest acts of persons."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from aimas.accounts import Right
from aimas.app import App
from aimas.flow.accounts import accounts
from aimas.web import places, views
from aimas.web.desk import desk, page
from aimas.web.signing_in import READ

LATEST_ACTS = 1_000
"""Looked at for the ledger's page; a hundred lines of them are shown."""
ABOUT_CASES = ("case", "message-", "officer-")
ABOUT_ACCOUNTS = ("account-", "password-", "second-", "token-")


@get("/ledger", opt=READ, include_in_schema=False, sync_to_thread=True)
def ledger_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    stand = desk(request, app, None)
    position, head = app.records.head_hash() if app.records.head() else (0, b"")
    titles = places.titles(app, stand.profile.id, stand.texts.tongue)
    return page(
        stand,
        "ledger.html",
        position=position,
        head=head.hex(),
        books=accounts(app.records.tallies()),
        acts=views.acts(
            (a for a in app.records.acts(LATEST_ACTS) if _is_shown(a, stand.common["can"])),
            stand.texts,
            stand.names,
            titles,
        ),
        home=app.home.folder,
    )


def _is_shown(act: Mapping[str, Any], can: Callable[[str], bool]) -> bool:
    """Who looked at whose appeal and who has which account is not for every reader of the board."""
    verb = str(act["verb"])
    if verb.startswith(ABOUT_CASES):
        return can(Right.SEE_LOOKS)
    return not verb.startswith(ABOUT_ACCOUNTS) or can(Right.MANAGE_USERS) or can(Right.SEE_LOOKS)


LEDGER_PAGES = (ledger_page,)
