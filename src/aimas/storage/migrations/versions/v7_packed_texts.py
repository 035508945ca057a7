"""Texts of publications are packed in SQLite; what was written plain is read as it is."""

import sqlalchemy as sa
from alembic import op

from aimas.core import BadInput
from aimas.storage.packed import unpacked

revision = "7"
down_revision = "6"

NEW_TABLES: tuple[str, ...] = ()

_PAGE = 500


def upgrade() -> None:
    """Nothing to be done: a program of the version before could not read what comes from now on."""


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    # By the driver's own values: each says by its type whether it is packed.
    page = sa.text(
        "SELECT position, text FROM publications WHERE typeof(text) = 'blob' AND position > :after "
        "ORDER BY position LIMIT :most"
    )
    put = sa.text("UPDATE publications SET text = :text WHERE position = :position")
    after = 0
    while rows := connection.execute(page, {"after": after, "most": _PAGE}).all():
        for position, small in rows:
            try:
                connection.execute(put, {"position": position, "text": unpacked(small)})
            except ValueError as error:
                raise BadInput(
                    f"The text of publication {position} is damaged ({error}): this step would write over it. "
                    "Restore a backup first."
                ) from None
        after = rows[-1][0]
