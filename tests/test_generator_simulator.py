"""The generator: members whose claims fit the programs or just miss them, and nothing real."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulator import area_codes, conditions, drugs, generator, tuva
from simulator.generator import generate

AS_OF = date(2026, 3, 1)
MEMBERS = 1200
NEEDED_SERVICES = ("medication_management", "delivery", "coaching", "screening")

# The CCW rule once more, written apart from the product: code prefix, program.
FITTING = (
    *((prefix, "medicare") for prefix in ("I10", "I11", "I12", "I13", "I15", "I1A0")),
    *((prefix, "medicare") for prefix in ("E08", "E09", "E10", "E11", "E13")),
    *((prefix, "medicaid") for prefix in ("J45", "J40", "J41", "J42", "J43", "J44", "J47")),
    *((prefix, "medicaid") for prefix in ("F20", "F25", "F30", "F31", "F32", "F33", "F341", "F39")),
    *((prefix, "medicaid") for prefix in ("F401", "F41", "F422", "F431")),
    *((prefix, "medicaid") for prefix in ("F1110", "F1120", "F1123", "F119")),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("claims")
    generate(out, members=MEMBERS, seed=11, as_of=AS_OF)
    return out


@pytest.fixture(scope="module")
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect()
    for file in folder.glob("*.parquet"):
        con.execute(f"create view {file.stem} as from '{file}'")
    con.execute(
        "create table fill as select *, try_cast(dispensing_date as date) as filled_on "
        "from pharmacy_claim"
    )
    con.execute("create table fitting(prefix varchar, payer_type varchar)")
    con.executemany("insert into fitting values (?, ?)", [list(row) for row in FITTING])
    con.execute(
        """
        create table dx as
        with kept as (
            select *, try_cast(claim_start_date as date) as day from medical_claim
            where claim_id not in (select claim_id from medical_claim where paid_amount < 0))
        select distinct person_id, claim_id, day, bill_type_code = '111' as inpatient, replace(
            unnest([diagnosis_code_1, diagnosis_code_2, diagnosis_code_3]), '.', '') as code
        from kept where day is not null and day <= date '2026-03-01'
        """
    )
    con.execute(
        """
        create table hit as
        select distinct d.person_id, d.claim_id, d.day, d.inpatient
        from dx d join fitting f on starts_with(d.code, f.prefix)
        join eligibility e on e.person_id = d.person_id and e.payer_type = f.payer_type
        """
    )
    yield con
    con.close()


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    return con.execute(query).fetchall()[0][0]


def columns(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    return [row[0] for row in con.execute(f"describe {kind}").fetchall()]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def luhn_is_right(npi: str) -> bool:
    digits = [int(digit) for digit in "80840" + npi]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("same", 5), ("other", 6)):
        generate(tmp_path / name, members=150, seed=seed, as_of=AS_OF)
    assert digests(tmp_path / "one") == digests(tmp_path / "same")
    assert digests(tmp_path / "one").keys() == digests(tmp_path / "other").keys()
    differing = digests(tmp_path / "one").items() - digests(tmp_path / "other").items()
    assert {name for name, _ in differing} >= {"medical_claim.parquet", "pharmacy_claim.parquet"}


def test_chance_does_not_hang_on_the_number_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "two", members=3000, seed=5, as_of=AS_OF)
    given = generator.session

    def alone(scratch: Path, *, seed: int, as_of: date) -> duckdb.DuckDBPyConnection:
        con = given(scratch, seed=seed, as_of=as_of)
        con.execute("set threads = 1")
        return con

    monkeypatch.setattr(generator, "session", alone)
    generate(tmp_path / "alone", members=3000, seed=5, as_of=AS_OF)
    assert digests(tmp_path / "two") == digests(tmp_path / "alone")


def test_batches_hold_the_same_claims_as_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "whole", members=250, seed=5, as_of=AS_OF)
    monkeypatch.setattr(generator, "BATCH", 100)
    generate(tmp_path / "parts", members=250, seed=5, as_of=AS_OF)
    for kind in ("medical_claim", "pharmacy_claim"):
        parts = sorted(file.name for file in (tmp_path / "parts" / kind).iterdir())
        assert parts == ["0001.parquet", "0002.parquet", "0003.parquet"]
        whole = duckdb.sql(f"from '{tmp_path}/whole/{kind}.parquet'").fetchall()
        pieces = duckdb.sql(f"from '{tmp_path}/parts/{kind}/*.parquet'").fetchall()
        assert whole == pieces


def test_a_smaller_second_run_leaves_nothing_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "BATCH", 20)
    generate(tmp_path / "again", members=60, seed=5, as_of=AS_OF)
    generate(tmp_path / "again", members=20, seed=5, as_of=AS_OF)
    generate(tmp_path / "once", members=20, seed=5, as_of=AS_OF)
    assert digests(tmp_path / "again") == digests(tmp_path / "once")


@pytest.mark.parametrize("members", [0, -3, generator.MOST_MEMBERS + 1])
def test_an_impossible_number_of_members_is_refused(tmp_path: Path, members: int) -> None:
    with pytest.raises(ValueError, match="number of members must be between"):
        generate(tmp_path / "none", members=members, seed=1, as_of=AS_OF)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (
            "member_contact",
            "person_id phone_e164 type preferred_language alt_format consent verified_at",
        ),
        ("drug", "ndc11 ingredient drug_class route form"),
        (
            "pharmacy",
            "npi ncpdp_id name address city state zip_code latitude longitude cpesn_from cpesn_to"
            " networks services languages weekly_capacity independent wholesaler_affiliated",
        ),
        (
            "pharmacy_claim",
            "claim_id claim_line_number person_id member_id payer plan prescribing_provider_npi"
            " dispensing_provider_npi dispensing_date ndc_code quantity days_supply refills"
            " paid_date paid_amount allowed_amount charge_amount coinsurance_amount"
            " copayment_amount deductible_amount in_network_flag data_source file_name file_date"
            " ingest_datetime",
        ),
    ],
)
def test_a_file_has_the_columns_of_its_kind(
    con: duckdb.DuckDBPyConnection, kind: str, names: str
) -> None:
    assert columns(con, kind) == names.split()


def test_medical_claims_and_eligibility_have_all_columns_of_tuva(
    con: duckdb.DuckDBPyConnection,
) -> None:
    medical = columns(con, "medical_claim")
    assert medical == list(tuva.MEDICAL_CLAIM)
    assert {"diagnosis_code_25", "procedure_date_25", "hcpcs_modifier_5"} <= set(medical)
    assert columns(con, "eligibility") == list(tuva.ELIGIBILITY)


def test_half_the_members_are_in_medicare_and_half_in_medicaid(
    con: duckdb.DuckDBPyConnection,
) -> None:
    rows = con.execute(
        "select payer_type, count(distinct person_id) from eligibility group by 1"
    ).fetchall()
    shares = {name: count / MEMBERS for name, count in rows}
    assert shares["medicare"] == pytest.approx(0.495, abs=0.05)
    assert shares["medicaid"] == pytest.approx(0.495, abs=0.05)
    assert 0 < shares["commercial"] < 0.03


def test_most_members_fit_a_program_and_some_just_miss_it(con: duckdb.DuckDBPyConnection) -> None:
    fit = one(
        con,
        """
        select count(*) from (
            select person_id from hit where day > date '2024-03-01'
            group by 1 having bool_or(inpatient) or max(day) > min(day))
        """,
    )
    assert 0.70 <= fit / MEMBERS <= 0.90


NEAR_MISSES = {
    "one visit only": "count(distinct claim_id) = 1 and not bool_or(inpatient)"
    " and min(day) > date '2024-03-01'",
    "two visits on one day": "count(distinct claim_id) = 2 and min(day) = max(day)",
    "visits that are too old": "count(distinct day) > 1 and max(day) < date '2024-02-28'",
    "one of two visits too old": "count(distinct day) > 1 and min(day) < date '2024-02-28'"
    " and count(distinct claim_id) filter (day > date '2024-02-28') = 1",
}


@pytest.mark.parametrize("having", NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_a_near_miss_is_there(con: duckdb.DuckDBPyConnection, having: str) -> None:
    assert one(con, f"select count(*) from (select person_id from hit group by 1 having {having})")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("R7303", id="prediabetes"),
        pytest.param("R030", id="one high reading without the diagnosis"),
        pytest.param("F1121", id="opioid use in remission"),
        pytest.param("J209", id="acute bronchitis"),
    ],
)
def test_who_carries_a_lookalike_code_fits_by_no_other(
    con: duckdb.DuckDBPyConnection, code: str
) -> None:
    assert one(con, f"select count(distinct person_id) from dx where code = '{code}'")
    assert not one(
        con,
        "select count(*) from hit where person_id in"
        f" (select person_id from dx where code = '{code}')",
    )


def test_gestational_diabetes_is_a_lookalike_and_never_a_companion() -> None:
    rows = [row for row in conditions.code_rows() if str(row["code"]).startswith("O24")]
    assert rows
    assert all(row["alike"] for row in rows)


def test_a_claim_may_be_taken_back_so_that_only_one_visit_stands(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert one(
        con,
        """
        select count(distinct m.person_id) from medical_claim m
        where paid_amount < 0 and exists (select 1 from medical_claim o
            where o.claim_id = m.claim_id and o.claim_line_number = m.claim_line_number
                and o.paid_amount = -m.paid_amount)
        """,
    )


DIRT = {
    "days' supply of zero": "select count(*) from fill where days_supply = 0",
    "blank days' supply": "select count(*) from fill where days_supply is null",
    "a reversal of a fill of its claim": "select count(*) from fill r where quantity < 0 and"
    " paid_amount < 0 and exists (select 1 from fill o where o.claim_id = r.claim_id"
    " and o.quantity = -r.quantity)",
    "a fill that came twice": "select count(*) from (select 1 from pharmacy_claim group by all"
    " having count(*) > 1)",
    "a medical line that came twice": "select count(*) from (select 1 from medical_claim"
    " group by all having count(*) > 1)",
    "a drug under two codes": "select count(*) from (select person_id, right(ndc_code, 6)"
    " from fill where length(ndc_code) = 11 group by all having count(distinct ndc_code) > 1)",
    "an NDC as 5-4-2": "select count(*) from fill where regexp_matches(ndc_code,"
    " '^\\d{5}-\\d{4}-\\d{2}$')",
    "an NDC as 5-3-2": "select count(*) from fill where regexp_matches(ndc_code,"
    " '^\\d{5}-\\d{3}-\\d{2}$')",
    "a fill date no calendar has": "select count(*) from fill where filled_on is null",
    "a fill that has not come": "select count(*) from fill where filled_on > date '2026-03-01'",
    "a visit date no calendar has": "select count(*) from medical_claim"
    " where try_cast(claim_start_date as date) is null",
    "a visit that has not come": "select count(*) from medical_claim"
    " where try_cast(claim_start_date as date) > date '2026-03-01'",
    "a diagnosis with its dot": "select count(*) from medical_claim"
    " where diagnosis_code_1 like '%.%'",
    "a member without coverage": f"select {MEMBERS} - count(distinct person_id) from eligibility",
    "coverage that has ended": "select count(*) from (select person_id from eligibility"
    " group by 1 having max(enrollment_end_date) < date '2026-03-01')",
    "coverage with a break": "select count(*) from (select person_id from eligibility"
    " group by 1 having count(*) > 1)",
    "a member who has died": "select count(*) from eligibility where death_flag = 1"
    " and death_date < date '2026-03-01'",
    "the dead still on the books": "select count(*) from eligibility"
    " where death_date < enrollment_end_date",
    "a member without a telephone": "select count(*) from member_contact where phone_e164 is null",
    "a landline": "select count(*) from member_contact where type = 'landline'",
}


@pytest.mark.parametrize("query", DIRT.values(), ids=DIRT.keys())
def test_the_dirt_of_real_files_is_there(con: duckdb.DuckDBPyConnection, query: str) -> None:
    assert one(con, query) > 0


def test_dirt_stays_a_small_part(con: duckdb.DuckDBPyConnection) -> None:
    clean = one(
        con,
        "select avg((filled_on <= date '2026-03-01' and days_supply > 0 and quantity > 0)::int)"
        " from fill",
    )
    assert clean > 0.93


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


def test_refills_fall_due_in_the_weeks_after_the_as_of_date(con: duckdb.DuckDBPyConnection) -> None:
    due = one(
        con,
        """
        select count(distinct person_id) from (
            select person_id, right(ndc_code, 6), max(filled_on + days_supply) as out_on
            from fill where length(ndc_code) = 11 and filled_on <= date '2026-03-01' group by all)
        where out_on between date '2026-03-01' and date '2026-03-01' + 35
        """,
    )
    assert due > 0.4 * MEMBERS


def test_lasting_therapies_come_as_chains_of_fills_for_months(
    con: duckdb.DuckDBPyConnection,
) -> None:
    supplies = {row[0] for row in con.execute("select distinct days_supply from fill").fetchall()}
    assert supplies == {None, 0, 10, 20, 30, 90}
    classes = {row[0] for row in con.execute("select distinct drug_class from drug").fetchall()}
    wanted = "rasa diabetes insulin statin copd_long_acting asthma_controller saba antipsychotic"
    assert set(wanted.split()) | {"antidepressant", "moud"} <= classes
    chains = one(
        con,
        "select avg(n) from (select count(distinct filled_on) n from fill join drug"
        " on ndc11 = ndc_code where drug_class in ('rasa', 'statin')"
        " group by person_id, drug_class)",
    )
    assert chains > 4


def test_drugs_are_of_labelers_that_do_not_exist() -> None:
    assert {str(row["ndc11"])[:5] for row in drugs.drug_rows()} == set(drugs.LABELERS)
    assert all(len(str(row["ndc11"])) == 11 for row in drugs.drug_rows())


def test_no_one_near_a_program_is_drawn_in_by_a_drug_alone(con: duckdb.DuckDBPyConnection) -> None:
    in_remission = "select person_id from dx where code = 'F1121'"
    assert not one(
        con,
        f"select count(*) from fill join drug on ndc11 = ndc_code where drug_class = 'moud'"
        f" and ingredient <> 'naltrexone' and person_id in ({in_remission})",
    )
