"""A screening on a form: which asking it belongs to, what was ticked, what is still open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.effects import Effect
from domain.instruments import FORM, PHONE, Answers, Instrument, Item
from domain.screening_plan import Ask, ScreeningPlan
from domain.screening_results import Round, finished, saved
from domain.stages import Facts, ScreeningFact

BY_A_PERSON = (PHONE, FORM)
"""The ways of a form: somebody asks and ticks what is said."""


class BadForm(ValueError):
    """No page of ours can have sent this."""


@dataclass(frozen=True, slots=True)
class Filled:
    new: Mapping[str, tuple[str, ...]]
    """What was not known before, or differently."""
    contradictions: frozenset[str]
    """Items where "none of these" was ticked beside others; nothing of them is kept."""
    open: tuple[Item, ...]
    """Required, asked of this member, and neither answered nor declined."""
    ended: bool
    effects: tuple[Effect, ...]


def offered(plan: ScreeningPlan, facts: Facts) -> tuple[Ask, ...]:
    """What somebody may ask this member in person; a follow-up too, when they judge it right."""
    meant = plan.for_member(facts)
    return tuple(
        ask
        for ask in plan.asks
        if (ask.follow_up or ask in meant) and not ask.instrument.asked_by.isdisjoint(BY_A_PERSON)
    )


def round_for(name: str, facts: Facts) -> int:
    """The asking a form opened now belongs to: one begun and not ended, one a task asks for, one
    that others of its round are still in, or else a new one."""
    begun = [each.round for each in facts.screenings if _open(each, name)]
    if begun:
        return max(begun)
    own = {each.round for each in facts.screenings if each.instrument == name}
    highest = max((each.round for each in facts.screenings), default=0)
    for number in range(highest + 1, 0, -1):
        suffix = f"-{number}" if number > 1 else ""
        key = f"screening-{name}{suffix}"
        if number not in own and key in facts.tasks and facts.tasks[key] is None:
            return number
    latest = (each for each in facts.screenings if each.round == highest)
    if highest not in own and any(_open(each) for each in latest):
        return highest
    return highest + 1


def _open(screening: ScreeningFact, name: str = "") -> bool:
    return screening.ended_at is None and name in ("", screening.instrument)


def fill(
    round_: Round, plan: ScreeningPlan, facts: Facts, given: Answers, *, finish: bool
) -> Filled:
    """`given`: what the form says, by item; no codes: declined. An item that these answers leave
    out (enableWhen) is not kept, whatever was sent. BadForm: codes the instrument does not have."""
    instrument, before = round_.instrument, facts.round_answers(round_.number)
    known, contradictions = kept(instrument, before, given)
    earlier = facts.screening(instrument.name, round_.number)
    own = earlier.answers if earlier else {}
    # What another instrument of the round has asked already is kept here too.
    new = {
        item.code: known[item.code]
        for item in instrument.enabled(known)
        if item.code in known and own.get(item.code) != known[item.code]
    }
    open_ = tuple(
        item for item in instrument.enabled(known) if item.required and item.code not in known
    )
    ended = finish and not open_ and not contradictions
    effects: tuple[Effect, ...] = saved(round_, known, new, plan.crisis)
    if new or ended:
        effects = (round_.start(), *effects)
    if ended:
        effects = (*effects, *finished(round_, known, plan, facts.gender))
    return Filled(new, contradictions, open_, ended, effects)


def kept(
    instrument: Instrument, before: Answers, given: Answers
) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
    """The answers together, and the items that contradict themselves."""
    if strange := set(given) - {item.code for item in instrument.items}:
        raise BadForm(f"{instrument.name} does not ask {sorted(strange)[0]}")
    known = {code: tuple(codes) for code, codes in before.items()}
    contradictions: set[str] = set()
    for item in instrument.items:
        if item.code not in given or not item.enabled(known):
            continue
        chosen = _chosen(item, given[item.code])
        if len(chosen) > 1 and any(o.exclusive for o in item.options if o.code in chosen):
            contradictions.add(item.code)
        else:
            known[item.code] = chosen
    return known, frozenset(contradictions)


def _chosen(item: Item, codes: Sequence[str]) -> tuple[str, ...]:
    """In the item's order."""
    if not set(codes) <= {option.code for option in item.options}:
        raise BadForm(f"{item.code} has no such answer")
    if len(codes) > 1 and not item.repeats:
        raise BadForm(f"{item.code} has one answer")
    return tuple(option.code for option in item.options if option.code in codes)
