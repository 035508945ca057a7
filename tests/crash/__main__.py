"""`make soak`: as many kills as asked for, with a table of hits at each point; then troubles that kill nobody."""

import argparse
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

from tests.crash.harness import killed, table
from tests.crash.nursery import Nursery
from tests.crash.troubles import full_disks, jumping_clocks, lost_servers
from tests.postgres import PostgresServer


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=216)
    parser.add_argument(
        "--troubles", type=int, default=40, help="of each kind: full disks, lost servers, clocks"
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    outcomes = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server, Nursery() as nursery:
        for outcome in killed(nursery, Path(folder), server.database, asked.kills, asked.seed):
            outcomes.append(outcome)
            if outcome.wrong:
                print(f"{outcome.kill}: {outcome.wrong}", file=sys.stderr)
            if len(outcomes) % 20 == 0:
                left = (time.monotonic() - began) / len(outcomes) * (asked.kills - len(outcomes))
                print(f"{len(outcomes)} of {asked.kills}, {left / 60:.0f} min left", file=sys.stderr)
        print(table(outcomes))
        met = []
        for trouble in chain(
            full_disks(nursery, Path(folder) / "disk", server.database, asked.troubles, asked.seed),
            lost_servers(nursery, Path(folder) / "server", server, asked.troubles, asked.seed),
            jumping_clocks(nursery, Path(folder) / "clock", server.database, asked.troubles // 2, asked.seed),
        ):
            met.append(trouble)
            if trouble.wrong:
                print(f"{trouble.kind}, {trouble.detail}: {trouble.wrong}", file=sys.stderr)
    for kind in dict.fromkeys(t.kind for t in met):
        these = [t for t in met if t.kind == kind]
        felt, wrong = sum(t.was_felt for t in these), sum(bool(t.wrong) for t in these)
        print(f"{kind:<20}{len(these)} times, felt {felt}, wrong after {wrong}")
    print(f"took {time.monotonic() - began:.0f} s, seed {asked.seed}")
    return 1 if any(o.wrong for o in (*outcomes, *met)) else 0


if __name__ == "__main__":
    sys.exit(main())
