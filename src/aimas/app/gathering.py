"""How a home gathers: its sources, and the one client that asks them."""

from functools import cached_property
from typing import Any

from aimas import __version__
from aimas.app.ground import Ground
from aimas.core import BadInput, Ownership
from aimas.sources import ClientSettings, Gatherer, GatherSettings, GuardedClient, Source


class Gathering(Ground):
    """A home as its sources meet it."""

    @cached_property
    def client(self) -> GuardedClient:
        delay = self.settings.admitted_delay_s
        return GuardedClient(
            ClientSettings(
                version=__version__,
                contact=self.settings.contact or None,
                delay_s=self.settings.host_delay_s,
                admitted=dict.fromkeys(self.settings.admitted, delay),
                max_bytes=self.settings.max_body_mb * 1024 * 1024,
                max_packed_bytes=self.settings.max_body_mb * 1024 * 1024,
            )
        )

    def gatherer(self, accept: Any) -> Gatherer:
        settings = GatherSettings(
            min_interval_s=self.settings.min_interval_s,
            max_interval_s=self.settings.max_interval_s,
            threads=self.settings.gatherers,
        )
        return Gatherer(self.sources, self.client, accept, clock=self.clock, settings=settings)

    def declare(self, source: Source) -> None:
        """Adds or changes a source; the ledger names an outlet and only counts a personal page."""
        self.sources.put(source)
        shown: dict[str, Any] = {"id": source.id, "kind": source.kind, "ownership": source.ownership}
        if source.ownership is not Ownership.PERSONAL:
            shown |= {"name": source.name, "address": source.address}
        with self.archive.settling() as settlement:
            settlement.act("source-declared", source.id, shown)

    def retire(self, source_id: str, reason: str) -> None:
        """Ends a source; raises BadInput where there is none to end, or no reason."""
        if len(reason.strip()) < 3:
            raise BadInput("Say in a few words why the source is ended: the reason is recorded.")
        if not self.sources.retire(source_id, self.clock.now()):
            raise BadInput(f"There is no source {source_id} to end. See: aimas sources list")
        with self.archive.settling() as settlement:
            settlement.act("source-retired", source_id, {"reason": reason.strip()})
