"""A screening's form: what was ticked on it, and what its page shows."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from starlette.datastructures import FormData

from api.problems import Unreadable
from domain.instruments import Answers, Instrument, Item
from domain.screening_form import BY_A_PERSON

DECLINED = "declined"
QUESTION = "q-"
"""Begins the field of a question; the rest is the item's code."""
MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Sent:
    round: int
    channel: str
    given: Answers
    finish: bool


@dataclass(frozen=True, slots=True)
class Page:
    instrument: Instrument
    round: int
    known: Answers
    channel: str = ""
    open: AbstractSet[str] = field(default_factory=frozenset)
    contradictions: AbstractSet[str] = field(default_factory=frozenset)

    @property
    def items(self) -> tuple[Item, ...]:
        return self.instrument.enabled(self.known)

    @property
    def depends(self) -> bool:
        """Whether an answer decides which questions follow."""
        return any(item.conditions for item in self.instrument.items)

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(way for way in BY_A_PERSON if way in self.instrument.asked_by)


def read_sheet(form: FormData, instrument: Instrument) -> Sent:
    """Unreadable: a field or a value that no page of ours holds."""
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str) or len(value) > 100:
            raise Unreadable
        fields.setdefault(name, []).append(value)
    number, way, do = (fields.pop(name, [""])[0] for name in ("round", "channel", "do"))
    fields.pop("csrf", None)
    if not (number.isascii() and number.isdigit() and 0 < int(number) < MOST_ROUNDS):
        raise Unreadable
    if way not in BY_A_PERSON or way not in instrument.asked_by:
        raise Unreadable("Say how you are speaking with the member, then send the form again.")
    if do not in ("save", "finish", "") or not all(name.startswith(QUESTION) for name in fields):
        raise Unreadable
    given = {name.removeprefix(QUESTION): _codes(values) for name, values in fields.items()}
    return Sent(int(number), way, given, do == "finish")


def _codes(values: list[str]) -> list[str]:
    """Declined beside an answer: what was answered counts."""
    return [value for value in values if value != DECLINED]
