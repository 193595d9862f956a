"""Attribution by itself: a file of members and one of pharmacies in, a file of answers out."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from claims.attribution import NEED_COLUMNS
from claims.attribution_rules import AttributionRules
from claims.attribution_tables import Answered, answer, line_up, somebody_twice
from claims.attribution_words import IN_ORDER
from claims.conditions import table
from claims.errors import BadInput
from claims.intake import connect
from claims.layout import CANONICAL, Column
from claims.people import ZIP5
from claims.pharmacies import know_pharmacies, know_zip_codes
from claims.sources import Source, path_literal
from claims.sources_read import read
from domain.attribution import words_for

MEMBERS = (
    Column("person_id", required=True),
    *(Column(name) for name in ("state", "zip_code", "language", "tier")),
    *(Column(name, "number") for name in ("latitude", "longitude", "points")),
    Column("needs"),
    *(Column(name) for name in ("current_npi", "usual_npi", "recent_npi")),
)
"""What a members file may hold; to be matched one needs a state and a place, or a ZIP code."""

_FORMS = {
    ".csv": "(format csv, header true)",
    # Reasons differ too much for a dictionary to be worth the looking for one.
    ".parquet": "(format parquet, compression zstd, compression_level 1, dictionary_size_limit 1)",
}

_SEEKER = """
create view seeker as
select person_id, 'attribution' as program, state, zip_code, latitude, longitude, needs, language,
    tier, coalesce(points, 0) as points, current_npi, usual_npi, recent_npi
from {members} where person_id is not null
"""
# Dear, and hardly ever needed: only for a file that has somebody twice.
_ONCE_EACH = """(select distinct on (person_id) * from in_members
    order by person_id, state, zip_code, latitude, longitude, tier, points, current_npi)"""
_TWICE = "select count(person_id) - count(distinct person_id) from in_members"
_BLANK = "select count(*) - count(person_id) from in_members"
_NO_TIER = """select coalesce(sum(n) filter (lower(tier) not in ('high', 'rising', 'low')), 0)
    from (select tier, count(*) as n from in_members group by 1)"""

_ANSWERS = """
select person_id, npi, distance_km, reason,
    alternatives_told as alternatives,
    unserved_reason
from attribution
"""


@dataclass(frozen=True, slots=True)
class Request:
    """What to match. `networks` must all hold on the day; `CPESN` among them is by its dates."""

    members: Path
    pharmacies: Path
    out: Path
    on: date
    networks: tuple[str, ...] = ()
    capacity_factor: float = 1.0
    """Of the weekly capacity that the file tells."""


@dataclass(frozen=True, slots=True)
class AttributionReport:
    """Counts, never ids. Distances in kilometres."""

    attributed: int
    unattributed: int
    mean_km: float | None
    pharmacies: int
    dropped: dict[str, int]
    one_by_one: dict[str, str]
    """States that could not be solved as a whole, and the solver's word for why."""


def attribute_files(
    request: Request, rules: AttributionRules, progress: Callable[[str], None] = lambda step: None
) -> AttributionReport:
    """Writes the answers, whole or not at all; the same for the same input. Raises BadInput."""
    _check(request)
    request.out.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{request.out.name}-", dir=request.out.parent))
    con = connect(scratch)
    # What is made is read once or twice; to press it together costs more than it saves.
    con.execute("set force_compression = 'uncompressed'")
    try:
        progress("reading members and pharmacies")
        _read(con, request, rules)
        progress("matching members and pharmacies")
        answered = _match(con, request, rules)
        progress("writing answers")
        written = scratch / f"answers{request.out.suffix.lower()}"
        con.execute(IN_ORDER)
        con.execute(f"copy ({_ANSWERS}) to {path_literal(written)} {_form(request.out)}")
        report = _report(con, answered)
        written.replace(request.out)
    except (duckdb.DataError, duckdb.OperationalError) as failed:
        raise BadInput(
            f"The members and pharmacies could not be worked through ({type(failed).__name__}); "
            "check the files' contents and the free disk space."
        ) from None  # what the engine says may quote a row
    finally:
        con.close()
        shutil.rmtree(scratch, ignore_errors=True)
    return report


def _check(request: Request) -> None:
    for file, what in ((request.members, "members"), (request.pharmacies, "pharmacies")):
        if not file.is_file():
            raise BadInput(f"There is no file {file}; check the path of the {what} file.")
        _form(file)
        if request.out.exists() and request.out.samefile(file):
            raise BadInput(f"--out names the {what} file {file}; name another file.")
    _form(request.out)
    if request.out.is_dir():
        raise BadInput(f"--out names the folder {request.out}; name a file in it.")
    if not 0 <= request.capacity_factor < 1e6:
        raise BadInput("--capacity-factor must be 0 or more; 1 is the capacity of the file.")


def _form(file: Path) -> str:
    form = _FORMS.get(file.suffix.lower())
    if form is None:
        raise BadInput(f"{file} is neither .csv nor .parquet; name a file of one of these kinds.")
    return form


def _read(con: duckdb.DuckDBPyConnection, request: Request, rules: AttributionRules) -> None:
    read(con, Source("members", (request.members,)), MEMBERS)
    read(con, Source("pharmacy", (request.pharmacies,)), CANONICAL["pharmacy"])
    con.execute(f"set variable as_of = date '{request.on.isoformat()}'")
    con.execute("create table dropped (reason varchar, times bigint, examples varchar[])")
    con.execute(ZIP5)
    know_zip_codes(con)
    know_pharmacies(con, rules)
    con.execute("create table taken (npi varchar, members bigint)")
    _drop(con, "person_id is blank", _BLANK)
    _drop(con, "tier is not high, rising or low (read as low)", _NO_TIER)
    _seek(con, "in_members")
    within = [name for name in request.networks if name.lower() != "cpesn"]
    cpesn = len(within) < len(request.networks)
    need = {
        "program": "attribution", "networks": [name.lower() for name in within], "services": [],
        "cpesn": cpesn, "weeks": 1, "words": words_for(within, cpesn),
    }  # fmt: skip
    table(con, "program_need", NEED_COLUMNS, [need])


def _seek(con: duckdb.DuckDBPyConnection, members: str) -> None:
    con.execute(_SEEKER.replace("{members}", members))


def _drop(con: duckdb.DuckDBPyConnection, what: str, count: str) -> None:
    (times,) = con.execute(count).fetchall()[0]
    if times:
        con.execute("insert into dropped values (?, ?, [])", [f"members: {what}", times])


def _match(con: duckdb.DuckDBPyConnection, request: Request, rules: AttributionRules) -> Answered:
    line_up(con)
    if somebody_twice(con):
        _drop(con, "person_id comes twice", _TWICE)
        con.execute("drop view seeker")
        _seek(con, _ONCE_EACH)
        line_up(con)
    return answer(con, rules, request.capacity_factor)


def _report(con: duckdb.DuckDBPyConnection, answered: Answered) -> AttributionReport:
    pharmacies = con.execute("select count(*) from pharmacy").fetchall()[0][0]
    dropped = con.execute("select reason, sum(times)::bigint from dropped group by 1 order by 1")
    return AttributionReport(
        answered.served,
        answered.unserved,
        answered.mean_km,
        int(pharmacies),
        dict(dropped.fetchall()),
        answered.one_by_one,
    )


def check_networks(networks: Sequence[str]) -> tuple[str, ...]:
    """The names once each; BadInput for a blank one."""
    if any(not name.strip() for name in networks):
        raise BadInput("A --network has no name; name a PBM's network, or cpesn.")
    return tuple(dict.fromkeys(name.strip() for name in networks))
