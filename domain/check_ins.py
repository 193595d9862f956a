"""Questions answered by a digit, and what each answer sets in motion (programs/check_ins.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.danger import Urgency


@dataclass(frozen=True, slots=True)
class Answer:
    """`urgency` is None when nobody is called to act."""

    said: str
    template: str
    words: str
    urgency: Urgency | None
    minutes: int | None
    business_days: int | None


@dataclass(frozen=True, slots=True)
class CheckIn:
    name: str
    answers: Mapping[str, Answer]
    """By digit."""
    source: str


def check_ins_from(data: Mapping[str, Any]) -> Mapping[str, CheckIn]:
    """`data` is programs/check_ins.yaml; ValueError says in one sentence what is wrong."""
    listed = data.get("check_ins")
    if not isinstance(listed, Mapping) or not listed:
        raise ValueError("check-ins: `check_ins` must name at least one")
    return {name: _check_in(str(name), each) for name, each in listed.items()}


def _check_in(name: str, data: Any) -> CheckIn:
    where = f"check-ins, {name}"
    if not isinstance(data, Mapping) or not isinstance(data.get("answers"), Mapping):
        raise ValueError(f"{where}: `answers` must be a map from digit to answer")
    if not isinstance(data.get("source"), str):
        raise ValueError(f"{where}: `source` must say where its meaning comes from")
    answers = {str(digit): _answer(each, where) for digit, each in data["answers"].items()}
    return CheckIn(name, answers, data["source"])


def _answer(data: Any, where: str) -> Answer:
    try:
        said, template = str(data["said"]), str(data["template"])
        urgency = Urgency(data["level"]) if "level" in data else None
    except (KeyError, TypeError, ValueError) as wrong:
        raise ValueError(f"{where}: {wrong} is missing or unknown in an answer") from None
    minutes, days = data.get("within_minutes"), data.get("business_days")
    if (urgency is None) != (minutes is None and days is None):
        raise ValueError(f"{where}, {said}: a level and a deadline go together")
    if urgency is not None and not data.get("words"):
        raise ValueError(f"{where}, {said}: `words` must say what the pharmacist reads")
    return Answer(said, template, str(data.get("words", "")), urgency, minutes, days)
