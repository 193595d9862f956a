"""The gate: whether a text may leave now, later or never, and the reason, from facts read there.

It is asked under the lock of the recipient's phone, in the transaction that lets the text go; the
console asks the same function why a member was, or was not, contacted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain.outbox import Purpose
from domain.quiet_hours import (
    ContactHours,
    NeverAllowed,
    Window,
    allowed,
    local_zone,
    next_allowed,
    window_end,
)


class Reason(StrEnum):
    CLEAR = "clear"
    NO_NUMBER = "no_number"
    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    NO_CONSENT = "no_consent"
    SUPERSEDED = "superseded"
    """It confirms a STOP that a later START has taken back."""
    DECEASED = "deceased"
    NOT_COVERED = "not_covered"
    JOURNEY_ENDED = "journey_ended"
    HELD = "held"
    EXPIRED = "expired"
    NO_TEMPLATE = "no_template"
    TOO_LONG = "too_long"
    QUIET_HOURS = "quiet_hours"
    SAFE_HOURS = "safe_hours"
    """It waits for the hours that the member called safe."""
    DAY_CAP = "day_cap"
    WEEK_CAP = "week_cap"
    OPEN_PROMPT = "open_prompt"
    BAD_CONTENT = "bad_content"
    """The filled text says what no text may say, or lacks what it must say."""
    UNSAFE = "unsafe"
    """The member said that texts, or texts to this number, may bring them into danger."""
    PART2_CONSENT = "part2_consent"
    """The words rest on substance-use records, and nothing on file lets a text tell them."""
    REASSIGNED = "reassigned"
    """The number has gone to somebody else since its consent was given."""
    UNCHECKED = "unchecked"
    """It could not be asked whether the number still is the member's."""
    NO_HOURS = "no_hours"
    """No hour of the coming weeks is allowed in every zone the recipient may be in."""


@dataclass(frozen=True, slots=True)
class Send:
    until: datetime
    """Business time after which it may no longer be accepted: the end of the legal window."""
    reason: Reason = Reason.CLEAR


@dataclass(frozen=True, slots=True)
class Later:
    at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Never:
    reason: Reason


Verdict = Send | Later | Never


@dataclass(frozen=True, slots=True)
class GateRules:
    hours: ContactHours
    margin: timedelta
    """Kept free before the window closes: the carrier may take that long to accept."""
    look_again: timedelta
    """How soon a text is looked at again that only another event can free."""


@dataclass(frozen=True, slots=True)
class GateFacts:
    purpose: Purpose
    expires_at: datetime
    phone: str | None
    number_usable: bool
    consented: bool | None
    """The newest line of the ledger for the phone and this program; None: there is none."""
    dead: bool
    covered: bool
    journey_ended: bool
    held: bool
    zones: Sequence[str]
    """Every zone the recipient may be in: the address's and the number's."""
    state: str | None
    segments: int | None
    """None: no approved text in the member's language."""
    max_segments: int
    sound: bool
    """The filled text passes the rules of content."""
    care_texts: Sequence[datetime]
    """When texts begun by us were accepted by this phone in the last eight days."""
    open_until: datetime | None
    """Until when somebody else's question is open on this phone."""
    asks: bool = False
    part2: bool = False
    """What it says may be told only under a consent of 42 CFR Part 2, and there is none."""
    reassigned: bool | None = False
    """None: whoever knows of reassigned numbers did not answer."""
    unsafe: bool = False
    safe_hours: Window | None = None
    confirms_stop: bool = False
    """Its words say that texts have ended: untrue once the newest line says they may come."""


def judge(facts: GateFacts, rules: GateRules, now: datetime) -> Verdict:
    """The first rule that speaks; `Send` only when all are silent."""
    try:
        return _judge(facts, _safely(facts, rules), now)
    except NeverAllowed:
        return Never(Reason.NO_HOURS)


def _safely(facts: GateFacts, rules: GateRules) -> GateRules:
    """The rules with the hours narrowed to those the member called safe."""
    if facts.safe_hours is None:
        return rules
    home = local_zone(facts.zones, rules.hours)
    return replace(rules, hours=replace(rules.hours, safe=(home, facts.safe_hours)))


def _judge(facts: GateFacts, rules: GateRules, now: datetime) -> Verdict:
    never = _never(facts, now)
    if never:
        return Never(never)
    if facts.purpose in (Purpose.SAFETY, Purpose.STOP):
        return Send(min(facts.expires_at, now + timedelta(hours=1)))
    if facts.held:
        return Later(now + rules.look_again, Reason.HELD)
    if facts.reassigned is None and facts.purpose is Purpose.CARE:
        return Later(_allowed(facts, rules, now + rules.look_again), Reason.UNCHECKED)
    if facts.asks and facts.open_until and now < facts.open_until:
        return Later(
            _allowed(facts, rules, min(facts.open_until, now + rules.look_again)),
            Reason.OPEN_PROMPT,
        )
    if facts.purpose is Purpose.CARE and (capped := _cap(facts, rules, now)):
        return capped
    if not allowed(now, facts.zones, facts.state, rules.hours):
        usual = replace(rules.hours, safe=None)
        quiet = not allowed(now, facts.zones, facts.state, usual)
        reason = Reason.QUIET_HOURS if quiet else Reason.SAFE_HOURS
        return Later(_allowed(facts, rules, now), reason)
    end = window_end(now, facts.zones, facts.state, rules.hours)
    if now + rules.margin >= end:
        return Later(_allowed(facts, rules, end + timedelta(seconds=1)), Reason.QUIET_HOURS)
    return Send(min(facts.expires_at, end))


def _never(facts: GateFacts, now: datetime) -> Reason | None:
    stop = facts.purpose is Purpose.STOP
    safety = facts.purpose is Purpose.SAFETY
    speaks: Mapping[Reason, bool] = {
        Reason.NO_NUMBER: facts.phone is None,
        Reason.BAD_NUMBER: not facts.number_usable and not stop,
        # Who texts us from the number is answered, for it is they who hold it; nothing is begun.
        Reason.REASSIGNED: facts.reassigned is True and facts.purpose is Purpose.CARE,
        Reason.DECEASED: facts.dead,
        # What answers a cry for help still goes to whoever wrote it: nobody else may come in time.
        Reason.UNSAFE: facts.unsafe and not safety,
        Reason.OPTED_OUT: facts.consented is False and not stop,
        Reason.NO_CONSENT: facts.consented is None and not (stop or safety),
        Reason.SUPERSEDED: stop and facts.confirms_stop and facts.consented is True,
        Reason.NOT_COVERED: not facts.covered and facts.purpose is Purpose.CARE,
        Reason.JOURNEY_ENDED: facts.journey_ended and facts.purpose is Purpose.CARE,
        Reason.EXPIRED: now >= facts.expires_at,
        Reason.NO_TEMPLATE: facts.segments is None,
        Reason.BAD_CONTENT: not facts.sound,
        Reason.PART2_CONSENT: facts.part2,
        Reason.TOO_LONG: (facts.segments or 0) > facts.max_segments,
    }
    return next((reason for reason, holds in speaks.items() if holds), None)


def _allowed(facts: GateFacts, rules: GateRules, moment: datetime) -> datetime:
    return next_allowed(moment, facts.zones, facts.state, rules.hours)


def _cap(facts: GateFacts, rules: GateRules, now: datetime) -> Later | None:
    """Caps count the recipient's calendar days, and a week as any seven days."""
    zone = local_zone(facts.zones, rules.hours)
    today = now.astimezone(zone).date()
    sent_today = [at for at in facts.care_texts if at.astimezone(zone).date() == today]
    week = sorted(at for at in facts.care_texts if at > now - timedelta(days=7))
    if len(week) >= rules.hours.per_week:
        free = week[-rules.hours.per_week] + timedelta(days=7, seconds=1)
        return Later(_allowed(facts, rules, free), Reason.WEEK_CAP)
    if len(sent_today) >= rules.hours.per_day:
        midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
        return Later(_allowed(facts, rules, midnight.astimezone(now.tzinfo)), Reason.DAY_CAP)
    return None
