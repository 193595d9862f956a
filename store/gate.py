"""What the gate asks of an intent, read in one query under the lock of the recipient's phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store import consents
from store.models import Intent, Phone


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an intent stands at the door; member's fields are None for somebody unknown."""

    in_flight: bool
    """A text to this phone may be on its way: the next waits, or two could not be told apart."""
    program: str | None
    journey_ended: bool
    held: bool
    """On hold, or about to be: an action the journey has not obeyed yet already closes the gate."""
    first_name: str | None
    death_date: date | None
    coverage_end: date | None
    state: str | None
    time_zone: str | None
    member_id: str | None
    pharmacy: str | None
    number_usable: bool
    """A dead number is dead for everybody, a wrong one for the member it is wrong for."""
    consented: bool | None
    care_texts: Sequence[datetime]
    other_question: bool
    """The phone's open question is another stage's or journey's."""


_PHONE_OF = text("""
select p.phone
from intents i
join enrollments e on e.id = i.enrollment_id
join contact_points p on p.member_id = e.member_id and p.status = 'active'
where i.id = :intent and (
    select c.given from consents c
    where c.phone = p.phone and c.channel = 'sms' and (c.program is null or c.program = e.program)
    order by c.id desc limit 1)
order by p.phone = (
    select s.phone from safe_contacts s where s.member_id = e.member_id order by s.id desc limit 1
) desc nulls last, p.rank, p.id limit 1
""")

_SITUATION = text("""
select
    exists (select from intents o where o.phone = :phone and o.status = any(:unsettled)),
    e.program, e.ended_at is not null,
    e.held_at is not null or exists (
        select from staff_actions a where a.enrollment_id = e.id and a.applied_at is null
        and a.kind in ('hold', 'take_over', 'stop')),
    m.first_name, m.death_date, m.coverage_end, m.state, m.time_zone, m.id, ph.name,
    not exists (
        select from contact_points p where p.phone = :phone and (
            p.status in ('landline', 'unreachable')
            or (p.member_id = m.id and p.status <> 'active'))),
    (select c.given from consents c
     where c.phone = :phone and c.channel = 'sms'
       and (e.program is null or c.program is null or c.program = e.program)
     order by c.id desc limit 1),
    array(select o.accepted_at from intents o
          where o.phone = :phone and o.purpose = :care and o.accepted_at > :since),
    coalesce((select asked.enrollment_id is distinct from i.enrollment_id
                     or asked.stage <> i.stage
              from intents asked where asked.id = :open_prompt), false)
from intents i
left join enrollments e on e.id = i.enrollment_id
left join members m on m.id = e.member_id
left join pharmacies ph on ph.npi = e.pharmacy_npi
where i.id = :intent
""").bindparams(bindparam("unsettled", type_=ARRAY(TEXT)))


async def phone_of(session: AsyncSession, intent: Intent) -> str | None:
    """The phone a text goes to: the one it answers, else the member's first that may be used.

    The one called safe comes before all others, whatever their rank.
    """
    if intent.phone is not None or intent.enrollment_id is None:
        return intent.phone
    found: str | None = await session.scalar(_PHONE_OF, {"intent": intent.id})
    return found


async def lock_phone(session: AsyncSession, phone: str) -> Phone | None:
    """The phone's row for this transaction alone; None while another transaction has it."""
    return await session.scalar(
        # Weaker than a plain lock: rows that only refer to the phone may still be added.
        select(Phone).where(Phone.phone == phone).with_for_update(skip_locked=True, key_share=True)
    )


async def situation(
    session: AsyncSession, intent: Intent, phone: Phone | None, now: datetime
) -> Situation:
    """Ask only after the phone is locked: what is read before may be stale by then."""
    row = await session.execute(
        _SITUATION,
        {
            "intent": intent.id,
            "phone": phone.phone if phone else None,
            "open_prompt": phone.open_prompt if phone else None,
            "unsettled": [Status.SENDING, Status.UNKNOWN],
            "care": Purpose.CARE,
            "since": now - timedelta(days=8),
        },
    )
    return Situation(*row.one())


async def stopped_with_text_in_flight(session: AsyncSession, phone: str) -> bool:
    """Whether a phone that has said STOP may still be reached by a text sent just before."""
    if await consents.stands(session, phone, None) is not False:
        return False
    sending = select(Intent.id).where(Intent.phone == phone, Intent.status == Status.SENDING)
    return (await session.execute(sending.limit(1))).first() is not None
