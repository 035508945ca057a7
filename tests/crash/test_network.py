"""A network that hangs and a clock that was ahead: what was listed is filed once, what was found is told once, and
nothing waits for a time that was never right."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import TESTER, StoppedClock
from tests.sources.contract import source
from tests.sources.local_site import Answer, LocalSite, client_of, local_site

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.flow.accounts import accounts
from aimas.sources.types import PollOutcome, Take

pytestmark = pytest.mark.both_records

HANGS = Answer("too late", wait_s=8.0)
SILENT_S = 2.0


class Desk:
    """A home with a feed to read and a webhook to tell; `round` does once whatever is due."""

    def __init__(self, home: Path, site: LocalSite) -> None:
        self.clock = StoppedClock()
        self.app = App(home, self.clock, TESTER)
        self.site = site
        # Instead of the minute that a real site is given.
        self.app.__dict__["client"] = client_of(
            site, read_s=SILENT_S, connect_s=SILENT_S, total_s=2 * SILENT_S
        )
        self.app.declare(source(address=site.at("/rss"), take=Take.CONTENT, max_interval_s=1_800.0))
        self.app.searches.save("полиция", "полиция", "kz-mia")
        rule = Rule(id="", name="hook", search="полиция", kind=RuleKind.EVERY, language="ru")
        self.app.alerting.add(rule, [(ChannelKind.WEBHOOK, site.at("/hook"))])
        self._engine = self.app.engine()
        self.publish(0)
        site.routes["/hook"] = Answer(status=204)

    def publish(self, *numbers: int) -> None:
        items = "".join(
            f"<item><guid>{n}</guid><title>Дело {n}</title><link>{self.site.at(f'/{n}')}</link>"
            f"<description>{f'Полиция раскрыла дело {n}. ' * 10}</description></item>"
            for n in numbers
        )
        self.site.routes["/rss"] = Answer(
            f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
        )

    def round(self) -> list[PollOutcome]:
        gatherer = self.app.gatherer(lambda batch: self._engine.run(batch, source="gather"))
        polls = gatherer.poll_due()
        self.app.catch_up()
        self.app.alerting.look()
        self.app.sending.send_due()
        return [p.outcome for p in polls]

    def keys(self) -> list[str]:
        """What the other side was told, repetitions among it."""
        return [a.headers["idempotency-key"] for a in self.site.asked if a.path == "/hook"]

    def unsent(self) -> int:
        alerts = self.app.alert_store.alerts(100)
        return sum(
            d.state.value != "sent" for a in alerts for d, _ in self.app.alert_store.deliveries(a.position)
        )

    def filed(self) -> list[str]:
        found = self.app.search.everything(self.app.search.ask("полиция", "kz-mia"))
        return sorted(p.title for p in found)

    def is_whole(self) -> bool:
        alerts = self.app.alert_store.alerts(100)
        once = sum(a.count for a in alerts) == len(self.filed())
        books = all(b.adds_up for b in accounts(self.app.records.tallies()))
        return once and books and not self.unsent() and self.app.verify() == []


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with local_site() as site:
        made = Desk(home, site)
        yield made
        made.app.close()


def test_a_feed_that_hangs_is_read_when_it_answers_again(desk: Desk) -> None:
    assert desk.round() == [PollOutcome.OK]
    desk.site.routes["/rss"] = HANGS
    desk.clock.advance(hours=1)
    assert desk.round() == [PollOutcome.FAILED]
    assert desk.round() == [], "it is left in peace for a while"
    desk.publish(0, 1, 2)
    desk.clock.advance(hours=2)
    assert desk.round() == [PollOutcome.OK]
    assert desk.filed() == ["Дело 0", "Дело 1", "Дело 2"]
    assert len(desk.keys()) == 2 and desk.is_whole()


def test_a_webhook_that_hangs_is_told_again_under_the_same_key(desk: Desk) -> None:
    desk.site.routes["/hook"] = HANGS
    desk.round()
    assert (desk.unsent(), len(desk.keys())) == (1, 1)
    desk.site.routes["/hook"] = Answer(status=204)
    desk.clock.advance(minutes=1)
    desk.round()
    assert desk.unsent() == 0
    assert len(desk.keys()) == 2 and len(set(desk.keys())) == 1
    assert desk.is_whole()


@pytest.mark.parametrize("days", [3, 400], ids=["some days ahead", "a year ahead"])
def test_under_a_clock_that_was_ahead_nothing_was_put_off_for_good(desk: Desk, days: int) -> None:
    desk.clock.advance(days=days)
    desk.site.routes["/hook"] = Answer("later", 503)
    assert desk.round() == [PollOutcome.OK]
    assert desk.unsent() == 1, "it is to be tried again, as that clock has it"
    desk.clock.time -= timedelta(days=days)
    desk.site.routes["/hook"] = Answer(status=204)
    desk.publish(0, 1)
    assert desk.round() == [PollOutcome.OK]
    assert desk.filed() == ["Дело 0", "Дело 1"]
    assert desk.is_whole()
    assert desk.round() == [], "and it is polled no more often than it should be"


def test_a_clock_that_jumps_back_repeats_nothing(desk: Desk) -> None:
    desk.round()
    desk.clock.advance(hours=-5)
    desk.publish(0, 1)
    assert desk.round() == [PollOutcome.OK]
    assert desk.filed() == ["Дело 0", "Дело 1"]
    assert desk.is_whole()
