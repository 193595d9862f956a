"""The asking itself: which question is next, of which instrument, and how it is put."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.effects import Effect, SendText
from domain.instrument_words import prompt
from domain.instruments import Answers, Instrument, Item, Need
from domain.outbox import Purpose
from domain.screening_plan import Ask, ScreeningPlan
from domain.screening_results import Round, finished, found_in, saved
from domain.stages import Facts

INTRO, ASKING, OFFER, OVER = "intro", "asking", "offer", "over"


@dataclass(frozen=True, slots=True)
class Screening:
    phase: str = ""
    step: str | None = None
    attempt: int = 1
    """Of the text whose answer is awaited."""
    asked_at: datetime | None = None
    """When that text was decided on."""
    misread: int = 0
    reminded: bool = False
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Those given by text; the others are among the facts."""
    how: str | None = None
    round: int = 1
    instrument: str = ""
    """The one being asked; empty in rows from before there were several."""
    only: tuple[str, ...] = ()
    """Of a repetition: the instruments it is about."""


def onward(
    state: Screening,
    plan: ScreeningPlan,
    facts: Facts,
    ask: Ask,
    item: Item,
    purpose: Purpose,
) -> tuple[Screening, tuple[Effect, ...]]:
    """The next question, of this instrument or of the next, or the end."""
    moved = replace(state, misread=0, reminded=False)
    known = known_answers(moved, facts)
    following = ask.instrument.next_item(known, after=item.code)
    if following and is_open(ask, state, facts):
        return _ask(moved, plan, facts, ask, following, purpose)
    ended: tuple[Effect, ...] = ()
    if is_open(ask, state, facts):
        ended = finished(Round(ask.instrument, state.round), known, plan, facts.gender)
    moved, effects = next_instrument(moved, plan, facts, ask, purpose)
    return moved, (*ended, *effects)


def next_instrument(
    state: Screening, plan: ScreeningPlan, facts: Facts, after: Ask | None, purpose: Purpose
) -> tuple[Screening, tuple[Effect, ...]]:
    """One whose every question was answered already is kept as answered, and asks nothing."""
    asks = plan.by_text(facts, state.only)
    later = asks[asks.index(after) + 1 :] if after in asks else () if after else asks
    known = known_answers(state, facts)
    effects: list[Effect] = []
    for ask in later:
        if not is_open(ask, state, facts):
            continue
        round_ = Round(ask.instrument, state.round)
        effects.append(round_.start())
        first = ask.instrument.next_item(known)
        shared = {i.code: tuple(known[i.code]) for i in ask.instrument.items if i.code in known}
        effects += saved(round_, known, shared, plan.crisis)
        if first:
            moved, asked = _ask(state, plan, facts, ask, first, purpose)
            return moved, (*effects, *asked)
        effects += finished(round_, known, plan, facts.gender)
    ended, last = _finish(state, plan, facts)
    return ended, (*effects, *last)


def _ask(
    state: Screening, plan: ScreeningPlan, facts: Facts, ask: Ask, item: Item, purpose: Purpose
) -> tuple[Screening, tuple[Effect, ...]]:
    step = step_name(f"screening-{item.code}", state.round)
    asked = replace(state, step=step, attempt=1, instrument=ask.instrument.name)
    question = question_of(asked, ask.instrument, item, plan, facts)
    return asked, (SendText(step, "screening_question", purpose, question),)


def question_of(
    state: Screening, instrument: Instrument, item: Item, plan: ScreeningPlan, facts: Facts
) -> Mapping[str, str]:
    items = instrument.enabled(known_answers(state, facts))
    place = items.index(item) + 1 if item in items else 1
    return {"question": prompt(item, facts.language, place, max(len(items), place))}


def _finish(
    state: Screening, plan: ScreeningPlan, facts: Facts
) -> tuple[Screening, tuple[Effect, ...]]:
    if not needs_found(state, plan, facts):
        known = known_answers(state, facts)
        asks = plan.by_text(facts, state.only)
        how = "completed" if all(a.instrument.complete(known) for a in asks) else "partial"
        return replace(state, phase=OVER, how=how), (thanks(state),)
    step = step_name("referral-offer", state.round)
    offer = SendText(step, "referral_offer", Purpose.REPLY)
    return replace(state, phase=OFFER, step=step, attempt=1), (offer,)


def is_open(ask: Ask, state: Screening, facts: Facts) -> bool:
    fact = facts.screening(ask.instrument.name, state.round)
    return fact is None or fact.ended_at is None


def awaited_item(state: Screening, plan: ScreeningPlan) -> tuple[Ask, Item] | None:
    """What the awaited answer is about; None when the program no longer asks it."""
    code = str(state.step).removeprefix("screening-")
    if state.round > 1:
        code = code.removesuffix(f"-{state.round}")
    ask = plan.ask(state.instrument) if state.instrument else plan.holding(code)
    found = (
        next((item for item in ask.instrument.items if item.code == code), None) if ask else None
    )
    return (ask, found) if ask and found else None


def known_answers(state: Screening, facts: Facts) -> Answers:
    return {**dict(state.answers), **facts.round_answers(state.round)}


def needs_found(state: Screening, plan: ScreeningPlan, facts: Facts) -> tuple[Need, ...]:
    return found_in(plan, plan.by_text(facts, state.only), known_answers(state, facts))


def thanks(state: Screening) -> SendText:
    return SendText(step_name("screening-done", state.round), "screening_done", Purpose.REPLY)


def step_name(name: str, round_: int) -> str:
    return f"{name}-{round_}" if round_ > 1 else name
