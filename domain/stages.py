"""The shape every stage's rules share: a state, the facts, and what is to be done next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.effects import Effect
from domain.outbox import SentText


@dataclass(frozen=True, slots=True)
class Do:
    """Carry these out together with the new state, then ask again."""

    state: Any
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do until then, or (None) until something is heard."""

    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    how: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a stage makes of a member's words."""

    state: Any
    effects: tuple[Effect, ...] = ()
    understood: bool = True


@dataclass(frozen=True, slots=True)
class MedicationFact:
    ndc11: str
    runs_out_on: date
    days_supply: int
    part2: bool = False
    drug_class: str | None = None
    ingredient: str | None = None
    """Of a combination all, divided by `/`."""

    @property
    def refill(self) -> str:
        """The supply that ends then, as a delivery of its successor is ordered under."""
        return f"{self.ndc11}/{self.runs_out_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class DeliveryFact:
    ndc11: str
    due_on: date
    status: str
    changed_at: datetime
    attempts: int = 0
    """How often it was brought to the door in vain."""
    next_attempt_on: date | None = None
    cold_chain: bool = False
    window: str | None = None
    packaging: str | None = None

    @property
    def refill(self) -> str:
        """As `MedicationFact.refill` names it."""
        return f"{self.ndc11}/{self.due_on.isoformat()}"


@dataclass(frozen=True, slots=True)
class SyncFact:
    """Short fills to one common date, as proposed to the pharmacist, and what became of it."""

    status: str
    """proposed, accepted or declined"""
    on: date
    fills: tuple[tuple[str, int], ...]
    """By refill, the days of its short fill."""


@dataclass(frozen=True, slots=True)
class NoteFact:
    sent_at: datetime | None
    reply_by: datetime
    answered_at: datetime | None
    answers: Mapping[str, str] = field(default_factory=dict)
    """By request id: accept, modify or decline."""
    next_try_at: datetime | None = None
    """When its way is tried, or its result asked for, again."""


@dataclass(frozen=True, slots=True)
class LetterFact:
    spooled_at: datetime | None = None
    problem: str | None = None
    returned: bool = False

    @property
    def lost(self) -> bool:
        """It will not reach the member."""
        return self.returned or self.problem is not None


@dataclass(frozen=True, slots=True)
class ReadingFact:
    at: datetime
    systolic: int | None = None
    diastolic: int | None = None
    mg_dl: int | None = None


@dataclass(frozen=True, slots=True)
class ScreeningFact:
    """One asking of one instrument, by whatever way."""

    instrument: str
    round: int
    ended_at: datetime | None = None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By item, what was answered or declined (then: no codes); what was unclear is not in it."""
    positive: bool | None = None


@dataclass(frozen=True, slots=True)
class ReferralFact:
    id: int
    domain: str
    status: str
    """domain.needs.Status"""
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known when a journey decides; loaded fresh each time, never kept in Temporal."""

    language: str = "en"
    conditions: tuple[str, ...] = ()
    has_number: bool = True
    """At least one number that can still receive a text."""
    other_number: bool = False
    """One of them has had no text of the invitation yet."""
    numbers: int = 1
    """How many can still receive a text."""
    filled_on: date | None = None
    """The newest fill of any medicine that no Part 2 record speaks of."""
    has_pharmacy: bool = True
    program_version: str = ""
    """Under which version the journey began."""
    opted_out: bool = False
    dead: bool = False
    covered: bool = True
    held: bool = False
    stopped: bool = False
    created_at: datetime | None = None
    reached_at: datetime | None = None
    texts: Mapping[tuple[str, int], SentText] = field(default_factory=dict)
    letters: Mapping[str, LetterFact] = field(default_factory=dict)
    """By step."""
    tasks: Mapping[str, str | None] = field(default_factory=dict)
    """Resolution by key; None while open."""
    done: Mapping[str, str] = field(default_factory=dict)
    """How each ended stage ended."""
    medications: tuple[MedicationFact, ...] = ()
    deliveries: tuple[DeliveryFact, ...] = ()
    note: NoteFact | None = None
    readings: tuple[ReadingFact, ...] = ()
    gender: str | None = None
    screenings: tuple[ScreeningFact, ...] = ()
    referrals: tuple[ReferralFact, ...] = ()
    heard_at: datetime | None = None
    """When the member last wrote, spoke with somebody, or had something brought to the door."""
    events: Mapping[str, datetime] = field(default_factory=dict)
    """When each kind of event in the member's life was last recorded."""
    sync: SyncFact | None = None
    answering: str | None = None
    """While a stage hears a text: the step of the question that it answers."""

    def text(self, step: str | None, attempt: int = 1) -> SentText | None:
        return self.texts.get((step, attempt)) if step else None

    def screening(self, instrument: str, round_: int) -> ScreeningFact | None:
        found = (s for s in self.screenings if (s.instrument, s.round) == (instrument, round_))
        return next(found, None)

    def round_answers(self, round_: int) -> Mapping[str, tuple[str, ...]]:
        """By item over all instruments of a round: what they share is asked once."""
        return {
            item: codes
            for screening in self.screenings
            if screening.round == round_
            for item, codes in screening.answers.items()
        }
