"""The contract of a store of sources, and that nothing of a personal page lies open in the file."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.builders import KEY, Shelf
from tests.sources.contract import NOW, SourceStoreContract, record, source

from aimas.core import BadInput, Ownership
from aimas.sources import PollOutcome, PollState
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources

pytestmark = pytest.mark.both_records


@pytest.fixture
def store(shelf: Shelf) -> SqlSources:
    return SqlSources(shelf.engine, Seal(KEY))


class TestSqlSources(SourceStoreContract):
    @pytest.fixture
    def store(self, shelf: Shelf) -> Iterator[SqlSources]:
        yield SqlSources(shelf.engine, Seal(KEY))


def raw(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def test_a_personal_pages_address_and_name_lie_nowhere_in_the_open(shelf: Shelf, store: SqlSources) -> None:
    page = source(
        "personal-1", address="https://t.me/s/aigerim_handle", name="Aigerim", ownership=Ownership.PERSONAL
    )
    store.put(page)
    state = PollState(source=page.id, last_error="https://t.me/s/aigerim_handle: 404")
    failed = record(page.id, outcome=PollOutcome.FAILED, detail="https://t.me/s/aigerim_handle: 404")
    store.save(state, failed, [])
    assert store.get_source(page.id) == page
    assert store.polls(page.id, 1)[0].detail == ""
    shelf.close()
    assert b"aigerim" not in raw(shelf.folder).lower()


def test_all_come_with_their_states_in_one_question(store: SqlSources) -> None:
    for name in ("b", "a"):
        store.put(source(name))
    store.save(PollState(source="b", etag='"1"'), record("b"), [])
    assert store.states() == [(s, store.state_of(s.id)) for s in store.sources()]
    assert [state.etag for _, state in store.states()] == [None, '"1"']


def test_an_outlets_error_is_kept(store: SqlSources) -> None:
    store.put(source())
    store.save(PollState(source="tengri"), record(detail="404"), [])
    assert store.polls("tengri", 1)[0].detail == "404"


def test_another_homes_key_opens_nothing(shelf: Shelf, store: SqlSources) -> None:
    store.put(source())
    with pytest.raises(BadInput, match=r"master\.key does not belong"):
        SqlSources(shelf.engine, Seal(bytes(32))).sources()


def test_a_retired_source_is_polled_no_more_and_keeps_its_name(store: SqlSources) -> None:
    store.put(source())
    store.save(PollState(source="tengri"), record(), [])
    assert store.retire("tengri", NOW)
    assert not store.retire("tengri", NOW)
    assert store.due(NOW + timedelta(days=9), 10) == []
    found = store.get_source("tengri")
    assert found is not None and (found.name, found.retired_at) == (source().name, NOW)
    # A poll that was under way when it was retired does not wake it.
    store.save(PollState(source="tengri", next_due=NOW), record(), [])
    assert store.due(NOW + timedelta(days=9), 10) == []
    store.put(source())
    assert [s.id for s, _ in store.due(NOW + timedelta(days=9), 10)] == ["tengri"]


def test_what_a_poll_knew_already_is_counted_at_the_door(shelf: Shelf, store: SqlSources) -> None:
    store.put(source())
    store.save(PollState(source="tengri"), record(listed=7, known=7), [])
    counted = {(t.step, t.outcome, t.reason): t.n for t in shelf.records.tallies()}
    assert counted == {("gather", "entered", ""): 7, ("gather", "dropped", "already-filed"): 7}


def test_polls_are_summed_since_a_moment(store: SqlSources) -> None:
    store.put(source())
    for outcome, new in ((PollOutcome.OK, 3), (PollOutcome.NOT_MODIFIED, 0), (PollOutcome.FAILED, 0)):
        store.save(PollState(source="tengri"), record(outcome=outcome, new=new), [])
    assert store.polls_since(NOW) == {"tengri": {"ok": 2, "failed": 1, "new": 3}}
    assert store.polls_since(NOW.replace(year=2027)) == {}
