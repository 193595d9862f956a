"""What was reported that makes a member leave, while it stands."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrollments", sa.Column("leaving", sa.Text(), nullable=True))
    op.add_column("enrollments", sa.Column("leaving_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("enrollments", "leaving_at")
    op.drop_column("enrollments", "leaving")
