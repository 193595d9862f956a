"""The screening by text: asks in turn what a program asks by text, and hands on the rest."""

from dataclasses import replace
from datetime import datetime

from domain.answers import NO, YES, choice
from domain.effects import (
    Absent,
    Effect,
    FinishScreening,
    OpenReferral,
    OpenTask,
    Record,
    SaveAnswer,
    SendText,
    Withdraw,
)
from domain.instrument_words import read_answer
from domain.instruments import Need
from domain.outbox import Purpose
from domain.screening_asking import (
    ASKING,
    INTRO,
    OFFER,
    OVER,
    Screening,
    awaited_item,
    is_open,
    known_answers,
    needs_found,
    next_instrument,
    onward,
    question_of,
    step_name,
    thanks,
)
from domain.screening_plan import ScreeningPlan
from domain.screening_results import Round, asked_by_person, finished, saved
from domain.stages import Do, Done, Facts, Heard, Wait


def next_step(
    state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime
) -> Do | Wait | Done:
    if state.how:
        return Done(state.how)
    if not state.phase:
        return _begin(state, plan, facts, now)
    elsewhere = _answered_elsewhere(state, plan, facts, now)
    if elsewhere:
        return elsewhere
    text = facts.text(state.step, state.attempt)
    if text is None or text.lost:
        return _give_up(state, plan, facts, "not_reached")
    since = text.counts_from(now, state.asked_at)
    if now >= since + plan.give_up_after:
        return _give_up(state, plan, facts, "no_answer")
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


def _begin(state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime) -> Do:
    """What persons ask is theirs from now on; what is asked by text begins with a question."""
    tasks = tuple(
        asked_by_person(ask, state.round)
        for ask in plan.by_person(facts, state.only)
        if is_open(ask, state, facts)
    )
    if not any(is_open(ask, state, facts) for ask in plan.by_text(facts, state.only)):
        how = "handed_over" if tasks else "completed"
        return Do(replace(state, phase=OVER, how=how), tasks)
    step = step_name("screening-intro", state.round)
    begun = replace(state, phase=INTRO, step=step, asked_at=now)
    return Do(begun, (*tasks, SendText(step, "screening_intro")))


def _answered_elsewhere(
    state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime
) -> Do | None:
    """A form or a call was quicker: the open question is taken back, and the next one asked."""
    asks, step = plan.by_text(facts, state.only), str(state.step)
    if state.phase == INTRO and not any(is_open(ask, state, facts) for ask in asks):
        return Do(replace(state, phase=OVER, how="completed"), (Withdraw(step),))
    current = awaited_item(state, plan)
    if state.phase != ASKING or current is None:
        return None
    ask, item = current
    if is_open(ask, state, facts) and item.code not in facts.round_answers(state.round):
        return None
    moved, effects = onward(state, plan, facts, ask, item, Purpose.CARE)
    return Do(replace(moved, asked_at=now), (Withdraw(step), *effects))


def _heard(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    match state.phase:
        case phase if phase == INTRO:
            return _consent(state, body, plan, facts)
        case phase if phase == ASKING:
            return _answer(state, body, plan, facts)
        case phase if phase == OFFER:
            return _offer(state, body, plan, facts)
    return Heard(state, understood=False)


def _consent(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    match choice(body):
        case answer if answer == YES:
            begun = replace(state, phase=ASKING, misread=0, reminded=False)
            return Heard(*next_instrument(begun, plan, facts, None, Purpose.REPLY))
        case answer if answer == NO:
            return Heard(
                replace(state, phase=OVER, how="declined"),
                (Record("screening_declined", "member's choice"),),
            )
    return Heard(state, understood=False)


def _answer(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    current = awaited_item(state, plan)
    if current is None:
        return Heard(state, understood=False)
    ask, item = current
    round_ = Round(ask.instrument, state.round)
    found = read_answer(item, body)
    if found is None and not state.misread:
        again = replace(state, misread=1, attempt=state.attempt + 1)
        question = question_of(again, ask.instrument, item, plan, facts)
        text = SendText(
            str(again.step), "screening_reprompt", Purpose.REPLY, question, again.attempt
        )
        kept = SaveAnswer(ask.instrument.name, item.code, (), state.round, Absent.UNCLEAR)
        return Heard(again, (text, kept))
    if found is None:
        moved, asked = onward(state, plan, facts, ask, item, Purpose.REPLY)
        return Heard(moved, asked, understood=False)
    state = replace(state, answers=(*state.answers, (item.code, found)))
    known = known_answers(state, facts)
    effects = saved(round_, known, {item.code: found}, plan.crisis)
    if any(code == item.code for code, _ in ask.instrument.dangers(known)):
        # A person speaks with them now: no further question.
        ended = finished(round_, known, plan, facts.gender)
        return Heard(replace(state, phase=OVER, how="handed_over"), (*effects, *ended))
    moved, asked = onward(state, plan, facts, ask, item, Purpose.REPLY)
    return Heard(moved, (*effects, *asked))


def _offer(state: Screening, body: str, plan: ScreeningPlan, facts: Facts) -> Heard:
    completed = replace(state, phase=OVER, how="completed")
    match choice(body):
        case answer if answer == YES:
            text = SendText(step_name("referral-made", state.round), "referral_made", Purpose.REPLY)
            return Heard(completed, (*referrals(needs_found(state, plan, facts), plan), text))
        case answer if answer == NO:
            record = Record("referral_declined", "member's choice")
            return Heard(completed, (record, thanks(state)))
    return Heard(state, understood=False)


def referrals(found: tuple[Need, ...], plan: ScreeningPlan) -> tuple[Effect, ...]:
    """For each need the member wants help with: the referral, and somebody to see to it."""
    effects: list[Effect] = []
    for need in found:
        task = OpenTask(
            f"referral-{need.domain}", "referral", "coordinator", plan.referral_within,
            detail={"domain": need.domain},
        )  # fmt: skip
        effects += [OpenReferral(need.domain), task]
    return tuple(effects)


def _remind(state: Screening, plan: ScreeningPlan, facts: Facts, now: datetime) -> Do:
    """Say the open question once more; the answer may come days after the first asking."""
    again = replace(state, reminded=True, attempt=state.attempt + 1, asked_at=now)
    current = awaited_item(state, plan) if state.phase == ASKING else None
    if current is None:
        text = SendText(str(state.step), "screening_intro", Purpose.CARE, {}, again.attempt)
    else:
        question = question_of(again, current[0].instrument, current[1], plan, facts)
        text = SendText(
            str(again.step), "screening_question", Purpose.CARE, question, again.attempt
        )
    return Do(again, (text,))


def _give_up(state: Screening, plan: ScreeningPlan, facts: Facts, why: str) -> Do:
    """What is open goes on by phone where it may; an unanswered offer leaves the needs found."""
    if state.phase == OFFER:
        return Do(replace(state, phase=OVER, how="completed"))
    asks = [ask for ask in plan.by_text(facts, state.only) if is_open(ask, state, facts)]
    by_phone = tuple(asked_by_person(ask, state.round) for ask in asks if ask.person)
    current = awaited_item(state, plan)
    ended: tuple[Effect, ...] = ()
    if state.phase == ASKING and current and current[0].person is None:
        ended = (FinishScreening(current[0].instrument.name, completed=False, round=state.round),)
    how = "by_phone" if by_phone else "partial" if state.answers else why
    over = replace(state, phase=OVER, how=how)
    return Do(over, (*ended, *by_phone, Record("screening_ended", why)))
