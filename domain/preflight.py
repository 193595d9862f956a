"""Before a cohort begins: how many, how they can be reached, and what stands in the way."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import TEXTS, Channel


class Reach(StrEnum):
    """How a member can be reached, by what is known before anything was sent."""

    TEXT = "text"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    LANDLINE = "landline"
    NO_PHONE = "no_phone"


class Blocker(StrEnum):
    CARRIER_OFF = "carrier_off"
    NO_PHARMACY = "no_pharmacy"
    NO_INVITATION = "no_invitation"
    """The invitation's text is not there in the member's language."""
    NO_LETTER = "no_letter"
    TEXTS_MISSING = "texts_missing"
    """The invitation is there, later texts are not."""
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    LANDLINE = "landline"
    NO_PHONE = "no_phone"
    NO_ZONE = "no_zone"


@dataclass(frozen=True, slots=True)
class Group:
    """So many members who are alike in what matters here."""

    members: int
    tier: str
    language: str
    zone: str | None
    reach: Reach
    pharmacy: bool


@dataclass(frozen=True, slots=True)
class Translations:
    """What is missing in a language: of the invitation, of its letter, of all other texts."""

    invitation: Sequence[str] = ()
    letter: Sequence[str] = ()
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    blocker: Blocker
    members: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class Preflight:
    members: int
    by_tier: Mapping[str, int]
    by_language: Mapping[str, int]
    by_zone: Mapping[str, int]
    by_reach: Mapping[str, int]
    texts: Sequence[tuple[int, int]]
    """Day of the cohort (1 is the first) and how many invitations fall due, if nobody answers."""
    letters: Sequence[tuple[int, int]]
    findings: Sequence[Finding]


def preflight(
    groups: Sequence[Group],
    plan: OutreachPlan,
    missing: Callable[[str], Translations],
    *,
    carrier: bool,
) -> Preflight:
    """`missing`: what is not translated into a language; `carrier`: an account is set up."""
    languages = sorted({each.language for each in groups})
    lacks = {language: missing(language) for language in languages}
    begin = [each for each in groups if each.pharmacy and each.reach is not Reach.OPTED_OUT]
    texted = [g for g in begin if g.reach is Reach.TEXT and not lacks[g.language].invitation]
    written = [g for g in begin if not lacks[g.language].letter]
    return Preflight(
        members=_sum(groups),
        by_tier=_count(groups, lambda each: each.tier),
        by_language=_count(groups, lambda each: each.language),
        by_zone=_count(groups, lambda each: each.zone or ""),
        by_reach=_count(groups, lambda each: each.reach),
        texts=_days(plan, TEXTS, _sum(texted)),
        letters=_days(plan, {Channel.LETTER}, _sum(written)),
        findings=_findings(groups, lacks, carrier=carrier),
    )


def _days(
    plan: OutreachPlan, channels: Collection[Channel], members: int
) -> Sequence[tuple[int, int]]:
    """The ladder of invitations as days; each rung is counted from the one before, and everybody
    is taken to have a second number.
    """
    passed, days = timedelta(), []
    for rung in plan.rungs:
        passed += rung.after
        if rung.channel in channels and members:
            days.append((passed.days + 1, members))
    return days


def _findings(
    groups: Sequence[Group], lacks: Mapping[str, Translations], *, carrier: bool
) -> Sequence[Finding]:
    textable = _sum([each for each in groups if each.reach is Reach.TEXT])
    found = [Finding(Blocker.CARRIER_OFF, textable)] if not carrier else []
    found.append(Finding(Blocker.NO_PHARMACY, _sum([g for g in groups if not g.pharmacy])))
    for language, missing in lacks.items():
        speak = [each for each in groups if each.language == language]
        read = _sum([each for each in speak if each.reach is Reach.TEXT])
        if missing.invitation:
            found.append(Finding(Blocker.NO_INVITATION, read, language))
        elif missing.others:
            found.append(Finding(Blocker.TEXTS_MISSING, read, language))
        if missing.letter:
            found.append(Finding(Blocker.NO_LETTER, _sum(speak), language))
    for reach in (Reach.OPTED_OUT, Reach.NO_CONSENT, Reach.LANDLINE, Reach.NO_PHONE):
        found.append(Finding(Blocker(reach), _sum([g for g in groups if g.reach is reach])))
    found.append(Finding(Blocker.NO_ZONE, _sum([g for g in groups if not g.zone])))
    return [each for each in found if each.members or each.blocker is Blocker.CARRIER_OFF]


def _sum(groups: Sequence[Group]) -> int:
    return sum(each.members for each in groups)


def _count(groups: Sequence[Group], key: Callable[[Group], str]) -> Mapping[str, int]:
    """By a key, the most members first."""
    found: Counter[str] = Counter()
    for each in groups:
        found[key(each)] += each.members
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))
