"""Medication synchronization, proposed to pharmacists."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sync_plans",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("enrollment_id", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("fills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name="fk_sync_plans_enrollment_id_enrollments"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sync_plans"),
        sa.UniqueConstraint("enrollment_id", name="uq_sync_plans_enrollment_id"),
    )
    op.create_index("ix_sync_plans_status", "sync_plans", ["status"])


def downgrade() -> None:
    op.drop_table("sync_plans")
