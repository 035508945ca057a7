"""A rule's feed for feed readers."""

from datetime import UTC, datetime

import feedparser
import msgspec
from tests.alerts.conftest import Desk

from aimas.notify import feed


def test_a_feed_reader_understands_it(desk: Desk) -> None:
    rule = desk.rule()
    desk.file("Полиция раз.", title='Кража & "<b>')
    (alert,) = desk.look()
    message = desk.app.composer.message(alert, rule, "1")
    older = msgspec.structs.replace(
        message, alert=1, subject="bad \x01 sign", at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    body = feed("Оповещение", rule.id, "home", "http://127.0.0.1:8000/feeds/x", "ru", [message, older])
    read = feedparser.parse(body)
    assert not read.bozo
    assert read.feed.title == "Оповещение" and read.feed.updated == "2026-09-16T07:00:00Z"
    first, second = read.entries
    assert first.id == f"urn:aimas:home:alert:{alert.position}" and first.summary == alert.why["ru"]
    assert first.link.endswith(f"/alerts/{alert.position}")
    assert 'Кража &amp; "&lt;b&gt;' in first.content[0].value or "&lt;b&gt;" in first.content[0].value
    assert second.title == "bad  sign"


def test_an_empty_feed_is_a_feed() -> None:
    read = feedparser.parse(feed("t", "r", "h", "http://x/", "en", []))
    assert not read.bozo and read.entries == []
