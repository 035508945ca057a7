"""Messages to the police are listed by their kind, the urgent first."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"

NEW_TABLES: tuple[str, ...] = ()


def upgrade() -> None:
    op.create_index(
        "case_states_kind",
        "case_states",
        ["kind", "is_open", "press", sa.literal_column("born DESC")],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("case_states_kind", table_name="case_states")
