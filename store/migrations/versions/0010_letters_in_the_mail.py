"""A letter may leave through a mailing house, and come back; an address may be found bad."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def columns() -> list[sa.Column[Any]]:
    moment = sa.DateTime(timezone=True)
    return [
        sa.Column("printer", sa.Text(), nullable=True),
        sa.Column("sent_to", sa.Text(), nullable=True),
        sa.Column("claimed_at", moment, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_try_at", moment, nullable=True),
        sa.Column("vendor_id", sa.Text(), nullable=True),
        sa.Column("vendor_status", sa.Text(), nullable=True),
        sa.Column("vendor_at", moment, nullable=True),
        sa.Column("returned_at", moment, nullable=True),
        sa.Column("corrected", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    ]


def upgrade() -> None:
    for column in columns():
        op.add_column("letters", column)
    op.create_unique_constraint(op.f("uq_letters_vendor_id"), "letters", ["vendor_id"])
    op.add_column("members", sa.Column("bad_address", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "bad_address")
    op.drop_constraint(op.f("uq_letters_vendor_id"), "letters")
    for column in reversed(columns()):
        op.drop_column("letters", column.name)
