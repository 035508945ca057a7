"""`make soak`: as many kills as asked for, with a table of hits at each point."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.harness import killed, table
from tests.crash.nursery import Nursery
from tests.postgres import PostgresServer


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=216)
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
    print(f"took {time.monotonic() - began:.0f} s, seed {asked.seed}")
    return 1 if any(o.wrong for o in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
