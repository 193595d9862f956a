"""What a stage may ask for: the activities carry it out, in the transaction of its new state."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from domain.outbox import Purpose


class Absent(StrEnum):
    """Why an item has no answer."""

    DECLINED = "declined"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SendText:
    """Unique by enrollment, step and attempt: asking twice records one intent."""

    step: str
    template: str
    purpose: Purpose = Purpose.CARE
    facts: Mapping[str, str] = field(default_factory=dict)
    attempt: int = 1
    other_number: bool = False
    """To a number of the member that no text of this stage went to yet."""


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
class CloseTask:
    """Nobody need do it any more; one that is closed already stays as it is."""

    key: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Record:
    """An outcome; `detail` holds codes only."""

    kind: str
    rule: str
    detail: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StartScreening:
    """Asking again for the same round changes nothing."""

    instrument: str
    round: int = 1
    label: str | None = None


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """No answers: `absent` says why; the newest answer to an item stands."""

    instrument: str
    item: str
    answers: tuple[str, ...]
    round: int = 1
    absent: Absent | None = None


@dataclass(frozen=True, slots=True)
class FinishScreening:
    instrument: str
    completed: bool
    round: int = 1
    total: int | None = None
    band: str | None = None
    positive: bool | None = None
    """By its score, or because a need or a flag was found; None: it says nothing either way."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """A question that was answered elsewhere: it leaves no more, and waits for nothing."""

    step: str


@dataclass(frozen=True, slots=True)
class HoldForSafety:
    """All automation of this member, in every program, until a person lets it go on."""

    rule: str


@dataclass(frozen=True, slots=True)
class FoundNeed:
    domain: str
    item: str
    z_code: str | None


@dataclass(frozen=True, slots=True)
class OpenReferral:
    domain: str


@dataclass(frozen=True, slots=True)
class MoveReferral:
    """`to` and `reason` as in domain.needs; a step that is not allowed any more changes nothing."""

    referral_id: int
    to: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SaveReading:
    kind: str
    systolic: int | None = None
    diastolic: int | None = None
    mg_dl: int | None = None
    level: str | None = None
    rule: str | None = None
    place: int = 1
    """Among the readings of one text."""


@dataclass(frozen=True, slots=True)
class OrderDelivery:
    ndc11: str
    days_supply: int
    due_on: date
    cold_chain: bool = False
    packaging: str | None = None


@dataclass(frozen=True, slots=True)
class ProposeSync:
    """To the pharmacist, once an enrollment: one date a month, and short fills to it."""

    on: date
    fills: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlanAttempt:
    """Another try at the door, not before that day."""

    refill: str
    on: date


@dataclass(frozen=True, slots=True)
class GiveUpDelivery:
    """Brought in vain as often as the rules allow: a person goes on."""

    refill: str


@dataclass(frozen=True, slots=True)
class ConfirmDelivery:
    answer: str
    refills: tuple[str, ...]
    """What the member was asked about, as `MedicationFact.refill` names it."""


@dataclass(frozen=True, slots=True)
class SendNote:
    """The note is drawn from the facts of the moment it is written."""

    reply_within: timedelta


@dataclass(frozen=True, slots=True)
class ResendNote:
    """The same note once more: nobody has answered the first copy."""


Effect = (
    SendText
    | PrintLetter
    | OpenTask
    | CloseTask
    | Record
    | StartScreening
    | SaveAnswer
    | FinishScreening
    | Withdraw
    | HoldForSafety
    | FoundNeed
    | OpenReferral
    | MoveReferral
    | SaveReading
    | OrderDelivery
    | ProposeSync
    | PlanAttempt
    | GiveUpDelivery
    | ConfirmDelivery
    | SendNote
    | ResendNote
)
