"""42 CFR Part 2: who may be told what rests on substance-use records, and under which consent."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")


class Why(StrEnum):
    """The purpose of a disclosure; TPO is the single consent of 42 CFR 2.31(a)(4)(i)."""

    TREATMENT = "treatment"
    PAYMENT = "payment"
    OPERATIONS = "operations"
    TPO = "tpo"


PURPOSES = (Why.TREATMENT, Why.PAYMENT, Why.OPERATIONS)


class Recipients(StrEnum):
    TREATING = "treating"
    """ "My treating providers, health plans, third-party payers, and people helping to operate
    this program": the class that 42 CFR 2.31(a)(4)(i) allows for TPO."""
    NAMED = "named"


class Unreleased(Exception):
    """Part 2 records were about to leave without a permission; the message names no record."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who would be told. `treating`: they treat the member, or pay for it, or run this program."""

    npi: str
    treating: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """What a written consent says (42 CFR 2.31); the paper is kept by whoever took it."""

    recipients: Recipients
    npi: str | None
    """Of a named recipient."""
    purpose: Why
    signed_on: date
    expires_on: date | None
    """The last day it holds; None, "none", is taken for TPO alone (2.31(a)(7))."""

    def mistake(self, today: date) -> str | None:
        """Why it cannot be recorded, and what to do, in one sentence."""
        if self.recipients is Recipients.NAMED and not is_npi(self.npi or ""):
            return "The recipient's NPI is ten digits with a check digit; copy it from the paper."
        if self.signed_on > today:
            return "The day of signing lies ahead; enter the day that stands on the paper."
        if self.expires_on is None and self.purpose is not Why.TPO:
            return "A consent for one purpose names the day it ends; enter it."
        if self.expires_on is not None and self.expires_on < max(self.signed_on, today):
            return "The consent has ended already; ask the member for a new one."
        return None


def is_npi(text: str) -> bool:
    """The check digit of an NPI is Luhn's over the prefix 80840 and the NPI (45 CFR 162.406)."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(each) for each in f"80840{text}"][::-1]
    doubled = (sum(divmod(2 * each, 10)) for each in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent on file, and when it was revoked."""

    id: int
    signed: Signed
    revoked_at: datetime | None = None

    def stands(self, now: datetime) -> bool:
        """A revocation holds from its own moment; an expiry from the end of its day (UTC)."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return False
        today, last = now.date(), self.signed.expires_on
        return self.signed.signed_on <= today and (last is None or today <= last)

    def covers(self, recipient: Recipient, purpose: Why) -> bool:
        signed = self.signed
        wide = signed.purpose is Why.TPO and purpose in PURPOSES
        if not (wide or signed.purpose is purpose):
            return False
        if signed.recipients is Recipients.NAMED:
            return signed.npi == recipient.npi
        return recipient.treating


@dataclass(frozen=True, slots=True)
class Permission:
    """That one disclosure may be made; given by `permission` alone, recorded by who discloses."""

    consent_id: int
    recipient: Recipient
    purpose: Why
    scope: Why
    """The purpose that the consent itself names; the notice says it (2.32(b))."""
    at: datetime


def permission(
    consents: Iterable[Consent], recipient: Recipient, purpose: Why, now: datetime
) -> Permission | None:
    """None: nothing that rests on Part 2 records may leave. A named consent outranks a wide one."""
    standing = [c for c in consents if c.stands(now) and c.covers(recipient, purpose)]
    if not standing:
        return None
    chosen = min(standing, key=lambda c: (c.signed.recipients is not Recipients.NAMED, -c.id))
    return Permission(chosen.id, recipient, purpose, chosen.signed.purpose, now)


class Labelled(Generic[T]):
    """Something that may hold Part 2 records and has not been released: it shows, prints and
    serialises as its label only. `release` is the one way to what is inside."""

    __slots__ = ("_inside",)

    def __init__(self, inside: T) -> None:
        self._inside = inside

    def release(
        self, strip: Callable[[T, Permission | None], T | None], allowed: Permission | None
    ) -> T | None:
        """What may be told: `strip` takes out what is labelled where nothing is `allowed`."""
        return strip(self._inside, allowed)

    def __repr__(self) -> str:
        return "Labelled(42 CFR Part 2)"

    def __reduce__(self) -> NoReturn:
        raise Unreleased("Records under 42 CFR Part 2 are not written down unreleased.")
