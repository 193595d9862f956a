"""What coordinators do to a journey: hold it, let it go on, take it over, stop it."""

from sqlalchemy import select, update

from activities import crisis
from activities.turn import Turn
from domain.exits import Way
from domain.journey import State
from domain.outbox import Status
from store import outcomes
from store.models import Intent, StaffAction


async def apply_actions(turn: Turn) -> dict[int, str]:
    """Obey what was asked and not yet done, in its order; the answer of each by its id."""
    asked = await turn.session.scalars(
        select(StaffAction)
        .where(StaffAction.enrollment_id == turn.enrollment.id, StaffAction.applied_at.is_(None))
        .order_by(StaffAction.id)
    )
    answers = {}
    for action in asked.all():
        action.answer = await _apply(turn, action)
        action.applied_at = turn.now
        answers[action.id] = action.answer
        outcomes.record(
            turn.session,
            turn.enrollment,
            f"staff_{action.kind}",
            at=turn.now,
            rule="staff action",
            actor=action.actor,
            detail={"action": action.id, "answer": action.answer},
        )
    return answers


async def _apply(turn: Turn, action: StaffAction) -> str:
    enrollment = turn.enrollment
    if enrollment.ended_at is not None:
        return "refused: the journey has ended"
    match action.kind:
        case "hold" | "take_over":
            if enrollment.hold == action.kind:
                return "refused: it is so already"
            enrollment.held_at = enrollment.held_at or turn.now
            enrollment.hold, enrollment.held_by = action.kind, action.actor
        case "resume":
            if enrollment.held_at is None:
                return "refused: the journey is not on hold"
            if await crisis.undocumented(turn.session, enrollment.member_id):
                return "refused: a cry for help is open; write down the call first"
            await _resume(turn)
        case "stop":
            await turn.end(State.STOPPED)
        case unknown:
            return f"refused: {unknown} is not an action"
    return "done"


async def resume_who_stays(turn: Turn) -> None:
    """What made the member leave was taken back: the journey goes on where it was."""
    enrollment = turn.enrollment
    if enrollment.hold in (Way.GRACE, Way.REROUTES) and enrollment.leaving is None:
        await _resume(turn)


async def _resume(turn: Turn) -> None:
    enrollment = turn.enrollment
    if enrollment.held_at is not None:
        await turn.shift_states(turn.now - enrollment.held_at)
    enrollment.held_at = enrollment.hold = enrollment.held_by = None
    enrollment.leaving = enrollment.leaving_at = None
    await turn.session.execute(
        update(Intent)
        .where(Intent.enrollment_id == enrollment.id, Intent.status == Status.PENDING)
        .values(due_at=turn.now)
    )
