"""In whose name a page writes."""

from typing import Any

from litestar import Request

from aimas.app import App
from aimas.core import Actor
from aimas.web.signing_in import account_of


def person(request: Request[Any, Any, Any], app: App) -> Actor:
    """Who signed in; the home's own user on pages that are open without."""
    account = account_of(request)
    return app.actor if account is None else account.actor


def named(request: Request[Any, Any, Any], app: App) -> str:
    """Empty for this home's own user, whom the ledger names anyway."""
    actor = person(request, app)
    return "" if actor.name == app.actor.name else str(actor)
