"""What is append-only is so in the database, whoever asks."""

import make
import pytest
from fakes import ana
from make_journeys import consent, due
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


@pytest.fixture
def rows(database_url: str) -> None:
    make.save(database_url, *ana(), due(), make.outcome(), consent(), make.gate_decision())


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", ["outcomes", "consents", "gate_decisions"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param("update {} set at = now()", id="no line is changed"),
        pytest.param("delete from {}", id="no line is taken away"),
        pytest.param("truncate {}", id="nor all of them at once"),
    ],
)
def test_the_ledger_only_grows(connection: Connection, table: str, change: str) -> None:
    before = connection.execute(text(f"select count(*) from {table}")).scalar_one()
    with pytest.raises(DBAPIError, match=f"{table} is append-only"):
        connection.execute(text(change.format(table)))
    assert connection.execute(text(f"select count(*) from {table}")).scalar_one() == before > 0
    connection.execute(
        text(
            "insert into consents (phone, channel, given, at, how, actor) "
            "values ('+16145550134', 'sms', true, now(), 'file', 'payer')"
        )
    )


@pytest.mark.usefixtures("rows")
def test_other_tables_may_change(connection: Connection) -> None:
    changed = connection.execute(text("update intents set due_at = now()"))
    assert changed.rowcount == 1
