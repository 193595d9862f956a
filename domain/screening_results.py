"""What the answers of a screening lead to, by whatever way they came: danger, needs, looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.crisis import CrisisRules
from domain.effects import (
    Absent,
    Effect,
    FinishScreening,
    FoundNeed,
    HoldForSafety,
    OpenTask,
    Record,
    SaveAnswer,
    SendText,
    StartScreening,
)
from domain.instruments import Answers, Instrument, Need, needs
from domain.outbox import Purpose
from domain.scoring import Look
from domain.screening_plan import Ask, ScreeningPlan


@dataclass(frozen=True, slots=True)
class Round:
    """One asking: the instrument, and which time it is asked."""

    instrument: Instrument
    number: int

    @property
    def key(self) -> str:
        """Of tasks and steps; the first time has no number."""
        suffix = f"-{self.number}" if self.number > 1 else ""
        return f"{self.instrument.name}{suffix}"

    @property
    def about(self) -> dict[str, str]:
        """Of a task about it; the label hides the rest from whoever is not cleared for it."""
        return {
            "instrument": self.instrument.name,
            **({"part2": "yes"} if self.instrument.label == "part2" else {}),
        }

    def start(self) -> StartScreening:
        return StartScreening(self.instrument.name, self.number, self.instrument.label)


def saved(
    round_: Round, answers: Answers, new: Mapping[str, tuple[str, ...]], crisis: CrisisRules
) -> tuple[Effect, ...]:
    """`answers` are all that are known with the `new` ones; a dangerous one is acted on at once."""
    kept = tuple(
        SaveAnswer(
            round_.instrument.name, item, codes, round_.number, None if codes else Absent.DECLINED
        )
        for item, codes in new.items()
    )
    return (*kept, *_dangers(round_, answers, new, crisis))


def _dangers(
    round_: Round, answers: Answers, new: Mapping[str, tuple[str, ...]], crisis: CrisisRules
) -> tuple[Effect, ...]:
    effects: list[Effect] = []
    for item, kind in round_.instrument.dangers(answers):
        if item not in new:
            continue
        level, step = crisis.levels[kind], f"danger-{round_.key}-{item}"
        rule = f"{round_.instrument.name} {item}"
        detail = {"rule": rule, "level": str(level)}
        effects += [
            HoldForSafety(rule),
            OpenTask(
                step, f"danger_{kind}", crisis.role, crisis.within[level], urgent=True,
                detail=detail,
            ),
            Record("cry_for_help", rule),
        ]  # fmt: skip
        if kind in crisis.texts:
            effects.append(SendText(step, crisis.texts[kind], Purpose.SAFETY))
    return tuple(effects)


def finished(
    round_: Round, answers: Answers, plan: ScreeningPlan, gender: str | None
) -> tuple[Effect, ...]:
    """The end of one asking: its score, the needs it found, who looks at it, what follows."""
    instrument = round_.instrument
    known = {item.code: answers[item.code] for item in instrument.items if item.code in answers}
    score, found = instrument.score(known, gender), needs(instrument, known, plan.z_codes)
    flagged = instrument.flagged(known)
    positive = score.positive if score else (flagged or bool(found)) if known else None
    end = FinishScreening(
        instrument.name, instrument.complete(known), round_.number,
        score.total if score else None, score.band if score else None, positive,
    )  # fmt: skip
    return (
        end,
        *(FoundNeed(need.domain, need.item, need.z_code) for need in found),
        *_followed(round_, plan, positive=bool(positive), total=score.total if score else None),
    )


def _followed(
    round_: Round, plan: ScreeningPlan, *, positive: bool, total: int | None
) -> tuple[Effect, ...]:
    rule = round_.instrument.rule
    if rule is None or not positive:
        return ()
    look = rule.flag if total is None else rule.look(total)
    effects: tuple[Effect, ...] = (_look(round_, look),) if look else ()
    then = plan.ask(rule.then_ask) if rule.then_ask else None
    if then is not None:
        effects = (*effects, asked_by_person(then, round_.number))
    return effects


def _look(round_: Round, look: Look) -> OpenTask:
    return OpenTask(
        f"look-{round_.key}", "screening_result", look.role, look.within,
        detail=round_.about,
    )  # fmt: skip


def asked_by_person(ask: Ask, number: int) -> OpenTask:
    """A call, or a word at the counter where nothing else is allowed."""
    round_ = Round(ask.instrument, number)
    kind = "screening_visit" if ask.person == "form" else "screening_call"
    return OpenTask(
        f"screening-{round_.key}", kind, ask.role, ask.within, detail=round_.about,
    )  # fmt: skip


def found_in(plan: ScreeningPlan, asks: tuple[Ask, ...], answers: Answers) -> tuple[Need, ...]:
    """The needs of several instruments together, one a domain."""
    found: dict[str, Need] = {}
    for ask in asks:
        for need in needs(ask.instrument, answers, plan.z_codes):
            found.setdefault(need.domain, need)
    return tuple(found.values())
