"""Drafts a revision of the tables: what the revisions before it build against what the metadata says now.

`python -m tests.storage.draft_revision 4 > src/aimas/storage/migrations/versions/v4_….py`; then read it, say in its first
line what it brings, and raise `schema.VERSION`.
"""

import re
import sys

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import CreateTableOp, ModifyTableOps, OpContainer
from sqlalchemy import create_engine

import aimas.storage.database  # noqa: F401 (every table)
from aimas.storage import schema
from aimas.storage.migrations import build

LONG = "sa.BigInteger().with_variant(sa.Integer(), 'sqlite')"
WHERE = re.compile(r"sqlite_where=(sa\.text\((?:'[^']*'|\"[^\"]*\")\))")


def drafted(version: int) -> str:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        build(connection, version - 1)
        found = produce_migrations(MigrationContext.configure(connection), schema.metadata)
    made = [o.table_name for o in _flat(found.upgrade_ops) if isinstance(o, CreateTableOp)]
    parts = [
        f'"""What version {version} brings."""',
        "import sqlalchemy as sa\nfrom alembic import op",
        f'revision = "{version}"\ndown_revision = "{version - 1}"',
        f"NEW_TABLES: tuple[str, ...] = {tuple(made)!r}",
        'Position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")',
    ]
    for name, operations in (("upgrade", found.upgrade_ops), ("downgrade", found.downgrade_ops)):
        code = WHERE.sub(r"sqlite_where=\1, postgresql_where=\1", render_python_code(operations))
        lines = [line for line in code.replace(LONG, "Position").splitlines() if "# ###" not in line]
        parts.append(f"def {name}() -> None:\n    " + "\n".join(lines).strip())
    return "\n\n".join(parts) + "\n"


def _flat(container: OpContainer) -> list[object]:
    return [one for o in container.ops for one in (_flat(o) if isinstance(o, ModifyTableOps) else [o])]


if __name__ == "__main__":
    print(drafted(int(sys.argv[1])), end="")
