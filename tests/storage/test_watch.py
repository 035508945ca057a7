"""Who listened: what is remembered of polls is what the records say, whenever a poll was written down."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from tests.builders import KEY, Shelf
from tests.sources.contract import NOW, record, source

from aimas.reports.listening import Polls
from aimas.sources import PollOutcome, PollState
from aimas.storage import polls as polls_module
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources
from aimas.storage.watch import SqlWatch

pytestmark = pytest.mark.both_records

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 5, 12, tzinfo=UTC)


@pytest.fixture
def store(shelf: Shelf) -> SqlSources:
    made = SqlSources(shelf.engine, Seal(KEY))
    for name in ("a", "b", "c"):
        made.put(source(name))
    return made


def poll(store: SqlSources, name: str, at: datetime, *, failed: bool = False, took_ms: int = 0) -> None:
    outcome = PollOutcome.FAILED if failed else PollOutcome.OK
    store.save(
        PollState(source=name),
        record(name, at=at, outcome=outcome, elapsed_ms=took_ms, new=0 if failed else 2),
        [],
    )


def by_source(polls: list[Polls]) -> dict[tuple[str, bool], tuple[int, datetime]]:
    found: dict[tuple[str, bool], tuple[int, datetime]] = {}
    for one in polls:
        n, last = found.get((one.source, one.was_answered), (0, one.last))
        found[one.source, one.was_answered] = (n + one.count, max(last, one.last))
    return found


def test_what_is_remembered_is_what_the_records_say(shelf: Shelf, store: SqlSources) -> None:
    """Polls written late, long ones and failed ones, told of up to any moment."""
    chance = random.Random(7)
    watch, remembering = SqlWatch(shelf.engine), SqlSources(shelf.engine, Seal(KEY))
    for _ in range(12):
        for _ in range(5):
            poll(
                store,
                chance.choice("abc"),
                MIDNIGHT + timedelta(minutes=chance.randrange(-1_440, 2_880)),
                failed=chance.random() < 0.3,
                took_ms=chance.choice((0, 900, 5_400_000)),
            )
        for _ in range(4):
            ended = MIDNIGHT + timedelta(minutes=chance.randrange(60, 4_000))
            for day in (MIDNIGHT - DAY, MIDNIGHT, MIDNIGHT + DAY):
                asked = (day, min(day + DAY, ended), ended)
                told, anew = watch.polls(*asked), SqlWatch(shelf.engine).polls(*asked)
                assert by_source(told) == by_source(anew)
            moment = MIDNIGHT + timedelta(seconds=chance.randrange(-90_000, 180_000))
            fresh = SqlSources(shelf.engine, Seal(KEY))
            assert remembering.polls_since(moment) == fresh.polls_since(moment)


@pytest.mark.parametrize(
    ("at", "took_ms", "counted"),
    [
        pytest.param(MIDNIGHT, 0, 1, id="at the first moment"),
        pytest.param(MIDNIGHT - timedelta(microseconds=1), 0, 0, id="just before it"),
        pytest.param(MIDNIGHT + DAY, 0, 0, id="at the first moment of the next day"),
        pytest.param(MIDNIGHT + DAY - timedelta(seconds=1), 2_000, 1, id="over midnight"),
        pytest.param(MIDNIGHT + timedelta(hours=23), 7_200_001, 0, id="not ended by then"),
    ],
)
def test_a_day_has_the_polls_that_began_in_it(
    shelf: Shelf, store: SqlSources, at: datetime, took_ms: int, counted: int
) -> None:
    poll(store, "a", at, took_ms=took_ms)
    watch = SqlWatch(shelf.engine)
    for _ in range(2):
        told = watch.polls(MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + DAY + timedelta(hours=1))
        assert sum(p.count for p in told) == counted


def test_recent_polls_end_at_the_moment_itself(shelf: Shelf, store: SqlSources) -> None:
    at = NOW + timedelta(minutes=7, microseconds=5)
    poll(store, "a", at)
    for moment, counts in (
        (at, {"a": {"ok": 1, "failed": 0, "new": 2}}),
        (at + timedelta(microseconds=1), {}),
    ):
        assert store.polls_since(moment) == counts


def test_other_records_than_they_were_are_read_anew(shelf: Shelf, store: SqlSources) -> None:
    watch = SqlWatch(shelf.engine)
    asked = (MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    for _ in range(3):
        poll(store, "a", NOW)
    assert sum(p.count for p in watch.polls(*asked)) == store.polls_since(MIDNIGHT)["a"]["ok"] == 3
    shelf.meddle("DELETE FROM polls WHERE id > 1")
    assert sum(p.count for p in watch.polls(*asked)) == store.polls_since(MIDNIGHT)["a"]["ok"] == 1


@contextmanager
def questions(shelf: Shelf) -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """All that the records are asked meanwhile, with the values."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(_: object, __: object, statement: str, values: tuple[object, ...], *___: object) -> None:
        asked.append((statement, values))

    event.listen(shelf.engine, "before_cursor_execute", note)
    yield asked
    event.remove(shelf.engine, "before_cursor_execute", note)


def plan(shelf: Shelf, statement: str, values: tuple[object, ...]) -> str:
    with shelf.engine.connect() as connection:
        return " ".join(r[3] for r in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))


def test_what_was_written_since_is_read_and_no_more(shelf: Shelf, store: SqlSources) -> None:
    watch = SqlWatch(shelf.engine)
    asked = (MIDNIGHT, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    poll(store, "a", NOW)
    with questions(shelf) as first:
        watch.polls(*asked)
    assert not any("min(" in statement for statement, _ in first), "nothing is remembered that could be wrong"
    poll(store, "a", NOW)
    with questions(shelf) as again:
        assert sum(p.count for p in watch.polls(*asked)) == 2
    (looked,) = [question for question in again if "min(" in question[0]]
    if shelf.engine.dialect.name == "sqlite":
        assert "INTEGER PRIMARY KEY (rowid>?)" in plan(shelf, *looked)


def test_a_span_that_is_not_over_is_asked_for_once(shelf: Shelf, store: SqlSources) -> None:
    watch = SqlWatch(shelf.engine)
    poll(store, "a", MIDNIGHT + timedelta(minutes=1))
    at = MIDNIGHT + timedelta(minutes=20)
    with questions(shelf) as asked:
        assert sum(p.count for p in watch.polls(MIDNIGHT, at + timedelta(microseconds=1), at)) == 1
    assert len([statement for statement, _ in asked if "polls.at >=" in statement]) == 1


def test_days_that_are_asked_for_stay_remembered(
    shelf: Shelf, store: SqlSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polls_module, "KEPT_SPANS", 2)
    watch, over = SqlWatch(shelf.engine), MIDNIGHT + 9 * DAY
    for day in (0, 1, 0, 2):
        watch.polls(MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY, over)
    for day, is_read in ((0, False), (1, True)):
        with questions(shelf) as asked:
            watch.polls(MIDNIGHT + day * DAY, MIDNIGHT + (day + 1) * DAY, over)
        assert any("polls.at >=" in statement for statement, _ in asked) is is_read


def test_what_was_declared_later_is_not_known_before(shelf: Shelf) -> None:
    watch = SqlWatch(shelf.engine)
    positions = []
    for name in ("Old", "New"):
        with shelf.archive.settling() as settlement:
            said = {"id": "a", "kind": "feed", "ownership": "outlet", "name": name}
            positions.append(settlement.act("source-declared", "a", said))
    for position, names in (
        (positions[1], ["New"]),
        (positions[0], ["Old"]),
        (0, []),
        (positions[1], ["New"]),
    ):
        assert [d.name for d in watch.declared(position)] == names
