"""What partitions by month would cost and bring on PostgreSQL: `python -m bench.partitions [ROWS]`, for decision 15.

The keys of publications alone, in one table and in sixty: every unique key of the second must hold the month, so a row
that is looked for by position or by id, which know no month, is looked for in all of them.
"""

import argparse
import hashlib
import json
import random
import time
from statistics import median
from typing import Any

from sqlalchemy import create_engine, text
from tests.postgres import PostgresServer

MONTHS = 60
COLUMNS = (
    "position bigint NOT NULL, id text NOT NULL, key text NOT NULL, revision int NOT NULL, month int NOT NULL"
)


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.partitions", description=__doc__)
    asked.add_argument("rows", type=int, nargs="?", default=600_000)
    rows = asked.parse_args().rows
    chance = random.Random(1)
    with PostgresServer() as server:
        plain, _, folder = server.database().replace("postgresql:", "postgresql+pg8000:").partition("?host=")
        engine = create_engine(plain, connect_args={"unix_sock": f"{folder}/.s.PGSQL.5432"})
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:

            def do(statement: str) -> Any:
                return connection.execute(text(statement))

            do("SET plan_cache_mode = force_custom_plan")
            do(
                f"CREATE TABLE many ({COLUMNS}, PRIMARY KEY (position, month), UNIQUE (id, month), "
                "UNIQUE (key, revision, month)) PARTITION BY LIST (month)"
            )
            for month in range(MONTHS):
                do(f"CREATE TABLE many_{month} PARTITION OF many FOR VALUES IN ({month})")
            do(f"CREATE TABLE one ({COLUMNS}, PRIMARY KEY (position), UNIQUE (id), UNIQUE (key, revision))")
            found: dict[str, dict[str, float]] = {}
            for table in ("many", "one"):
                began = time.perf_counter()
                do(
                    f"INSERT INTO {table} SELECT n, md5(n::text), md5((-n)::text), 1, "
                    f"n::bigint * {MONTHS} / {rows + 1} FROM generate_series(1, {rows}) n"
                )
                filled_s = time.perf_counter() - began
                do(f"ANALYZE {table}")

                def by_position(many: int, table: str = table) -> str:
                    numbers = ", ".join(str(chance.randint(1, rows)) for _ in range(many))
                    return f"SELECT id FROM {table} WHERE position IN ({numbers})"

                def by_id(table: str = table) -> str:
                    name = hashlib.md5(str(chance.randint(1, rows)).encode()).hexdigest()
                    return f"SELECT position FROM {table} WHERE id = '{name}'"

                asked = {
                    "one by position": [by_position(1) for _ in range(200)],
                    "one by id": [by_id() for _ in range(200)],
                    "fifty of a list": [by_position(50) for _ in range(200)],
                }
                found[table] = {"filled_s": round(filled_s, 1)}
                for name, statements in asked.items():
                    taken = []
                    for statement in statements:
                        began = time.perf_counter()
                        do(statement).all()
                        taken.append((time.perf_counter() - began) * 1_000)
                    found[table][f"{name}, p50 ms"] = round(median(taken), 2)
        engine.dispose()
    print(json.dumps({"rows": rows, "partitions": MONTHS, **found}, indent=1))


if __name__ == "__main__":
    main()
