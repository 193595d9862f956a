"""The outbox: intents recorded once, whatever is retried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.outbox import Purpose, Status
from store.models import Enrollment, GateDecision, Intent, Phone

OTHER_NUMBER = "other_number"
"""Among an intent's facts: its phone was chosen on purpose, and holds when it is sent anew."""
KEY = ("enrollment_id", "step", "attempt", "again")
CLOSING = "closing"
"""The stage of what is said after the end: a goodbye may leave though the journey is over."""


@dataclass(frozen=True, slots=True)
class NewIntent:
    enrollment_id: str | None
    stage: str
    step: str
    template: str
    template_version: str
    language: str
    purpose: Purpose
    priority: int
    attempt: int = 1
    asks: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    phone: str | None = None
    lifetime: timedelta = timedelta(days=14)


async def intend(session: AsyncSession, new: NewIntent, now: datetime) -> bool:
    """Record the intent; False when this enrollment's step and attempt has one already."""
    made = await session.execute(
        insert(Intent)
        .values(
            id=uuid4().hex,
            enrollment_id=new.enrollment_id,
            program=select(Enrollment.program)
            .where(Enrollment.id == new.enrollment_id)
            .scalar_subquery(),
            phone=new.phone,
            stage=new.stage,
            step=new.step,
            attempt=new.attempt,
            template=new.template,
            template_version=new.template_version,
            language=new.language,
            facts=dict(new.facts),
            purpose=new.purpose,
            asks=new.asks,
            priority=new.priority,
            created_at=now,
            due_at=now,
            expires_at=now + new.lifetime,
            status=Status.PENDING,
            again=0,
            tries=0,
        )
        .on_conflict_do_nothing(index_elements=KEY)
        .returning(Intent.id)
    )
    return made.first() is not None


async def intend_again(session: AsyncSession, lost: Intent, at: datetime) -> bool:
    """The same text anew, from `at` on, since this one is known not to have arrived.

    It is an intent of its own, so that each is accepted by the carrier once.
    """
    kept = {
        column.key: getattr(lost, column.key)
        for column in (
            Intent.enrollment_id, Intent.program, Intent.phone, Intent.stage, Intent.step,
            Intent.attempt,
            Intent.template, Intent.template_version, Intent.language, Intent.facts,
            Intent.purpose, Intent.asks, Intent.priority, Intent.created_at, Intent.expires_at,
        )
    }  # fmt: skip
    if lost.purpose == Purpose.CARE and OTHER_NUMBER not in lost.facts:
        # Chosen at the gate anew: the member's first number that may be used, and never after
        # a change of it the old one.
        kept["phone"] = None
    made = await session.execute(
        insert(Intent)
        .values(
            **kept,
            id=uuid4().hex,
            again=lost.again + 1,
            due_at=at,
            status=Status.PENDING,
            reason=lost.reason,
            tries=0,
        )
        .on_conflict_do_nothing(index_elements=KEY)
        .returning(Intent.id)
    )
    return made.first() is not None


async def cancel_again(session: AsyncSession, arrived: Intent) -> None:
    """It has arrived after all: it need not go anew."""
    await session.execute(
        update(Intent)
        .where(
            Intent.enrollment_id == arrived.enrollment_id,
            Intent.step == arrived.step,
            Intent.attempt == arrived.attempt,
            Intent.again > arrived.again,
            Intent.status == Status.PENDING,
        )
        .values(status=Status.CANCELLED, reason="arrived_after_all")
    )


async def cancel_pending(
    session: AsyncSession, enrollment_id: str, reason: str, *, keep: Sequence[Purpose] = ()
) -> None:
    """Nothing that has not left yet leaves; what is being sent is past calling back."""
    await session.execute(
        update(Intent)
        .where(
            Intent.enrollment_id == enrollment_id,
            Intent.status == Status.PENDING,
            Intent.purpose.not_in(keep),
        )
        .values(status=Status.CANCELLED, reason=reason)
    )


async def lock_phone(session: AsyncSession, phone: str) -> None:
    """As the gate locks it: a text it has let through is committed before anything is cancelled.

    A plain lock would wait for another revocation's line in the ledger, which refers to the phone,
    while that one waits for this.
    """
    locked = select(Phone.phone).where(Phone.phone == phone).with_for_update(key_share=True)
    await session.execute(locked)


async def cancel_for_phone(
    session: AsyncSession, phone: str, enrollments: Sequence[str], *, whole: bool
) -> None:
    """Nothing of these enrollments that waits for this phone leaves any more.

    `whole`: nor anything else that waits for the phone. What no consent governs still goes.
    """
    await lock_phone(session, phone)
    theirs = Intent.enrollment_id.in_(enrollments)
    # A text of the same member to another number of theirs too: who stops on one stops on all.
    everybody = (Intent.phone == phone) | theirs
    await session.execute(
        update(Intent)
        .where(
            everybody if whole else theirs,
            Intent.status == Status.PENDING,
            Intent.purpose.in_((Purpose.CARE, Purpose.REPLY)),
        )
        .values(status=Status.CANCELLED, reason="revoked")
    )
    await session.execute(
        update(Phone).where(Phone.phone == phone).values(open_prompt=None, open_until=None)
    )


async def supersede(session: AsyncSession, phone: str, template: str) -> None:
    """What waits for this phone in these words is no longer true; the phone must be locked."""
    await session.execute(
        update(Intent)
        .where(Intent.phone == phone, Intent.template == template, Intent.status == Status.PENDING)
        .values(status=Status.WITHHELD, reason="superseded")
    )


async def close_prompt(session: AsyncSession, phone: str, intent_id: str) -> None:
    """The question was answered: another may be asked on this phone."""
    await session.execute(
        update(Phone)
        .where(Phone.phone == phone, Phone.open_prompt == intent_id)
        .values(open_prompt=None, open_until=None)
    )


async def withdraw(session: AsyncSession, enrollment_id: str, step: str) -> None:
    """A question of ours that needs no answer any more."""
    mine = (Intent.enrollment_id == enrollment_id) & (Intent.step == step)
    await session.execute(
        update(Intent)
        .where(mine, Intent.status == Status.PENDING)
        .values(status=Status.CANCELLED, reason="answered_elsewhere")
    )
    await session.execute(
        update(Phone)
        .where(Phone.open_prompt.in_(select(Intent.id).where(mine)))
        .values(open_prompt=None, open_until=None)
    )


async def close_prompts_of(session: AsyncSession, enrollment_id: str) -> None:
    asked = select(Intent.id).where(Intent.enrollment_id == enrollment_id)
    await session.execute(
        update(Phone).where(Phone.open_prompt.in_(asked)).values(open_prompt=None, open_until=None)
    )


def decided(
    session: AsyncSession,
    intent_id: str,
    verdict: str,
    reason: str,
    at: datetime,
    next_at: datetime | None = None,
) -> None:
    session.add(
        GateDecision(intent_id=intent_id, at=at, verdict=verdict, reason=reason, next_at=next_at)
    )
