"""Screening instruments: their questions, when each is asked, and what an answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.danger import DangerKind
from domain.scoring import Score, ScoreRule

LOINC = "http://loinc.org"
SMS, PHONE, FORM = "sms", "phone", "form"
"""By text; on a live call; in person at the counter. The last two are asked on the form."""
WAYS = (SMS, PHONE, FORM)

Answers = Mapping[str, Sequence[str]]
"""Answer codes by item code; no codes: the member declined to answer. Absent: not answered."""


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    display: Mapping[str, str]
    positive: bool = False
    words: frozenset[str] = frozenset()
    """Folded words that mean this answer, in any language."""
    exclusive: bool = False
    ordinal: int | None = None
    danger: DangerKind | None = None
    """What this answer makes us fear: a person must speak with the member."""
    system: str = LOINC


@dataclass(frozen=True, slots=True)
class Condition:
    """`enableWhen` of FHIR: about an earlier item of the same instrument."""

    item: str
    operator: str
    """"exists", "=" or "!="; the last two hold only for an answered item."""
    answer: str | bool

    def holds(self, answers: Answers) -> bool:
        given = answers.get(self.item, ())
        if self.operator == "exists":
            return bool(given) is self.answer
        if not given:
            return False
        return (self.answer in given) is (self.operator == "=")


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    text: Mapping[str, str]
    options: tuple[Option, ...]
    repeats: bool
    domain: str | None = None
    """The social need a positive answer speaks of."""
    required: bool = False
    """The form is not finished without an answer or a refusal; skipped elsewhere, it stays open."""
    conditions: tuple[Condition, ...] = ()
    any_condition: bool = False
    link: str = ""
    system: str = LOINC

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)

    def enabled(self, answers: Answers) -> bool:
        if not self.conditions:
            return True
        held = (condition.holds(answers) for condition in self.conditions)
        return any(held) if self.any_condition else all(held)


@dataclass(frozen=True, slots=True)
class Need:
    """Unconfirmed until a pharmacist signs it off. One a domain: its first positive item."""

    domain: str
    item: str
    answers: tuple[str, ...]
    z_code: str | None


@dataclass(frozen=True, slots=True)
class Instrument:
    code: str
    """LOINC code of the panel; a name of ours where LOINC has none."""
    version: str
    items: tuple[Item, ...]
    name: str = ""
    """As programs and rows name it: the file's name."""
    title: str = ""
    url: str = ""
    system: str = LOINC
    intro: Mapping[str, str] = field(default_factory=dict)
    """What is read out before the first question."""
    asked_by: frozenset[str] = frozenset(WAYS)
    label: str | None = None
    """"part2": the answers fall under 42 CFR Part 2 here, whoever asked."""
    drafts: frozenset[str] = frozenset()
    """Languages whose wording is ours and not yet signed off."""
    rule: ScoreRule | None = None

    def item(self, code: str) -> Item:
        """KeyError when the instrument has no such item."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def speaks(self, language: str) -> bool:
        return all(
            language in item.text and all(language in each.display for each in item.options)
            for item in self.items
        )

    def enabled(self, answers: Answers) -> tuple[Item, ...]:
        """The items these answers leave to be asked or answered, in order."""
        return tuple(item for item in self.items if item.enabled(answers))

    def next_item(self, answers: Answers, after: str | None = None) -> Item | None:
        """The first that is open, beyond `after`: an item passed over is not asked again."""
        codes = [item.code for item in self.items]
        first = codes.index(after) + 1 if after in codes else 0
        later = (item for item in self.items[first:] if item.enabled(answers))
        return next((item for item in later if item.code not in answers), None)

    def complete(self, answers: Answers) -> bool:
        """Nothing is open any more; a refusal is an answer."""
        return self.next_item(answers) is None

    def dangers(self, answers: Answers) -> tuple[tuple[str, DangerKind], ...]:
        """Item and what is feared, for each answer after which a person must speak with them."""
        return tuple(
            (item.code, option.danger)
            for item in self.enabled(answers)
            for option in item.options
            if option.danger and option.code in answers.get(item.code, ())
        )

    def score(self, answers: Answers, gender: str | None) -> Score | None:
        """None without a rule, or while an item that counts is open or was declined."""
        if self.rule is None:
            return None
        ordinals = {item.code: _ordinal(item, answers) for item in self.items}
        return self.rule.score(ordinals, gender)

    def flagged(self, answers: Answers) -> bool:
        """Whether an answer counts as positive, in an instrument that has no score."""
        return any(
            option.positive and option.code in answers.get(item.code, ())
            for item in self.enabled(answers)
            for option in item.options
        )


@dataclass(frozen=True, slots=True)
class ZCodes:
    rows: tuple[tuple[str, frozenset[str], str], ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ZCodes":
        """`data` is programs/instruments/z_codes.yaml."""
        try:
            return cls(
                tuple(
                    (row["item"], frozenset(row["any_of"]), row["z_code"]) for row in data["rows"]
                )
            )
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"Z codes: a row lacks {wrong}") from None

    def of(self, item: str, answers: Sequence[str]) -> str | None:
        for row_item, any_of, z_code in self.rows:
            if row_item == item and not any_of.isdisjoint(answers):
                return z_code
        return None


def needs(instrument: Instrument, answers: Answers, z_codes: ZCodes) -> tuple[Need, ...]:
    """Needs by domain, in the instrument's order."""
    found: dict[str, Need] = {}
    for item in instrument.enabled(answers):
        positive = {option.code for option in item.options if option.positive}
        given = tuple(code for code in answers.get(item.code, ()) if code in positive)
        if given and item.domain and item.domain not in found:
            z_code = z_codes.of(item.code, given)
            found[item.domain] = Need(item.domain, item.code, given, z_code)
    return tuple(found.values())


def _ordinal(item: Item, answers: Answers) -> int | None:
    if not item.enabled(answers):
        return 0
    given = answers.get(item.code, ())
    chosen = [option.ordinal or 0 for option in item.options if option.code in given]
    return sum(chosen) if chosen else None
