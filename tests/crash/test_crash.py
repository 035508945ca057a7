"""Twenty kills, every write point among them: nothing that was reported is lost, nothing is there twice."""

from pathlib import Path

from tests.crash.harness import killed, table
from tests.crash.nursery import Nursery
from tests.postgres import PostgresServer

from aimas.storage.faults import POINTS

KILLS = 20


def test_killed_at_every_point_it_goes_on_where_it_was(tmp_path: Path, postgres: PostgresServer) -> None:
    with Nursery() as nursery:
        outcomes = list(killed(nursery, tmp_path, postgres.database, KILLS, seed=7))
    assert [(o.kill, o.wrong) for o in outcomes if o.wrong] == []
    assert {o.kill.point for o in outcomes if o.was_hit} == set(POINTS), table(outcomes)
