"""What is known of one enrollment, as the FHIR resources are drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.safe_contact import ANY_WAY, SafeContact


@dataclass(frozen=True, slots=True)
class MemberFacts:
    id: str
    """Ours, opaque; the payer's id is never given out here."""
    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    death_date: date | None = None
    gender: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    language: str = "en"
    large_print: bool = False
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PharmacyFacts:
    npi: str
    name: str
    phone: str | None = None
    address: str | None = None
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None


@dataclass(frozen=True, slots=True)
class ScreeningFacts:
    """One screening; `answers` maps the question's code to answer codes, () for a declined one."""

    id: int
    instrument: str
    started_at: datetime
    ended_at: datetime | None
    completed: bool | None
    channel: str
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answered_at: Mapping[str, datetime] = field(default_factory=dict)
    part2: bool = False
    safety: bool = False
    """About violence at home."""


@dataclass(frozen=True, slots=True)
class NeedFacts:
    id: int
    domain: str
    item: str
    z_code: str | None
    found_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    """The name of the pharmacist who signed."""
    refuted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    id: int
    need_id: int
    status: str
    requested_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None
    reason: str | None = None
    resource: str | None = None
    """The community service that was asked, by name."""
    resource_phone: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    id: int
    kind: str
    at: datetime
    systolic: int | None = None
    diastolic: int | None = None
    mg_dl: int | None = None


@dataclass(frozen=True, slots=True)
class FillFacts:
    id: int
    ndc11: str
    ingredient: str | None
    filled_on: date
    days_supply: int
    quantity: float | None
    pharmacy_npi: str | None
    part2: bool = False


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """A condition that claims speak of."""

    id: int
    condition: str
    recorded_on: str | None
    part2: bool = False


@dataclass(frozen=True, slots=True)
class NoteFacts:
    id: str
    prescriber_npi: str | None
    created_at: datetime
    sent_at: datetime | None
    reply_by: datetime
    answered_at: datetime | None
    requests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The member's word on whether needs may be told outside; the newest counts."""

    id: int
    given: bool
    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Record:
    enrollment_id: str
    program: str
    begun_at: datetime
    ended_at: datetime | None
    member: MemberFacts
    pharmacy: PharmacyFacts | None = None
    screenings: tuple[ScreeningFacts, ...] = ()
    needs: tuple[NeedFacts, ...] = ()
    referrals: tuple[ReferralFacts, ...] = ()
    readings: tuple[ReadingFacts, ...] = ()
    fills: tuple[FillFacts, ...] = ()
    claims: tuple[ClaimFacts, ...] = ()
    notes: tuple[NoteFacts, ...] = ()
    agreements: tuple[AgreementFacts, ...] = ()
    safe: SafeContact = ANY_WAY

    @property
    def shares_needs(self) -> bool:
        """Whether the member's newest word allows needs to be told outside."""
        return bool(self.agreements) and max(self.agreements, key=lambda a: a.id).given
