"""How a home watches: rules, what they tell, and the couriers that carry it."""

from functools import cached_property

from aimas.alerts import Alert, Alerting, ChannelKind, Composer, Courier, Sending
from aimas.alerts.calendar import calendar
from aimas.app.gathering import Gathering
from aimas.app.ground import MOST_TRAILS
from aimas.app.ingesting import Ingesting
from aimas.app.searching import Searching
from aimas.core import Ownership, StoredPublication
from aimas.notify import TelegramSettings, by_email, by_telegram, by_webhook


class Watching(Searching, Ingesting, Gathering):
    """A home as its alerts are made and sent."""

    @cached_property
    def alerting(self) -> Alerting:
        return Alerting(
            self.alert_store,
            self.search,
            self.searches,
            self.archive.settling,
            self.clock,
            calendar(),
            str(self.actor),
            self.index.position,
        )

    @cached_property
    def composer(self) -> Composer:
        return Composer(
            self.records.home,
            self.settings.zone,
            self.settings.board_address,
            self._listed,
            self.explained,
            self._public_name,
        )

    @cached_property
    def sending(self) -> Sending:
        said = self.settings
        bot = TelegramSettings(token=said.telegram_token.get_secret_value(), api=said.telegram_api)
        couriers: dict[ChannelKind, Courier] = {
            ChannelKind.EMAIL: by_email(self._email),
            ChannelKind.WEBHOOK: by_webhook(self.client, self.clock),
            ChannelKind.TELEGRAM: by_telegram(self.client, bot),
        }
        return Sending(
            self.alert_store,
            self.archive.settling,
            self.clock,
            said.zone,
            self.composer.message,
            couriers,
            self.trails_of,
        )

    def _listed(self, alert: Alert, limit: int) -> list[StoredPublication]:
        """The newest of an alert's own list."""
        question = self.search.ask(alert.query, alert.institution, alert.snapshot)
        return self.search.page(question, limit=limit).publications

    def trails_of(self, alert: Alert) -> list[str]:
        """By which an alert's own publications came in: of the newest thousand."""
        question = self.search.ask(alert.query, alert.institution, alert.snapshot)
        return self.trails.of([h.reading for h in self.search.hits(question, MOST_TRAILS)])

    def _public_name(self, source_id: str) -> str | None:
        source = self.sources.get_source(source_id)
        return None if source is None or source.ownership is Ownership.PERSONAL else source.name
