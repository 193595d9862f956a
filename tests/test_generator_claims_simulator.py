"""Generated claims: most members fit a program, some just miss it, and the files have dirt."""

from collections.abc import Iterator

import duckdb
import pytest
from generated import MEMBERS, one, opened

from simulator import conditions


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = opened(tmp_path_factory.mktemp("claims"))
    yield con
    con.close()


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


def test_no_one_near_a_program_is_drawn_in_by_a_drug_alone(con: duckdb.DuckDBPyConnection) -> None:
    in_remission = "select person_id from dx where code = 'F1121'"
    assert not one(
        con,
        f"select count(*) from fill join drug on ndc11 = ndc_code where drug_class = 'moud'"
        f" and ingredient <> 'naltrexone' and person_id in ({in_remission})",
    )
