"""Everybody the payer's files name on a day: who they are, their coverage, flags and numbers.

Identification tells of its members only. Who has left a program, and whether somebody who is
nominated may come in, is asked of all.
"""

import shutil
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from claims.clean import settle_as_of
from claims.coverage import cover, number_persons
from claims.errors import BadInput
from claims.intake import open_folders
from claims.people import know_homes
from claims.sources import literal

NAME = "roster.parquet"

# What is left out is counted by the identification of the same files.
_DROPPED = "create table dropped (reason varchar, times bigint, examples varchar[])"
# As if everybody were a member.
_EVERYBODY = "create table known as select person_no, person_id from person"

# A language nobody told is not English: it must not overwrite one that was told before.
_ROSTER = """
copy (
    with told as (
        select person_id, bool_or(preferred_language is not null) as language
        from in_member_contact group by 1),
    spans as (
        select person_no, to_json(list({payer_type: payer_type, payer: payer,
            first: strftime(first, '%Y-%m-%d'),
            last: if(last < date '9999-12-31', strftime(last, '%Y-%m-%d'), null)}
            order by first, payer_type))::varchar as coverage
        from span group by 1),
    numbers as (
        select person_no, to_json(list({phone: phone_e164, kind: type, rank: rank}
            order by rank))::varchar as phones
        from phone group by 1)
    select h.person_id, h.first_name, h.last_name, h.birth_date, h.death_date, h.gender,
        h.address, h.city, h.state, h.zip_code, h.time_zone,
        case when t.language then h.preferred_language end as language, h.alt_format,
        coalesce(s.coverage, '[]') as coverage, coalesce(n.phones, '[]') as phones,
        p.deceased, p.hospice, p.ltc, p.do_not_contact, p.address_confidential
    from home h join person p using (person_no) left join told t on t.person_id = h.person_id
    left join spans s using (person_no) left join numbers n using (person_no)
    order by h.person_no
) to {out} (format parquet, compression zstd)
"""


def write_roster(folders: Sequence[Path], out: Path, as_of: date) -> None:
    """Writes `out` (Parquet), one row a person; lists are JSON text.

    `coverage` holds {payer_type, payer, first, last}, `last` null while it has no end; `phones`
    holds {phone, kind, rank}. Raises BadInput like `identify`.
    """
    scratch = Path(tempfile.mkdtemp(prefix=".roster-", dir=out.parent))
    try:
        con = open_folders(folders, scratch).con
        try:
            settle_as_of(con, as_of)
            number_persons(con)
            con.execute(_DROPPED)
            cover(con)
            con.execute(_EVERYBODY)
            know_homes(con)
            con.execute(_ROSTER.replace("{out}", literal(str(scratch / NAME))))
        except (duckdb.DataError, duckdb.OperationalError) as failed:
            raise BadInput(
                f"The eligibility files in {folders[0]} could not be worked through "
                f"({type(failed).__name__}); check their contents and the free disk space."
            ) from None
        finally:
            con.close()
        (scratch / NAME).replace(out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
