"""Saved searches: queries with a name that lists, alerts and other queries refer to."""

import re
import secrets
import unicodedata
from typing import Any

import msgspec

from aimas.alerts.store import AlertStore, Settle
from aimas.alerts.types import SavedSearch
from aimas.core import BadInput, Clock
from aimas.core.ids import short_id
from aimas.search import parse, written
from aimas.search.limits import MAX_LENGTH
from aimas.search.service import Question, Search

MAX_NAME = 60
ROOM = 1_000
"""Characters left in a query for what alerts and links add to it."""
_REFUSED = frozenset('"«»“”„@()=')


class SavedSearches:
    """Every change is an act in the ledger; what was saved once stays readable there."""

    def __init__(self, store: AlertStore, search: Search, settle: Settle, clock: Clock) -> None:
        self._store = store
        self._search = search
        self._settle = settle
        self._clock = clock

    def all(self) -> list[SavedSearch]:
        return self._store.searches()

    def named(self, name: str) -> str | None:
        """The query behind `@name`; letter case does not matter. None where there is none."""
        found = self.get(name)
        return found.query if found else None

    def get(self, name: str) -> SavedSearch | None:
        """By name or id."""
        searches = self._store.searches()
        same = [s for s in searches if _key(s.name) == _key(name)] or [s for s in searches if s.id == name]
        return same[0] if same else None

    def require(self, name: str) -> SavedSearch:
        if found := self.get(name):
            return found
        known = ", ".join(s.name for s in self._store.searches())
        others = f"There are: {known}." if known else "Save one: aimas searches save NAME QUERY"
        raise BadInput(f"There is no saved search “{name}”. {others}")

    def question(self, saved: SavedSearch, at: int | None = None) -> Question:
        """Raises QueryError where what it names is gone."""
        return self._search.ask(saved.query, saved.institution, at)

    def save(self, name: str, query: str, institution: str, by: str = "") -> SavedSearch:
        """Raises QueryError for the query, BadInput for a name that is taken or cannot be one."""
        name = _checked_name(name)
        if self.get(name):
            raise BadInput(f"“{name}” is saved already. Change that one, or choose another name.")
        at = self._clock.now()
        id = short_id("search", institution, name, secrets.token_hex(8))
        return self._record(
            SavedSearch(id=id, name=name, query=query, institution=institution, by=by, position=0, at=at)
        )

    def change(
        self, saved: SavedSearch, *, name: str | None = None, query: str | None = None, by: str = ""
    ) -> SavedSearch:
        """A new version beside the old one."""
        name = saved.name if name is None else _checked_name(name)
        other = self.get(name)
        if other is not None and other.id != saved.id:
            raise BadInput(f"“{name}” is saved already. Choose another name.")
        return self._record(msgspec.structs.replace(saved, name=name, query=query or saved.query, by=by))

    def retire(self, saved: SavedSearch, by: str = "") -> None:
        """It is found no more; raises BadInput while something goes by it."""
        rules = [r.name for r in self._store.rules() if r.search == saved.id]
        if rules:
            raise BadInput(f"Alerts go by “{saved.name}”: {', '.join(rules)}. Retire them first.")
        for other in self._store.searches():
            if other.id != saved.id and self._needs(other, saved):
                raise BadInput(f"“{other.name}” names @{saved.name}. Change it first.")
        with self._settle() as settlement:
            position = settlement.act("search-retired", saved.id, signed({"name": saved.name}, by))
            self._store.retire_search(settlement, saved.id, position)

    def _record(self, search: SavedSearch) -> SavedSearch:
        query = search.query.strip() or "*"

        def overlay(name: str) -> str | None:
            return query if _key(name) == _key(search.name) else self.named(name)

        node = parse(query, self._search.today(), overlay, self._search.told)
        if len(written(node)) > MAX_LENGTH - ROOM:
            raise BadInput(f"A saved query has at most {MAX_LENGTH - ROOM} characters, written out in full.")
        detail = {"name": search.name, "query": query, "institution": search.institution}
        with self._settle() as settlement:
            position = settlement.act("search-saved", search.id, signed(detail, search.by))
            self._store.put_search(
                settlement, msgspec.structs.replace(search, query=query, position=position)
            )
        return self.require(search.name)

    def _needs(self, other: SavedSearch, gone: SavedSearch) -> bool:
        asked: list[str] = []

        def heard(name: str) -> str | None:
            asked.append(_key(name))
            return self.named(name)

        try:
            parse(other.query, self._search.today(), heard)
        except BadInput:
            return False
        return _key(gone.name) in asked


def reference(name: str) -> str:
    """How another query names it."""
    return f"@{name}" if re.fullmatch(r"\w[\w.-]*", name) else f'@"{name}"'


def signed(detail: dict[str, Any], by: str) -> dict[str, Any]:
    """With the person who said so, where it is not the one whose account the program runs under."""
    return detail | ({"by": by} if by else {})


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _checked_name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(name) <= MAX_NAME:
        raise BadInput(f"A name has 1 to {MAX_NAME} characters.")
    if wrong := sorted(_REFUSED & set(name)) or [c for c in name if not c.isprintable()]:
        raise BadInput(f"A name can't hold {wrong[0]!r}: queries use it as @name.")
    return name
