"""What is remembered of an index is what the index said, and a later snapshot is asked anew."""

from datetime import timedelta

import pytest
from tests.builders import NOW, Shelf, StoppedClock, reading

from aimas.search.kept import KeptIndex
from aimas.search.service import Search
from aimas.search.tree import Marked
from aimas.search.types import Scope
from aimas.storage.index import Index

MINISTRY = "kz-mia"
RELEVANT = Marked("relevant")


@pytest.fixture
def index(shelf: Shelf) -> Index:
    made = shelf.index()
    say(shelf, made, 1, 2, 3)
    return made


def say(shelf: Shelf, index: Index, *numbers: int) -> None:
    shelf.file(
        *(reading(f"Полиция нашла дело {n}.", relevant=True, address=f"https://a.kz/{n}") for n in numbers)
    )
    shelf.follow(index)


def answers(asked: KeptIndex | Index, scope: Scope) -> tuple[object, ...]:
    first, last = NOW.date() - timedelta(days=9), NOW.date()
    return (
        asked.count(RELEVANT, scope),
        asked.counted_page(RELEVANT, scope, limit=2),
        asked.counted_page(RELEVANT, scope, limit=3),
        asked.counted_page(RELEVANT, scope, limit=3, by_relevance=True),
        asked.page(RELEVANT, scope, limit=2),
        asked.facets(RELEVANT, scope),
        asked.days(RELEVANT, scope, first, last),
        asked.tones_by_day(RELEVANT, scope, first, last),
        asked.columns(RELEVANT, scope, ("reading",))["reading"].tolist(),
    )


def test_it_says_what_the_index_says_at_every_snapshot(shelf: Shelf, index: Index) -> None:
    kept = KeptIndex(index)
    for n in (4, 5, 6):
        for institution in (MINISTRY, "kz-prosecutor"):
            for snapshot in range(index.position() + 1):
                scope = Scope(institution, snapshot)
                assert answers(kept, scope) == answers(kept, scope) == answers(index, scope)
        say(shelf, index, n)
    assert kept.position() == index.position()


def test_what_was_said_is_not_asked_again(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, scope = KeptIndex(index, limit=2), Scope(MINISTRY, index.position())
    assert kept.count(RELEVANT, scope) == 3
    monkeypatch.setattr(index, "count", lambda *_: -1)
    assert kept.count(RELEVANT, scope) == 3
    kept.facets(RELEVANT, scope)
    kept.counted_page(RELEVANT, scope, limit=2)
    assert kept.count(RELEVANT, scope) == -1, "the oldest is forgotten"


def test_a_question_goes_on_at_the_snapshot_of_another(shelf: Shelf, index: Index) -> None:
    search = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    before = search.ask("is:relevant", MINISTRY)
    say(shelf, index, 4)
    assert search.count(search.within(RELEVANT, before.scope)) == 3
    assert search.within(RELEVANT, before.scope).text == "is:relevant"
    assert search.count(search.about(RELEVANT, MINISTRY)) == 4
