"""How chains, stories and the search index follow what was filed."""

from collections.abc import Callable
from functools import cached_property
from time import monotonic, sleep

import structlog

from aimas.app.ground import MOST_TRAILS
from aimas.app.searching import Searching
from aimas.core import Actor, BadInput, Unavailable
from aimas.search.stories import Storyteller
from aimas.storage.database import is_postgresql
from aimas.storage.index import IndexWriter
from aimas.stories.placing import Placer
from aimas.stories.rulings import Rulings

log = structlog.get_logger(__name__)


class Following(Searching):
    """A home catching up with its own ledger, or with another's."""

    @cached_property
    def stories(self) -> Storyteller:
        return Storyteller(self.search, self.places)

    @cached_property
    def rulings(self) -> Rulings:
        """About stories, in the name of this home's user."""
        return self.rulings_of(self.actor)

    def rulings_of(self, actor: Actor) -> Rulings:
        return Rulings(self.places, self.archive, str(actor))

    @cached_property
    def _placer(self) -> Placer:
        return Placer(self.places, self.archive)

    def follow(self, writer: IndexWriter, progress: Callable[[int, int], None] | None = None) -> int:
        """Puts what was filed into chains and stories, and brings the index up to the records; returns how many
        ledger positions it took in. `progress` hears how many of those that wait are placed. A home that follows
        another leaves the places to it."""
        self.place_waiting(progress)
        taken, before = 0, writer.position
        while step := writer.follow(self.records):
            taken += step
        if taken:
            self._tell_indexed(before, writer.position)
        return taken

    def place_waiting(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Puts what was filed into chains and stories, unless another home does. Only for who holds the index's writer,
        or has started who does: two at once would place the same."""
        if not self.settings.follow:
            self._placer.place_waiting(progress)

    def places_wait(self) -> bool:
        """Whether anything filed here has no place yet."""
        return not self.settings.follow and self._placer.any_waiting()

    def _tell_indexed(self, after: int, upto: int) -> None:
        stretches = self.trails.between(after, upto, MOST_TRAILS + 1)
        if len(stretches) > MOST_TRAILS:
            # An index built anew: nobody looks for one fetch in it.
            log.info("indexed", first=after + 1, last=upto)
            return
        for stretch in stretches:
            log.info("indexed", trail=stretch.trail, first=stretch.first, last=stretch.last)

    def follow_another(self) -> None:
        """From now on another home gathers; raises BadInput where that can't be, or the keys are not that home's."""
        if not is_postgresql(self._engine):
            raise BadInput(
                "Only records on a PostgreSQL can be followed from another home. See: aimas move --to postgresql://…"
            )
        self.settings = self.settings.model_copy(update={"follow": True})
        # Opens what is sealed, so that a wrong key is told now and not by the first page that needs it.
        self.sources.sources()

    def catch_up(self, patience_s: float = 3.0) -> bool:
        """Until the index has all that is on file now: what a person just did is seen on the page that follows.

        False when whoever writes the index did not get there in time.
        """
        head = self.records.head()
        try:
            writer = self.index.writer()
        except Unavailable:
            give_up = monotonic() + patience_s
            while self.index.position() < head and monotonic() < give_up:
                sleep(0.05)
            return self.index.position() >= head
        try:
            self.follow(writer)
        finally:
            writer.close()
        return True
