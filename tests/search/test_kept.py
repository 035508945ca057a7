"""What is remembered of an index is what the index said, and a later snapshot is asked anew."""

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import NOW, Shelf, StoppedClock, reading

from aimas.core import StoredPublication
from aimas.search.kept import VALUE_BYTES, KeptIndex, question_bytes
from aimas.search.service import Search
from aimas.search.tree import Everything, Is, Marked, Node, Word
from aimas.search.types import Hit, Scope
from aimas.storage.index import Index
from aimas.storage.places import SqlPlaces
from aimas.stories.placing import Placer

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


@pytest.mark.parametrize("seed", range(12))
def test_what_is_carried_from_snapshot_to_snapshot_is_what_the_index_says(
    shelf: Shelf, index: Index, seed: int
) -> None:
    """New texts, texts said long ago, revisions and later places, in random turns and strides."""
    dice, kept = random.Random(seed), KeptIndex(index, worth_s=0.0)
    placer = Placer(SqlPlaces(shelf.engine), shelf.archive)
    search = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    search._columns._worth_s = 0.0
    carried = []
    for turn in range(12):
        for n in range(dice.randrange(1, 6)):
            about = dice.random() < 0.6
            text = f"{'Полиция' if about else 'Школа'} нашла дело {turn} {n}."
            at = NOW - timedelta(days=dice.randrange(9), minutes=10 * turn + n)
            address = f"https://a.kz/{dice.randrange(1, 12)}"
            shelf.file(reading(text, relevant=about, address=address, published_at=at))
        if dice.random() < 0.5:
            placer.place_waiting()
        shelf.follow(index)
        scope = Scope(MINISTRY, index.position() - dice.randrange(3))
        for node in (Everything(), RELEVANT, Marked("placed"), Word("дело")):
            for limit in (1, 4, 100):
                said = kept.counted_page(node, scope, limit=limit)
                assert said == index.counted_page(node, scope, limit=limit)
            assert kept.count(node, scope) == index.count(node, scope) == said[0]
            assert kept.facets(node, scope) == index.facets(node, scope)
            first, last = NOW.date() - timedelta(days=8), NOW.date()
            assert kept.days(node, scope, first, last) == index.days(node, scope, first, last)
            question = search.within(node, scope)
            anew = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
            for ask in (
                lambda s, q: s.distinct(q),
                lambda s, q: s.stories(q, newest_first=True),
                lambda s, q: s.folded(q, limit=7, skip=2),
            ):
                assert ask(search, question) == ask(anew, question)
            carried.append(kept._answers._long.before((node, MINISTRY, "count"), scope.snapshot + 1))
    assert any(carried)


def test_what_was_answered_soon_is_asked_anew_and_what_took_long_is_carried(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Scope] = []
    real = index.count

    def count(node: Node, scope: Scope) -> int:
        asked.append(scope)
        return real(node, scope)

    monkeypatch.setattr(index, "count", count)
    soon, long = KeptIndex(index, worth_s=9.0), KeptIndex(index, worth_s=0.0)
    for kept, times in ((soon, 1), (long, 2)):
        before = index.position()
        assert kept.count(RELEVANT, Scope(MINISTRY, before))
        say(shelf, index, 10 + times)
        asked.clear()
        now = Scope(MINISTRY, index.position())
        assert kept.count(RELEVANT, now) == real(RELEVANT, now)
        assert len(asked) == times
    assert [s.came_after for s in asked] == [before, 0]


def test_what_was_said_is_not_asked_again(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = 2 * question_bytes(RELEVANT) + 8 * VALUE_BYTES
    kept, scope = KeptIndex(index, room), Scope(MINISTRY, index.position())
    assert kept.count(RELEVANT, scope) == 3
    monkeypatch.setattr(index, "count", lambda *_: -1)
    assert kept.count(RELEVANT, scope) == 3
    kept.facets(RELEVANT, scope)
    kept.counted_page(RELEVANT, scope, limit=2)
    assert kept.count(RELEVANT, scope) == -1, "the oldest is forgotten"


def test_a_large_answer_takes_the_room_of_many_small_ones(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [Is("source", (f"outlet-{n}",)) for n in range(10)]
    kept = KeptIndex(
        index, sum(question_bytes(node) + VALUE_BYTES for node in nodes) + question_bytes(RELEVANT)
    )
    scope = Scope(MINISTRY, index.position())
    for node in nodes:
        kept.count(node, scope)
    monkeypatch.setattr(index, "count", lambda *_: -1)
    assert [kept.count(node, scope) for node in nodes] == [0] * 10
    monkeypatch.setattr(index, "facets", lambda *_: {"source": {f"outlet-{n}": n for n in range(50)}})
    kept.facets(RELEVANT, scope)
    left = [kept.count(node, scope) for node in nodes].count(0)
    assert left <= 10 - 50 * VALUE_BYTES // (question_bytes(nodes[-1]) + VALUE_BYTES)


class Swapped:
    """Records in whose place others may be put."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf

    def by_reading(self, positions: Sequence[int], at: int | None = None) -> list[StoredPublication]:
        return self.shelf.records.by_reading(positions, at)

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        return self.shelf.records.ids(positions)

    def head(self) -> int:
        return self.shelf.records.head()


def numbers(search: Search, scope: Scope) -> tuple[object, ...]:
    question = search.within(RELEVANT, scope)
    return (
        search.count(question),
        search.page(question, limit=9).count,
        search.facet(question, "source"),
        search.distinct(question),
    )


def anew(index: Index, shelf: Shelf, scope: Scope) -> tuple[object, ...]:
    """As who remembers nothing says it."""
    return numbers(Search(index, shelf.records, StoppedClock(), NOW.tzinfo), scope)  # type: ignore[arg-type]


def rebuild(index: Index, shelf: Shelf) -> None:
    writer = index.writer()
    writer.rebuild(shelf.records, lambda *_: None)
    writer.close()


def test_a_broken_index_that_was_built_anew_is_believed(shelf: Shelf, index: Index) -> None:
    say(shelf, index, *range(4, 8))
    writer = index.writer()
    # What was taken in is lost, and the index does not know it.
    writer._writer.delete_all_documents()
    writer._commit()
    writer.close()
    search = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    scope = Scope(MINISTRY, index.position())
    assert numbers(search, scope)[0] == 0
    rebuild(shelf.index(), shelf)
    assert index.position() == scope.snapshot
    assert numbers(search, scope) == anew(index, shelf, scope)
    assert numbers(search, scope)[0] == 7


def test_what_was_asked_while_the_index_was_built_is_not_kept(shelf: Shelf, index: Index) -> None:
    search = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    scope = search.about(RELEVANT, MINISTRY).scope
    writer = shelf.index().writer()
    writer._restart()
    said = []
    while writer.follow(shelf.records, 1):
        said.append(numbers(search, scope)[0])
    writer.close()
    assert said == [1, 2, 3]
    assert numbers(search, scope) == anew(index, shelf, scope)
    assert numbers(search, scope)[0] == 3


def test_what_was_asked_just_before_the_last_commit_is_not_kept(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope, kept, real = Scope(MINISTRY, index.position()), KeptIndex(index), index.count
    writer = shelf.index().writer()
    writer._restart()
    writer.follow(shelf.records, 1)

    def slowly(node: Node, scope: Scope) -> int:
        said = real(node, scope)
        while writer.follow(shelf.records):
            pass
        return said

    monkeypatch.setattr(index, "count", slowly)
    assert kept.count(RELEVANT, scope) == 1
    writer.close()
    assert index.position() == scope.snapshot
    assert kept.count(RELEVANT, scope) == 3


def test_what_was_asked_as_the_index_was_built_anew_is_not_kept(
    shelf: Shelf, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope, kept = Scope(MINISTRY, index.position()), KeptIndex(index)

    def slowly(node: Node, scope: Scope, *, limit: int) -> tuple[int, list[Hit]]:
        rebuild(shelf.index(), shelf)
        return -1, []

    with monkeypatch.context() as patch:
        patch.setattr(index, "counted_page", slowly)
        assert kept.counted_page(RELEVANT, scope, limit=9)[0] == -1
    assert kept.counted_page(RELEVANT, scope, limit=9)[0] == 3


def test_records_put_back_that_grew_otherwise_are_believed(
    shelf: Shelf, index: Index, tmp_path: Path
) -> None:
    records = Swapped(shelf)
    search = Search(index, records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    scope = search.about(RELEVANT, MINISTRY).scope
    assert numbers(search, scope)[0] == 3
    older = Shelf(tmp_path / "older")
    records.shelf = older
    older.file(reading("Полиция нашла дело 1.", relevant=True, address="https://a.kz/1"))
    older.follow(index)
    older.file(*(reading(f"Погода, заметка {n}.", address=f"https://b.kz/{n}") for n in range(3)))
    older.follow(index)
    assert index.position() > scope.snapshot
    assert numbers(search, scope) == anew(index, older, scope)
    assert numbers(search, scope)[0] == 1
    older.close()


def test_the_index_goes_on_in_its_generation(shelf: Shelf, index: Index) -> None:
    before = index.reached()
    say(shelf, index, 4)
    assert shelf.index().reached().generation == before.generation != ""
    assert index.reached().position == before.position + 1
    rebuild(index, shelf)
    assert index.reached().generation != before.generation
    assert shelf.index().reached() == index.reached()


def test_a_question_goes_on_at_the_snapshot_of_another(shelf: Shelf, index: Index) -> None:
    search = Search(index, shelf.records, StoppedClock(), NOW.tzinfo)  # type: ignore[arg-type]
    before = search.ask("is:relevant", MINISTRY)
    say(shelf, index, 4)
    assert search.count(search.within(RELEVANT, before.scope)) == 3
    assert search.within(RELEVANT, before.scope).text == "is:relevant"
    assert search.count(search.about(RELEVANT, MINISTRY)) == 4
