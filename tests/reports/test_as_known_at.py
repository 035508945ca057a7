"""The same digest again, byte for byte, whatever happened since the moment it speaks of."""

import re
import shlex
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from tests.builders import NOW, TESTER
from tests.reports.newsroom import LAST, declare, file, index, poll, publication

from aimas import digesting
from aimas.app import App
from aimas.cli.main import _run
from aimas.core import BadInput, Ownership, Reading, Tone, Unavailable
from aimas.correcting import correct
from aimas.reports import Digest, Known
from aimas.reports.types import week
from aimas.sources.types import PollOutcome
from aimas.web.digests import told_in

WEEKS = (week(LAST), week(LAST + timedelta(days=1)))
"""One that is over, and one that still runs."""


def written(app: App, known: Known, language: str = "ru") -> bytes:
    tellings = [digesting.digest_of(app, "kz-mia", period, known) for period in WEEKS]
    return b"".join(told_in(app, told, app.profiles[0], "md", language) for told in tellings)


def figures(app: App, known: Known) -> list[Digest]:
    """All but the moment itself, which differs between any two."""
    tellings = [digesting.digest_of(app, "kz-mia", period, known) for period in WEEKS]
    return [
        msgspec.structs.replace(
            told, known=Known(NOW, 0), listening=msgspec.structs.replace(told.listening, until=NOW)
        )
        for told in tellings
    ]


def more_came(app: App) -> None:
    file(app, *(publication(0.01 * n, Tone.CRITICAL, number=60 + n, regions=("KZ-75",)) for n in range(1, 6)))


def a_text_was_revised(app: App) -> None:
    changed = publication(
        0.05, Tone.POSITIVE, number=1, text="Полиция уточнила: всё было иначе, и дело закрыто."
    )
    file(app, changed)


def the_model_was_changed(app: App) -> None:
    """Every publication on file is read anew and comes out the other way round."""
    turned = {Tone.CRITICAL: Tone.POSITIVE, Tone.POSITIVE: Tone.CRITICAL}
    for p in app.records.current(0, 1_000):
        mentions = tuple(
            msgspec.structs.replace(
                m,
                tone=msgspec.structs.replace(
                    m.tone, value=turned.get(m.tone.value, m.tone.value), confidence=0.6, by="tone/next"
                ),
            )
            for m in p.mentions
            if m.tone
        )
        newer = Reading(
            publication=publication(0, None, number=0).publication,
            language=p.language,
            mentions=mentions,
            versions=("tone/next",),
        )
        with app.archive.settling() as settlement:
            settlement.reread(p.position, newer)


def a_person_corrected_a_tone(app: App) -> None:
    page = app.search.page(app.search.ask("tone:critical", "kz-mia"), limit=1)
    p = page.publications[0]
    correct(app, p.id, "kz-mia", p.mentions[0].span, Tone.POSITIVE, seen=p.read_at, by=TESTER)


def stories_were_merged_and_named(app: App) -> None:
    lines = app.stories.lines(app.search.ask("is:relevant", "kz-mia"), limit=2)
    app.rulings.rename(lines[0].id, "Имя, которого тогда не было")
    app.rulings.merge(lines[1].id, lines[0].id)


def polls_went_on(app: App) -> None:
    for minutes in range(-2, 1):
        poll(app, "dala", app.clock.now() + timedelta(minutes=minutes), PollOutcome.OK)


def an_outlet_took_another_name(app: App) -> None:
    declare(app, "tengri", "Совсем другое имя")
    declare(app, "fresh", "Новый источник")
    declare(app, "press", "Частная страница", Ownership.PERSONAL)


def a_held_item_was_settled(app: App) -> None:
    held = next(h for h in app.records.held() if h.retryable)
    with app.archive.settling() as settlement:
        assert settlement.resolve(
            held.position, settlement.act("held-retried", str(held.position), {"held": held.position})
        )


EVENTS = [
    more_came,
    a_text_was_revised,
    the_model_was_changed,
    a_person_corrected_a_tone,
    stories_were_merged_and_named,
    polls_went_on,
    an_outlet_took_another_name,
    a_held_item_was_settled,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__.replace("_", " "))
def test_the_same_again_after(newsroom: App, event: Callable[[App], None]) -> None:
    known = digesting.undisturbed(newsroom)
    before, figures_before = written(newsroom, known), figures(newsroom, known)
    newsroom.clock.advance(minutes=30)  # type: ignore[attr-defined]
    event(newsroom)
    index(newsroom)
    newsroom.clock.advance(minutes=30)  # type: ignore[attr-defined]
    again = digesting.settled(newsroom, known.moment)
    assert again == known
    assert written(newsroom, again) == before
    assert figures(newsroom, again) == figures_before
    assert figures(newsroom, digesting.undisturbed(newsroom)) != figures_before, "the event changed nothing"


def test_the_same_again_after_all_of_it_in_every_language(newsroom: App) -> None:
    known = digesting.undisturbed(newsroom)
    before = {language: written(newsroom, known, language) for language in ("ru", "kk", "en")}
    for event in EVENTS:
        newsroom.clock.advance(minutes=5)  # type: ignore[attr-defined]
        event(newsroom)
        index(newsroom)
    writer = newsroom.index.writer()
    writer.rebuild(newsroom.records, lambda done, of: None)
    writer.close()
    again = digesting.settled(newsroom, known.moment)
    assert {language: written(newsroom, again, language) for language in before} == before


def test_the_command_in_a_digest_writes_that_digest(
    newsroom: App, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimas.app.ground.SystemClock", lambda: newsroom.clock)
    known = digesting.undisturbed(newsroom)
    told = digesting.digest_of(newsroom, "kz-mia", WEEKS[0], known)
    before = told_in(newsroom, told, newsroom.profiles[0], "md", "ru")
    command = re.search(rb"```sh\naimas (.+)\n```", before)
    assert command is not None
    newsroom.clock.advance(minutes=30)  # type: ignore[attr-defined]
    more_came(newsroom)
    newsroom.close()
    capfdbinary.readouterr()
    assert _run([*shlex.split(command[1].decode()), "--home", str(newsroom.home.folder)]) == 0
    assert capfdbinary.readouterr().out == before


def test_between_two_filings_the_first_alone_is_known(newsroom: App) -> None:
    moment = newsroom.clock.now()
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    more_came(newsroom)
    index(newsroom)
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    known = digesting.settled(newsroom, moment + timedelta(seconds=59))
    assert digesting.digest_of(newsroom, "kz-mia", week(LAST), known).publications.count == 11
    known = digesting.undisturbed(newsroom)
    assert digesting.digest_of(newsroom, "kz-mia", week(LAST), known).publications.count == 16


def test_what_the_index_has_not_taken_in_is_not_known_yet(newsroom: App) -> None:
    """The moment told is one at which nothing more was on file than what is counted."""
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    more_came(newsroom)
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    behind = digesting.settled(newsroom)
    assert behind.position <= newsroom.index.position() < newsroom.records.head()
    before = written(newsroom, behind)
    with pytest.raises(Unavailable, match="behind"):
        digesting.settled(newsroom, newsroom.clock.now())
    index(newsroom)
    again = digesting.settled(newsroom, behind.moment)
    assert again == behind
    assert written(newsroom, again) == before


def test_a_half_indexed_settlement_is_not_known_at_all(newsroom: App) -> None:
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    start = newsroom.records.head()
    more_came(newsroom)
    writer = newsroom.index.writer()
    writer.follow(newsroom.records, limit=2)
    writer.close()
    assert start < newsroom.index.position() < newsroom.records.head()
    newsroom.clock.advance(minutes=1)  # type: ignore[attr-defined]
    known = digesting.settled(newsroom)
    assert known.position == start
    assert known.moment < newsroom.clock.now() - timedelta(seconds=60)


def test_the_future_is_not_known(newsroom: App) -> None:
    with pytest.raises(BadInput, match="still ahead"):
        digesting.settled(newsroom, newsroom.clock.now() + timedelta(seconds=1))


def test_before_everything_nothing_was_known(newsroom: App) -> None:
    known = digesting.settled(newsroom, NOW - timedelta(hours=9))
    assert known.position == 0
    found = digesting.digest_of(newsroom, "kz-mia", week(LAST), known)
    assert (found.publications.count, found.listening.sources) == (0, 0)
