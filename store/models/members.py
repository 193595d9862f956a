"""Members, how they are reached, what claims say of them, and the pharmacies."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base


class Member(Base):
    __tablename__ = "members"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(unique=True)
    """The payer's id; it leaves this table only into exports for that payer."""
    first_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date | None]
    death_date: Mapped[date | None]
    gender: Mapped[str | None]
    address: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    zip_code: Mapped[str | None]
    bad_address: Mapped[str | None]
    """From which a letter came back (MailAddress.place); another address is not bad."""
    time_zone: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    alt_format: Mapped[str | None]
    payer: Mapped[str | None]
    payer_type: Mapped[str | None]
    coverage_start: Mapped[date | None]
    coverage_end: Mapped[date | None]
    physician_npi: Mapped[str | None]
    """Whom the member saw most, by the claims: written to when nobody is known to prescribe."""


class Phone(Base):
    """A number, whoever holds it: its row is what one text at a time locks."""

    __tablename__ = "phones"

    phone: Mapped[str] = mapped_column(primary_key=True)
    open_prompt: Mapped[str | None]
    """The intent whose answer is awaited; a household's phone asks one thing at a time."""
    open_until: Mapped[datetime | None]


class ContactPoint(Base):
    """A number at which a member is believed to be reached."""

    __tablename__ = "contact_points"
    __table_args__ = (UniqueConstraint("member_id", "phone"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    phone: Mapped[str] = mapped_column(ForeignKey("phones.phone"), index=True)
    kind: Mapped[str] = mapped_column(default="unknown")
    rank: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="active")
    """active, landline, wrong_number, unreachable, or not_listed by the payer any more"""
    status_at: Mapped[datetime | None]


class Consent(Base):
    """The ledger of consent: append-only, the newest line of a phone and scope counts."""

    __tablename__ = "consents"
    __table_args__ = (Index("ix_consents_phone_id", "phone", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    phone: Mapped[str] = mapped_column(ForeignKey("phones.phone"))
    channel: Mapped[str] = mapped_column(default="sms")
    program: Mapped[str | None]
    """None: every program of this sender."""
    given: Mapped[bool]
    at: Mapped[datetime]
    how: Mapped[str]
    actor: Mapped[str]
    evidence: Mapped[str | None]
    """The inbound text's id, or the file the number came from."""


class Evidence(Base):
    """Which claims say that a member has a condition."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("member_id", "condition", "rule"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    condition: Mapped[str]
    rule: Mapped[str]
    claim_ids: Mapped[list[str]]
    dates: Mapped[list[str]]
    part2: Mapped[bool] = mapped_column(default=False)


class Medication(Base):
    """A medicine a member fills, and the day the supply at hand ends."""

    __tablename__ = "medications"
    __table_args__ = (UniqueConstraint("member_id", "ndc11"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("members.id"))
    ndc11: Mapped[str]
    ingredient: Mapped[str | None]
    drug_class: Mapped[str | None]
    last_fill_on: Mapped[date]
    days_supply: Mapped[int]
    quantity: Mapped[float | None]
    runs_out_on: Mapped[date]
    prescriber_npi: Mapped[str | None]
    pharmacy_npi: Mapped[str | None]
    part2: Mapped[bool] = mapped_column(default=False)


class Pharmacy(Base):
    __tablename__ = "pharmacies"

    npi: Mapped[str] = mapped_column(primary_key=True)
    ncpdp_id: Mapped[str | None]
    name: Mapped[str]
    address: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    zip_code: Mapped[str | None]
    phone: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    cpesn_from: Mapped[date | None]
    cpesn_to: Mapped[date | None]
    networks: Mapped[list[str]]
    """As the file tells them: `name`, or `name@from..to`; domain/attribution.py reads the days"""
    services: Mapped[list[str]]
    languages: Mapped[list[str]]
    weekly_capacity: Mapped[int | None]
    independent: Mapped[bool | None]
    wholesaler_affiliated: Mapped[bool | None]
    licence_expires: Mapped[date | None]
    renewed_at: Mapped[datetime | None]
    """When a loaded file last said something new of it"""
