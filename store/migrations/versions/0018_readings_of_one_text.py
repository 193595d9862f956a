"""A text may bring several readings."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("readings", sa.Column("place", sa.Integer(), server_default="1", nullable=False))
    op.drop_constraint("uq_readings_message_id", "readings")
    op.create_unique_constraint("uq_readings_message_id_place", "readings", ["message_id", "place"])


def downgrade() -> None:
    op.execute("DELETE FROM readings WHERE place > 1")
    op.drop_constraint("uq_readings_message_id_place", "readings")
    op.create_unique_constraint("uq_readings_message_id", "readings", ["message_id"])
    op.drop_column("readings", "place")
