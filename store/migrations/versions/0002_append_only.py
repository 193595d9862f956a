"""What is append-only is so in the database, and what is new says so to whoever listens."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("outcomes", "consents", "gate_decisions")


def upgrade() -> None:
    op.execute(
        """
        create function refuse_change() returns trigger language plpgsql as $$
        begin
            raise exception '% is append-only', tg_table_name;
        end $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger append_only before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger not_truncated before truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    op.execute(
        """
        create function tell_outcome() returns trigger language plpgsql as $$
        begin
            perform pg_notify('doorway_outcome', new.enrollment_id);
            return new;
        end $$
        """
    )
    op.execute(
        "create trigger tell_outcome after insert on outcomes "
        "for each row execute function tell_outcome()"
    )


def downgrade() -> None:
    op.execute("drop trigger tell_outcome on outcomes")
    op.execute("drop function tell_outcome()")
    for table in APPEND_ONLY:
        op.execute(f"drop trigger not_truncated on {table}")
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop function refuse_change()")
