"""Which enrollment of theirs claims speak of, for members who were in the program before."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from domain.identification import Misfit
from domain.journey import State
from domain.returning import Past, ReturnRules, comes_again

Ordinals = Mapping[tuple[str, str], int]
"""By payer's id and program; who is not in it has the first, or none yet."""


def ordinals(
    connection: Connection,
    found: Iterable[Mapping[str, Any]],
    rules: ReturnRules | None,
    as_of: date,
) -> Ordinals:
    """Of those found: the newest, or the next if it has ended and the member may begin again."""
    people = sorted({row["person_id"] for row in found})
    rows = connection.execute(text(_NEWEST), {"people": people})
    told = {}
    for row in rows:
        again = False
        if rules is not None and row.ended_at is not None:
            was = Misfit(row.misfit) if row.misfit else None
            past = Past(State(row.state), row.ended_at.date(), was, row.began)
            again = comes_again(past, rules, as_of)
        told[(row.person_id, row.program)] = row.ordinal + again
    return told


_NEWEST = """
select distinct on (e.member_id, e.program) m.person_id, e.program, e.ordinal, e.state, e.ended_at,
    e.misfit, array_agg((e.created_at at time zone 'utc')::date)
        over (partition by e.member_id, e.program) as began
from enrollments e join members m on m.id = e.member_id
where m.person_id = any(:people)
order by e.member_id, e.program, e.ordinal desc
"""
