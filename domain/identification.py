"""Night after night: who is new, who no longer fits and why, and whose journey ends for it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from domain.exits import WAYS, Exit, Way, outranks


class Misfit(StrEnum):
    """Why a member no longer fits a program, the weightiest first."""

    DECEASED = "deceased"
    DO_NOT_CONTACT = "do_not_contact"
    HOSPICE = "hospice"
    LTC = "ltc"
    ADDRESS_CONFIDENTIAL = "address_confidential"
    NOT_LISTED = "not_listed"
    """The payer's eligibility files no longer name the member at all."""
    NOT_COVERED = "not_covered"
    EVIDENCE_AGED_OUT = "evidence_aged_out"
    """The claims that showed the condition are older than the lookback."""


AT_ONCE = frozenset({Misfit.DECEASED, Misfit.DO_NOT_CONTACT})
"""Obeyed whatever their number: to go on texting would be the greater harm."""

LEAVES_AS: Mapping[Misfit, Exit] = {
    Misfit.DECEASED: Exit.DECEASED,
    Misfit.DO_NOT_CONTACT: Exit.NO_LONGER_FITS,
    Misfit.HOSPICE: Exit.HOSPICE,
    Misfit.LTC: Exit.LONG_TERM_CARE,
    Misfit.ADDRESS_CONFIDENTIAL: Exit.NO_LONGER_FITS,
    Misfit.NOT_LISTED: Exit.DISENROLLED,
    Misfit.NOT_COVERED: Exit.DISENROLLED,
    Misfit.EVIDENCE_AGED_OUT: Exit.NO_LONGER_FITS,
}
"""What is reported of a member who no longer fits; `domain.exits` says what follows."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the payer's files of one day say of a member, for one program's payers."""

    found: bool = True
    """By the program's criteria, in the claims of that day."""
    listed: bool = True
    flags: frozenset[str] = frozenset()
    """Of `Misfit`'s words: deceased, hospice, ltc, do_not_contact, address_confidential."""
    covered: bool = True
    covered_until: date | None = None


@dataclass(frozen=True, slots=True)
class FitRules:
    """What a program does about members who no longer fit; `programs/identification.yaml`."""

    exclusions: frozenset[str]
    grace: Mapping[Misfit, timedelta | None]
    """How long it must have been so before a member whose journey runs leaves; None: never."""

    @classmethod
    def from_data(
        cls, shared: Mapping[str, Any], own: Mapping[str, Any], exclusions: Iterable[str]
    ) -> "FitRules":
        """`own` (a program's `no_longer_fit`) over the shared days; ValueError in one sentence."""
        days = {**shared["no_longer_fit"]["grace_days"], **own.get("grace_days", {})}
        if unknown := sorted(set(days) - set(Misfit)):
            raise ValueError(f"no_longer_fit: {unknown[0]} is no reason; use one of {_REASONS}.")
        if lacking := sorted(set(Misfit) - set(days)):
            raise ValueError(f"no_longer_fit: give the days for {lacking[0]}, or `keep`.")
        return cls(
            frozenset(exclusions),
            {Misfit(name): _grace(name, value) for name, value in days.items()},
        )


_REASONS = ", ".join(Misfit)


def _grace(name: str, value: Any) -> timedelta | None:
    if value == "keep":
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"no_longer_fit: {name} must be a whole number of days, or `keep`.")
    return timedelta(days=value)


@dataclass(frozen=True, slots=True)
class Followed:
    """An enrollment that has not ended, as the run before left it."""

    id: str
    program: str
    running: bool
    """Its journey has begun; what has not begun needs no grace."""
    nominated: bool
    """Somebody vouched for the condition: claims need not show it."""
    misfit: Misfit | None
    since: date | None
    standing: Standing
    leaving: str | None = None
    """An `Exit` that was reported and stands, by whomever."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a run finds out about an enrollment; `misfit` None: the member fits (again)."""

    id: str
    program: str
    misfit: Misfit | None
    since: date | None
    was: Misfit | None
    leaves: bool
    """Reported now: it ends, or pauses for the program's grace."""
    stays: bool = False
    """What a run reported earlier no longer holds: the pause is over."""


def misfit(standing: Standing, rules: FitRules, *, nominated: bool = False) -> Misfit | None:
    """The weightiest reason why the member does not fit; None: they do."""
    flags = standing.flags & (rules.exclusions | AT_ONCE)
    for reason in Misfit:
        if reason in flags:
            return reason
        if reason is Misfit.NOT_LISTED and not standing.listed:
            return reason
        if reason is Misfit.NOT_COVERED and not standing.covered:
            return reason
    return None if standing.found or nominated else Misfit.EVIDENCE_AGED_OUT


def follow(each: Followed, rules: FitRules, as_of: date) -> Change:
    """What becomes of one enrollment by the files of `as_of`."""
    found = misfit(each.standing, rules, nominated=each.nominated)
    if found is None:
        return Change(
            each.id, each.program, None, None, each.misfit, False, stays=_paused_by_us(each)
        )
    since = each.since if found == each.misfit and each.since else _began(found, each, as_of)
    grace = rules.grace[found] if each.running else timedelta(0)
    due = grace is not None and as_of - since >= grace
    way_out = LEAVES_AS[found]
    return Change(
        each.id,
        each.program,
        found,
        since,
        each.misfit,
        leaves=due and outranks(way_out, each.leaving),
        stays=not due and way_out != each.leaving and _paused_by_us(each),
    )


def _paused_by_us(each: Followed) -> bool:
    """A report of an earlier run made it pause; others' reports are not a run's to take back."""
    if each.misfit is None or each.leaving != LEAVES_AS[each.misfit]:
        return False
    return WAYS[LEAVES_AS[each.misfit]] is Way.GRACE


def _began(found: Misfit, each: Followed, as_of: date) -> date:
    """Coverage says itself when it ended; anything else began when a run first saw it."""
    until = each.standing.covered_until
    if found is Misfit.NOT_COVERED and until is not None:
        return min(until + timedelta(days=1), as_of)
    return as_of


@dataclass(frozen=True, slots=True)
class Brake:
    """When so many would leave in one night that a person must look first."""

    percent: int
    at_least: int

    def holds(self, leaving: int, running: int) -> bool:
        return leaving >= self.at_least and leaving * 100 > running * self.percent


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What a run does: who is `leaving` does now, `withheld` waits until a person has looked."""

    changed: Sequence[Change]
    leaving: Sequence[Change]
    withheld: Sequence[Change]
    staying: Sequence[Change]


def decide(changes: Iterable[Change], running: int, brake: Brake) -> Verdicts:
    """`running`: all journeys that run, so that a broken file is told from a usual night."""
    seen = list(changes)
    due = [each for each in seen if each.leaves]
    sure = [each for each in due if each.misfit in AT_ONCE]
    rest = [each for each in due if each.misfit not in AT_ONCE]
    held = brake.holds(len(rest), running)
    return Verdicts(
        changed=[each for each in seen if each.misfit != each.was],
        leaving=sure if held else due,
        withheld=rest if held else [],
        staying=[each for each in seen if each.stays],
    )
