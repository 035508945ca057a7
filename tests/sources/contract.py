"""What every store of sources must do; every backend's test inherits this class."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from aimas.core import Ownership
from aimas.sources.types import (
    ItemMark,
    Poll,
    PollOutcome,
    PollState,
    Source,
    SourceKind,
    SourceStore,
    Standing,
    Take,
)

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=30)


def source(source_id: str = "tengri", **changes: object) -> Source:
    fields: dict[str, object] = {
        "id": source_id,
        "kind": SourceKind.FEED,
        "address": f"https://{source_id}.example/rss",
        "name": source_id.title(),
        "ownership": Ownership.OUTLET,
    }
    return Source(**{**fields, **changes})  # type: ignore[arg-type]


def record(source_id: str = "tengri", **changes: object) -> Poll:
    fields: dict[str, object] = {"source": source_id, "at": NOW, "outcome": PollOutcome.OK}
    return Poll(**{**fields, **changes})  # type: ignore[arg-type]


class SourceStoreContract:
    """The subclass gives a fixture `store`: an empty one."""

    def test_a_declaration_comes_back_whole(self, store: SourceStore) -> None:
        whole = source(
            kind=SourceKind.SITEMAP,
            home="https://tengri.example/",
            language_hint="kk",
            take=Take.PAGE,
            timezone="Asia/Almaty",
            min_interval_s=61.5,
            max_interval_s=3600.0,
            pages_per_poll=7,
            link_pattern="^/news/",
            robots=False,
        )
        store.put(whole)
        assert store.get_source("tengri") == whole
        assert store.get_source("other") is None
        assert store.sources() == [whole]

    def test_sources_come_by_id(self, store: SourceStore) -> None:
        for name in ("b", "c", "a"):
            store.put(source(name))
        assert [found.id for found in store.sources()] == ["a", "b", "c"]

    def test_declaring_anew_keeps_what_is_remembered(self, store: SourceStore) -> None:
        store.put(source())
        store.save(PollState(source="tengri", etag='"1"'), record(), [ItemMark("k", "d")])
        store.put(source(name="Tengrinews"))
        found = store.get_source("tengri")
        assert found is not None and found.name == "Tengrinews"
        assert store.state_of("tengri").etag == '"1"'
        assert store.standings("tengri", [ItemMark("k", "d")]) == [Standing.KNOWN]

    def test_a_source_never_polled_has_a_fresh_state(self, store: SourceStore) -> None:
        store.put(source())
        assert store.state_of("tengri") == PollState(source="tengri")

    def test_a_state_comes_back_whole(self, store: SourceStore) -> None:
        store.put(source())
        state = PollState(
            source="tengri",
            address="https://moved.example/rss",
            etag='W/"x"',
            last_modified="Tue, 12 May 2026 09:00:00 GMT",
            body_digest="ab",
            validators_lie=True,
            full_at=NOW,
            interval_s=123.25,
            next_due=NOW + timedelta(seconds=5, microseconds=7),
            last_attempt_at=NOW,
            last_ok_at=NOW - LEASE,
            consecutive_failures=3,
            last_error="қате: тайм-аут",
            newest_item_at=NOW - timedelta(days=2),
            cursor=NOW - timedelta(days=3),
            tries={"k": 2},
            link_shapes=("/news/w",),
        )
        store.save(state, record(), [])
        assert store.state_of("tengri") == state

    def test_polls_come_newest_first(self, store: SourceStore) -> None:
        store.put(source())
        polls = [
            record(
                at=NOW + timedelta(minutes=n),
                listed=9,
                known=1,
                new=2,
                dropped=3,
                held=1,
                postponed=2,
                bytes=5 << 30,
                elapsed_ms=n,
                detail="мәтін",
            )
            for n in range(4)
        ]
        for poll in polls:
            store.save(PollState(source="tengri"), poll, [])
        assert store.polls("tengri", 3) == [polls[3], polls[2], polls[1]]
        assert store.polls("other", 3) == []

    def test_a_new_source_is_due_at_once(self, store: SourceStore) -> None:
        store.put(source())
        assert store.due(NOW, 10) == [(source(), PollState(source="tengri"))]

    def test_the_longest_due_comes_first(self, store: SourceStore) -> None:
        for name, minutes in (("later", 1), ("early", 5), ("not-yet", -1)):
            store.put(source(name))
            due = NOW - timedelta(minutes=minutes)
            store.save(PollState(source=name, next_due=due), record(name), [])
        store.put(source("never"))
        assert [found.id for found, _ in store.due(NOW, 10)] == ["never", "early", "later"]
        assert [found.id for found, _ in store.due(NOW, 2)] == ["never", "early"]

    def test_exactly_at_the_moment_is_due(self, store: SourceStore) -> None:
        store.put(source())
        store.save(PollState(source="tengri", next_due=NOW), record(), [])
        assert len(store.due(NOW, 10)) == 1
        assert store.due(NOW - timedelta(seconds=1), 10) == []

    def test_neither_the_dead_nor_imports_are_due(self, store: SourceStore) -> None:
        store.put(source("dead"))
        store.save(PollState(source="dead", dead=True), record("dead"), [])
        store.put(source("import", kind=SourceKind.IMPORT, address=""))
        assert store.due(NOW, 10) == []
        assert not store.claim("dead", NOW, NOW + LEASE)
        assert not store.claim("import", NOW, NOW + LEASE)

    def test_what_is_claimed_is_not_due_until_the_lease_ends(self, store: SourceStore) -> None:
        store.put(source())
        assert store.claim("tengri", NOW, NOW + LEASE)
        assert not store.claim("tengri", NOW, NOW + LEASE)
        assert store.due(NOW, 10) == []
        assert len(store.due(NOW + LEASE, 10)) == 1, "a poller that crashed gives nothing back"
        assert store.claim("tengri", NOW + LEASE, NOW + 2 * LEASE)

    def test_what_is_not_due_or_unknown_cannot_be_claimed(self, store: SourceStore) -> None:
        store.put(source())
        store.save(PollState(source="tengri", next_due=NOW + LEASE), record(), [])
        assert not store.claim("tengri", NOW, NOW + LEASE)
        assert not store.claim("other", NOW, NOW + LEASE)

    def test_one_of_many_gets_the_claim(self, store: SourceStore) -> None:
        store.put(source())
        with ThreadPoolExecutor(8) as pool:
            claims = list(pool.map(lambda _: store.claim("tengri", NOW, NOW + LEASE), range(8)))
        assert sum(claims) == 1

    @pytest.mark.parametrize("end", ["save", "release"])
    def test_a_claim_ends(self, store: SourceStore, end: str) -> None:
        store.put(source())
        store.claim("tengri", NOW, NOW + LEASE)
        ends: dict[str, Callable[[], None]] = {
            "save": lambda: store.save(PollState(source="tengri"), record(), []),
            "release": lambda: store.release("tengri"),
        }
        ends[end]()
        assert store.claim("tengri", NOW, NOW + LEASE)

    def test_what_a_clock_that_was_ahead_put_off_is_due_again(self, store: SourceStore) -> None:
        for name in ("ahead", "right", "claimed", "in-hand"):
            store.put(source(name))
        year = timedelta(days=365)
        ahead = PollState(source="ahead", next_due=NOW + year + LEASE)
        store.save(ahead, record("ahead", at=NOW + year), [])
        rare = PollState(source="right", next_due=NOW + timedelta(days=40))
        store.save(rare, record("right"), [])
        assert store.claim("claimed", NOW, NOW + year + LEASE)
        assert store.claim("in-hand", NOW, NOW + LEASE)
        assert store.due(NOW, 10) == []
        assert store.set_right(NOW) == 2
        assert sorted(found.id for found, _ in store.due(NOW, 10)) == ["ahead", "claimed"]
        # Once polled under the right clock it is due as it says.
        store.claim("ahead", NOW, NOW + LEASE)
        store.save(PollState(source="ahead", next_due=NOW + LEASE), record("ahead"), [])
        store.release("claimed")
        assert store.set_right(NOW) == 0
        assert [found.id for found, _ in store.due(NOW, 10)] == ["claimed"]

    def test_standings_tell_new_changed_and_known(self, store: SourceStore) -> None:
        store.put(source())
        store.put(source("other"))
        store.save(PollState(source="tengri"), record(), [ItemMark("a", "1"), ItemMark("b", "1")])
        asked = [ItemMark("b", "2"), ItemMark("a", "1"), ItemMark("c", "1")]
        assert store.standings("tengri", asked) == [Standing.CHANGED, Standing.KNOWN, Standing.NEW]
        assert store.standings("tengri", asked) == [Standing.CHANGED, Standing.KNOWN, Standing.NEW]
        assert store.standings("other", asked) == [Standing.NEW] * 3
        assert store.standings("tengri", []) == []

    def test_a_changed_item_is_known_once_saved(self, store: SourceStore) -> None:
        store.put(source())
        store.save(PollState(source="tengri"), record(), [ItemMark("a", "1")])
        store.save(PollState(source="tengri"), record(), [ItemMark("a", "2")])
        assert store.standings("tengri", [ItemMark("a", "2")]) == [Standing.KNOWN]

    def test_thousands_of_marks_are_no_matter(self, store: SourceStore) -> None:
        store.put(source())
        marks = [ItemMark(f"{n:032x}", "1") for n in range(5000)]
        store.save(PollState(source="tengri"), record(), marks[:2500])
        found = store.standings("tengri", marks)
        assert found == [Standing.KNOWN] * 2500 + [Standing.NEW] * 2500
