"""A home whose clock, index and senders a test moves by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.builders import TESTER, StoppedClock, reading

from aimas.alerts import Alert, ChannelKind, NotDelivered, Rule, RuleKind, Sending
from aimas.alerts.messages import Message
from aimas.alerts.types import Channel
from aimas.app import App
from aimas.home import create_home

NOON = datetime.fromisoformat("2026-09-16T12:00:00+05:00")
"""A Wednesday."""


class Desk:
    """What a test does with alerts."""

    def __init__(self, app: App, clock: StoppedClock) -> None:
        self.app = app
        self.clock = clock
        self.n = 0

    def file(self, *texts: str, at: datetime | None = None, **more: object) -> None:
        """Each under an address of its own, published at the clock's time, and indexed."""
        made = []
        for text in texts:
            self.n += 1
            fields = {
                "address": f"https://outlet.test/{self.n}",
                "published_at": at or self.clock.time,
                "relevant": True,
            }
            made.append(reading(text, **(fields | more)))  # type: ignore[arg-type]
        with self.app.archive.settling():
            self.app.archive.file(made)
        self.app.catch_up()

    def rule(
        self,
        kind: RuleKind = RuleKind.EVERY,
        channels: list[tuple[ChannelKind, str]] | None = None,
        query: str = "полиция",
        **more: object,
    ) -> Rule:
        name = f"rule {len(self.app.alerting.rules())}"
        saved = self.app.searches.get(query) or self.app.searches.save(
            f"search {len(self.app.searches.all())}", query, "kz-mia"
        )
        fields = {"id": "", "name": name, "search": saved.id, "kind": kind, "language": "ru"}
        rule, _ = self.app.alerting.add(Rule(**(fields | more)), channels or [])  # type: ignore[arg-type]
        self.app.catch_up()
        return rule

    def look(self) -> list[Alert]:
        found = self.app.alerting.look()
        self.app.catch_up()
        return found

    def counted(self, alert: Alert) -> list[str]:
        """The texts that the alert's link opens."""
        question = self.app.search.ask(alert.query, alert.institution, alert.snapshot)
        found = list(self.app.search.everything(question))
        assert len(found) == alert.count == self.app.search.count(question)
        return [p.text for p in found]

    def sending(self, **couriers: "FakeCourier") -> Sending:
        return Sending(
            self.app.alert_store,
            self.app.archive.settling,
            self.clock,
            self.app.settings.zone,
            self.app.composer.message,
            {ChannelKind(kind): courier for kind, courier in couriers.items()},
        )

    def states(self, alert: Alert) -> list[str]:
        return [d.state.value for d, _ in self.app.alert_store.deliveries(alert.position)]

    def tries(self, alert: Alert) -> list[str]:
        return [a.outcome for _, tries in self.app.alert_store.deliveries(alert.position) for a in tries]

    def acts(self, verb: str) -> list[dict[str, object]]:
        return [a for a in self.app.records.acts(1_000) if a["verb"] == verb]

    def tomorrow(self, hour: int = 12) -> None:
        local = self.clock.time.astimezone(self.app.settings.zone) + timedelta(days=1)
        self.clock.time = local.replace(hour=hour, minute=0)


class FakeCourier:
    """Fails as told, then accepts; `killed` ends the program after the other side has taken the message."""

    def __init__(self, *failures: NotDelivered, tells: bool = True, killed: int = 0) -> None:
        self.tells_twice_from_once = tells
        self.failures = list(failures)
        self.killed = killed
        self.sent: list[Message] = []

    def send(self, channel: Channel, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(message)
        if self.killed:
            self.killed -= 1
            raise Killed


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    clock = StoppedClock(NOON)
    folder = create_home(
        tmp_path_factory.mktemp("alerts") / "home", profiles=["kz-mia"], timezone="Asia/Almaty"
    ).folder
    app = App(folder, clock, TESTER)
    yield Desk(app, clock)
    app.close()
