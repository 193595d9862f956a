"""Who let a hold on sending end before its time, and why; append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breaker_releases",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaker_releases")),
    )
    op.execute(
        "create trigger append_only before update or delete on breaker_releases "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger not_truncated before truncate on breaker_releases "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("breaker_releases")
