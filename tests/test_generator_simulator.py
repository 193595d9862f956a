"""The generator: the same bytes for a seed, in batches or whole, in the columns of its kinds."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest
from generated import AS_OF, MEMBERS, opened

from simulator import generator, tuva
from simulator.generator import generate


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    con = opened(tmp_path_factory.mktemp("claims"))
    yield con
    con.close()


def columns(con: duckdb.DuckDBPyConnection, kind: str) -> list[str]:
    return [row[0] for row in con.execute(f"describe {kind}").fetchall()]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


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
