"""Pharmacies' own systems: keys, what they are told, and calls that came."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def moment(name: str, *, nullable: bool = False) -> "sa.Column[datetime]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def words(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "pharmacy_systems",
        words("npi"), words("key_hash"), words("url", nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        moment("made_at"), moment("ended_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["npi"], ["pharmacies.npi"], name="fk_pharmacy_systems_npi_pharmacies"
        ),
        sa.PrimaryKeyConstraint("npi", name="pk_pharmacy_systems"),
        sa.UniqueConstraint("key_hash", name="uq_pharmacy_systems_key_hash"),
    )  # fmt: skip
    op.create_table(
        "pharmacy_news",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        words("npi"),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        words("kind"), moment("at"), moment("due_at", nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        moment("settled_at", nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["npi"], ["pharmacy_systems.npi"], name="fk_pharmacy_news_npi_pharmacy_systems"
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name="fk_pharmacy_news_delivery_id_deliveries"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pharmacy_news"),
    )  # fmt: skip
    op.create_index("ix_pharmacy_news_delivery_id", "pharmacy_news", ["delivery_id"])
    op.create_index(
        "ix_pharmacy_news_open", "pharmacy_news", ["due_at"],
        postgresql_where=sa.text("settled_at is null"),
    )  # fmt: skip
    op.create_table(
        "pharmacy_calls",
        words("caller"),
        words("key"),
        words("asked"),
        words("answer"),
        moment("at"),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_pharmacy_calls"),
    )


def downgrade() -> None:
    for table in ("pharmacy_calls", "pharmacy_news", "pharmacy_systems"):
        op.drop_table(table)
