"""Generated people and pharmacies: nobody real, everybody within reach of a pharmacy."""

from collections.abc import Iterator

import duckdb
import pytest
from generated import MEMBERS, one, opened

from simulator import area_codes, drugs

NEEDED_SERVICES = ("medication_management", "delivery", "coaching", "screening")


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = opened(tmp_path_factory.mktemp("claims"))
    yield con
    con.close()


def luhn_is_right(npi: str) -> bool:
    digits = [int(digit) for digit in "80840" + npi]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_numbers_are_fictional(con: duckdb.DuckDBPyConnection) -> None:
    phones = [
        row[0]
        for row in con.execute(
            "select phone_e164 from member_contact where phone_e164 is not null"
        ).fetchall()
    ]
    assert all(len(phone) == 12 and phone.startswith("+1") for phone in phones)
    assert {phone[5:8] for phone in phones} == {"555"}
    # So few members fit into the block that is kept for fiction.
    assert {phone[8:10] for phone in phones} == {"01"}


def test_the_area_code_is_one_of_the_home_state(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select distinct state, phone_e164[3:5] from eligibility join member_contact"
        " using (person_id) where phone_e164 is not null"
    ).fetchall()
    known = {(row["state"], row["npa"]) for row in area_codes.area_code_rows()}
    assert set(rows) <= known


def test_no_two_households_share_a_number_though_a_household_does(
    con: duckdb.DuckDBPyConnection,
) -> None:
    shared = con.execute(
        "select count(distinct subscriber_id), count(distinct person_id), count(distinct address)"
        " from member_contact join eligibility using (person_id)"
        " where phone_e164 is not null group by phone_e164"
    ).fetchall()
    assert {(families, homes) for families, _, homes in shared} == {(1, 1)}
    assert any(persons == 2 for _, persons, _ in shared)


def test_members_speak_english_spanish_and_a_few_other_tongues(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = con.execute(
        "select preferred_language, count(distinct person_id) from member_contact group by 1"
    ).fetchall()
    shares = {language: count / MEMBERS for language, count in rows}
    assert shares["en"] == pytest.approx(0.82, abs=0.05)
    assert shares["es"] == pytest.approx(0.16, abs=0.05)
    assert len(shares) > 2
    assert one(con, "select count(*) from member_contact where alt_format = 'large_print'")


def test_provider_numbers_pass_luhn_and_belong_to_no_one(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute(
        "select npi from pharmacy union select prescribing_provider_npi from fill"
        " union select dispensing_provider_npi from fill"
        " union select rendering_npi from medical_claim union select facility_npi"
        " from medical_claim where facility_npi is not null"
    ).fetchall()
    npis = [row[0] for row in rows]
    assert [npi for npi in npis if len(npi) != 10 or not luhn_is_right(npi)] == []
    # A real number begins with 1.
    assert {npi[0] for npi in npis} == {"2"}


def test_fills_come_from_pharmacies_of_the_file_and_drugs_of_the_file(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert not one(
        con,
        "select count(*) from fill where dispensing_provider_npi not in (select npi from pharmacy)",
    )
    assert not one(
        con,
        "select count(*) from fill where length(ndc_code) = 11"
        " and ndc_code not in (select ndc11 from drug)",
    )


@pytest.mark.parametrize("network", ["express-scripts", "carelonrx"])
def test_every_state_has_a_pharmacy_that_fits_the_program(
    con: duckdb.DuckDBPyConnection, network: str
) -> None:
    served = con.execute(
        "select distinct state from pharmacy where cpesn_from <= date '2026-03-01'"
        " and coalesce(cpesn_to > date '2026-03-01', true)"
        " and list_contains(string_split(networks, ';'), ?)"
        " and list_has_all(string_split(services, ';'), ?)",
        [network, list(NEEDED_SERVICES)],
    ).fetchall()
    assert {state for (state,) in served} == set(area_codes.NETWORK_STATES)
    assert len(area_codes.NETWORK_STATES) == 44
    assert not one(
        con, "select count(*) from eligibility where state not in (select state from pharmacy)"
    )


def test_pharmacies_have_numbers_and_places_of_their_own(con: duckdb.DuckDBPyConnection) -> None:
    count = one(con, "select count(*) from pharmacy")
    assert count >= 60
    assert one(con, "select count(distinct npi) from pharmacy") == count
    assert (
        one(con, "select count(distinct ncpdp_id) from pharmacy where length(ncpdp_id) = 7")
        == count
    )
    assert one(con, "select min(weekly_capacity) from pharmacy") > 0
    assert not one(con, "select count(*) from pharmacy where latitude not between 18 and 50")


def test_some_pharmacies_do_not_fit(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "select count(*) from pharmacy where cpesn_from is null")
    assert one(con, "select count(*) from pharmacy where cpesn_to < date '2026-03-01'")
    assert one(con, "select count(*) from pharmacy where not contains(networks, 'carelonrx')")
    assert one(con, "select count(*) from pharmacy where not contains(services, 'coaching')")
    assert one(con, "select count(*) from pharmacy where wholesaler_affiliated")


def test_drugs_are_of_labelers_that_do_not_exist() -> None:
    assert {str(row["ndc11"])[:5] for row in drugs.drug_rows()} == set(drugs.LABELERS)
    assert all(len(str(row["ndc11"])) == 11 for row in drugs.drug_rows())
