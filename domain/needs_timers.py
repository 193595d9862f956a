"""Referrals under way: a person is reminded, the member is asked whether help came, none stays open
for ever."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.answers import OTHER, YES, choice
from domain.due import closed
from domain.effects import CloseTask, Effect, MoveReferral, OpenTask, Record, SendText
from domain.needs import OPEN, Status
from domain.program_reader import Reader
from domain.quiet_hours import Holiday
from domain.stages import Do, Done, Facts, Heard, ReferralFact, Wait

REMEMBERED = 60
SAID = {YES: "help_came", OTHER: "no_longer_needed"}
NO_OUTCOME, MEMBER_DECLINED = "no_outcome", "member_declined"
"""Reasons of programs/needs.yaml."""


@dataclass(frozen=True, slots=True)
class NeedsPlan:
    """Each counted from the day help was asked for."""

    nudge_after: tuple[timedelta, ...]
    ask_after: timedelta
    answer_within: timedelta
    close_after: timedelta
    """A referral nobody has said anything about has failed then."""
    task_within: timedelta
    holidays: tuple[Holiday, ...]

    def open_day(self, moment: datetime) -> datetime:
        """The same hour of the next day on which offices are open."""
        while closed(moment.date(), self.holidays):
            moment += timedelta(days=1)
        return moment


@dataclass(frozen=True, slots=True)
class Needs:
    number: int = 0
    """Of the last time the member was asked."""
    step: str | None = None
    """Of the question that is open."""
    asked_at: datetime | None = None
    covers: tuple[int, ...] = ()
    """The referrals it is about."""
    asked: tuple[int, ...] = ()
    """Those the member was asked about before: once each."""


def needs_plan(read: Reader, holidays: Sequence[Holiday]) -> NeedsPlan:
    days = read.value("nudge_after_days")
    if not isinstance(days, list) or not all(isinstance(day, int) and day > 0 for day in days):
        read.refuse("nudge_after_days", "a list of whole numbers of days")
    plan = NeedsPlan(
        nudge_after=tuple(timedelta(days=day) for day in sorted(days)),
        ask_after=read.days("ask_member_after_days"),
        answer_within=read.days("answer_within_days"),
        close_after=read.days("close_after_days"),
        task_within=read.hours("task_within_hours"),
        holidays=tuple(holidays),
    )
    if plan.close_after <= max((plan.ask_after, *plan.nudge_after)):
        read.refuse("close_after_days", "later than the last reminder and the question")
    return plan


def next_step(state: Needs, plan: NeedsPlan, facts: Facts, now: datetime) -> Do | Wait | Done:
    """It ends with the journey: another need may be found any day."""
    open_ = [each for each in facts.referrals if each.status in OPEN]
    if state.step and _given_up(state, plan, facts, now):
        return Do(replace(state, step=None, asked_at=None, covers=()))
    moments = []
    for referral in open_:
        ends = referral.requested_at + plan.close_after
        if now >= ends:
            return Do(state, (*_no_reminders(referral, plan, facts), _closed_late(referral)))
        reminded = _remind(referral, plan, facts, now)
        if isinstance(reminded, OpenTask):
            earlier = _no_reminders(referral, plan, facts)
            return Do(state, (*earlier, reminded))
        moments += [ends, *reminded]
    asks = _ask(state, plan, open_, now)
    if isinstance(asks, Do):
        return asks
    moments += asks
    if state.step and state.asked_at:
        moments.append(state.asked_at + plan.answer_within)
    later = [each for each in moments if each > now]
    return Wait(min(later, default=None), "needs_under_way" if open_ else "needs_none_open")


def heard(state: Needs, body: str, plan: NeedsPlan, facts: Facts, now: datetime) -> Heard:
    answer = choice(body, "123")
    if answer is None or state.step is None:
        return Heard(state, understood=False)
    said = SAID.get(answer, "no_help_yet")
    record = Record("needs_answer", "member's answer", {"said": said})
    about = [each for each in facts.referrals if each.id in state.covers and each.status in OPEN]
    over = replace(state, step=None, asked_at=None, covers=())
    return Heard(over, (record, *_answered(about, answer, said, state, plan)))


def awaited(state: Needs) -> tuple[str, ...]:
    return (state.step,) if state.step else ()


def _answered(
    about: Sequence[ReferralFact], answer: str, said: str, state: Needs, plan: NeedsPlan
) -> tuple[Effect, ...]:
    """What one word can settle is settled; about several at once a person asks which is meant."""
    if not about:
        return ()
    if len(about) == 1 and answer == YES:
        return (MoveReferral(about[0].id, Status.COMPLETED),)
    if len(about) == 1 and answer == OTHER:
        return (MoveReferral(about[0].id, Status.CANCELLED, MEMBER_DECLINED),)
    key = f"needs-answer-{state.number}"
    return (
        OpenTask(key, "referral_answer", "coordinator", plan.task_within, detail={"said": said}),
    )


def _given_up(state: Needs, plan: NeedsPlan, facts: Facts, now: datetime) -> bool:
    text = facts.text(state.step)
    if text is None or text.lost or state.asked_at is None:
        return True
    return now >= state.asked_at + plan.answer_within


def _remind(
    referral: ReferralFact, plan: NeedsPlan, facts: Facts, now: datetime
) -> OpenTask | list[datetime]:
    """The newest reminder that is due, if nobody was given it; else when the others are."""
    at = {plan.open_day(referral.requested_at + after): after for after in plan.nudge_after}
    due = [moment for moment in at if moment <= now]
    if due:
        key = _key(referral, at[max(due)])
        if key not in facts.tasks:
            detail = {"domain": referral.domain, "after_days": str(at[max(due)].days)}
            return OpenTask(key, "referral_nudge", "coordinator", plan.task_within, detail=detail)
    return [moment for moment in at if moment > now]


def _no_reminders(referral: ReferralFact, plan: NeedsPlan, facts: Facts) -> tuple[CloseTask, ...]:
    keys = (_key(referral, after) for after in plan.nudge_after)
    open_ = (key for key in keys if key in facts.tasks and facts.tasks[key] is None)
    return tuple(CloseTask(key, "asked_again") for key in open_)


def _closed_late(referral: ReferralFact) -> MoveReferral:
    return MoveReferral(referral.id, Status.FAILED, NO_OUTCOME)


def _ask(
    state: Needs, plan: NeedsPlan, open_: Sequence[ReferralFact], now: datetime
) -> Do | list[datetime]:
    """One question about all that is old enough; never two questions at once."""
    new = [each for each in open_ if each.id not in state.asked]
    due = tuple(each.id for each in new if now >= each.requested_at + plan.ask_after)
    if not due or state.step:
        return [each.requested_at + plan.ask_after for each in new if each.id not in due]
    number = state.number + 1
    step = f"needs-check-{number}"
    asked = (*state.asked, *due)[-REMEMBERED:]
    return Do(Needs(number, step, now, due, asked), (SendText(step, "needs_check"),))


def _key(referral: ReferralFact, after: timedelta) -> str:
    return f"referral-nudge-{referral.id}-{after.days}"
