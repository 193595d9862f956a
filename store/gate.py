"""What the gate asks of an intent, read in one query under the lock of the recipient's phone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from domain.safe_contact import ANY_WAY, SafeContact
from store import consents, safe_contact
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
    safe: SafeContact = ANY_WAY


_PHONES_OF = text("""
select distinct on (i.id) i.id, p.phone
from intents i
join enrollments e on e.id = i.enrollment_id
join contact_points p on p.member_id = e.member_id and p.status = 'active'
where i.id = any(:ids) and (
    select c.given from consents c
    where c.phone = p.phone and c.channel = 'sms' and (c.program is null or c.program = e.program)
    order by c.id desc limit 1)
order by i.id, p.phone = (
    select s.phone from safe_contacts s where s.member_id = e.member_id order by s.id desc limit 1
) desc nulls last, p.rank, p.id
""").bindparams(bindparam("ids", type_=ARRAY(TEXT)))

_SITUATIONS = text("""
select
    i.id,
    exists (select from intents o where o.phone = a.phone and o.status = any(:unsettled)),
    e.program, e.ended_at is not null,
    e.held_at is not null or exists (
        select from staff_actions s where s.enrollment_id = e.id and s.applied_at is null
        and s.kind in ('hold', 'take_over', 'stop')),
    m.first_name, m.death_date, m.coverage_end, m.state, m.time_zone, m.id, ph.name,
    not exists (
        select from contact_points p where p.phone = a.phone and (
            p.status in ('landline', 'unreachable')
            or (p.member_id = m.id and p.status <> 'active'))),
    (select c.given from consents c
     where c.phone = a.phone and c.channel = 'sms'
       and (e.program is null or c.program is null or c.program = e.program)
     order by c.id desc limit 1),
    array(select o.accepted_at from intents o
          where o.phone = a.phone and o.purpose = :care and o.accepted_at > :since),
    coalesce((select asked.enrollment_id is distinct from i.enrollment_id
                     or asked.stage <> i.stage
              from intents asked where asked.id = a.open_prompt), false)
from unnest(:intents, :phones, :open_prompts) as a(intent, phone, open_prompt)
join intents i on i.id = a.intent
left join enrollments e on e.id = i.enrollment_id
left join members m on m.id = e.member_id
left join pharmacies ph on ph.npi = e.pharmacy_npi
""").bindparams(
    *(
        bindparam(name, type_=ARRAY(TEXT))
        for name in ("unsettled", "intents", "phones", "open_prompts")
    )
)


async def phones_of(session: AsyncSession, intents: Sequence[Intent]) -> Mapping[str, str]:
    """The phone each text goes to, by intent: the one it answers, else the member's first that may
    be used, the one called safe before all others. A text for which there is none is left out."""
    chosen = {intent.id: intent.phone for intent in intents if intent.phone is not None}
    open_ = [intent.id for intent in intents if intent.phone is None and intent.enrollment_id]
    if not open_:
        return chosen
    rows = await session.execute(_PHONES_OF, {"ids": open_})
    return {**chosen, **{row.id: row.phone for row in rows}}


async def lock_phones(session: AsyncSession, phones: Collection[str]) -> Mapping[str, Phone]:
    """Their rows for this transaction alone, without those that another transaction has."""
    found = await session.scalars(
        # Weaker than a plain lock: rows that only refer to the phone may still be added.
        select(Phone)
        .where(Phone.phone.in_(phones))
        .with_for_update(skip_locked=True, key_share=True)
    )
    return {phone.phone: phone for phone in found}


async def situations(
    session: AsyncSession, asked: Sequence[tuple[Intent, Phone | None]], now: datetime
) -> Mapping[str, Situation]:
    """By intent. Ask only after the phones are locked: what is read before may be stale by then."""
    rows = await session.execute(
        _SITUATIONS,
        {
            "intents": [intent.id for intent, _ in asked],
            "phones": [phone.phone if phone else None for _, phone in asked],
            "open_prompts": [phone.open_prompt if phone else None for _, phone in asked],
            "unsettled": [Status.SENDING, Status.UNKNOWN],
            "care": Purpose.CARE,
            "since": now - timedelta(days=8),
        },
    )
    found = {id_: Situation(*row) for id_, *row in rows}
    safe = await safe_contact.of_members(
        session, [each.member_id for each in found.values() if each.member_id]
    )
    return {
        id_: replace(each, safe=safe.get(each.member_id or "", ANY_WAY))
        for id_, each in found.items()
    }


async def stopped_with_text_in_flight(session: AsyncSession, phone: str) -> bool:
    """Whether a phone that has said STOP may still be reached by a text sent just before."""
    if await consents.stands(session, phone, None) is not False:
        return False
    sending = select(Intent.id).where(Intent.phone == phone, Intent.status == Status.SENDING)
    return (await session.execute(sending.limit(1))).first() is not None
