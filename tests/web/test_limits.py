"""Buckets: so much at once, so much an hour, and no more whatever the order."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import TESTER, StoppedClock

from aimas.app import App
from aimas.core import Unavailable
from aimas.web.limits import MOST_KEYS, RATES, Buckets, client_address

NAMES = st.sampled_from(sorted(RATES))


@given(NAMES, st.lists(st.floats(0, 600), max_size=60))
def test_never_more_than_the_burst_and_what_flowed_in_since(name: str, waits: list[float]) -> None:
    buckets, rate, now, taken = Buckets(), RATES[name], 1_000.0, 0
    for wait in waits:
        now += wait
        taken += buckets.taken(name, "10.0.0.1", now) == 0
    assert taken <= rate.burst + (now - 1_000) * rate.an_hour / 3600 + 1e-6


@given(NAMES)
def test_the_wait_that_is_told_is_long_enough_and_others_do_not_wait(name: str) -> None:
    buckets, rate = Buckets(), RATES[name]
    assert all(buckets.taken(name, "10.0.0.1", 0.0) == 0 for _ in range(rate.burst))
    wait_s = buckets.taken(name, "10.0.0.1", 0.0)
    assert wait_s > 0 and buckets.taken(name, "10.0.0.2", 0.0) == 0
    assert buckets.taken(name, "10.0.0.1", wait_s - 1.5) > 0 or wait_s < 2
    assert buckets.taken(name, "10.0.0.1", float(wait_s)) == 0


def test_a_clock_that_goes_back_gives_nothing_and_breaks_nothing() -> None:
    buckets = Buckets()
    for n in range(RATES["sign-in"].burst):
        assert buckets.taken("sign-in", "x", 100.0 - n) == 0
    assert buckets.taken("sign-in", "x", 0.0) > 0


def test_a_flood_of_addresses_does_not_fill_the_memory() -> None:
    buckets = Buckets()
    for n in range(MOST_KEYS + 500):
        buckets.taken("sign-in", f"10.{n}", float(n) / 1_000)
    assert len(buckets._filled) <= MOST_KEYS


@pytest.mark.parametrize(
    ("host", "known_as"),
    [
        pytest.param("203.0.113.7", "203.0.113.7", id="version 4"),
        pytest.param("::ffff:203.0.113.7", "203.0.113.7", id="version 4 in version 6"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", id="a subscriber's whole network"),
        pytest.param("testclient", "testclient", id="no address"),
    ],
)
def test_an_address_is_known_as_its_subscribers(host: str, known_as: str) -> None:
    class Asked:
        class client:
            pass

    Asked.client.host = host  # type: ignore[attr-defined]
    assert client_address(Asked) == known_as  # type: ignore[arg-type]


@pytest.mark.both_records
@pytest.mark.parametrize("name", ["receipt", "sign-in", "sign-in-name", "password"])
def test_what_is_guessed_is_limited_over_several_processes_and_a_restart(home: Path, name: str) -> None:
    one, other = App(home, StoppedClock(), TESTER), App(home, StoppedClock(), TESTER)
    here, there = Buckets(one.limits), Buckets(other.limits)
    burst, now = RATES[name].burst, 1_000_000.0
    tries = [(here, there)[n % 2].taken(name, "10.0.0.1", now) for n in range(burst)]
    assert tries == [0] * burst
    assert here.taken(name, "10.0.0.1", now) > 0 and there.taken(name, "10.0.0.1", now) > 0
    again = Buckets(App(home, StoppedClock(), TESTER).limits)
    waits_s = again.taken(name, "10.0.0.1", now)
    assert waits_s > 0, "a restart gives nobody a new start"
    assert again.taken(name, "10.0.0.2", now) == 0
    later = Buckets(one.limits)
    assert later.taken(name, "10.0.0.1", now + waits_s) == 0
    one.close()
    other.close()


def test_what_is_kept_of_tries_names_nobody_and_is_forgotten(app: App) -> None:
    buckets = Buckets(app.limits)
    buckets.taken("sign-in-name", "aigerim", 1_000_000.0)
    with app.database.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM limit_levels").all()
    assert len(rows) == 1 and "aigerim" not in str(rows) and b"aigerim" not in rows[0][1]
    buckets.taken("receipt", "10.0.0.1", 1_000_000.0 + 7 * 3600)
    with app.database.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM limit_levels").scalars().all()
    assert names == ["receipt"]


def test_while_the_records_are_busy_a_process_counts_alone() -> None:
    class Busy:
        def change(self, *_: object) -> None:
            raise Unavailable("busy", 1.0)

    buckets = Buckets(Busy())
    assert [buckets.taken("receipt", "a", 0.0) for _ in range(RATES["receipt"].burst)] == [0] * RATES[
        "receipt"
    ].burst
    assert buckets.taken("receipt", "a", 0.0) > 0
