"""A letter may leave through a mailing house, and come back; an address may be found bad."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAMES = (
    "printer", "sent_to", "claimed_at", "tries", "next_try_at", "vendor_id", "vendor_status",
    "vendor_at", "returned_at", "corrected",
)  # fmt: skip


def columns() -> list[sa.Column]:  # type: ignore[type-arg]
    moment, words = sa.DateTime(timezone=True), sa.Text()
    kinds = {
        "claimed_at": moment, "next_try_at": moment, "vendor_at": moment, "returned_at": moment,
        "corrected": postgresql.JSONB(astext_type=sa.Text()),
    }  # fmt: skip
    return [
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
        if name == "tries"
        else sa.Column(name, kinds.get(name, words), nullable=True)
        for name in NAMES
    ]


def upgrade() -> None:
    for column in columns():
        op.add_column("letters", column)
    op.create_unique_constraint(op.f("uq_letters_vendor_id"), "letters", ["vendor_id"])
    op.add_column("members", sa.Column("bad_address", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "bad_address")
    op.drop_constraint(op.f("uq_letters_vendor_id"), "letters")
    for name in reversed(NAMES):
        op.drop_column("letters", name)
