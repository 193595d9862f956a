"""All that is known when a journey decides: one query, since every step of a journey asks it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.exits import Exit
from domain.outbox import SentText, Status
from domain.stages import (
    DeliveryFact,
    Facts,
    LetterFact,
    MedicationFact,
    NoteFact,
    ReadingFact,
    ReferralFact,
    ScreeningFact,
    SyncFact,
)
from store.models import Enrollment

# Of one ingredient the latest fill counts: another maker's package is the same medicine.
# The newest line of the ledger that covers the program counts: see store.consents.stands.
_FACTS = text("""
select
    m.language, m.gender, m.death_date, m.coverage_end,
    (select json_object_agg(p.phone,
                     (select c.given from consents c
                      where c.phone = p.phone and c.channel = 'sms'
                        and (c.program is null or c.program = :program)
                      order by c.id desc limit 1))
     from contact_points p where p.member_id = m.id and p.status = 'active') as numbers,
    (select json_agg(i.phone) from intents i where i.enrollment_id = :enrollment
     and i.stage = 'outreach' and i.phone is not null) as invited,
    exists (select from staff_actions a where a.enrollment_id = :enrollment
            and a.kind = 'stop' and a.answer = 'done') as stopped,
    (select json_agg(json_build_array(step, attempt, status, due_at, accepted_at, reason)
                     order by status <> 'cancelled', again)
     from intents where enrollment_id = :enrollment) as texts,
    (select json_object_agg(step, json_build_array(spooled_at, problem, returned_at))
     from letters where enrollment_id = :enrollment) as letters,
    (select json_object_agg(key, resolution) from tasks
     where enrollment_id = :enrollment) as tasks,
    (select json_object_agg(name, done) from stages
     where enrollment_id = :enrollment and done is not null) as done,
    (select json_agg(json_build_array(ndc11, runs_out_on, days_supply, part2, drug_class,
                                      ingredient)
                     order by ndc11)
     from (select distinct on (coalesce(ingredient, ndc11)) * from medications
           where member_id = m.id
           order by coalesce(ingredient, ndc11), last_fill_on desc, ndc11) latest) as medications,
    (select max(last_fill_on) from medications where member_id = m.id and not part2) as filled_on,
    (select json_agg(json_build_array(ndc11, due_on, status, changed_at, attempts,
                                      next_attempt_on, cold_chain, "window", packaging)
                     order by id)
     from deliveries where enrollment_id = :enrollment) as deliveries,
    (select json_build_array(sent_at, reply_by, answered_at, answers, next_try_at) from notes
     where enrollment_id = :enrollment order by ordinal desc limit 1) as note,
    (select json_build_array(status, on_date, fills) from sync_plans
     where enrollment_id = :enrollment) as sync,
    (select json_agg(json_build_array(at, systolic, diastolic, mg_dl))
     from (select * from readings where enrollment_id = :enrollment
           order by at desc limit 60) latest) as readings,
    (select json_agg(json_build_array(s.instrument, s.ordinal, s.ended_at, s.positive, (
         select json_object_agg(a.item, a.answers) from screening_answers a
         where a.screening_id = s.id
           and (json_array_length(a.answers::json) > 0 or a.absent = 'declined'))))
     from screenings s where s.enrollment_id = :enrollment) as screenings,
    greatest(
        (select max(received_at) from inbound_texts where enrollment_id = :enrollment),
        (select max(done_at) from tasks where enrollment_id = :enrollment and done_by is not null
         and (kind like '%\\_call' or kind like '%\\_visit')),
        (select max(changed_at) from deliveries where enrollment_id = :enrollment
         and status = 'delivered'),
        (select max(applied_at) from staff_actions where enrollment_id = :enrollment
         and kind = 'resume' and answer = 'done')) as heard_at,
    (select json_agg(json_build_array(r.id, n.domain, r.status, r.requested_at) order by r.id)
     from referrals r join needs n on n.id = r.need_id
     where r.enrollment_id = :enrollment) as referrals,
    (select json_object_agg(event, at) from (
         select detail->>'event' as event, max(at) as at from outcomes
         where enrollment_id = :enrollment and kind = 'life_event' group by 1) happened) as events
from members m where m.id = :member
""")


async def load(  # long because every kind of fact is named once
    session: AsyncSession, enrollment: Enrollment, grace: timedelta, now: datetime
) -> Facts:
    """`grace`: how long after coverage ended its return is waited for."""
    asked = {
        "enrollment": enrollment.id,
        "member": enrollment.member_id,
        "program": enrollment.program,
    }
    row = (await session.execute(_FACTS, asked)).one()
    numbers: Mapping[str, bool | None] = row.numbers or {}
    return Facts(
        language=row.language,
        conditions=tuple(enrollment.conditions),
        has_number=True in numbers.values(),
        other_number=any(numbers[each] for each in numbers.keys() - set(row.invited or ())),
        numbers=sum(given is True for given in numbers.values()),
        filled_on=row.filled_on,
        has_pharmacy=enrollment.pharmacy_npi is not None,
        program_version=enrollment.program_version,
        # A number of theirs has said stop: that holds for the member, not for the number alone.
        opted_out=False in numbers.values(),
        dead=row.death_date is not None and row.death_date <= now.date(),
        covered=_covered(row.coverage_end, enrollment, grace, now),
        held=enrollment.held_at is not None,
        stopped=row.stopped,
        created_at=enrollment.created_at,
        reached_at=enrollment.reached_at,
        texts=_texts(row.texts or ()),
        letters={
            step: LetterFact(_moment(spooled), problem, returned=returned is not None)
            for step, (spooled, problem, returned) in (row.letters or {}).items()
        },
        tasks=row.tasks or {},
        done=row.done or {},
        medications=tuple(
            MedicationFact(ndc11, date.fromisoformat(runs_out), *rest)
            for ndc11, runs_out, *rest in row.medications or ()
        ),
        deliveries=tuple(_delivery(each) for each in row.deliveries or ()),
        note=_note(row.note),
        sync=_sync(row.sync),
        readings=tuple(
            ReadingFact(datetime.fromisoformat(at), systolic, diastolic, mg_dl)
            for at, systolic, diastolic, mg_dl in row.readings or ()
        ),
        gender=row.gender,
        screenings=tuple(_screening(each) for each in row.screenings or ()),
        heard_at=row.heard_at,
        referrals=tuple(
            ReferralFact(id_, domain, status, datetime.fromisoformat(at))
            for id_, domain, status, at in row.referrals or ()
        ),
        events={
            event: datetime.fromisoformat(at) for event, at in (row.events or {}).items() if event
        },
    )


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _covered(
    coverage_end: date | None, enrollment: Enrollment, grace: timedelta, now: datetime
) -> bool:
    """Not until grace has passed, counted from the last covered day or from the report."""
    reported = enrollment.leaving_at if enrollment.leaving == Exit.DISENROLLED else None
    if reported is not None and reported + grace <= now:
        return False
    return coverage_end is None or coverage_end + grace >= now.date()


def _texts(rows: Iterable[list[Any]]) -> Mapping[tuple[str, int], SentText]:
    """Of a text that was sent anew the last one counts, unless the first arrived after all."""
    return {
        (step, attempt): SentText(
            step,
            attempt,
            Status(status),
            datetime.fromisoformat(due),
            datetime.fromisoformat(accepted) if accepted else None,
            reason,
        )
        for step, attempt, status, due, accepted, reason in rows
    }


def _delivery(row: list[Any]) -> DeliveryFact:
    ndc11, due_on, status, changed, attempts, again, *flags = row
    return DeliveryFact(
        ndc11,
        date.fromisoformat(due_on),
        status,
        datetime.fromisoformat(changed),
        attempts,
        date.fromisoformat(again) if again else None,
        *flags,
    )


def _sync(row: list[Any] | None) -> SyncFact | None:
    if row is None:
        return None
    status, on, fills = row
    by_refill = tuple((fill["refill"], int(fill["days"])) for fill in fills)
    return SyncFact(status, date.fromisoformat(on), by_refill)


def _screening(row: list[Any]) -> ScreeningFact:
    instrument, ordinal, ended, positive, answers = row
    return ScreeningFact(
        instrument,
        ordinal,
        datetime.fromisoformat(ended) if ended else None,
        {item: tuple(codes) for item, codes in (answers or {}).items()},
        positive,
    )


def _note(row: list[Any] | None) -> NoteFact | None:
    if row is None:
        return None
    sent, reply_by, answered, answers, next_try = row
    return NoteFact(
        datetime.fromisoformat(sent) if sent else None,
        datetime.fromisoformat(reply_by),
        datetime.fromisoformat(answered) if answered else None,
        {key: value["answer"] for key, value in (answers or {}).items()},
        datetime.fromisoformat(next_try) if next_try else None,
    )
