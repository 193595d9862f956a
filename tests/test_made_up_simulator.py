"""Contacts and pharmacies made up for a set without them: only what is lacking, and fictional."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from simulator.area_codes import NETWORK_STATES, area_code_rows
from simulator.made_up import make_up

AS_OF = date(2009, 12, 31)
CONTACT = (
    "person_id phone_e164 type preferred_language alt_format first_name last_name address city"
    " zip_code state"
)


def persons(folder: Path, *rows: tuple[str, str | None, bool, bool, bool]) -> Path:
    """Write person_id, state, has_name, has_zip, has_phone as the persons file."""
    con = duckdb.connect()
    con.execute(
        "create table person(person_id varchar, state varchar, birth_date date, gender varchar,"
        " has_name boolean, has_zip boolean, has_phone boolean)"
    )
    con.execute(
        "insert into person select unnest($1), unnest($2::varchar[]), date '1935-05-01', 'female',"
        " unnest($3), unnest($4), unnest($5)",
        [list(column) for column in zip(*rows, strict=True)],
    )
    file = folder / "persons.parquet"
    con.execute(f"copy person to '{file}' (format parquet)")
    con.close()
    return file


def many(count: int = 400, states: tuple[str | None, ...] = ("OH", "TX", "CA")) -> list[Any]:
    return [(f"P{n:04d}", states[n % len(states)], False, False, False) for n in range(count)]


def read(folder: Path, query: str) -> list[tuple[Any, ...]]:
    con = duckdb.connect()
    for file in folder.glob("*.parquet"):
        con.execute(f"create view {file.stem} as from '{file}'")
    rows = con.execute(query).fetchall()
    con.close()
    return rows


def made(tmp_path: Path, *rows: Any, seed: int = 3, name: str = "out") -> Path:
    make_up(persons(tmp_path, *rows), tmp_path / name, seed=seed, as_of=AS_OF)
    return tmp_path / name


def test_it_writes_contacts_pharmacies_and_drugs(tmp_path: Path) -> None:
    out = made(tmp_path, *many(40))
    assert sorted(file.name for file in out.iterdir()) == [
        "drug.parquet",
        "member_contact.parquet",
        "pharmacy.parquet",
    ]
    described = read(out, "describe member_contact")
    assert [row[0] for row in described] == CONTACT.split()
    assert read(out, "select count(*), count(distinct person_id) from member_contact") == [(40, 40)]


@pytest.mark.parametrize(
    ("row", "given"),
    [
        pytest.param(("P", "OH", False, False, False), {"name", "home", "phone"}, id="everything"),
        pytest.param(("P", "OH", True, False, False), {"home", "phone"}, id="home and telephone"),
        pytest.param(("P", "OH", False, True, False), {"name", "phone"}, id="name and telephone"),
        pytest.param(("P", "OH", False, False, True), {"name", "home"}, id="name and home"),
        pytest.param(("P", "OH", True, True, False), {"phone"}, id="a telephone"),
        pytest.param(("P", "OH", True, False, True), {"home"}, id="a home"),
    ],
)
def test_a_person_who_lacks_gets(tmp_path: Path, row: Any, given: set[str]) -> None:
    out = made(tmp_path, *((f"{row[0]}{n}", *row[1:]) for n in range(30)))
    assert read(
        out,
        "select count(first_name), count(last_name), count(address), count(city), count(zip_code),"
        " count(state), count(phone_e164) > 20 from member_contact",
    ) == [(*[30 * ("name" in given)] * 2, *[30 * ("home" in given)] * 4, "phone" in given)]


def test_a_person_who_lacks_nothing_is_left_alone(tmp_path: Path) -> None:
    out = made(tmp_path, ("whole", "OH", True, True, True), ("bare", "OH", False, False, False))
    assert read(out, "select person_id from member_contact") == [("bare",)]


def test_the_home_is_in_the_known_state_and_the_number_too(tmp_path: Path) -> None:
    out = made(tmp_path, *many())
    rows = read(
        out, "select person_id, state, phone_e164[3:5] from member_contact order by person_id"
    )
    assert [state for _, state, _ in rows] == [row[1] for row in many()]
    codes = {(row["state"], row["npa"]) for row in area_code_rows()}
    assert {(state, npa) for _, state, npa in rows if npa} <= codes


def test_the_number_keeps_the_hours_of_the_home_where_a_state_has_two_zones(
    tmp_path: Path,
) -> None:
    out = made(tmp_path, *many(4000, ("TX",)))
    rows = read(
        out,
        "select distinct phone_e164[3:5] from member_contact"
        " where phone_e164 is not null and zip_code[1:3] = '799'",
    )
    # El Paso is the one city of Texas on Mountain time, and has an area code of its own.
    assert rows == [("915",)]
    far = read(
        out,
        "select count(*) from member_contact where phone_e164[3:5] = '915'"
        " and city in ('Houston', 'Dallas', 'San Antonio', 'Austin')",
    )
    assert far == [(0,)]


@pytest.mark.parametrize("state", [None, "ZZ"], ids=["blank", "of no state we know"])
def test_a_person_of_an_unknown_state_gets_one_with_pharmacies(
    tmp_path: Path, state: str | None
) -> None:
    out = made(tmp_path, ("lost", state, False, False, False), ("found", "OH", False, False, False))
    assert read(out, "select state from member_contact where person_id = 'lost'") == [("OH",)]


def test_without_any_state_the_homes_lie_where_the_network_is(tmp_path: Path) -> None:
    out = made(tmp_path, *many(300, (None,)))
    states = {row[0] for row in read(out, "select state from member_contact")}
    assert len(states) > 20
    assert states <= set(NETWORK_STATES)


def test_numbers_are_fictional_and_given_once(tmp_path: Path) -> None:
    out = made(tmp_path, *many(9000, ("WY",)))
    phones = [row[0] for row in read(out, "select phone_e164 from member_contact") if row[0]]
    assert 8000 < len(phones) == len(set(phones))
    assert {phone[:8] for phone in phones} == {"+1307555"}
    assert not {phone[8:] for phone in phones} & {"1212", "4334"}


def test_a_state_that_runs_out_of_numbers_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not enough fictional telephone numbers"):
        made(tmp_path, *many(12_000, ("WY",)))


def test_every_state_of_the_persons_has_a_pharmacy_for_both_programs(tmp_path: Path) -> None:
    states = ("OH", "AK", "PR", "DC", "VT")
    out = made(tmp_path, *many(50, states))
    served = read(
        out,
        "select distinct state from pharmacy where contains(networks, 'express-scripts')"
        " and contains(networks, 'carelonrx') and contains(services, 'medication_management')"
        " and contains(services, 'delivery') and cpesn_from <= date '2009-12-31'"
        " and coalesce(cpesn_to > date '2009-12-31', true)",
    )
    assert {row[0] for row in served} == set(states)
    assert read(out, f"select count(*) from pharmacy where state not in {states!r}") == [(0,)]


def test_the_same_seed_makes_the_same_bytes_whatever_the_order_of_the_persons(
    tmp_path: Path,
) -> None:
    rows = many(500)
    first = made(tmp_path, *rows, name="first")
    turned = made(tmp_path, *reversed(rows), name="turned")
    other = made(tmp_path, *rows, seed=4, name="other")
    for name in ("member_contact", "pharmacy", "drug"):
        file = f"{name}.parquet"
        assert (first / file).read_bytes() == (turned / file).read_bytes()
    assert (first / "member_contact.parquet").read_bytes() != (
        other / "member_contact.parquet"
    ).read_bytes()


def test_some_read_spanish_some_have_a_landline_and_some_no_telephone(tmp_path: Path) -> None:
    out = made(tmp_path, *many(600))
    spanish, landlines, none, large = read(
        out,
        "select count(*) filter (preferred_language = 'es'), count(*) filter (type = 'landline'),"
        " count(*) filter (phone_e164 is null), count(*) filter (alt_format = 'large_print')"
        " from member_contact",
    )[0]
    assert 60 < spanish < 240
    assert min(landlines, none, large) > 5


def test_a_file_that_is_no_parquet_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "persons.parquet"
    file.write_text("person_id,state\n")
    with pytest.raises(ValueError, match=r"persons\.parquet cannot be read as Parquet"):
        make_up(file, tmp_path / "out", seed=1, as_of=AS_OF)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_without_a_column_is_refused_by_the_column_s_name(tmp_path: Path) -> None:
    file = tmp_path / "persons.parquet"
    duckdb.sql("select 'P1' as person_id, 'OH' as state").write_parquet(str(file))
    with pytest.raises(ValueError, match="has no column birth_date, gender, has_name"):
        make_up(file, tmp_path / "out", seed=1, as_of=AS_OF)
