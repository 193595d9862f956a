"""Every attribution is kept with its alternatives; pharmacies are renewed by later files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("pharmacies", sa.Column("licence_expires", sa.Date(), nullable=True))
    op.add_column("pharmacies", sa.Column("renewed_at", MOMENT, nullable=True))
    op.create_table(
        "attributions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("enrollment_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=True),
        sa.Column("pharmacy_npi", sa.Text(), nullable=True),
        sa.Column("distance_km", sa.Float(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("alternatives", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("left_npi", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrollment_id"], ["enrollments.id"], name=op.f("fk_attributions_enrollment_id")
        ),
        sa.ForeignKeyConstraint(
            ["pharmacy_npi"], ["pharmacies.npi"], name=op.f("fk_attributions_pharmacy_npi")
        ),
        sa.ForeignKeyConstraint(
            ["left_npi"], ["pharmacies.npi"], name=op.f("fk_attributions_left_npi")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attributions")),
        sa.UniqueConstraint(
            "enrollment_id", "form_id", name=op.f("uq_attributions_enrollment_id_form_id")
        ),
    )
    op.create_index("ix_attributions_enrollment_id_id", "attributions", ["enrollment_id", "id"])
    op.execute(
        "create trigger append_only before update or delete on attributions "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger not_truncated before truncate on attributions "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("attributions")
    op.drop_column("pharmacies", "renewed_at")
    op.drop_column("pharmacies", "licence_expires")
