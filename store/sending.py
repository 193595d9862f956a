"""Due intents, taken one at a time, and those whose fate is not known yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store.models import Intent, Receipt

Session = AsyncSession


@dataclass(frozen=True, slots=True)
class Wanted:
    """What may be taken: answers and campaigns, but for templates that are held.

    What is `never_held` leaves whatever is shut, and what has expired is taken to be withheld.
    """

    answers: bool
    campaigns: bool
    held_templates: Sequence[str]
    never_held: Collection[Purpose]
    programs: Sequence[str]
    """In the order in which they are asked; empty: urgency alone decides."""


# Each part is a walk along an index of its own, however many texts wait; it takes a few more than
# there are senders, since what others hold is passed over.
_NEXT = text("""
select i.* from intents i join (
    (select id, 0 as rank, priority, due_at from intents
     where status = 'pending' and purpose <> 'care' and due_at <= :now
       and (purpose = any(:never_held) or (:answers and template <> all(:held)))
     order by priority, due_at limit 8)
    union all
    (select c.* from unnest(:programs) with ordinality as p(name, rank) cross join lateral (
         select id, p.rank, priority, due_at from intents
         where status = 'pending' and purpose = 'care' and program = p.name and due_at <= :now
           and template <> all(:held)
         order by priority, due_at limit 8) c
     where :campaigns)
    union all
    (select id, 1000, priority, due_at from intents
     where status = 'pending' and purpose = 'care' and due_at <= :now
       and (program is null or not :in_turn) and :campaigns and template <> all(:held)
     order by priority, due_at limit 8)
    union all
    (select id, 1001, priority, due_at from intents
     where status = 'pending' and expires_at <= :now and due_at <= :now
     order by expires_at limit 8)
) q on q.id = i.id
where i.status = 'pending'
order by q.rank, q.priority, q.due_at
limit 1
for update of i skip locked
""").bindparams(
    *(bindparam(name, type_=ARRAY(TEXT)) for name in ("never_held", "held", "programs"))
)


async def next_due(session: AsyncSession, wanted: Wanted, now: datetime) -> Intent | None:
    """The most urgent answer that nobody else has, locked; else a campaign's text, by programs
    in their order, those of no program last; else what has expired."""
    asked = {
        "now": now,
        "answers": wanted.answers,
        "campaigns": wanted.campaigns,
        "held": list(wanted.held_templates),
        "never_held": [str(purpose) for purpose in wanted.never_held],
        "programs": list(wanted.programs),
        "in_turn": bool(wanted.programs),
    }
    found: Intent | None = await session.scalar(select(Intent).from_statement(_NEXT), asked)
    return found


async def next_due_at(session: AsyncSession) -> datetime | None:
    return await session.scalar(
        select(func.min(Intent.due_at)).where(Intent.status == Status.PENDING)
    )


async def put_back(session: AsyncSession, intent_id: str, now: datetime) -> None:
    """It was never written to the carrier: it is due again."""
    await session.execute(
        update(Intent)
        .where(Intent.id == intent_id, Intent.status == Status.SENDING)
        .values(status=Status.PENDING, due_at=now, lease_until=None)
    )


async def unsettled(session: AsyncSession, wall: datetime) -> Sequence[Intent]:
    """Texts whose answer is missing: unknown ones, and those whose sender's lease has run out."""
    rows = await session.scalars(
        select(Intent)
        .where(
            (Intent.status == Status.UNKNOWN)
            | ((Intent.status == Status.SENDING) & (Intent.lease_until < wall))
        )
        .order_by(Intent.lease_until)
        .limit(100)
    )
    return list(rows)


async def receipt_of(session: AsyncSession, intent_id: str) -> Receipt | None:
    """A status callback that names the intent proves that the carrier took it."""
    return await session.scalar(
        select(Receipt).where(Receipt.intent_id == intent_id).order_by(Receipt.id).limit(1)
    )


async def known_sids(session: AsyncSession, phone: str) -> set[str]:
    rows = await session.scalars(
        select(Intent.sid).where(Intent.phone == phone, Intent.sid.is_not(None))
    )
    return {sid for sid in rows if sid}
