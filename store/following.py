"""Every enrollment that has not ended against the payer's newest files: who no longer fits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from domain.identification import (
    LEAVES_AS,
    Brake,
    Change,
    FitRules,
    Misfit,
    Standing,
    Verdicts,
    decide,
    follow,
)
from domain.identification import Followed as Known
from domain.identification_diff import ProgramDiff, summarize
from domain.returning import ReturnRules
from store.loading_rows import FLAGS


@dataclass(frozen=True, slots=True)
class Follow:
    """The rules and payer types of each program the run asked for, and the brake on all."""

    rules: Mapping[str, FitRules]
    payer_types: Mapping[str, Sequence[str]]
    brake: Brake
    again: ReturnRules | None = None
    """None: who left stays away."""

    @property
    def payers(self) -> Sequence[str]:
        return sorted({each for types in self.payer_types.values() for each in types})


@dataclass(frozen=True, slots=True)
class Followed:
    diff: Mapping[str, ProgramDiff]
    endings: Mapping[str, Any]
    """`leave` and `withheld`: [enrollment, exit]; `stay`: enrollments. To be carried out next."""


def follow_all(
    connection: Connection,
    asked: Follow,
    new: Mapping[str, Sequence[str]],
    as_of: date,
    retiered: Mapping[str, Sequence[tuple[str, str]]],
) -> Followed:
    """After enrollments and roster are loaded (both stage tables are there): compare and mark."""
    programs = sorted(asked.rules)
    rows = connection.execute(text(_FOLLOWED), {"programs": programs}).all()
    changes = [
        follow(each, asked.rules[each.program], as_of)
        for each in (_known(row, asked.payer_types[row.program], as_of) for row in rows)
    ]
    running = connection.execute(text(_RUNNING), {"programs": programs}).scalar_one()
    verdicts = decide(changes, running, asked.brake)
    _mark(connection, changes)
    return Followed(summarize(new, verdicts, programs, retiered), _endings(verdicts))


def _endings(verdicts: Verdicts) -> Mapping[str, Any]:
    def reports(found: Iterable[Change]) -> list[tuple[str, str]]:
        return sorted((each.id, LEAVES_AS[each.misfit].value) for each in found if each.misfit)

    return {
        "leave": reports(verdicts.leaving),
        "withheld": reports(verdicts.withheld),
        "stay": sorted(each.id for each in verdicts.staying),
    }


def _known(row: Row[Any], payer_types: Iterable[str], as_of: date) -> Known:
    covered, until = coverage(row.coverage or (), payer_types, as_of)
    standing = Standing(
        found=row.found,
        listed=row.listed,
        flags=frozenset(name for name in FLAGS if getattr(row, name)),
        covered=covered,
        covered_until=until,
    )
    was = Misfit(row.misfit) if row.misfit else None
    return Known(
        row.id, row.program, row.running, row.nominated, was, row.misfit_since, standing,
        row.leaving,
    )  # fmt: skip


def coverage(
    spans: Iterable[Mapping[str, Any]], payer_types: Iterable[str], as_of: date
) -> tuple[bool, date | None]:
    """Whether a payer of the program covers the member that day, and until when one did."""
    wanted = {each.lower() for each in payer_types}
    told = [
        (date.fromisoformat(each["first"]), _day(each.get("last")))
        for each in spans
        if each["payer_type"] in wanted
    ]
    covered = any(first <= as_of and (last is None or last >= as_of) for first, last in told)
    ended = [last for first, last in told if last is not None and last < as_of]
    return covered, None if covered else max(ended, default=None)


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told) if told else None


def _mark(connection: Connection, changes: Sequence[Change]) -> None:
    rows = [
        {"id": each.id, "misfit": each.misfit, "since": each.since}
        for each in sorted(changes, key=lambda each: each.id)
    ]
    if rows:
        connection.execute(text(_MARK), rows)


# Found and never a misfit: nothing to ask.
_FOLLOWED = """
select e.id, e.program, e.started_at is not null as running, e.entry = 'nominated' as nominated,
    e.misfit, e.misfit_since, e.leaving, s.member_id is not null as found,
    r.person_id is not null as listed, r.coverage, r.deceased, r.hospice, r.ltc, r.do_not_contact,
    r.address_confidential
from enrollments e join members m on m.id = e.member_id
left join stage_enrollments s on s.member_id = e.member_id and s.program = e.program
left join roster r on r.person_id = m.person_id
where e.ended_at is null and e.program = any(:programs)
    and (s.member_id is null or e.misfit is not null or r.deceased or r.do_not_contact)
order by e.id
"""
_RUNNING = """
select count(*) from enrollments where ended_at is null and started_at is not null
    and program = any(:programs)
"""
_MARK = """
update enrollments set misfit = cast(:misfit as text), misfit_since = cast(:since as date)
where id = :id and (misfit, misfit_since)
    is distinct from (cast(:misfit as text), cast(:since as date))
"""
