"""A text that is known not to have arrived may be sent anew, as an intent of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OLD = ["enrollment_id", "step", "attempt"]


def upgrade() -> None:
    op.add_column("intents", sa.Column("again", sa.Integer(), nullable=False, server_default="0"))
    op.create_unique_constraint(
        op.f("uq_intents_enrollment_id_step_attempt_again"), "intents", [*OLD, "again"]
    )
    op.drop_constraint(op.f("uq_intents_enrollment_id_step_attempt"), "intents")


def downgrade() -> None:
    op.execute("delete from intents where again > 0")
    op.create_unique_constraint(op.f("uq_intents_enrollment_id_step_attempt"), "intents", OLD)
    op.drop_constraint(op.f("uq_intents_enrollment_id_step_attempt_again"), "intents")
    op.drop_column("intents", "again")
