"""When a member may be texted: hours of every zone they may be in, their state, holidays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FEDERAL = (time(8), time(21))
"""47 CFR 64.1200(c)(1); the data may narrow it, never widen it."""

Window = tuple[time, time]
"""Local start and end, the end exclusive; start >= end means closed."""
CLOSED: Window = (time.max, time.min)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class NeverAllowed(ValueError):
    """No hour of the next weeks suits all of the zones: a person must decide."""


@dataclass(frozen=True, slots=True)
class DayWindows:
    """A window for each weekday, Monday first."""

    windows: tuple[Window, ...]

    def on(self, day: date) -> Window:
        return self.windows[day.weekday()]


@dataclass(frozen=True, slots=True)
class Holiday:
    """A fixed day, or the nth weekday of a month (-1: the last)."""

    month: int
    day: int | None
    weekday: int | None
    nth: int | None

    def falls_on(self, day: date) -> bool:
        if day.month != self.month:
            return False
        if self.weekday is None:
            return day.day == self.day
        if day.weekday() != self.weekday:
            return False
        if self.nth == -1:
            return (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 == self.nth


@dataclass(frozen=True, slots=True)
class ContactHours:
    default: DayWindows
    states: Mapping[str, tuple[DayWindows, date]]
    """By postal code, with the first day the rule is in force."""
    unknown_zone: str
    unknown_window: Window
    holidays: tuple[Holiday, ...]
    holiday_window: Window | None
    """None: a holiday is like any other day."""
    margin: timedelta
    per_day: int
    per_week: int
    safe: tuple[ZoneInfo, Window] | None = None
    """Hours in which a member may safely be reached, by the clock of where they live."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ContactHours":
        """`data` is programs/contact_rules.yaml; ValueError says in one sentence what is wrong."""
        try:
            default = _day_windows(data["default"], "default")
            choice = data["holidays"]["on_federal_holidays"]
            holiday = {"closed": CLOSED, "sunday": default.windows[6], "normal": None}
            if choice not in holiday:
                raise ValueError(
                    "contact rules, holidays: on_federal_holidays is closed, sunday or normal"
                )
            return cls(
                default=default,
                states={
                    state: (_day_windows(rule, f"state {state}"), rule["effective_from"])
                    for state, rule in data["states"].items()
                },
                unknown_zone=data["unknown_zone"]["zone"],
                unknown_window=_window(data["unknown_zone"]["window"], "unknown_zone"),
                holidays=tuple(_holiday(each) for each in data["holidays"]["days"]),
                holiday_window=holiday[choice],
                margin=timedelta(minutes=data["margin_minutes"]),
                per_day=int(data["caps"]["per_day"]),
                per_week=int(data["caps"]["per_week"]),
            )
        except (KeyError, TypeError) as wrong:
            raise ValueError(f"contact rules: {wrong} is missing or of the wrong kind") from None


def allowed(now: datetime, zones: Sequence[str], state: str | None, rules: ContactHours) -> bool:
    """Whether a text may leave at `now` (UTC): inside every zone's window, margin kept."""
    return all(
        _open(now, zone, unknown, state, rules) for zone, unknown in _candidates(zones, rules)
    )


def next_allowed(
    now: datetime, zones: Sequence[str], state: str | None, rules: ContactHours
) -> datetime:
    """The first moment from `now` on at which a text may leave; `now` itself when it may.

    `zones` are all the IANA zones the member may be in; none or an unheard-of one brings in the
    cautious window for unknown zones. NeverAllowed when three weeks hold no such moment.
    """
    candidates = _candidates(zones, rules)
    at, last = now, now + timedelta(weeks=3)
    while at < last:
        opens = [_opens(at, zone, unknown, state, rules) for zone, unknown in candidates]
        if max(opens) == at:
            return at
        at = max(opens)
    raise NeverAllowed("no hour of the next three weeks is allowed in all of the member's zones")


def window_end(
    now: datetime, zones: Sequence[str], state: str | None, rules: ContactHours
) -> datetime:
    """The last moment, exclusive, of the window open at `now`, or of the next one to open."""
    at = next_allowed(now, zones, state, rules)
    return min(
        _span(at.astimezone(zone).date(), zone, unknown, state, rules)[1]
        for zone, unknown in _candidates(zones, rules)
    )


def local_zone(zones: Sequence[str], rules: ContactHours) -> ZoneInfo:
    """The zone whose calendar counts the recipient's days; the cautious one for one unheard of."""
    return _candidates(zones, rules)[0][0]


def zones_of_number(phone_e164: str, area_codes: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The zones a +1 number may be in by its area code; () when the code is not known."""
    digits = phone_e164.removeprefix("+1")
    if not phone_e164.startswith("+1") or len(digits) != 10 or not digits.isdigit():
        return ()
    return tuple(area_codes.get(digits[:3], ()))


def _candidates(zones: Sequence[str], rules: ContactHours) -> list[tuple[ZoneInfo, bool]]:
    """Each zone, and whether it stands in for one we do not know."""
    found: list[tuple[ZoneInfo, bool]] = []
    for name in dict.fromkeys(zones):
        try:
            found.append((ZoneInfo(name), False))
        except (ValueError, OSError, LookupError):
            found.append((ZoneInfo(rules.unknown_zone), True))
    return found or [(ZoneInfo(rules.unknown_zone), True)]


def _open(
    at: datetime, zone: ZoneInfo, unknown: bool, state: str | None, rules: ContactHours
) -> bool:
    start, end = _span(at.astimezone(zone).date(), zone, unknown, state, rules)
    return start <= at < end


def _opens(
    at: datetime, zone: ZoneInfo, unknown: bool, state: str | None, rules: ContactHours
) -> datetime:
    """`at` when the zone's window is open, else when it next opens (at most 21 days on)."""
    today = at.astimezone(zone).date()
    for ahead in range(22):
        start, end = _span(today + timedelta(days=ahead), zone, unknown, state, rules)
        if at < end and start < end:
            return max(at, start)
    return at + timedelta(weeks=3)


def _span(
    day: date, zone: ZoneInfo, unknown: bool, state: str | None, rules: ContactHours
) -> tuple[datetime, datetime]:
    """A zone's window on a local day, in UTC. No window edge falls into a clock change."""
    windows = [FEDERAL, rules.default.on(day)]
    if unknown:
        windows.append(rules.unknown_window)
    if state and (rule := rules.states.get(state)) and day >= rule[1]:
        windows.append(rule[0].on(day))
    if rules.holiday_window and any(each.falls_on(day) for each in rules.holidays):
        windows.append(rules.holiday_window)
    if rules.safe and zone.key == rules.safe[0].key:
        windows.append(rules.safe[1])
    start, end = max(window[0] for window in windows), min(window[1] for window in windows)
    opening = datetime.combine(day, start, zone).astimezone(UTC)
    closing = datetime.combine(day, end, zone).astimezone(UTC) - rules.margin
    return opening, max(closing, opening)


def _day_windows(data: Mapping[str, Any], where: str) -> DayWindows:
    usual = data.get("window", [f"{edge:%H:%M}" for edge in FEDERAL])
    return DayWindows(tuple(_window(data.get(day, usual), where) for day in _DAYS))


def _window(data: object, where: str) -> Window:
    if data == "closed":
        return CLOSED
    try:
        start, end = (time.fromisoformat(str(edge)) for edge in data)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        start = end = time.min
    if start >= end:
        raise ValueError(
            f"contact rules, {where}: a window is closed or two quoted times like "
            f'["09:00", "20:00"], not {data!r}'
        )
    return start, end


def _holiday(data: Mapping[str, Any]) -> Holiday:
    weekday = data.get("weekday")
    if weekday is not None and weekday not in _DAYS:
        raise ValueError(f"contact rules, holidays: {weekday!r} is not a weekday")
    if (weekday is None) == (data.get("day") is None):
        raise ValueError("contact rules, holidays: give a day, or a weekday and its nth")
    number = _DAYS.index(weekday) if weekday else None
    return Holiday(data["month"], data.get("day"), number, data.get("nth"))
