"""A digest's figures: counted by hand on a small newsroom, and each equal to the list that its query finds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from tests.builders import NOW
from tests.reports.newsroom import LAST, index, poll, publication
from tests.reports.newsroom import file as put

from aimas import digesting
from aimas.app import App
from aimas.core import BadInput, Ownership, Tone
from aimas.reports import Digest, Period
from aimas.reports.types import Kind, Number, day, week
from aimas.sources import Source, SourceKind
from aimas.sources.types import PollOutcome
from aimas.web.digests import told_in


def told(app: App, period: Period | None = None) -> Digest:
    return digesting.digest_of(app, "kz-mia", period or day(LAST), digesting.undisturbed(app))


def numbers(value: Any) -> Iterator[Number]:
    """All of a tree."""
    match value:
        case Number():
            yield value
        case msgspec.Struct():
            for field in value.__struct_fields__:
                yield from numbers(getattr(value, field))
        case tuple():
            for part in value:
                yield from numbers(part)


def counts(found: tuple[Number, ...]) -> dict[str, int]:
    return {n.key: n.count for n in found}


def test_a_day_is_counted(newsroom: App) -> None:
    found = told(newsroom)
    # How many stories they tell is for the stories' own tests to say.
    assert (found.publications.count, found.unique.count) == (6, 6)
    assert counts(found.tones) == {"critical": 2, "positive": 1, "neutral": 1, "unclear": 1}
    assert found.publications.before == 1
    assert {r.key: r.total.count for r in found.regions} == {"KZ-75": 2, "KZ-71": 1}
    assert {r.key: r.critical.count for r in found.regions} == {"KZ-75": 1, "KZ-71": 0}
    assert {r.key: r.total.count for r in found.themes} == {"corruption": 1}
    assert {r.key: r.total.count for r in found.outlets} == {
        "tengri": 2,
        "dala": 1,
        "press": 1,
        "personal": 2,
    }
    assert {r.key: r.total.count for r in found.languages} == {"ru": 4, "kk": 1, "en": 1}
    assert found.listened.count == 10


def test_a_week_is_counted(newsroom: App) -> None:
    found = told(newsroom, week(LAST))
    assert (found.period.since, found.period.until) == (LAST - timedelta(days=6), LAST)
    assert (found.publications.count, found.publications.before) == (11, 3)
    assert counts(found.tones) == {"critical": 2, "positive": 6, "neutral": 1, "unclear": 1}
    assert [n.before for n in found.tones] == [3, 0, 0, 0]


def test_what_is_unclear_is_told(newsroom: App) -> None:
    found = told(newsroom)
    unclear = found.unclear
    assert (unclear.abstained.count, unclear.unlooked.count) == (1, 1)
    assert (unclear.undated.count, unclear.unplaced.count) == (1, 0)
    assert (found.listening.held, found.listening.waiting) == (2, 2)


@pytest.mark.parametrize("period", [day(LAST), week(LAST)], ids=["a day", "a week"])
def test_every_number_is_its_query_counted_at_the_snapshot(newsroom: App, period: Period) -> None:
    found = told(newsroom, period)
    put(newsroom, publication(0.05, Tone.CRITICAL, number=90, regions=("KZ-75",)))
    index(newsroom)
    search, seen = newsroom.search, 0
    for number in numbers(found):
        for query, count in ((number.query, number.count), (number.before_query, number.before)):
            if query is None:
                continue
            asked = search.ask(query, found.institution, found.known.position)
            distinct = search.distinct(asked)
            kinds = {
                Kind.PUBLICATIONS: search.count(asked),
                Kind.UNIQUE: distinct.unique,
                Kind.STORIES: distinct.stories,
            }
            assert count == kinds[number.kind], number
            seen += 1
    assert seen > 150


def test_tones_and_the_unlooked_make_up_the_whole(newsroom: App) -> None:
    found = told(newsroom)
    assert sum(t.count for t in found.tones) + found.unclear.unlooked.count == found.publications.count
    for one in found.trend:
        assert sum(t.count for t in one.tones) + one.unlooked.count == one.total.count
    assert [one.day for one in found.trend] == [LAST - timedelta(days=n) for n in range(13, -1, -1)]


def test_a_running_period_is_not_compared(newsroom: App) -> None:
    newsroom.clock.advance(hours=-20)  # type: ignore[attr-defined]
    found = told(newsroom)
    assert not found.is_over
    assert found.publications.before == 1
    assert [n for n in numbers(found) if n.change is not None] == []


def test_critical_stories_come_with_the_words_that_decided(newsroom: App) -> None:
    lines = told(newsroom).critical
    assert sum(counts(line.tones)["critical"] for line in lines) == 2
    for line in lines:
        assert line.evidence is not None
        assert line.evidence.tone is Tone.CRITICAL
        (words,) = line.evidence.words
        assert words.of(line.evidence.sentence) == "отчиталась"
        assert line.evidence.by == "tone/test+verdict/3"


def test_a_story_told_before_names_its_first_publisher_and_is_not_new(newsroom: App) -> None:
    text = (
        "Полиция Актобе нашла мальчика, пропавшего у реки Илек. Его искали трое суток двести волонтёров, "
        "кинологи и водолазы; ребёнок жив и здоров, сообщили в департаменте полиции Актюбинской области."
    )
    title = "В Актобе нашли мальчика, пропавшего у реки Илек"
    put(newsroom, publication(2, Tone.POSITIVE, number=40, source="dala", title=title, text=text))
    put(newsroom, publication(0.1, Tone.POSITIVE, number=41, title=title, text=text))
    index(newsroom)
    newsroom.clock.advance(seconds=1)  # type: ignore[attr-defined]
    (line,) = [s for s in told(newsroom).top if title in s.titles.values()]
    assert line.first.source == "dala"
    assert not line.is_new
    assert (line.total.count, line.unique.count, line.total.before) == (1, 1, 0)
    over_a_week = told(newsroom, week(LAST))
    (line,) = [s for s in over_a_week.top if title in s.titles.values()]
    assert (line.total.count, line.unique.count, line.is_new) == (2, 1, True)
    assert over_a_week.unique.count == over_a_week.publications.count - 1


def test_an_address_of_a_personal_page_is_in_no_digest(newsroom: App) -> None:
    pooled = publication(0.1, Tone.CRITICAL, number=50, source="personal", address="https://t.me/aigerim/1")
    put(newsroom, pooled)
    index(newsroom)
    newsroom.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert b"aigerim" not in msgspec.json.encode(told(newsroom))


def test_who_listened(newsroom: App) -> None:
    heard = told(newsroom, week(LAST)).listening
    assert (heard.sources, heard.answered, heard.failing, heard.silent) == (5, 1, 1, 3)
    assert (heard.polls_good, heard.polls_failed) == (6, 8)
    assert heard.deaf_days == (LAST - timedelta(days=3),)
    assert not heard.is_deaf
    pool = heard.told[-1]
    assert (pool.source, pool.pages) == ("personal", 2)


def test_what_a_person_handed_over_keeps_its_outlets_name_and_is_not_listened_to(newsroom: App) -> None:
    handed = Source(
        id="paper", kind=SourceKind.IMPORT, address="", name="Бумажная газета", ownership=Ownership.OUTLET
    )
    newsroom.declare(handed)
    put(newsroom, publication(0.1, Tone.CRITICAL, number=51, source="paper"))
    index(newsroom)
    newsroom.clock.advance(seconds=1)  # type: ignore[attr-defined]
    found = told(newsroom)
    assert found.listening.sources == 5
    assert "| Бумажная газета |" in told_in(newsroom, found, newsroom.profiles[0], "md", "ru").decode()


def test_a_poll_just_ended_may_still_be_unwritten_and_does_not_count(newsroom: App) -> None:
    newsroom.clock.advance(hours=-20)  # type: ignore[attr-defined]
    poll(newsroom, "page-0", NOW - timedelta(seconds=5), PollOutcome.OK)
    heard = told(newsroom).listening
    assert heard.until == NOW - timedelta(seconds=30)
    assert heard.silent == 3


def test_a_poll_that_still_ran_does_not_count(newsroom: App) -> None:
    newsroom.clock.advance(hours=-20)  # type: ignore[attr-defined]
    poll(newsroom, "page-0", NOW - timedelta(minutes=5), elapsed_s=290)
    poll(newsroom, "page-1", NOW - timedelta(minutes=5), elapsed_s=200)
    heard = told(newsroom).listening
    assert (heard.silent, heard.told[-1].good) == (2, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(date(1, 1, 2), id="before all calendars"),
        pytest.param(date(9999, 12, 31), id="after all of them"),
        pytest.param(LAST + timedelta(days=30), id="a day that has not begun"),
    ],
)
def test_a_day_that_cannot_be_told_is_refused(newsroom: App, wrong: date) -> None:
    with pytest.raises(BadInput):
        told(newsroom, day(wrong))


def test_an_empty_home_has_an_empty_digest(app: App) -> None:
    found = told(app)
    assert (found.publications.count, found.top, found.listening.sources) == (0, (), 0)
    assert found.listening.is_deaf
