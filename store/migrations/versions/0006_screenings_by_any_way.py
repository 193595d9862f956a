"""Screenings by several instruments and ways, with their results; tasks that were escalated."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NEW = (
    ("screenings", "actor", sa.Text()),
    ("screenings", "label", sa.Text()),
    ("screenings", "total", sa.Integer()),
    ("screenings", "band", sa.Text()),
    ("screenings", "positive", sa.Boolean()),
    ("screening_answers", "absent", sa.Text()),
)


def upgrade() -> None:
    for table, name, kind in NEW:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.add_column(
        "screening_answers",
        sa.Column("channel", sa.Text(), nullable=False, server_default="sms"),
    )
    op.add_column("tasks", sa.Column("escalated", sa.Integer(), nullable=False, server_default="0"))
    # Until now an instrument was kept under the LOINC code of its panel.
    op.execute("update screenings set instrument = 'ahc-hrsn' where instrument = '96777-8'")


def downgrade() -> None:
    op.execute("update screenings set instrument = '96777-8' where instrument = 'ahc-hrsn'")
    op.drop_column("tasks", "escalated")
    op.drop_column("screening_answers", "channel")
    for table, name, _ in reversed(NEW):
        op.drop_column(table, name)
