"""Who stands at the desk, and how things are called there."""

import re
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.params import QueryParameter
from litestar.response import Template

from aimas.accounts import ALL_UNITS, Account, CaseScope, Right, may
from aimas.app import App
from aimas.appeals import Case, kinds
from aimas.appeals.categories import categories
from aimas.appeals.drafting import tongue_of
from aimas.appeals.routing import first_read_by
from aimas.core import Language
from aimas.web.desk import Desk, desk, page
from aimas.web.signing_in import require
from aimas.web.texts import Texts

MASK = re.compile(r"\[(name|phone|address|iin|plate|email|card|birth_date|doc_number|iban)\]")
"""What stands for personal data in a masked text."""


class Names:
    """Of people, units, categories and kinds, in the reader's language; an unknown id stands for itself."""

    def __init__(self, app: App, texts: Texts) -> None:
        self._app = app
        self._texts = texts

    @cached_property
    def _people(self) -> dict[str, str]:
        return {account.name: account.shown for account in self._app.accounts.all()}

    def who(self, by: str) -> str:
        """By an account's name, or as the ledger writes it: `person:…`, `program:…`."""
        kind, colon, name = by.partition(":")
        if not colon:
            kind, name = "person", by
        if kind != "person":
            return self._texts("desk.who.program")
        if name == "applicant":
            return self._texts("desk.who.applicant")
        return self._people.get(name, name)

    def unit(self, id: str) -> str:
        return unit_name(self._app, id, self._texts.tongue)

    def category(self, id: str) -> str:
        return next((c.name[self._texts.tongue] for c in categories() if c.id == id), id)

    def kind(self, id: str) -> str:
        known = kinds().get(id)
        return known.names[self._texts.tongue] if known else id


class Room(msgspec.Struct, frozen=True):
    """What every page of the desk stands on."""

    desk: Desk
    account: Account
    names: Names
    today: date
    """By the office's clock."""

    @property
    def app(self) -> App:
        return self.desk.app

    @property
    def texts(self) -> Texts:
        return self.desk.texts

    def may(self, right: Right, case: Case | None = None) -> bool:
        return may(self.account, right, None if case is None else scope(self.app, case))

    def page(self, template: str, status: int = 200, **values: Any) -> Template:
        return page(self.desk, template, status, **{**self._common(), **values})

    def _common(self) -> Mapping[str, Any]:
        return {
            "sees_figures": self.may(Right.SEE_FIGURES),
            "sees_looks": self.may(Right.SEE_LOOKS),
            "sets_absences": self.may(Right.SET_ABSENCES),
            "sees_queue": self.may(Right.SEE_QUEUE),
            "may_register": self.may(Right.REGISTER),
            "may_route": self.may(Right.ROUTE),
            "who": self.names.who,
            "unit_name": self.names.unit,
            "category_name": self.names.category,
            "kind_name": self.names.kind,
            "today": self.today,
        }


Ask = Request[Any, Any, Any]
Said = Annotated[str, QueryParameter(max_length=60)]
"""A field of a form that asks for a list."""


def enter(request: Ask, app: App, right: Right, case: Case | None = None) -> Room:
    """Raises NotSignedIn, Forbidden."""
    account = require(request, right, None if case is None else scope(app, case))
    stand = desk(request, app, None)
    today = app.appeals.terms.hours.local(app.clock.now()).date()
    return Room(stand, account, Names(app, stand.texts), today)


def day_said(text: str) -> date | None:
    """A day as a form sends it; None for an empty field and for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def unkept(answer: Template) -> Template:
    """What shows personal data or a check code stays in no browser's store."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def scope(app: App, case: Case) -> CaseScope:
    return CaseScope(
        first_read_by=first_read_by(app.office.routing, case.kind),
        unit=case.unit or "",
        officer=case.officer or "",
        is_confidential=case.is_confidential,
        seen_by=tuple(sorted(case.readers)),
    )


def signer(room: Room, language: Language, unit: str | None = None) -> str:
    """Name, post and unit of who signs, in the language of the appeal; the case's own unit where it is theirs, and none
    for who stands above all units."""
    tongue = tongue_of(language)
    post = room.account.post(tongue)
    own = [each for each in room.account.units if each != ALL_UNITS]
    if ALL_UNITS in room.account.units:
        own = []
    elif unit is not None and unit in own:
        own = [unit]
    units = [unit_name(room.app, each, tongue) for each in own[:1]]
    return ", ".join(part for part in (room.account.shown, post, *units) if part)


def unit_name(app: App, id: str, tongue: str) -> str:
    """As the routing rules call it; its id where they do not know it."""
    unit = app.office.routing.units.get(id)
    return unit.name[tongue] if unit else id


def worded(room: Room, masked: str) -> str:
    """Marks of personal data in the reader's words."""
    return MASK.sub(lambda match: f"[{room.texts(f'desk.mask.{match[1]}')}]", masked)
