"""How a home is searched: the index, the searches that have names, what is taken out."""

from functools import cached_property

from aimas.alerts import SavedSearches
from aimas.app.ground import Ground
from aimas.search.service import Question, Search
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
        )

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
