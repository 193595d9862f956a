"""Members know the doctor they see most."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("physician_npi", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("members", "physician_npi")
