"""How urgent a reading is, by the rules of programs/readings.yaml."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.danger import Urgency, fold, matches, phrases
from domain.due import due
from domain.readings import Bounds, Glucose, Kind, Measured


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of programs/readings.yaml, which says what each field means."""

    id: str
    kind: Kind
    urgency: Urgency
    template: str
    words: str
    source: str
    effective_from: date
    effective_to: date | None
    symptoms: str | None
    """The set of words the same text must speak of, by its name in the data."""
    above: Mapping[str, int]
    at_least: Mapping[str, int]
    below: Mapping[str, int]
    count: int
    within: timedelta
    average: bool
    deadline_minutes: int | None
    business_days: int | None


@dataclass(frozen=True, slots=True)
class Level:
    """What a reading asks for; `deadline` is None when nobody is called to act."""

    rule: str
    urgency: Urgency
    deadline: datetime | None
    template: str
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class ReadingRules:
    bounds: Mapping[str, Bounds]
    symptoms: Mapping[str, re.Pattern[str]]
    rules: tuple[Rule, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ReadingRules":
        """`data` is programs/readings.yaml; ValueError says in one sentence what is wrong."""
        try:
            bounds = {
                name: Bounds(int(data["bounds"][name]["lowest"]), data["bounds"][name]["highest"])
                for name in ("systolic", "diastolic", "glucose")
            }
            listed, spoken = list(data["rules"]), dict(data["symptoms"])
        except (KeyError, TypeError, ValueError) as wrong:
            raise ValueError(f"reading rules: {wrong} is missing or is not a number") from None
        symptoms = {n: phrases(each, f"reading rules, {n}") for n, each in spoken.items()}
        rules = tuple(_rule(each) for each in listed)
        if len({rule.id for rule in rules}) < len(rules):
            raise ValueError("reading rules: two rules have the same id")
        for rule in rules:
            if rule.symptoms and rule.symptoms not in symptoms:
                raise ValueError(f"reading rules, rule {rule.id}: no symptoms {rule.symptoms!r}")
        return cls(bounds, symptoms, rules)


def symptoms_in(body: str, rules: ReadingRules) -> frozenset[str]:
    """Names of the sets of symptoms a text speaks of."""
    said = fold(body)
    return frozenset(name for name, words in rules.symptoms.items() if matches(words, said))


def level(
    reading: Measured,
    history: Sequence[tuple[datetime, Measured]],
    rules: ReadingRules,
    now: datetime,
    *,
    symptoms: Collection[str] = (),
) -> Level | None:
    """The first rule that holds for a reading just received; None when it asks for nothing.

    `history` is the member's earlier readings in any order, without this one. `symptoms` is what
    `symptoms_in` found in the same text, or in the answer to a question about it.
    """
    # A rehearsal on old claims is judged by the first rules there are, never by none.
    firsts = [rule.effective_from for rule in rules.rules]
    day = max(now.date(), min(firsts)) if firsts else now.date()
    for rule in rules.rules:
        if _in_force(rule, day) and _holds(rule, reading, history, now, symptoms=symptoms):
            deadline = due(now, rule.deadline_minutes, rule.business_days)
            return Level(rule.id, rule.urgency, deadline, rule.template, rule.words, rule.source)
    return None


def _in_force(rule: Rule, day: date) -> bool:
    return rule.effective_from <= day and (rule.effective_to is None or day < rule.effective_to)


def _holds(
    rule: Rule,
    reading: Measured,
    history: Sequence[tuple[datetime, Measured]],
    now: datetime,
    *,
    symptoms: Collection[str],
) -> bool:
    if rule.kind != reading.kind or (rule.symptoms and rule.symptoms not in symptoms):
        return False
    if not rule.average and not _meets(rule, _numbers(reading)):
        return False
    if rule.count == 1:
        return True
    recent = [
        (at, _numbers(earlier))
        for at, earlier in history
        if earlier.kind == rule.kind and now - rule.within <= at <= now
    ]
    if rule.average:
        counted = [numbers for _, numbers in recent] + [_numbers(reading)]
        mean = {name: sum(each[name] for each in counted) / len(counted) for name in counted[0]}
        return len(counted) >= rule.count and _meets(rule, mean)
    return 1 + sum(_meets(rule, numbers) for _, numbers in recent) >= rule.count


def _numbers(reading: Measured) -> Mapping[str, float]:
    if isinstance(reading, Glucose):
        return {"mg_dl": reading.mg_dl}
    return {"systolic": reading.systolic, "diastolic": reading.diastolic}


def _meets(rule: Rule, numbers: Mapping[str, float]) -> bool:
    return (
        any(numbers[name] > limit for name, limit in rule.above.items())
        or any(numbers[name] >= limit for name, limit in rule.at_least.items())
        or any(numbers[name] < limit for name, limit in rule.below.items())
    )


_LIMITS = ("above", "at_least", "below")


def _hours(data: Mapping[str, Any]) -> int:
    return int(data.get("within_hours", 24 * data.get("within_days", 0)))


def _checked(data: Any) -> tuple[str, Urgency]:
    """Where the rule stands, for error text, and its urgency; ValueError when it cannot hold."""
    if not isinstance(data, Mapping) or not isinstance(data.get("id"), str):
        raise ValueError("reading rules: a rule lacks its 'id'")
    where = f"reading rules, rule {data['id']}"
    lacking = {"kind", "level", "template", "words", "source", "effective_from"} - set(data)
    if lacking:
        raise ValueError(f"{where}: '{min(lacking)}' is missing")
    numbers = {"bp": {"systolic", "diastolic"}, "glucose": {"mg_dl"}}.get(data["kind"])
    limits = [data.get(name) or {} for name in _LIMITS]
    if numbers is None or not any(limits) or any(set(each) - numbers for each in limits):
        raise ValueError(f"{where}: 'kind' and the limits (above, at_least, below) do not agree")
    if data.get("count", 1) > 1 and not _hours(data):
        raise ValueError(f"{where}: 'count' needs 'within_days' or 'within_hours'")
    try:
        urgency = Urgency(data["level"])
    except ValueError as wrong:
        raise ValueError(f"{where}: {wrong}") from None
    if urgency is not Urgency.TEXT_ONLY and not (
        data.get("within_minutes") or data.get("business_days")
    ):
        raise ValueError(f"{where}: give 'within_minutes' or 'business_days' as its deadline")
    return where, urgency


def _rule(data: Any) -> Rule:
    where, urgency = _checked(data)
    above, at_least, below = (data.get(name) or {} for name in _LIMITS)
    return Rule(
        id=data["id"],
        kind=data["kind"],
        urgency=urgency,
        template=data["template"],
        words=data["words"],
        source=data["source"],
        effective_from=_date(data["effective_from"], where),
        effective_to=_date(data["effective_to"], where) if data.get("effective_to") else None,
        symptoms=data.get("symptoms"),
        above=above,
        at_least=at_least,
        below=below,
        count=data.get("count", 1),
        within=timedelta(hours=_hours(data)),
        average=data.get("judge") == "average",
        deadline_minutes=data.get("within_minutes"),
        business_days=data.get("business_days"),
    )


def _date(value: object, where: str) -> date:
    if isinstance(value, datetime):
        return value.astimezone(UTC).date()
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{where}: {value!r} is not a date (YYYY-MM-DD)") from None
