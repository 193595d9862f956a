"""What is append-only is so in the database, whoever asks."""

from collections.abc import Sequence

import make
import pytest
from fakes import ana
from make_journeys import consent, due
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from store.models import Base, BreakerRelease, Disclosure, Part2Consent, Part2Revocation

TABLES = [
    "outcomes", "consents", "gate_decisions", "part2_consents", "part2_revocations", "disclosures",
    "safe_contacts", "breaker_releases",
]  # fmt: skip


def part2() -> Sequence[Base]:
    """A consent under 42 CFR Part 2, its end, and what was disclosed before it."""
    return (
        Part2Consent(
            member_id="m1", form_id="f1", recipients="treating", npi=None, purpose="tpo",
            signed_on=make.NOW.date(), expires_on=None, at=make.NOW, actor="staff:s1",
        ),
        Disclosure(
            member_id="m1", consent_id=1, sink="note", item="n1", recipient_npi="1000000020",
            purpose="treatment", kinds=["medications"], at=make.NOW,
        ),
        Part2Revocation(consent_id=1, at=make.NOW, how="told", actor="staff:s1"),
    )  # fmt: skip


def released() -> BreakerRelease:
    return BreakerRelease(
        scope="sender", name="main", cause="not_allowed", held_until=make.NOW, reason="mended",
        actor="staff:s1", at=make.NOW,
    )  # fmt: skip


@pytest.fixture
def rows(database_url: str) -> None:
    make.save(database_url, *ana(), due(), make.outcome(), consent(), make.gate_decision())
    make.save(database_url, *part2(), make.safe_contact(), released())


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("table", TABLES)
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
    with pytest.raises(DBAPIError, match=f"{table} is append-only|cannot truncate"):
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
