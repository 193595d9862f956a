"""Due intents, taken one at a time, and those whose fate is not known yet."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store import outcomes
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
    """Among which turns are taken; empty: urgency alone decides."""


Turns = Callable[[Mapping[str, int]], Sequence[str]]
"""From how many texts wait in each program, whose turn it is for each of them."""
Answer = tuple[str, str, str]
"""An intent's id, the carrier's id of its text, and the status it began with."""
OTHERS = 8
"""How many texts other senders may hold at the moment."""


# Each part is a walk along an index of its own, however many texts wait; it takes a few more than
# are asked for, since what another sender holds is passed over.
_DUE = text("""
select q.id, q.rank, q.program from (
    (select id, 0 as rank, program, priority, due_at from intents
     where status = 'pending' and purpose <> 'care' and due_at <= :now
       and (purpose = any(:never_held) or (:answers and template <> all(:held)))
     order by priority, due_at limit :few)
    union all
    (select c.* from unnest(:programs) as p(name) cross join lateral (
         select id, 1 as rank, program, priority, due_at from intents
         where status = 'pending' and purpose = 'care' and program = p.name and due_at <= :now
           and template <> all(:held)
         order by priority, due_at limit :few) c
     where :campaigns)
    union all
    (select id, 2, null, priority, due_at from intents
     where status = 'pending' and purpose = 'care' and due_at <= :now
       and (program is null or not :in_turn) and :campaigns and template <> all(:held)
     order by priority, due_at limit :few)
    union all
    (select id, 3, null, priority, due_at from intents
     where status = 'pending' and expires_at <= :now and due_at <= :now
     order by expires_at limit :few)
) q order by q.rank, q.priority, q.due_at
""").bindparams(
    *(bindparam(name, type_=ARRAY(TEXT)) for name in ("never_held", "held", "programs"))
)
_IN_TURN = 1
_LOCKED = text("""
select i.* from unnest(:ids) with ordinality as o(id, place) join intents i on i.id = o.id
where i.status = 'pending' and i.due_at <= :now
order by o.place limit :most
for update of i skip locked
""").bindparams(bindparam("ids", type_=ARRAY(TEXT)))


async def due(
    session: AsyncSession, wanted: Wanted, turns: Turns, most: int, now: datetime
) -> Sequence[Intent]:
    """The most urgent answers that nobody else has, locked; then campaigns' texts, by programs in
    the order `turns` gives them, those of no program last; then what has expired."""
    asked = {
        "now": now,
        "answers": wanted.answers,
        "campaigns": wanted.campaigns,
        "held": list(wanted.held_templates),
        "never_held": [str(purpose) for purpose in wanted.never_held],
        "programs": list(wanted.programs),
        "in_turn": bool(wanted.programs),
        "few": most + OTHERS,
    }
    waiting: dict[str, list[str]] = {}
    before, after = list[str](), list[str]()
    for id_, rank, program in await session.execute(_DUE, asked):
        if rank == _IN_TURN:
            waiting.setdefault(program, []).append(id_)
        else:
            (before if rank < _IN_TURN else after).append(id_)
    in_turn = [
        waiting[program].pop(0)
        for program in turns({program: len(ids) for program, ids in waiting.items()})
    ]
    ids = list(dict.fromkeys([*before, *in_turn, *after]))
    if not ids:
        return ()
    found = await session.scalars(
        select(Intent).from_statement(_LOCKED), {"ids": ids, "now": now, "most": most}
    )
    return found.all()


async def next_due_at(session: AsyncSession) -> datetime | None:
    return await session.scalar(
        select(func.min(Intent.due_at)).where(Intent.status == Status.PENDING)
    )


# One statement for the hot path of what `activities.sent.accept` does for one text.
_ACCEPTED = text("""
with taken as (
    update intents i
    set status = 'accepted', sid = a.sid, carrier_status = a.status, accepted_at = :now,
        lease_until = null, settle_at = null, reason = null
    from unnest(:ids, :sids, :statuses) as a(id, sid, status)
    where i.id = a.id and i.status in ('sending', 'unknown') and i.carrier_status is null
    returning i.id, i.enrollment_id, i.phone, i.asks, i.step, i.template
), asked as (
    update phones p set open_prompt = t.id, open_until = :open_until
    from taken t where t.asks is not null and p.phone = t.phone
), noted as (
    insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
    select e.id, :now, 'text_accepted', :journey, t.step, e.program_version,
           jsonb_build_object('intent', t.id, 'template', t.template, 'code', null)
    from taken t join enrollments e on e.id = t.enrollment_id
)
select id, enrollment_id from taken
""").bindparams(*(bindparam(name, type_=ARRAY(TEXT)) for name in ("ids", "sids", "statuses")))


async def accept(
    session: AsyncSession, answers: Sequence[Answer], open_until: datetime, now: datetime
) -> Mapping[str, str | None]:
    """The carrier has taken these texts; the enrollment of each that was still on its way, by id.

    A text of which a receipt has told before its answer came is left as it is.
    """
    ids, sids, statuses = (list(each) for each in zip(*answers, strict=True))
    rows = await session.execute(
        _ACCEPTED,
        {
            "ids": ids,
            "sids": sids,
            "statuses": statuses,
            "now": now,
            "open_until": open_until,
            "journey": outcomes.JOURNEY,
        },
    )
    return {row.id: row.enrollment_id for row in rows}


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
