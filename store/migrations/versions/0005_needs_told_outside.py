"""Needs are signed, referrals end with an outcome, members agree to sharing, keys may read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("needs", sa.Column("refuted_at", MOMENT, nullable=True))
    op.add_column("needs", sa.Column("refuted_by", sa.Text(), nullable=True))
    op.add_column(
        "referrals", sa.Column("ordinal", sa.Integer(), nullable=False, server_default="1")
    )
    op.alter_column("referrals", "ordinal", server_default=None)
    op.add_column("referrals", sa.Column("changed_at", MOMENT, nullable=True))
    op.add_column("referrals", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("referrals", sa.Column("service_id", sa.Text(), nullable=True))
    op.add_column(
        "referrals",
        sa.Column("service", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    )
    op.drop_constraint(op.f("uq_referrals_need_id"), "referrals")
    op.create_unique_constraint(
        op.f("uq_referrals_need_id_ordinal"), "referrals", ["need_id", "ordinal"]
    )
    _agreements()
    _keys()


def _agreements() -> None:
    op.create_table(
        "agreements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("member_id", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_agreements_member_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreements")),
        sa.UniqueConstraint("member_id", "evidence", name=op.f("uq_agreements_member_id_evidence")),
    )
    op.create_index("ix_agreements_member_id_id", "agreements", ["member_id", "id"])
    op.execute(
        "create trigger append_only before update or delete on agreements "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger not_truncated before truncate on agreements "
        "for each statement execute function refuse_change()"
    )


def _keys() -> None:
    op.create_table(
        "fhir_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("pharmacy_npi", sa.Text(), nullable=True),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["pharmacy_npi"], ["pharmacies.npi"], name=op.f("fk_fhir_keys_pharmacy_npi")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fhir_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_fhir_keys_name")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_fhir_keys_key_hash")),
    )


def downgrade() -> None:
    op.drop_table("fhir_keys")
    op.drop_table("agreements")
    op.drop_constraint(op.f("uq_referrals_need_id_ordinal"), "referrals")
    op.execute("delete from referrals where ordinal > 1")
    op.create_unique_constraint(op.f("uq_referrals_need_id"), "referrals", ["need_id"])
    for column in ("service", "service_id", "reason", "changed_at", "ordinal"):
        op.drop_column("referrals", column)
    op.drop_column("needs", "refuted_by")
    op.drop_column("needs", "refuted_at")
