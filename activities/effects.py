"""Carries out what the stages ask for: rows only, in the transaction of the stage's new state."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.needs import note_agreement
from activities.texts import Texts
from domain.effects import (
    CloseTask,
    ConfirmDelivery,
    Effect,
    FinishScreening,
    FoundNeed,
    GiveUpDelivery,
    HoldForSafety,
    MoveReferral,
    OpenReferral,
    OpenTask,
    OrderDelivery,
    PlanAttempt,
    PrintLetter,
    ProposeSync,
    Record,
    ResendNote,
    SaveAnswer,
    SaveReading,
    SendNote,
    SendText,
    StartScreening,
    Withdraw,
)
from domain.needs import Status
from domain.outbox import lifetime
from domain.program import Program
from store import (
    care,
    consents,
    deliveries,
    letters,
    notes,
    outbox,
    outcomes,
    proposals,
    referrals,
    screenings,
    tasks,
)
from store.enrollments import hold_member
from store.models import Enrollment, InboundText, Member
from store.screenings import Came


@dataclass(frozen=True, slots=True)
class Scene:
    """Where an effect takes place."""

    session: AsyncSession
    enrollment: Enrollment
    member: Member
    program: Program
    texts: Texts
    now: datetime
    stage: str
    rate: float
    """How fast business time runs."""
    heard: InboundText | None = None
    """The text being answered."""
    came: Came | None = None
    """Of answers on a form; without it they came in the text being answered."""

    def record(self, kind: str, rule: str, detail: Mapping[str, Any] | None = None) -> None:
        actor = (self.came and self.came.actor) or "journey"
        outcomes.record(
            self.session, self.enrollment, kind, at=self.now, rule=rule, actor=actor, detail=detail
        )


async def carry_out(scene: Scene, effect: Effect) -> None:
    match effect:
        case SendText():
            await _send_text(scene, effect)
        case OpenTask():
            await _open_task(scene, effect)
        case CloseTask(key, resolution):
            await tasks.close(scene.session, scene.enrollment.id, key, resolution, scene.now)
        case Record(kind, rule, detail):
            scene.record(kind, rule, detail)
        case PrintLetter(step, template):
            if await letters.plan(
                scene.session, scene.enrollment, scene.member, step, template, scene.now
            ):
                scene.record("letter_planned", step, {"template": template})
        case SendNote() | ResendNote():
            await _note(scene, effect)
        case OrderDelivery() | ConfirmDelivery() | PlanAttempt() | GiveUpDelivery() | ProposeSync():
            await _delivery(scene, effect)
        case SaveReading():
            await care.save_reading(
                scene.session, scene.enrollment.id, effect, scene.heard, scene.now
            )
            scene.record("reading", effect.rule or "in range", {"kind": effect.kind})
        case Withdraw(step):
            await outbox.withdraw(scene.session, scene.enrollment.id, step)
        case HoldForSafety(rule):
            for held in await hold_member(scene.session, scene.enrollment.member_id, scene.now):
                outcomes.record(scene.session, held, "safety_hold", at=scene.now, rule=rule)
        case _:
            await _screening(scene, effect)


async def _note(scene: Scene, effect: SendNote | ResendNote) -> None:
    enrollment, now = scene.enrollment, scene.now
    match effect:
        case SendNote(reply_within):
            if await notes.plan(scene.session, enrollment, now, now + reply_within):
                scene.record("note_planned", "intake")
        case ResendNote():
            if await notes.send_again(scene.session, enrollment.id):
                scene.record("note_resent", "no answer")


async def _delivery(
    scene: Scene,
    effect: OrderDelivery | ConfirmDelivery | PlanAttempt | GiveUpDelivery | ProposeSync,
) -> None:
    session, enrollment, now = scene.session, scene.enrollment, scene.now
    match effect:
        case OrderDelivery():
            if await deliveries.order(session, enrollment, effect, now):
                due_on = effect.due_on.isoformat()
                scene.record("delivery_ordered", "member's choice", {"due_on": due_on})
        case ConfirmDelivery(answer, refills):
            await deliveries.confirm(session, enrollment, refills, answer)
            scene.record("delivery_confirmed", "member's answer", {"said": answer})
        case ProposeSync():
            if await proposals.propose_sync(session, enrollment, effect, now):
                scene.record("sync_proposed", "several dates", {"on": effect.on.isoformat()})
        case PlanAttempt(refill, on):
            await deliveries.plan_attempt(session, enrollment, refill, on)
        case GiveUpDelivery(refill):
            await deliveries.give_up(session, enrollment, refill, now)


async def _screening(scene: Scene, effect: Effect) -> None:
    enrollment_id, session, now = scene.enrollment.id, scene.session, scene.now
    came = scene.came or Came(message_id=scene.heard.sid if scene.heard else None)
    match effect:
        case StartScreening(instrument):
            if await screenings.start(session, enrollment_id, effect, came, now):
                scene.record("screening_started", instrument)
        case SaveAnswer():
            await screenings.save_answer(session, enrollment_id, effect, came, now)
        case FinishScreening(instrument, completed):
            if await screenings.finish(session, enrollment_id, effect, now):
                how = "completed" if completed else "partial"
                scene.record("screening_ended", how, {"instrument": instrument})
        case MoveReferral():
            await _move_referral(scene, effect)
        case FoundNeed(domain, item, z_code):
            if await screenings.add_need(session, enrollment_id, domain, item, z_code, now):
                scene.record("need_found", item, {"domain": domain, "z_code": z_code})
        case OpenReferral(domain):
            if await screenings.open_referral(session, enrollment_id, domain, now):
                scene.record("referral_requested", "member's choice", {"domain": domain})
            await note_agreement(session, scene.enrollment, scene.heard, now)


async def _move_referral(scene: Scene, effect: MoveReferral) -> None:
    """By the member's word or by time; what a person has ended meanwhile stays as they ended it."""
    reasons = {effect.reason: ""} if effect.reason else {}
    await referrals.move(
        scene.session, scene.enrollment, effect.referral_id, Status(effect.to),
        reason=effect.reason, reasons=reasons, service=None,
        actor="member" if scene.heard else "journey", now=scene.now,
    )  # fmt: skip


async def _send_text(scene: Scene, effect: SendText) -> None:
    kind = scene.texts.kind(effect.template)
    phone = scene.heard.phone if scene.heard else None
    if effect.other_number:
        phone = await consents.untried_number(
            scene.session, scene.member.id, scene.program.id, scene.enrollment.id
        )
        if phone is None:
            return scene.record("rung_skipped", "no other number", {"step": effect.step})
    made = await outbox.intend(
        scene.session,
        outbox.NewIntent(
            enrollment_id=scene.enrollment.id,
            stage=scene.stage,
            step=effect.step,
            attempt=effect.attempt,
            template=effect.template,
            template_version=str(kind.version),
            language=scene.member.language,
            facts={**effect.facts, **({outbox.OTHER_NUMBER: "yes"} if effect.other_number else {})},
            purpose=effect.purpose,
            lifetime=lifetime(effect.purpose, scene.rate),
            asks=kind.asks,
            priority=kind.priority,
            phone=phone,
        ),
        scene.now,
    )
    if made:
        scene.record("text_decided", effect.step, {"template": effect.template})


async def _open_task(scene: Scene, effect: OpenTask) -> None:
    made = await tasks.open_task(
        scene.session,
        scene.enrollment.id,
        key=effect.key,
        kind=effect.kind,
        role=effect.role,
        within=effect.within,
        now=scene.now,
        urgent=effect.urgent,
        message_id=scene.heard.sid if scene.heard else None,
        detail=effect.detail,
    )
    if made:
        scene.record("task_opened", effect.kind, {"key": effect.key, "role": effect.role})
