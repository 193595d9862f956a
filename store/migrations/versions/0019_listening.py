"""Since when webhooks are taken, and how new the carrier's list is."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "listening",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("taking_since", MOMENT, nullable=True),
        sa.Column("taking_at", MOMENT, nullable=True),
        sa.Column("listed_from", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_listening")),
    )


def downgrade() -> None:
    op.drop_table("listening")
