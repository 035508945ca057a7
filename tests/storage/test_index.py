"""The index follows the records: the same whichever way it got there, and true at every snapshot."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, date, timedelta

import pytest
from tests.builders import NOW, Shelf, reading

from aimas.core import Language, Tone, Unavailable
from aimas.search import parse
from aimas.search.tree import Dated, Everything, Is, Marked, Node, Word
from aimas.search.types import Hit, Scope
from aimas.storage.index import CURRENT, Index, order_key, state
from aimas.storage.index.state import StateFile

pytestmark = pytest.mark.both_records

TODAY = date(2026, 5, 12)
EVERYTHING = Everything()
TONES = (Tone.CRITICAL, Tone.POSITIVE, Tone.NEUTRAL, Tone.UNCLEAR)


def at(position: int) -> Scope:
    return Scope("kz-mia", position)


def stock(shelf: Shelf, n: int = 12) -> None:
    shelf.file(
        *(
            reading(
                f"Полиция сообщила о деле номер {i}.",
                title=f"Дело {i}",
                address=f"https://a.kz/{i}",
                source=f"s{i % 3}",
                tone=TONES[i % 4] if i % 2 else None,
                language=Language.KK if i % 5 == 0 else Language.RU,
                regions=("KZ-75", "KZ-10")[: i % 3],
                themes=("corruption",) if i % 3 == 0 else (),
                published_at=NOW - timedelta(days=i) if i % 4 else None,
            )
            for i in range(n)
        )
    )
    shelf.file(reading("Полиция опровергла.", address="https://a.kz/1", tone=Tone.NEUTRAL, source="s1"))
    with shelf.archive.settling() as settlement:
        settlement.reread(3, reading("Полиция сообщила о деле номер 2.", tone=Tone.POSITIVE))


def whole_list(index: Index, node: Node, scope: Scope, step: int = 3) -> list[Hit]:
    hits: list[Hit] = []
    below = None
    while page := index.page(node, scope, limit=step, below=below):
        hits += page
        below = page[-1].order
    return hits


def picture(index: Index, head: int) -> dict[int, object]:
    """All that can be asked, at every snapshot."""
    since, until = TODAY - timedelta(days=30), TODAY
    return {
        p: (
            index.count(EVERYTHING, at(p)),
            whole_list(index, EVERYTHING, at(p)),
            index.facets(EVERYTHING, at(p)),
            index.days(EVERYTHING, at(p), since, until),
            index.tones_by_day(EVERYTHING, at(p), since, until),
        )
        for p in range(head + 1)
    }


def test_what_followed_step_by_step_equals_what_was_rebuilt(shelf: Shelf) -> None:
    index = shelf.index()
    for _ in range(2):
        stock(shelf)
        shelf.follow(index)
    followed = picture(index, shelf.records.head())
    writer = index.writer()
    writer.rebuild(shelf.records, lambda done, head: None)
    writer.close()
    assert picture(index, shelf.records.head()) == followed
    assert index.position() == shelf.records.head()


def test_a_crash_between_commit_and_position_doubles_nothing(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = shelf.index()
    stock(shelf)
    shelf.follow(index)
    shelf.file(reading("Новое.", address="https://a.kz/2"), reading("Ещё."))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "write", crash)
        writer = index.writer()
        with pytest.raises(KeyboardInterrupt):
            writer.follow(shelf.records)
        writer.close()
    assert index.position() == shelf.records.head() - 2
    again = shelf.index()
    shelf.follow(again)
    fresh = Shelf(shelf.folder, address=shelf.address)
    other = Index(shelf.folder / "other", UTC)
    fresh.follow(other)
    assert picture(again, shelf.records.head()) == picture(other, shelf.records.head())
    fresh.close()


def test_every_snapshot_agrees_with_itself_while_items_arrive(shelf: Shelf) -> None:
    index = shelf.index()
    stop = threading.Event()

    def arrive() -> None:
        writer = index.writer()
        n = 0
        while not stop.is_set():
            n += 1
            shelf.file(
                reading(
                    f"Полиция, выпуск {n}.", tone=TONES[n % 4], address=f"https://b.kz/{n % 7}", source="s"
                ),
                reading(f"Слово {n} о полиции.", address=f"https://c.kz/{n}"),
            )
            writer.follow(shelf.records)
        writer.close()

    thread = threading.Thread(target=arrive)
    thread.start()
    seen: dict[int, int] = {}
    node = parse("полиция", TODAY)
    try:
        while len(seen) < 25:
            assert thread.is_alive(), "nothing arrives any more"
            snapshot = index.position()
            for p in {snapshot, *list(seen)[-3:]}:
                count = index.count(node, at(p))
                assert seen.setdefault(p, count) == count, "a snapshot's count never changes"
                hits = whole_list(index, node, at(p), 5)
                assert len(hits) == len(set(hits)) == count
                assert sum(index.facets(node, at(p))["source"].values()) == count
                assert sum(index.facets(node, at(p))["lang"].values()) == count
                assert len(shelf.records.by_reading([h.reading for h in hits])) == count
                relevant = index.count(Marked("relevant"), at(p))
                assert sum(index.facets(EVERYTHING, at(p))["tone"].values()) == relevant
    finally:
        stop.set()
        thread.join()


def test_a_revision_takes_its_place_only_after_its_position(shelf: Shelf) -> None:
    index = shelf.index()
    shelf.file(reading("старое слово", address="https://a.kz/1", tone=Tone.CRITICAL))
    shelf.file(reading("новое слово", address="https://a.kz/1", tone=Tone.POSITIVE))
    shelf.follow(index)
    for position, text, tone in ((1, "старое", "critical"), (2, "новое", "positive")):
        assert index.count(parse(text, TODAY), at(position)) == 1
        assert index.count(EVERYTHING, at(position)) == 1
        assert index.facets(EVERYTHING, at(position))["tone"] == {tone: 1}
    assert index.count(parse("is:revised", TODAY), at(2)) == 1
    assert index.count(EVERYTHING, at(0)) == 0


@pytest.mark.parametrize("step", [1, 2, 5, 100])
def test_paging_neither_skips_nor_repeats(shelf: Shelf, step: int) -> None:
    """All of one second: order within it is that of filing."""
    index = shelf.index()
    shelf.file(*(reading(f"Текст {n}.") for n in range(11)))
    shelf.follow(index)
    hits = whole_list(index, EVERYTHING, at(11), step)
    assert [h.reading for h in hits] == list(range(11, 0, -1))


def test_order_keys_are_unique_and_go_by_time_then_filing() -> None:
    later = NOW + timedelta(seconds=1)
    keys = [order_key(NOW, 1), order_key(NOW, 2), order_key(later, 1), order_key(later, 2)]
    assert keys == sorted(set(keys))
    assert order_key(NOW.replace(year=1900), 7) == 7
    assert max(keys) < 2**64 and CURRENT < 2**63


def test_one_process_writes(shelf: Shelf) -> None:
    writer = shelf.index().writer()
    with pytest.raises(Unavailable, match="Another process is writing"):
        shelf.index().writer()
    writer.close()
    shelf.index().writer().close()


def test_processes_that_write_in_turns_leave_no_files_behind(shelf: Shelf) -> None:
    ours = shelf.index()
    for n in range(40):
        shelf.file(reading(f"Полиция, выпуск {n}.", address=f"https://b.kz/{n}"))
        # Each other one is opened anew and then never asked again, as by a process that ends.
        shelf.follow(ours if n % 2 else shelf.index())
    shelf.index().writer().close()
    folder = shelf.folder / "index" / "tantivy"
    segments = json.loads((folder / "meta.json").read_bytes())["segments"]
    of_segments = {path.name[:32] for path in folder.iterdir() if len(path.name.split(".")[0]) == 32}
    assert of_segments == {segment["segment_id"].replace("-", "") for segment in segments}
    assert len(segments) < 40, "nothing was merged"
    assert ours.count(EVERYTHING, at(40)) == 40


def test_an_older_copy_of_the_records_starts_the_index_anew(shelf: Shelf) -> None:
    stock(shelf)
    index = shelf.index()
    shelf.follow(index)
    other = Shelf(shelf.folder / "older")
    other.file(reading("Одно."))
    writer = index.writer()
    while writer.follow(other.records):
        pass
    writer.close()
    assert index.position() == 1
    assert whole_list(index, EVERYTHING, at(99)) == [Hit(1, order_key(NOW, 1))]
    other.close()


def test_another_copy_that_has_grown_past_it_starts_the_index_anew(shelf: Shelf) -> None:
    stock(shelf)
    index = shelf.index()
    shelf.follow(index)
    other = Shelf(shelf.folder / "older")
    other.file(*(reading(f"Погода, заметка {n}.", address=f"https://b.kz/{n}") for n in range(30)))
    assert other.records.head() > index.position()
    before = index.reached().generation
    other.follow(index)
    assert index.position() == index.count(EVERYTHING, at(99)) == 30
    assert index.reached().generation != before
    other.follow(index)
    assert index.position() == 30
    other.close()


def test_another_format_is_built_anew(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(shelf)
    shelf.follow(shelf.index())
    monkeypatch.setattr(state, "FORMAT", 999)
    index = shelf.index()
    assert index.position() == 0
    shelf.follow(index)
    assert index.count(EVERYTHING, at(shelf.records.head())) == 12


def test_an_index_that_cannot_be_written_says_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(shelf)
    index = shelf.index()

    class Full:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def refuse(*_: object) -> None:
                raise ValueError("An IO error occurred: No space left on device")

            return refuse

    writer = index.writer()
    real, writer._writer = writer._writer, Full()
    with pytest.raises(Unavailable, match=r"search index .* can't be written: .*No space left"):
        writer.follow(shelf.records)
    writer._writer = real
    writer.close()
    assert index.position() == 0
    shelf.follow(index)
    assert index.count(EVERYTHING, at(shelf.records.head())) == 12


@pytest.mark.parametrize(
    ("node", "count"),
    [
        pytest.param(Dated(TODAY, TODAY), 1, id="one day"),
        pytest.param(Dated(None, TODAY - timedelta(days=6)), 2, id="an open beginning"),
        pytest.param(Dated(None, None), 7, id="dated at all"),
        pytest.param(Dated(None, None, fetched=True), 10, id="fetched at all is everything"),
        pytest.param(Dated(TODAY, None, fetched=True), 10, id="fetched since"),
        pytest.param(Marked("undated"), 3, id="undated"),
        pytest.param(Is("id", ("nothing",)), 0, id="an id that is none"),
    ],
)
def test_dates(shelf: Shelf, node: Node, count: int) -> None:
    index = shelf.index()
    shelf.file(
        *(
            reading(f"Текст {i}.", published_at=NOW - timedelta(days=i) if i % 4 or not i else None)
            for i in range(8)
        ),
        reading("Без даты.", published_at=None),
        reading("Вовсе без даты.", published_at=None),
    )
    shelf.follow(index)
    assert index.count(node, at(99)) == count


def test_what_a_full_disk_left_of_a_commit_is_not_in_the_way(shelf: Shelf) -> None:
    shelf.file(reading("Полиция", address="https://a.kz/1"), reading("B", address="https://a.kz/2"))
    index = shelf.index()
    shelf.follow(index)
    folder = shelf.folder / "index" / "tantivy"
    meta = json.loads((folder / "meta.json").read_bytes())
    segment = meta["segments"][0]["segment_id"].replace("-", "")
    for ahead in range(1, 50):
        (folder / f"{segment}.{meta['opstamp'] + ahead}.del").write_bytes(b"half of a list")
    shelf.file(reading("Полиция и суд", address="https://a.kz/1"))
    shelf.follow(index)
    scope = Scope("kz-mia", 3)
    assert index.count(Word("полиция"), scope) == index.count(Word("суд"), scope) == 1
