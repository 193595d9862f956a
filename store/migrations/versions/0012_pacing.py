"""Breakers, what a sender has used, and turns of programs; an intent says its program."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "breakers",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("open_until", MOMENT, nullable=True),
        sa.Column("probe", sa.Text(), nullable=True),
        sa.Column("probe_until", MOMENT, nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("scope", "name", "cause", name=op.f("pk_breakers")),
    )
    op.create_table(
        "buckets",
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_buckets")),
    )
    op.create_table(
        "shares",
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("used", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("program", name=op.f("pk_shares")),
    )
    op.add_column("intents", sa.Column("program", sa.Text(), nullable=True))
    op.execute(
        "update intents i set program = e.program from enrollments e where e.id = i.enrollment_id"
    )
    op.create_index(
        "ix_intents_campaigns",
        "intents",
        ["program", "priority", "due_at"],
        postgresql_where=sa.text("status = 'pending' and purpose = 'care'"),
    )


def downgrade() -> None:
    op.drop_index("ix_intents_campaigns", table_name="intents")
    op.drop_column("intents", "program")
    for table in ("shares", "buckets", "breakers"):
        op.drop_table(table)
