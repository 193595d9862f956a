"""Due answers and what has expired are found at once, however many campaigns wait."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_intents_answers",
        "intents",
        ["priority", "due_at"],
        postgresql_where=sa.text("status = 'pending' and purpose <> 'care'"),
    )
    op.create_index(
        "ix_intents_expiring",
        "intents",
        ["expires_at"],
        postgresql_where=sa.text("status = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index("ix_intents_expiring", table_name="intents")
    op.drop_index("ix_intents_answers", table_name="intents")
