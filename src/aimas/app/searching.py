"""How a home is searched: the index, the searches that have names, what is taken out."""

from functools import cached_property

from msgspec.structs import astuple

from aimas.alerts import SavedSearches
from aimas.app.ground import Ground
from aimas.core import POOL, Ownership
from aimas.institution import profile_ids, region_names
from aimas.search.service import Question, Search
from aimas.search.tree import Is
from aimas.search.types import Scope
from aimas.search.values import Values
from aimas.sources.types import IMPORT
from aimas.storage.alerts import SqlAlerts
from aimas.storage.index import Index
from aimas.storage.sealing import Seal


class Searching(Ground):
    """A home as who asks it meets it."""

    @cached_property
    def index(self) -> Index:
        return Index(self.home.index, self.settings.zone)

    @cached_property
    def search(self) -> Search:
        return Search(
            self.index,
            self.records,
            self.clock,
            self.settings.zone,
            named=lambda name: self.searches.named(name),
            told=self._told,
        )

    def _told(self, field: str) -> Values | None:
        """Names of what this home listens to; what publications hold goes on being found whatever became of it."""

        def is_held(node: Is) -> bool:
            at = self.index.position()
            return any(self.index.count(node, Scope(profile.id, at)) for profile in self.profiles)

        match field:
            case "region":
                return Values(region_names(), is_held=lambda value: is_held(Is("region", (value,))))
            case "theme":
                themes = [theme for profile in self.profiles for theme in profile.themes]
                called = {theme.key: theme.key for theme in themes}
                for theme in themes:
                    called |= {title: theme.key for title in astuple(theme.title) if title not in called}
                return Values(called, is_held=lambda value: is_held(Is("theme", (value,))))
            case "source":
                called = self._sources_called()
                return Values(called, False, is_held=lambda value: is_held(Is("source", (value,))))
            case "institution":
                return Values(
                    {profile.id: profile.id for profile in self.profiles},
                    is_held=lambda id: id in profile_ids() or is_held(Is("institution", (id,))),
                )
            case _:
                return None

    def _sources_called(self) -> dict[str, str]:
        """Personal pages have no name here either."""
        shown = [s for s in self.sources.sources() if s.ownership is not Ownership.PERSONAL]
        called = {s.name: s.id for s in shown}
        return called | {id: id for id in (*(s.id for s in shown), POOL, IMPORT.id)}

    @cached_property
    def alert_store(self) -> SqlAlerts:
        return SqlAlerts(self._engine, Seal(self.home.master_key()))

    @cached_property
    def searches(self) -> SavedSearches:
        return SavedSearches(self.alert_store, self.search, self.archive.settling, self.clock)

    def record_export(self, question: Question, form: str) -> None:
        """Who took what out, before it leaves."""
        with self.archive.settling() as settlement:
            detail = {
                "query": question.text,
                "institution": question.scope.institution,
                "snapshot": question.scope.snapshot,
                "count": self.search.count(question),
                "format": form,
            }
            settlement.act("exported", "search", detail)
