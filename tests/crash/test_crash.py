"""Twenty kills, every write point among them, and troubles that kill nobody: nothing that was reported is lost, nothing
is there twice."""

from collections.abc import Iterable
from pathlib import Path

from tests.crash.harness import killed, table
from tests.crash.nursery import Nursery
from tests.crash.troubles import Trouble, full_disks, jumping_clocks, lost_servers
from tests.postgres import PostgresServer

from aimas.storage.faults import POINTS

KILLS = 20


def test_killed_at_every_point_it_goes_on_where_it_was(tmp_path: Path, postgres: PostgresServer) -> None:
    with Nursery() as nursery:
        outcomes = list(killed(nursery, tmp_path, postgres.database, KILLS, seed=7))
    assert [(o.kill, o.wrong) for o in outcomes if o.wrong] == []
    assert {o.kill.point for o in outcomes if o.was_hit} == set(POINTS), table(outcomes)


def felt(troubles: Iterable[Trouble]) -> int:
    """How many were felt; none may have left anything wrong."""
    met = list(troubles)
    assert [(t.kind, t.detail, t.wrong) for t in met if t.wrong] == []
    return sum(t.was_felt for t in met)


def test_a_full_disk_stops_it_in_plain_words_and_loses_nothing(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    with Nursery() as nursery:
        assert felt(full_disks(nursery, tmp_path, postgres.database, 8, seed=3)) >= 4


def test_a_server_that_crashes_in_the_middle_is_gone_on_with(tmp_path: Path) -> None:
    with PostgresServer() as own, Nursery() as nursery:
        assert felt(lost_servers(nursery, tmp_path, own, 6, seed=1)) >= 4


def test_a_clock_that_jumps_loses_and_doubles_nothing(tmp_path: Path, postgres: PostgresServer) -> None:
    with Nursery() as nursery:
        assert felt(jumping_clocks(nursery, tmp_path, postgres.database, 3, seed=5)) == 6
