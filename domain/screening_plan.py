"""Which instruments a program asks, of whom, by which ways, and when it asks again."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.crisis import CrisisRules
from domain.instruments import SMS, Instrument, ZCodes
from domain.stages import Facts, ScreeningFact


@dataclass(frozen=True, slots=True)
class Ask:
    """`by`: the first way is tried first; what stays open by text goes on by the next."""

    instrument: Instrument
    by: tuple[str, ...]
    conditions: tuple[str, ...]
    """Only members with any of these; none: everybody."""
    role: str
    """Whose task it is, where a person asks."""
    within: timedelta
    follow_up: bool = False
    """Asked by nobody of itself: where another's result leads to it, or a person opens its form."""

    @property
    def person(self) -> str | None:
        """The way by which a person asks, if one may."""
        return next((way for way in self.by if way != SMS), None)


@dataclass(frozen=True, slots=True)
class Again:
    """When an instrument is asked again, counted from the end of its last asking."""

    instrument: str
    months: int
    months_if_positive: int
    events: tuple[str, ...]
    """What in a member's life brings it at once."""

    def due(self, last: ScreeningFact, facts: Facts) -> datetime | None:
        if last.ended_at is None:
            return None
        months = self.months_if_positive if last.positive else self.months
        happened = [facts.events[event] for event in self.events if event in facts.events]
        since = [moment for moment in happened if moment > last.ended_at]
        return min([later(last.ended_at, months), *since])


@dataclass(frozen=True, slots=True)
class ScreeningPlan:
    asks: tuple[Ask, ...]
    again: tuple[Again, ...]
    z_codes: ZCodes
    crisis: CrisisRules
    remind_after: timedelta
    give_up_after: timedelta
    """Both counted from the last text of the screening."""
    referral_within: timedelta

    def for_member(self, facts: Facts, only: Sequence[str] = ()) -> tuple[Ask, ...]:
        """`only`: of a repetition, the instruments it is about."""
        return tuple(
            ask
            for ask in self.asks
            if not ask.follow_up
            and (not ask.conditions or not set(ask.conditions).isdisjoint(facts.conditions))
            and (not only or ask.instrument.name in only)
        )

    def by_text(self, facts: Facts, only: Sequence[str] = ()) -> tuple[Ask, ...]:
        return tuple(
            ask
            for ask in self.for_member(facts, only)
            if SMS in ask.by and ask.instrument.speaks(facts.language)
        )

    def by_person(self, facts: Facts, only: Sequence[str] = ()) -> tuple[Ask, ...]:
        by_text = {ask.instrument.name for ask in self.by_text(facts, only)}
        asks = self.for_member(facts, only)
        return tuple(ask for ask in asks if ask.instrument.name not in by_text)

    def ask(self, name: str) -> Ask | None:
        return next((ask for ask in self.asks if ask.instrument.name == name), None)

    def holding(self, item: str) -> Ask | None:
        """The first that asks this item."""
        return next(
            (ask for ask in self.asks if any(i.code == item for i in ask.instrument.items)), None
        )

    def instrument(self, name: str) -> Instrument | None:
        found = self.ask(name)
        return found.instrument if found else None

    def due_again(self, facts: Facts) -> tuple[tuple[datetime, str], ...]:
        """When each instrument is due again, the soonest first."""
        found = []
        for rule in self.again:
            asked = [each for each in facts.screenings if each.instrument == rule.instrument]
            last = max(asked, key=lambda each: each.round, default=None)
            due = rule.due(last, facts) if last else None
            if due:
                found.append((due, rule.instrument))
        return tuple(sorted(found))


def later(moment: datetime, months: int) -> datetime:
    """So many calendar months on; the last day of a shorter month for one it does not have."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(
        year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1])
    )
