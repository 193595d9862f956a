"""Migrations on a database that holds rows of an earlier version."""

import uuid
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import create_engine, text

from runtime.postgres import EmbeddedPostgres
from store.migrate import config

OLD_ROWS = """
insert into pharmacies (npi, name, networks, services, languages)
    values ('1000000004', 'Corner', '[]', '[]', '[]');
insert into members (id, person_id, first_name, last_name, language, payer_type, time_zone)
    values ('m1', 'P1', 'Ana', 'Lopez', 'en', 'medicare', 'America/New_York');
insert into enrollments (id, member_id, program, program_version, ordinal, state, identified_on,
                         tier, points, reasons, conditions, created_at)
    values ('e1', 'm1', 'medicare-cardiometabolic', '1', 1, 'active', '2026-01-01', 'high', 1,
            '[]', '[]', now());
insert into screenings (enrollment_id, instrument, ordinal, channel, started_at)
    values ('e1', '96777-8', 1, 'sms', now());
insert into screening_answers (screening_id, item, answers, at)
    values (1, '71802-3', '["LA31993-1"]', now());
insert into tasks (enrollment_id, key, kind, role, urgent, detail, created_at, due_at)
    values ('e1', 'danger-SM1', 'danger_self_harm', 'coordinator', true, '{}', now(), now());
"""


@pytest.fixture
def old_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A database as it was before screenings could come by any way, with its rows."""
    name = f"old_{uuid.uuid4().hex}"
    postgres.create_database(name)
    url = postgres.database_url(name)
    command.upgrade(config(url), "0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(OLD_ROWS))
    engine.dispose()
    yield url
    postgres.drop_database(name)


def test_old_screenings_and_tasks_are_read_after_0006(old_database: str) -> None:
    command.upgrade(config(old_database), "head")
    engine = create_engine(old_database)
    with engine.connect() as connection:
        asked = connection.execute(text("select * from screenings")).mappings().one()
        answer = connection.execute(text("select * from screening_answers")).mappings().one()
        task = connection.execute(text("select * from tasks")).mappings().one()
    engine.dispose()
    assert (asked["instrument"], asked["channel"], asked["positive"]) == ("ahc-hrsn", "sms", None)
    assert (answer["channel"], answer["answers"], answer["absent"]) == ("sms", ["LA31993-1"], None)
    assert task["escalated"] == 0, "an old cry that is still open is passed on"


def test_0006_can_be_taken_back(old_database: str) -> None:
    command.upgrade(config(old_database), "0006")
    command.downgrade(config(old_database), "0005")
    engine = create_engine(old_database)
    with engine.connect() as connection:
        asked = connection.execute(text("select * from screenings")).mappings().one()
    engine.dispose()
    assert asked["instrument"] == "96777-8"
    assert "label" not in asked
