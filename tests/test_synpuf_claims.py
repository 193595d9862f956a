"""DE-SynPUF, CMS's own synthetic claims of the ICD-9 years, read as they come."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from make_claims import ClaimsFolder, medicare, rows, run

from claims.errors import BadInput
from claims.people import export_persons
from claims.run import RunReport

CMS = Path(__file__).parents[2] / "shared" / "data" / "claimsdb"
present = pytest.mark.skipif(not CMS.exists(), reason="CMS's sample is not beside the checkout")

BENE = (
    "DESYNPUF_ID,BENE_YEAR,BENE_BIRTH_DT,BENE_DEATH_DT,BENE_SEX_IDENT_CD,SP_STATE_CODE,"
    "BENE_HI_CVRAGE_TOT_MONS,BENE_SMI_CVRAGE_TOT_MONS,BENE_HMO_CVRAGE_TOT_MONS\n"
)
CARRIER = "DESYNPUF_ID,CLM_ID,CLM_FROM_DT,CLM_THRU_DT,ICD9_DGNS_CD_1,LINE_ICD9_DGNS_CD_1\n"


def small(path: Path) -> Path:
    """Three beneficiaries: covered, covered by an HMO alone, and covered in the first year only."""
    path.mkdir()
    path.joinpath("bene.csv").write_text(
        BENE
        + "A,2008,1939-12-01,,1,36,12,12,0\nA,2009,1939-12-01,,1,36,12,12,0\n"
        + "B,2008,1940-01-01,,2,05,0,0,12\nB,2009,1940-01-01,,2,05,0,0,12\n"
        + "C,2008,1940-01-01,,2,54,12,12,0\nC,2009,1940-01-01,,2,54,0,0,0\n"
    )
    path.joinpath("carrier.csv").write_text(
        CARRIER
        + "".join(
            f"{who},{who}{n},2009-0{n}-05,2009-0{n}-05,25000,\n" for who in "ABC" for n in (1, 2)
        )
    )
    return path


def test_beneficiaries_states_and_coverage(tmp_path: Path) -> None:
    report = run(small(tmp_path / "claims"), tmp_path / "out", as_of=None)
    assert (report.layout, report.as_of) == ("de-synpuf", date(2009, 2, 5))
    assert report.missing == (
        "pharmacy_claim", "member_contact", "member_flags", "drug", "pharmacy",
    )  # fmt: skip
    assert report.excluded == {"cardio": {"not covered on the as-of date": 1}}
    told = {row["person_id"]: row for row in rows(tmp_path / "out", "people")}
    assert {person: row["state"] for person, row in told.items()} == {"A": "OH", "B": "CA"}
    assert told["A"]["gender"] == "male"
    assert (told["A"]["coverage_start"], told["A"]["coverage_end"]) == (date(2008, 1, 1), None)


def test_made_up_contacts_fill_in_what_the_set_lacks(tmp_path: Path) -> None:
    more = ClaimsFolder(tmp_path / "more")
    more.phone(
        "A", "+16145550101", first_name="Ada", last_name="Lovell", address="1 Elm St",
        city="Columbus", zip_code="43215", state="OH", preferred_language="es",
    )  # fmt: skip
    more.pharmacy("1111111112", cpesn_from="2005-01-01")
    run([small(tmp_path / "claims"), more.write()], tmp_path / "out", as_of=None)
    told = {row["person_id"]: row for row in rows(tmp_path / "out", "people")}
    assert (told["A"]["last_name"], told["A"]["zip_code"]) == ("Lovell", "43215")
    assert (told["A"]["time_zone"], told["A"]["preferred_language"]) == ("America/New_York", "es")
    assert told["B"]["last_name"] is None
    matched = {row["person_id"]: row["npi"] for row in rows(tmp_path / "out", "attribution")}
    assert matched == {"A": "1111111112", "B": None}


def test_persons_are_told_with_postal_states(tmp_path: Path) -> None:
    export_persons([small(tmp_path / "claims")], tmp_path / "persons.parquet")
    told = [(row["person_id"], row["state"]) for row in rows(tmp_path, "persons")]
    assert told == [("A", "OH"), ("B", "CA"), ("C", None)]


def test_a_lacking_column_is_told(tmp_path: Path) -> None:
    folder = small(tmp_path / "claims")
    target = folder / "bene.csv"
    target.write_text(target.read_text().replace("SP_STATE_CODE", "STATE"))
    with pytest.raises(BadInput, match=r"bene\.csv has no column sp_state_code"):
        run(folder, tmp_path / "out", as_of=None)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunReport, Path]:
    out = tmp_path_factory.mktemp("cms") / "out"
    return run(CMS, out, medicare(any_of_conditions=("diabetes", "copd")), as_of=None), out


@present
def test_the_sample_is_read_whole(sample: tuple[RunReport, Path]) -> None:
    report, _ = sample
    assert report.as_of == date(2009, 12, 31)
    assert report.rows["pharmacy_claim"] == 17_443
    assert report.dropped == {"pharmacy_claim: days supply is zero or blank": 383}


@present
@pytest.mark.parametrize(
    ("condition", "flag", "precision", "recall"),
    [("diabetes", "SP_DIABETES", 0.93, 0.98), ("copd", "SP_COPD", 0.75, 0.90)],
)
def test_conditions_agree_with_the_flags_of_cms(
    sample: tuple[RunReport, Path], condition: str, flag: str, precision: float, recall: float
) -> None:
    """Of the living and covered; CMS flags by year, so either year counts."""
    conditions = rows(sample[1], "conditions")
    found = {row["person_id"] for row in conditions if row["condition"] == condition}
    with duckdb.connect() as con:
        flagged = {
            person
            for (person,) in con.execute(
                f"select DESYNPUF_ID from read_csv('{CMS / 'bene.csv'}') group by 1 "
                f"having bool_or({flag} = 1) and max(BENE_DEATH_DT) is null"
            ).fetchall()
        }
    right = len(found & flagged)
    assert right / len(found) >= precision
    assert right / len(flagged) >= recall
