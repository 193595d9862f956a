"""Who proposed whom for a program, why, and what came of it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table(
        "nominations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("conditions", JSON, nullable=False),
        sa.Column("pharmacy_npi", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("enrollment_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name="fk_nominations_enrollment_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_nominations"),
        sa.UniqueConstraint("form_id", name="uq_nominations_form_id"),
    )
    op.create_index("ix_nominations_at", "nominations", ["at"])
    op.execute(
        "create trigger append_only before update or delete on nominations "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger not_truncated before truncate on nominations "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("nominations")
