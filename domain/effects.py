"""What a stage may ask for: the activities carry it out, in the transaction of its new state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from domain.outbox import Purpose


@dataclass(frozen=True, slots=True)
class SendText:
    """Unique by enrollment, step and attempt: asking twice records one intent."""

    step: str
    template: str
    purpose: Purpose = Purpose.CARE
    facts: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class PrintLetter:
    step: str
    template: str


@dataclass(frozen=True, slots=True)
class OpenTask:
    """Unique by enrollment and key."""

    key: str
    kind: str
    role: str
    within: timedelta
    urgent: bool = False
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """An outcome; `detail` holds codes only."""

    kind: str
    rule: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartScreening:
    instrument: str


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    item: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FinishScreening:
    completed: bool


@dataclass(frozen=True, slots=True)
class FoundNeed:
    domain: str
    item: str
    z_code: str | None


@dataclass(frozen=True, slots=True)
class OpenReferral:
    domain: str


@dataclass(frozen=True, slots=True)
class SaveReading:
    kind: str
    systolic: int | None = None
    diastolic: int | None = None
    mg_dl: int | None = None
    level: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class OrderDelivery:
    ndc11: str
    days_supply: int
    due_on: date


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    due_on: date
    answer: str


@dataclass(frozen=True, slots=True)
class SendNote:
    """The note is drawn from the facts of the moment it is written."""

    reply_within: timedelta


Effect = (
    SendText
    | PrintLetter
    | OpenTask
    | Record
    | StartScreening
    | SaveAnswer
    | FinishScreening
    | FoundNeed
    | OpenReferral
    | SaveReading
    | OrderDelivery
    | ConfirmDelivery
    | SendNote
)
