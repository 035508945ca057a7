"""Trails: by which fetch or ingest a stretch of the ledger came in, for the log."""

import sqlalchemy as sa
from alembic import op

revision = "4"
down_revision = "3"

# None that holds records: a step back may drop these notes.
NEW_TABLES: tuple[str, ...] = ()

Position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # A program between two versions may have made it.
    op.drop_table("trails", if_exists=True)
    op.create_table(
        "trails",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("last", Position, nullable=False),
        sa.Column("trail", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )


def downgrade() -> None:
    op.drop_table("trails")
