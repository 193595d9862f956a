"""A screening over texts: one question at a time, one re-prompt, what was answered is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.answers import NO, YES, choice
from domain.effects import (
    Effect,
    FinishScreening,
    FoundNeed,
    OpenReferral,
    OpenTask,
    Record,
    SaveAnswer,
    SendText,
    StartScreening,
)
from domain.instruments import Instrument, Need, ZCodes, needs, prompt, read_answer
from domain.outbox import Purpose
from domain.stages import Do, Done, Facts, Heard, Wait

INTRO, ASKING, OFFER, OVER = "intro", "asking", "offer", "over"


@dataclass(frozen=True, slots=True)
class ScreeningPlan:
    instrument: Instrument
    z_codes: ZCodes
    remind_after: timedelta
    give_up_after: timedelta
    """Both counted from the last text of the screening."""
    referral_within: timedelta


@dataclass(frozen=True, slots=True)
class Screening:
    phase: str = ""
    step: str | None = None
    attempt: int = 1
    """Of the text whose answer is awaited."""
    asked_at: datetime | None = None
    """When that text was decided on."""
    position: int = 0
    misread: int = 0
    reminded: bool = False
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    how: str | None = None


def next_step(
    state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    if state.how:
        return Done(state.how)
    if facts.language not in plan.instrument.items[0].text:
        return _by_interpreter(state, plan)
    if not state.phase:
        begun = replace(state, phase=INTRO, step="screening-intro", asked_at=now)
        return Do(begun, (SendText("screening-intro", "screening_intro"),))
    text = facts.text(state.step, state.attempt)
    if text is None or text.lost:
        return _give_up(state, "not_reached")
    since = text.counts_from(now, state.asked_at)
    if now >= since + plan.give_up_after:
        return _give_up(state, "no_answer")
    if state.reminded or state.phase == OFFER:
        return Wait(since + plan.give_up_after, "screening_answer")
    if now >= since + plan.remind_after:
        return _remind(state, plan, facts, now)
    return Wait(since + plan.remind_after, "screening_answer")


def heard(state: Screening, body: str, plan: ScreeningPlan, facts: Facts, now: datetime) -> Heard:
    found = _heard(state, body, plan, facts)
    if (found.state.step, found.state.attempt) == (state.step, state.attempt):
        return found
    return replace(found, state=replace(found.state, asked_at=now))


def _heard(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    match state.phase:
        case phase if phase == INTRO:
            return _consent(state, body, plan, facts)
        case phase if phase == ASKING:
            return _answer(state, body, plan, facts)
        case phase if phase == OFFER:
            return _offer(state, body, plan)
    return Heard(state, understood=False)


def _consent(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    match choice(body):
        case answer if answer == YES:
            begun, effects = _ask(replace(state, phase=ASKING), plan, facts, Purpose.REPLY)
            return Heard(begun, (StartScreening(plan.instrument.code), *effects))
        case answer if answer == NO:
            return Heard(
                replace(state, phase=OVER, how="declined"),
                (Record("screening_declined", "member's choice"),),
            )
    return Heard(state, understood=False)


def _answer(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    item = plan.instrument.items[state.position]
    found = read_answer(item, body)
    if found is None and not state.misread:
        again = replace(state, misread=1, attempt=state.attempt + 1)
        question = _question(again, plan, facts)
        text = SendText(
            str(again.step), "screening_reprompt", Purpose.REPLY, question, again.attempt
        )
        return Heard(again, (text, SaveAnswer(item.code, ())), understood=True)
    answers = state.answers if found is None else (*state.answers, (item.code, found))
    effects: tuple[Effect, ...] = () if found is None else (SaveAnswer(item.code, found),)
    moved = replace(state, answers=answers, position=state.position + 1, misread=0, reminded=False)
    if moved.position < len(plan.instrument.items):
        moved, asked = _ask(moved, plan, facts, Purpose.REPLY)
        return Heard(moved, (*effects, *asked), understood=found is not None)
    ended, last = _finish(moved, plan)
    return Heard(ended, (*effects, *last), understood=found is not None)


def _offer(state: Screening, body: str, plan: ScreeningPlan) -> Heard:
    match choice(body):
        case answer if answer == YES:
            domain = _found(state, plan)[0].domain
            task = OpenTask(
                f"referral-{domain}",
                "referral",
                "coordinator",
                plan.referral_within,
                detail={"domain": domain},
            )
            text = SendText("referral-made", "referral_made", Purpose.REPLY)
            return Heard(
                replace(state, phase=OVER, how="completed"), (OpenReferral(domain), task, text)
            )
        case answer if answer == NO:
            text = SendText("screening-done", "screening_done", Purpose.REPLY)
            record = Record("referral_declined", "member's choice")
            return Heard(replace(state, phase=OVER, how="completed"), (record, text))
    return Heard(state, understood=False)


def _ask(
    state: Screening, plan: ScreeningPlan, facts: Facts, purpose: Purpose
) -> tuple[Screening, tuple[Effect, ...]]:
    item = plan.instrument.items[state.position]
    asked = replace(state, step=f"screening-{item.code}", attempt=1)
    question = _question(asked, plan, facts)
    return asked, (SendText(str(asked.step), "screening_question", purpose, question),)


def _question(state: Screening, plan: ScreeningPlan, facts: Facts) -> Mapping[str, str]:
    items = plan.instrument.items
    words = prompt(items[state.position], facts.language, state.position + 1, len(items))
    return {"question": words}


def _finish(state: Screening, plan: ScreeningPlan) -> tuple[Screening, tuple[Effect, ...]]:
    complete = len(state.answers) == len(plan.instrument.items)
    how = "completed" if complete else "partial"
    found = _found(state, plan)
    effects: tuple[Effect, ...] = (
        FinishScreening(complete),
        *(FoundNeed(need.domain, need.item, need.z_code) for need in found),
    )
    if not found:
        text = SendText("screening-done", "screening_done", Purpose.REPLY)
        return replace(state, phase=OVER, how=how), (*effects, text)
    offer = SendText("referral-offer", "referral_offer", Purpose.REPLY)
    return replace(state, phase=OFFER, step="referral-offer", attempt=1), (*effects, offer)


def _found(state: Screening, plan: ScreeningPlan) -> tuple[Need, ...]:
    return needs(plan.instrument, dict(state.answers), plan.z_codes)


def _remind(state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime) -> Do:
    """Say the open question once more; the answer may come days after the first asking."""
    again = replace(state, reminded=True, attempt=state.attempt + 1, asked_at=now)
    if state.phase == INTRO:
        text = SendText("screening-intro", "screening_intro", Purpose.CARE, {}, again.attempt)
    else:
        question = _question(again, plan, facts)
        text = SendText(
            str(again.step), "screening_question", Purpose.CARE, question, again.attempt
        )
    return Do(again, (text,))


def _by_interpreter(state: Screening, plan: ScreeningPlan) -> Do:
    """No wording in the member's language: a person asks, with an interpreter on the line."""
    task = OpenTask("screening-call", "screening_call", "coordinator", plan.referral_within)
    ended = replace(state, phase=OVER, how="no_translation")
    return Do(ended, (task, Record("screening_ended", "no translation")))


def _give_up(state: Screening, why: str) -> Do:
    """Keep what was answered; an offer nobody answered leaves the needs found."""
    if state.phase == OFFER:
        return Do(replace(state, phase=OVER, how="completed"))
    ended = replace(state, phase=OVER, how="partial" if state.answers else why)
    effects = (FinishScreening(False),) if state.phase == ASKING else ()
    return Do(ended, (*effects, Record("screening_ended", why)))
