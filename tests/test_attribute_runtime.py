"""`doorway attribute`: files in, a file out, the same bytes each time, or one sentence why not."""

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from runtime.cli import main

NEAR, FAR = "1111111112", "3333333334"
MEMBERS = """\
person_id,state,zip_code,latitude,longitude,needs,language,tier,current_npi
p1,OH,43215,,,delivery,en,high,
p2,Ohio,43215-1234,,,,es,low,
p3,OH,,39.97,-83.0,,en,rising,3333333334
p4,OH,43215,,,clozapine,,,
p5,WY,82001,,,,,,
p6,,,,,,,,
"""
PHARMACIES = """\
npi,name,state,zip_code,latitude,longitude,networks,services,languages,weekly_capacity,cpesn_from
1111111112,Near,OH,43215,39.97,-83.00,express-scripts@..2026-06-30,delivery,en;es,1,2020-01-01
3333333334,Far,OH,43215,40.60,-83.00,express-scripts,,en;es,9,2020-01-01
2222222223,Wrong,OH,43215,39.97,-83.00,express-scripts,delivery,en,9,2020-01-01
"""


class Told(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(MEMBERS)
    (tmp_path / "pharmacies.csv").write_text(PHARMACIES)
    return tmp_path


@pytest.fixture
def attribute(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """The command in this process; keywords replace options, None leaves one out."""

    def run(*more: str, **options: str | None) -> Told:
        told: dict[str, str | None] = {
            "members": str(folder / "members.csv"), "pharmacies": str(folder / "pharmacies.csv"),
            "out": str(folder / "answers.csv"), "on": "2026-06-30", **options,
        }  # fmt: skip
        words = [w for name, text in told.items() if text for w in (f"--{name}", text)]
        monkeypatch.setattr(sys, "argv", ["doorway", "attribute", *words, *more])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Told(code, *capsys.readouterr())

    return run


def answers(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "answers.csv").open(newline="") as lines:
        return {row["person_id"]: row for row in csv.DictReader(lines)}


BOTH = ("--network", "express-scripts", "--network", "cpesn")


def test_each_member_has_a_pharmacy_or_a_reason(
    attribute: Callable[..., Told], folder: Path
) -> None:
    assert attribute(*BOTH).code == 0
    told = answers(folder)
    assert {person: row["npi"] for person, row in told.items()} == {
        "p1": NEAR, "p2": FAR, "p3": FAR, "p4": "", "p5": "", "p6": "",
    }  # fmt: skip
    assert told["p1"]["reason"] == "nearest of 1 in OH in both networks, 1.2 km"
    assert told["p2"] == {
        "person_id": "p2", "npi": FAR, "distance_km": "70.4",
        "reason": "number 2 by distance of 2 in OH in both networks, 70.4 km; "
        "nearer ones have no room",
        "alternatives": f"{NEAR} 1.2 km, no room", "unserved_reason": "",
    }  # fmt: skip
    assert told["p3"]["reason"] == "the member's pharmacy already, 70.1 km"
    assert {p: told[p]["unserved_reason"] for p in ("p4", "p5", "p6")} == {
        "p4": "no pharmacy in OH is in both networks with clozapine on 2026-06-30",
        "p5": "no pharmacy in WY is in both networks on 2026-06-30",
        "p6": "the member's state is unknown",
    }


def test_the_summary_counts_and_names_nobody(attribute: Callable[..., Told]) -> None:
    told = attribute(*BOTH)
    for words in ("with a pharmacy", "without one", "the check digit of the NPI is wrong"):
        assert words in told.out
    assert "p1" not in told.out


def test_the_same_files_give_the_same_bytes_in_both_forms(
    attribute: Callable[..., Told], folder: Path
) -> None:
    for name in ("members", "pharmacies"):
        with duckdb.connect() as con:
            con.execute(
                f"copy (select * from read_csv('{folder}/{name}.csv', all_varchar = true)) "
                f"to '{folder}/{name}.parquet' (format parquet)"
            )
    for form, kind in (("a", "csv"), ("b", "csv"), ("c", "parquet"), ("d", "parquet")):
        members = str(folder / f"members.{kind}")
        pharmacies = str(folder / f"pharmacies.{kind}")
        out = str(folder / f"{form}.{kind}")
        assert attribute(*BOTH, members=members, pharmacies=pharmacies, out=out).code == 0
    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()
    assert (folder / "c.parquet").read_bytes() == (folder / "d.parquet").read_bytes()
    with duckdb.connect() as con:
        rows = con.execute(f"select person_id, npi from '{folder}/c.parquet' order by 1").fetchall()
    assert dict(rows)["p1"] == NEAR


def test_the_order_of_the_members_file_changes_no_byte(
    attribute: Callable[..., Told], folder: Path
) -> None:
    head, *lines = MEMBERS.splitlines()
    (folder / "back.csv").write_text("\n".join([head, *reversed(lines), ""]))
    for name in ("members", "back"):
        told = attribute(
            *BOTH, members=str(folder / f"{name}.csv"), out=str(folder / f"{name}-told.csv")
        )
        assert told.code == 0
    assert (folder / "members-told.csv").read_bytes() == (folder / "back-told.csv").read_bytes()


@pytest.mark.parametrize(
    ("options", "served"),
    [
        pytest.param(("--capacity-factor", "2"), {"p1": NEAR, "p2": NEAR}, id="twice the room"),
        pytest.param(("--capacity-factor", "0"), {"p1": "", "p2": ""}, id="no room"),
        pytest.param(("--network", "other"), {"p1": "", "p2": ""}, id="a network nobody is in"),
    ],
)
def test_options_change_the_answer(
    attribute: Callable[..., Told], folder: Path, options: tuple[str, ...], served: dict[str, str]
) -> None:
    assert attribute(*options).code == 0
    assert {p: answers(folder)[p]["npi"] for p in served} == served


def test_a_network_counts_on_the_day_asked_for(
    attribute: Callable[..., Told], folder: Path
) -> None:
    assert attribute(*BOTH, on="2026-07-01").code == 0
    told = answers(folder)
    assert (told["p1"]["npi"], told["p2"]["npi"]) == ("", FAR)


def test_somebody_listed_twice_is_answered_once_and_counted(
    attribute: Callable[..., Told], folder: Path
) -> None:
    (folder / "members.csv").write_text(MEMBERS + "p1,OH,43215,,,delivery,en,high,\n,OH,,,,,,,\n")
    told = attribute(*BOTH)
    assert told.code == 0
    assert "1 rows: members: person_id comes twice" in told.out
    assert "1 rows: members: person_id is blank" in told.out
    assert len(answers(folder)) == 6


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"members": "{}/none.csv"}, "There is no file", id="no such file"),
        pytest.param({"members": "{}/pharmacies.csv"}, "has no column person_id", id="wrong file"),
        pytest.param({"pharmacies": "{}/members.csv"}, "has no column npi", id="files swapped"),
        pytest.param({"out": "{}/answers.xlsx"}, "neither .csv nor .parquet", id="another kind"),
        pytest.param({"out": "{}/members.csv"}, "name another file", id="out is the members file"),
        pytest.param({"network": " "}, "has no name", id="a blank network"),
        pytest.param({"members": "{}/torn.parquet"}, "cannot be read", id="no Parquet inside"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    attribute: Callable[..., Told], folder: Path, options: dict[str, str], says: str
) -> None:
    (folder / "torn.parquet").write_text("not Parquet")
    (folder / "answers.csv").write_text("what was there before\n")
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    told = attribute(**{name: text.format(folder) for name, text in options.items()})
    assert told.code == 2
    assert says in told.err
    assert len(told.err.strip().splitlines()) == 1
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before
