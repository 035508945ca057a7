"""In whose name a page writes, and how persons are called there."""

from functools import cached_property
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


class People:
    """Persons by what the ledger writes of them."""

    def __init__(self, app: App) -> None:
        self._app = app

    @cached_property
    def _known(self) -> dict[str, str]:
        return {account.name: account.shown for account in self._app.accounts.all()}

    def called(self, by: str) -> str:
        """`person:aigerim` by the full name that the account has, else as it signs in; a program's version as it is."""
        kind, _, name = by.partition(":")
        return self._known.get(name, name) if kind == "person" else by
