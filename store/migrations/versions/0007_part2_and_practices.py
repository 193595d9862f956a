"""Consents under 42 CFR Part 2 and the account of disclosures; practices and the way of a note."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = ("part2_consents", "part2_revocations", "disclosures")


def moment(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "part2_consents",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        words("member_id"), words("form_id"), words("recipients"), words("npi", nullable=True),
        words("purpose"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        moment("at"), words("actor"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_part2_consents_member_id_members"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_part2_consents"),
        sa.UniqueConstraint("form_id", name="uq_part2_consents_form_id"),
    )  # fmt: skip
    op.create_index("ix_part2_consents_member_id", "part2_consents", ["member_id"])
    op.create_table(
        "part2_revocations",
        sa.Column("consent_id", sa.BigInteger(), nullable=False),
        moment("at"), words("how"), words("actor"),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["part2_consents.id"],
            name="fk_part2_revocations_consent_id_part2_consents",
        ),
        sa.PrimaryKeyConstraint("consent_id", name="pk_part2_revocations"),
    )  # fmt: skip
    op.create_table(
        "disclosures",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        words("member_id"),
        sa.Column("consent_id", sa.BigInteger(), nullable=False),
        words("sink"), words("item"), words("recipient_npi"), words("purpose"),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        moment("at"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name="fk_disclosures_member_id_members"
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["part2_consents.id"], name="fk_disclosures_consent_id_part2_consents"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_disclosures"),
        sa.UniqueConstraint("sink", "item", name="uq_disclosures_sink_item"),
    )  # fmt: skip
    op.create_index("ix_disclosures_member_id", "disclosures", ["member_id"])
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger not_truncated before truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    op.create_table(
        "practices",
        words("npi"), words("name"), words("channel"), words("fax", nullable=True),
        words("mail", nullable=True), words("fhir_url", nullable=True),
        words("code", nullable=True), moment("loaded_at"),
        sa.PrimaryKeyConstraint("npi", name="pk_practices"),
    )  # fmt: skip
    _notes()


def _notes() -> None:
    op.add_column("notes", sa.Column("status", sa.Text(), nullable=False, server_default="pending"))
    op.execute("update notes set status = 'sent' where sent_at is not null")
    op.alter_column("notes", "status", server_default=None)
    op.add_column("notes", words("channel", nullable=True))
    for name in ("copy", "tries", "looks"):
        op.add_column("notes", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("notes", name, server_default=None)
    op.add_column("notes", moment("next_try_at", nullable=True))
    op.add_column("notes", words("transport_ref", nullable=True))
    op.add_column("notes", moment("delivered_at", nullable=True))
    op.add_column("notes", sa.Column("consent_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_notes_consent_id_part2_consents", "notes", "part2_consents", ["consent_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint("fk_notes_consent_id_part2_consents", "notes")
    for name in (
        "consent_id", "delivered_at", "transport_ref", "next_try_at", "looks", "tries", "copy",
        "channel",
        "status",
    ):  # fmt: skip
        op.drop_column("notes", name)
    for table in ("practices", "disclosures", "part2_revocations", "part2_consents"):
        op.drop_table(table)
