"""Places hold when somebody rules, files or arrives late while others are being placed."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from tests.builders import TESTER
from tests.stories.test_placing import (
    BRIBE,
    FIRE,
    NEWS,
    WEATHER,
    app,
    bribe,
    everything,
    file,
    fire,
    follow,
    grouped,
    one,
    opened,
    said,
)

from aimas.app import App
from aimas.core import BadInput, Reading, StoredPublication
from aimas.stories import placing
from aimas.web import places
from aimas.web.texts import Texts
from aimas.web.views import Names

DAY = 24
__all__ = ["app"]


def revised(text: str, of: Reading, **changes: object) -> Reading:
    """Another text at the same address."""
    newer = said(text, of.publication.source, **changes)  # type: ignore[arg-type]
    publication = msgspec.structs.replace(
        newer.publication, address=of.publication.address, published_at=of.publication.published_at
    )
    return msgspec.structs.replace(newer, publication=publication)


def test_a_ruling_between_two_batches_is_obeyed_by_the_second(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "BATCH", 1)
    with opened(home) as serving, opened(home) as ruling:
        file(serving, *NEWS)
        gone, into = bribe(serving).line.id, fire(serving).line.id
        with serving.archive.settling():
            serving.archive.file([said(WEATHER, "later", 20), said(BRIBE, "older", 30)])
        real = serving.places.publications

        def interrupted(positions: Sequence[int]) -> list[StoredPublication]:
            found = real(positions)
            if found and found[0].source == "older":
                monkeypatch.setattr(serving.places, "publications", real)
                ruling.rulings.merge(gone, into)
            return found

        monkeypatch.setattr(serving.places, "publications", interrupted)
        follow(serving)
        assert one(serving, "older").placed.story == into  # type: ignore[union-attr]
        assert one(serving, "orda").placed.story == into  # type: ignore[union-attr]
        assert len(everything(serving, f"story:{gone}")) == 0
        assert len(everything(serving)) == 8
        assert serving.verify() == []


def test_what_is_placed_while_a_person_rules_moves_with_the_rest(home: Path) -> None:
    with opened(home) as serving, opened(home) as ruling:
        file(serving, *NEWS)
        gone, into = bribe(serving).line.id, fire(serving).line.id
        real = ruling.archive.settling

        class Late:
            """Books that take their time to open."""

            def settling(self) -> object:
                file(serving, said(BRIBE, "older", -5))
                return real()

        ruling.rulings._books = Late()  # type: ignore[assignment]
        ruling.rulings.merge(gone, into)
        follow(serving)
        assert {p.placed.story for p in everything(serving)} == {into}  # type: ignore[union-attr]
        chain = {p.placed.chain for p in everything(serving, "migration OR миграционной")}  # type: ignore[union-attr]
        assert chain == {one(serving, "older").id}, "the ruling took nobody out of a chain"
        assert serving.verify() == []


def test_a_chain_that_a_late_arrival_renamed_goes_on_in_the_present(app: App) -> None:
    file(app, said(BRIBE, "orda", -9 * DAY), said(FIRE, "tengri", 0))
    file(app, said(BRIBE, "old", -11.5 * DAY), said(FIRE, "zakon", 1))
    file(app, said(BRIBE, "azattyq", 2))
    chains, _ = grouped(app)
    assert len(chains) == 2
    assert one(app, "azattyq").placed.chain == one(app, "old").id  # type: ignore[union-attr]
    assert one(app, "azattyq").placed.similarity is not None  # type: ignore[union-attr]


def test_an_edit_stays_in_a_chain_that_its_own_batch_renames(app: App) -> None:
    first = said(BRIBE, "azattyq", 3)
    file(app, first, said(BRIBE, "orda", 9))
    edited = revised(BRIBE.replace("2,5 миллиона", "2,6 миллиона"), first)
    file(app, said(BRIBE, "later", 1), edited)
    assert {p.placed.chain for p in everything(app)} == {one(app, "later").id}  # type: ignore[union-attr]


class TestNamesOfStories:
    def test_no_piece_takes_the_name_of_a_story_that_still_stands(self, app: App) -> None:
        file(app, *NEWS)
        story, other = bribe(app).line.id, fire(app).line.id
        app.rulings.pin(story, other)
        follow(app)
        assert fire(app).line.count.count == 5
        assert app.stories.story(story, "kz-mia").line.count.count == 1  # type: ignore[union-attr]
        with pytest.raises(BadInput, match="name"):
            app.rulings.split(other, [story])
        piece = one(app, "astana").id
        assert app.rulings.split(other, [story, piece]) == piece
        follow(app)
        assert len(everything(app, f"story:{story}")) == 1
        assert {p.id for p in everything(app, f"story:{piece}")} == {story, piece}

    def test_a_name_is_free_again_when_nothing_bears_it(self, app: App) -> None:
        file(app, *NEWS)
        story, other = bribe(app).line.id, fire(app).line.id
        app.rulings.merge(story, other)
        assert app.rulings.split(other, [story]) == story
        follow(app)
        assert [p.id for p in everything(app, f"story:{story}")] == [story]

    def test_a_story_that_lost_its_last_publication_leads_to_where_that_went(self, app: App) -> None:
        file(app, said(FIRE, "tengri"), said(BRIBE, "orda"))
        gone, into = one(app, "orda").id, one(app, "tengri").id
        app.rulings.pin(gone, into)
        follow(app)
        assert app.stories.story(gone, "kz-mia") is None
        assert app.places.successor(gone) == into
        assert app.places.successor("nosuch") is None

    def test_replaced_texts_are_no_members(self, app: App) -> None:
        first = said(BRIBE, "azattyq", 3)
        file(app, first, said(BRIBE, "orda", 9), said(FIRE, "tengri"))
        story = bribe(app).line.id
        file(app, revised(BRIBE.replace("2,5 миллиона", "2,6 миллиона"), first))
        everyone = [p.id for p in everything(app, f"story:{story}")]
        assert len(everyone) == 2
        with pytest.raises(BadInput, match="nothing would be left"):
            app.rulings.split(story, everyone)
        assert app.rulings.merge(story, one(app, "tengri").id) == 2
        with pytest.raises(BadInput, match="no story"):
            app.rulings.rename(story, "Взятка")
        follow(app)
        file(app, revised(BRIBE.replace("2,5 миллиона", "2,7 миллиона"), first))
        assert {p.placed.story for p in everything(app)} == {one(app, "tengri").id}  # type: ignore[union-attr]


class TestWhatNoLongerSpeaksOfTheInstitution:
    def test_it_leaves_its_story_at_once_and_the_numbers_before_and_after_hold(self, app: App) -> None:
        file(app, *NEWS)
        story, member, copied = bribe(app).line.id, one(app, "azattyq"), one(app, "orda")
        reread = said(BRIBE, "azattyq", 3, relevant=False)
        with app.archive.settling() as account:
            account.reread(member.position, reread)
        follow(app)
        between = app.search.ask(f"story:{story}", "kz-mia")
        assert app.search.count(between) == 1
        app.rulings.merge(story, fire(app).line.id)
        follow(app)
        assert app.search.count(between) == 1
        writer = app.index.writer()
        writer.rebuild(app.records, lambda done, _: None)
        writer.close()
        assert app.search.count(between) == 1
        everyone = app.search.ask("*", "kz-mia")
        assert copied.placed is not None and copied.placed.chain == member.id
        assert len(app.search.folded(everyone)) == app.search.distinct(everyone).unique == 5


def test_an_index_takes_in_no_more_places_at_once_than_entries(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "BATCH", 3)
    with app.archive.settling():
        app.archive.file(NEWS)
    filed = app.records.head()
    app._placer.place_waiting()
    assert app.records.head() == filed + 2
    assert app.records.versions_after(filed, 4).reached == filed + 1
    assert app.records.versions_after(filed, 6).reached == filed + 2
    assert app.records.versions_after(filed, 2).reached == filed + 1, "one entry is taken whole"
    writer = app.index.writer()
    while writer.follow(app.records, limit=1):
        pass
    writer.close()
    distinct = app.search.distinct(app.search.ask("is:relevant", "kz-mia"))
    assert (distinct.publications, distinct.unique, distinct.stories, distinct.placed) == (6, 4, 2, 6)


def test_a_publication_dated_ahead_is_among_the_days_of_its_story(app: App) -> None:
    ahead = said(FIRE, "zakon", 200 + 20)
    assert ahead.publication.published_at and ahead.publication.published_at > ahead.publication.fetched_at
    file(app, said(FIRE, "tengri", 199), ahead)
    view = fire(app)
    assert view.line.count.count == 2
    assert [day.total.count for day in view.days][-2:] == [1, 1]
    assert sum(day.total.count for day in view.days) == 2


def test_a_story_page_of_the_past_tells_why_as_it_was_known_then(app: App) -> None:
    file(app, *NEWS)
    then, story = app.records.head(), bribe(app).line.id
    app.rulings.merge(story, fire(app).line.id)
    follow(app)
    listed = everything(app, f"story:{story}", then)
    texts = Texts("ru", UTC)
    names = Names(texts, app.profiles[0], ())
    past = [m.ground for m in places.members(app, listed, "kz-mia", names, texts, then)]
    present = [m.ground for m in places.members(app, listed, "kz-mia", names, texts)]
    assert past and not any(g is None or g.kind == "person" for g in past)
    assert [(g.kind, g.by) for g in present if g] == [("person", str(TESTER))] * 2
