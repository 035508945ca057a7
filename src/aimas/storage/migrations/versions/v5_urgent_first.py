"""Urgent cases stand first in lists; limits of tries that hold over processes and restarts."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"

# None that holds records: nobody misses how often something was tried.
NEW_TABLES: tuple[str, ...] = ()


def upgrade() -> None:
    # A program between two versions may have made it.
    op.drop_table("limit_levels", if_exists=True)
    op.create_table(
        "limit_levels",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "key"),
    )
    op.create_index("limit_levels_at", "limit_levels", ["at"], unique=False)
    op.add_column("case_states", sa.Column("press", sa.Integer(), server_default="2", nullable=False))
    op.create_index("case_states_pressing", "case_states", ["is_open", "press", "due", "born"], unique=False)
    op.create_index(
        "case_states_unit_pressing",
        "case_states",
        ["unit", "is_open", "press", "due", "born"],
        unique=False,
    )
    op.create_index(
        "case_states_officer_pressing",
        "case_states",
        ["officer", "is_open", "press", "due", "born"],
        unique=False,
    )
    op.create_index(
        "case_states_standing",
        "case_states",
        ["standing", "is_open", "press", sa.literal_column("born DESC")],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("case_states_standing", table_name="case_states")
    op.drop_index("case_states_officer_pressing", table_name="case_states")
    op.drop_index("case_states_unit_pressing", table_name="case_states")
    op.drop_index("case_states_pressing", table_name="case_states")
    op.drop_column("case_states", "press")
    op.drop_index("limit_levels_at", table_name="limit_levels")
    op.drop_table("limit_levels")
