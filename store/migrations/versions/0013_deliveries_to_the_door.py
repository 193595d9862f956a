"""Deliveries in vain, agreed windows, cold chain, the check of an address, and packaging."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NEW = (
    ("next_attempt_on", sa.Date()),
    ("window", sa.Text()),
    ("address_check", sa.Text()),
    ("left_at", sa.DateTime(timezone=True)),
    ("packaging", sa.Text()),
)


def upgrade() -> None:
    for name, kind in NEW:
        op.add_column("deliveries", sa.Column(name, kind, nullable=True))
    for name in ("attempts", "address_tries"):
        op.add_column(
            "deliveries", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
    op.add_column(
        "deliveries",
        sa.Column("cold_chain", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    for name in ("cold_chain", "address_tries", "attempts"):
        op.drop_column("deliveries", name)
    for name, _ in reversed(NEW):
        op.drop_column("deliveries", name)
