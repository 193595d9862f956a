"""How members may safely be reached, as they told a person."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "safe_contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("texts", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("messages", sa.Boolean(), nullable=False),
        sa.Column("letters", sa.Boolean(), nullable=False),
        sa.Column("by_services", sa.Boolean(), nullable=False),
        sa.Column("tell_safety", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_safe_contacts_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_safe_contacts"),
        sa.UniqueConstraint("form_id", name="uq_safe_contacts_form_id"),
    )
    op.create_index("ix_safe_contacts_member_id_id", "safe_contacts", ["member_id", "id"])
    op.execute(
        "create trigger append_only before update or delete on safe_contacts "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger not_truncated before truncate on safe_contacts "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("safe_contacts")
