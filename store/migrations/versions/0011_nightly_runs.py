"""Runs keep what they changed, the payer's roster is kept, cohorts wait to be started."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def _runs() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("how", sa.Text(), server_default="command", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("diff", JSON, server_default="{}", nullable=False),
        sa.Column("same_as", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("endings", JSON, server_default="{}", nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("endings_by", sa.Text(), nullable=True),
        sa.Column("endings_at", MOMENT, nullable=True),
    )


def _enrollments() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("entry", sa.Text(), server_default="claims", nullable=False),
        sa.Column("ready_since", MOMENT, nullable=True),
        sa.Column("misfit", sa.Text(), nullable=True),
        sa.Column("misfit_since", sa.Date(), nullable=True),
    )


def upgrade() -> None:
    for column in _runs():
        op.add_column("identification_runs", column)
    op.execute("update identification_runs set finished_at = at")
    op.create_index("ix_identification_runs_fingerprint", "identification_runs", ["fingerprint"])
    for column in _enrollments():
        op.add_column("enrollments", column)
    _cohort_starts()
    _roster()


def _cohort_starts() -> None:
    op.create_table(
        "cohort_starts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("program", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cohort_starts"),
        sa.UniqueConstraint("form_id", name="uq_cohort_starts_form_id"),
    )


def _roster() -> None:
    told = (
        "first_name", "last_name", "gender", "address", "city", "state", "zip_code", "time_zone",
        "language", "alt_format",
    )  # fmt: skip
    flags = ("deceased", "hospice", "ltc", "do_not_contact", "address_confidential")
    op.create_table(
        "roster",
        sa.Column("person_id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in told),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("death_date", sa.Date(), nullable=True),
        sa.Column("coverage", JSON, nullable=False),
        sa.Column("phones", JSON, nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in flags),
        sa.PrimaryKeyConstraint("person_id", name="pk_roster"),
    )


def downgrade() -> None:
    for table in ("roster", "cohort_starts"):
        op.drop_table(table)
    for column in _enrollments():
        op.drop_column("enrollments", column.name)
    op.drop_index("ix_identification_runs_fingerprint", "identification_runs")
    for column in _runs():
        op.drop_column("identification_runs", column.name)
