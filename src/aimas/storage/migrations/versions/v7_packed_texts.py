"""Texts of publications are packed in SQLite; what was written plain is read as it is."""

import sqlalchemy as sa
from alembic import op

from aimas.storage.packed import unpacked

revision = "7"
down_revision = "6"

NEW_TABLES: tuple[str, ...] = ()


def upgrade() -> None:
    """Nothing to be done: a program of the version before could not read what comes from now on."""


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    # By the driver's own values: each says by its type whether it is packed.
    packed = connection.exec_driver_sql("SELECT position FROM publications WHERE typeof(text) = 'blob'")
    for (position,) in packed.fetchall():
        where = {"position": position}
        small = connection.execute(
            sa.text("SELECT text FROM publications WHERE position = :position"), where
        ).scalar_one()
        connection.execute(
            sa.text("UPDATE publications SET text = :text WHERE position = :position"),
            {**where, "text": unpacked(small)},
        )
