"""From a file to an alert, a digest and a proof, the same on both kinds of records."""

from datetime import timedelta

import pytest
from tests.builders import StoppedClock, fetched

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.core import Passed
from aimas.coverage import coverage
from aimas.digesting import digest_of, undisturbed
from aimas.flow.accounts import accounts
from aimas.reports.types import day
from aimas.web.metrics import exposition

pytestmark = pytest.mark.both_records

TEXTS = (
    "Полиция Алматы задержала подозреваемого в краже.",
    "Полиция Алматы задержала подозреваемого в краже. Об этом сообщили в департаменте.",
    "Погода на завтра: дождь на севере.",
    "",
)


def test_from_a_file_to_an_alert(app: App) -> None:
    clock = app.clock
    assert isinstance(clock, StoppedClock)
    app.searches.save("полиция", "полиция", "kz-mia")
    rule = Rule(id="", name="hook", search="полиция", kind=RuleKind.EVERY, language="ru")
    app.alerting.add(rule, [(ChannelKind.WEBHOOK, "https://hook.example/x")])
    items = [
        Passed(fetched(text, address=f"https://a.kz/{n}", fetched_at=clock.now()))
        for n, text in enumerate(TEXTS)
    ]
    for _ in range(2):
        app.ingest(items, source="import")
    clock.advance(minutes=1)
    app.catch_up()
    (alert,) = app.alerting.look()
    app.catch_up()

    question = app.search.ask("полиция", "kz-mia")
    listed = list(app.search.everything(question))
    assert len(listed) == app.search.count(question) == alert.count == 2
    assert len({p.placed.story for p in listed if p.placed}) == 1
    assert listed[0].placed and app.stories.story(listed[0].placed.story, "kz-mia")

    told = digest_of(app, "kz-mia", day(clock.now().astimezone(app.settings.zone).date()), undisturbed(app))
    assert told.institution == "kz-mia"
    assert coverage(app)
    assert b"aimas_step_items_total" in exposition(app)

    books = {b.step: b for b in accounts(app.records.tallies())}
    assert all(b.adds_up for b in books.values())
    assert (books["gather"].entered, books["file"].passed) == (8, 3)
    assert app.records.held_count() == 1
    assert app.watch.broken(clock.now() - timedelta(hours=1), clock.now(), app.records.head()).held == 1
    assert app.verify() == []
