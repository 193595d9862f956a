"""Pharmacies follow their file, and who goes where is kept with its alternatives."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from make import DAY, NOW
from sqlalchemy import Connection, Engine, create_engine, text
from test_loading_store import ATTRIBUTION, PHARMACY, VERSIONS, results

from store.attributions_loading import copy_kept
from store.loading import Results, load

OTHER = PHARMACY | {"npi": "1000000012", "name": "Second Pharmacy"}
FOUND = ATTRIBUTION | {
    "code": "nearest", "alternatives": [{"npi": "1000000012", "km": 4.5, "why": "farther"}],
}  # fmt: skip
UNSERVED = ATTRIBUTION | {"npi": None, "reason": None, "unserved_reason": "none", "code": "no_room"}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = create_engine(database_url)
    yield opened
    opened.dispose()


def found(**given: Any) -> Results:
    return results(**{"pharmacies": [PHARMACY, OTHER], "attribution": [FOUND], **given})


def rows(connection: Connection, query: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_a_pharmacy_comes_with_all_its_days(engine: Engine, connection: Connection) -> None:
    told = PHARMACY | {
        "networks": ["express-scripts"], "network_dates": ["express-scripts@2026-01-01.."],
        "cpesn_from": date(2020, 1, 1), "cpesn_to": date(2026, 12, 31), "weekly_capacity": 5,
        "licence_expires": date(2027, 6, 30), "independent": True, "wholesaler_affiliated": False,
    }  # fmt: skip
    load(engine, found(pharmacies=[told, OTHER]), VERSIONS, NOW, None)
    (row,) = rows(connection, "select * from pharmacies where npi = '1000000004'")
    assert row["networks"] == ["express-scripts@2026-01-01.."]
    assert (row["cpesn_to"], row["licence_expires"]) == (date(2026, 12, 31), date(2027, 6, 30))
    assert (row["weekly_capacity"], row["independent"], row["wholesaler_affiliated"]) == (
        5, True, False,
    )  # fmt: skip
    assert row["languages"] == ["en", "es"]


def test_a_later_file_renews_what_it_tells_and_keeps_who_is_missing(
    engine: Engine, connection: Connection
) -> None:
    load(engine, found(), VERSIONS, NOW, None)
    connection.execute(text("update pharmacies set phone = '+16145550100'"))
    news = PHARMACY | {"weekly_capacity": 3, "services": [], "licence_expires": date(2026, 4, 1)}
    load(engine, found(pharmacies=[news]), VERSIONS, NOW + DAY, None)
    first, second = rows(connection, "select * from pharmacies order by npi")
    assert (first["weekly_capacity"], first["services"]) == (3, [])
    assert (first["licence_expires"], first["renewed_at"]) == (date(2026, 4, 1), NOW + DAY)
    assert first["phone"] == "+16145550100"
    assert (second["npi"], second["renewed_at"]) == ("1000000012", NOW)


def test_the_reason_and_the_alternatives_are_kept(engine: Engine, connection: Connection) -> None:
    load(engine, found(), VERSIONS, NOW, None)
    (row,) = rows(connection, "select * from attributions")
    assert (row["rule"], row["actor"], row["code"]) == ("identified", "identification", "nearest")
    assert (row["pharmacy_npi"], row["reason"]) == ("1000000004", "nearest of 12")
    assert row["alternatives"] == [{"npi": "1000000012", "km": 4.5, "why": "farther"}]
    load(engine, found(), VERSIONS, NOW + DAY, None)
    assert len(rows(connection, "select * from attributions")) == 1


def test_a_later_run_moves_nobody_who_has_a_pharmacy(
    engine: Engine, connection: Connection
) -> None:
    load(engine, found(), VERSIONS, NOW, None)
    load(engine, found(attribution=[FOUND | {"npi": "1000000012"}]), VERSIONS, NOW + DAY, None)
    assert rows(connection, "select pharmacy_npi from enrollments") == [
        {"pharmacy_npi": "1000000004"}
    ]


def test_who_had_none_takes_what_a_later_run_finds(engine: Engine, connection: Connection) -> None:
    load(engine, found(attribution=[UNSERVED]), VERSIONS, NOW, None)
    load(engine, found(), VERSIONS, NOW + DAY, None)
    (row,) = rows(connection, "select pharmacy_npi, pharmacy_reason from enrollments")
    assert row == {"pharmacy_npi": "1000000004", "pharmacy_reason": "nearest of 12"}
    told = rows(connection, "select rule, pharmacy_npi from attributions order by id")
    assert [row["rule"] for row in told] == ["identified", "appeared"]
    assert rows(connection, "select resolution from tasks") == [{"resolution": "pharmacy_found"}]
    kinds = rows(connection, "select kind from outcomes order by id")
    assert [row["kind"] for row in kinds] == ["identified", "pharmacy_found"]


def test_after_a_refusal_a_person_decides_not_a_run(engine: Engine, connection: Connection) -> None:
    load(engine, found(attribution=[UNSERVED]), VERSIONS, NOW, None)
    connection.execute(
        text(
            "insert into attributions (enrollment_id, at, rule, actor, reason, alternatives) "
            "select id, now(), 'refused', 'pharmacy-api', 'refused', '[]' from enrollments"
        )
    )
    load(engine, found(), VERSIONS, NOW + DAY, None)
    assert rows(connection, "select pharmacy_npi from enrollments") == [{"pharmacy_npi": None}]


def test_an_attribution_is_never_changed(engine: Engine, connection: Connection) -> None:
    load(engine, found(), VERSIONS, NOW, None)
    with pytest.raises(Exception, match="append-only"):
        connection.execute(text("update attributions set reason = 'other'"))


def test_what_members_have_is_handed_to_the_next_run(engine: Engine, tmp_path: Path) -> None:
    load(engine, found(), VERSIONS, NOW, None)
    file = tmp_path / "kept.csv"
    with engine.connect() as opened, file.open("wb") as out:
        copy_kept(opened.connection.driver_connection, out)  # type: ignore[arg-type]
    assert file.read_text() == ("person_id,program,npi\nP1,medicare-cardiometabolic,1000000004\n")
