"""When a text may leave, worked out a second time: own calendar, own tables, whole seconds.

Nothing here is read from the product's data or zone files, so that an error in either, or in the
rules, shows as a disagreement. A law that changes is to be changed in both places.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from itertools import product
from typing import Protocol

from domain.gate import GateFacts, Later, Never, Send, Verdict

HOUR, DAY, WEEK = 3_600, 86_400, 7 * 86_400
EPOCH = date(1970, 1, 1).toordinal()
MARGIN = 300
LOOK_AGAIN = HOUR

WITH_SUMMER_TIME = {
    -5: "New_York Detroit Kentucky/Louisville Kentucky/Monticello Indiana/Indianapolis"
    " Indiana/Vincennes Indiana/Winamac Indiana/Marengo Indiana/Petersburg Indiana/Vevay",
    -6: "Chicago Indiana/Tell_City Indiana/Knox Menominee North_Dakota/Center"
    " North_Dakota/New_Salem North_Dakota/Beulah",
    -7: "Denver Boise",
    -8: "Los_Angeles",
    -9: "Anchorage Juneau Sitka Metlakatla Yakutat Nome",
    -10: "Adak",
}
ZONES: dict[str, tuple[int, bool]] = {
    f"America/{name}": (offset, True)
    for offset, names in WITH_SUMMER_TIME.items()
    for name in names.split()
} | {
    "America/Phoenix": (-7, False),
    "Pacific/Honolulu": (-10, False),
    "America/Puerto_Rico": (-4, False),
    "America/St_Thomas": (-4, False),
    "Pacific/Guam": (10, False),
    "Pacific/Saipan": (10, False),
    "Pacific/Pago_Pago": (-11, False),
}
ABROAD = {"Asia/Shanghai": (8, False)}
EASTERN = "America/New_York"

# Hours of a weekday, a Saturday and a Sunday, default and state rule already laid over each other.
SHUT = (0, 0)
DEFAULT = ((9, 20), (9, 20), (12, 18))
STATES = {
    "AL": ((9, 20), (9, 20), SHUT),
    "KY": ((10, 20), (10, 20), (12, 18)),
    "LA": ((9, 20), (9, 20), SHUT),
    "MS": ((9, 20), (9, 20), SHUT),
    "RI": ((9, 18), (10, 17), SHUT),
} | dict.fromkeys(("CT", "FL", "MA", "MD", "NJ", "OK", "TX"), DEFAULT)
UNKNOWN_OPENS = 14
"""Eastern: two in the afternoon is eight in Honolulu, in summer."""


def sunday(year: int, month: int, nth: int) -> int:
    """The ordinal of the nth Sunday of a month (an ordinal divisible by 7 is a Sunday)."""
    first = date(year, month, 1).toordinal()
    return first + -first % 7 + 7 * (nth - 1)


def seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def offset(zone: str, second: int) -> int:
    """Local time less UTC at a moment, in seconds."""
    hours, summer = (ZONES | ABROAD)[zone]
    year = date.fromordinal(EPOCH + second // DAY).year
    # Both changes come at two by the clock that is then on the wall.
    begins = (sunday(year, 3, 2) - EPOCH) * DAY + (2 - hours) * HOUR
    ends = (sunday(year, 11, 1) - EPOCH) * DAY + (1 - hours) * HOUR
    return (hours + (summer and begins <= second < ends)) * HOUR


def local_day(zone: str, second: int) -> int:
    return EPOCH + (second + offset(zone, second)) // DAY


def instant(zone: str, day: int, hour: int) -> int:
    """The moment of a whole local hour other than one and two."""
    hours, summer = (ZONES | ABROAD)[zone]
    year = date.fromordinal(day).year
    begins, ends = sunday(year, 3, 2), sunday(year, 11, 1)
    dst = begins <= day < ends if hour > 2 else begins < day <= ends
    return (day - EPOCH) * DAY + (hour - hours - (summer and dst)) * HOUR


def holiday(day: int) -> bool:
    """5 U.S.C. 6103(a): five fixed days, five Mondays and a Thursday, by where they can fall."""
    on = date.fromordinal(day)
    if (on.month, on.day) in {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}:
        return True
    if day % 7 == 1:
        earliest = {1: 15, 2: 15, 5: 25, 9: 1, 10: 8}.get(on.month, 99)
    else:
        earliest = 22 if day % 7 == 4 and on.month == 11 else 99
    return earliest <= on.day < earliest + 7


@cache
def window(zone: str, state: str | None, day: int) -> tuple[int, int]:
    """When a local day opens and closes, the margin taken off; equal when it does not open."""
    known = zone in ZONES or zone in ABROAD
    hours = STATES.get(state or "", DEFAULT)[{6: 1, 0: 2}.get(day % 7, 0)]
    opens, closes = hours if known else (max(hours[0], UNKNOWN_OPENS), hours[1])
    if holiday(day) or opens >= closes:
        return (0, 0)
    where = zone if known else EASTERN
    return instant(where, day, opens), instant(where, day, closes) - MARGIN


class Place(Protocol):
    """Where a recipient may be; the facts of the gate are one."""

    @property
    def zones(self) -> Sequence[str]: ...
    @property
    def state(self) -> str | None: ...
    @property
    def safe_hours(self) -> tuple[time, time] | None: ...


def narrowed(place: Place, first: str, day: int) -> tuple[int, int]:
    """The home zone's window, cut to the hours called safe there."""
    opens, closes = window(first, place.state, day)
    if place.safe_hours is None or opens >= closes:
        return opens, closes
    where = first if first in ZONES or first in ABROAD else EASTERN
    begins, ends = (instant(where, day, edge.hour) for edge in place.safe_hours)
    return max(opens, begins), max(min(closes, ends - MARGIN), opens, begins)


def windows(place: Place, second: int) -> Iterator[tuple[int, int]]:
    """What all zones have open together around and after a moment, for over three weeks."""
    first, *others = place.zones or ("",)
    today = EPOCH + second // DAY
    for day in range(today - 2, today + 25):
        near = [[window(zone, place.state, day + by) for by in (-1, 0, 1)] for zone in others]
        found = set()
        for together in product([narrowed(place, first, day)], *near):
            opens = max(opening for opening, _ in together)
            closes = min(closing for _, closing in together)
            if opens < closes:
                found.add((opens, closes))
        yield from sorted(found)


class Unheard(Exception):
    """No common hour within three weeks."""


def next_open(place: Place, second: int) -> tuple[int, int]:
    """The first moment from this one on that is open, and when it closes."""
    for opens, closes in windows(place, second):
        if second < closes:
            if max(second, opens) >= second + 3 * WEEK:
                break
            return max(second, opens), closes
    raise Unheard


Plain = tuple[str, int, str]
"""What is decided, the moment it names (0 for never), and why."""


def decide(facts: GateFacts, now: int) -> Plain:
    try:
        return _refused(facts, now) or _timed(facts, now)
    except Unheard:
        return ("never", 0, "no_hours")


def _refused(facts: GateFacts, now: int) -> Plain | None:
    kind = facts.purpose.value
    why = None
    if not facts.phone:
        why = "no_number"
    elif kind != "stop" and not facts.number_usable:
        why = "bad_number"
    elif kind == "care" and facts.reassigned:
        why = "reassigned"
    elif facts.dead:
        why = "deceased"
    elif facts.unsafe and kind != "safety":
        why = "unsafe"
    elif kind != "stop" and facts.consented is False:
        why = "opted_out"
    elif kind in ("care", "reply") and facts.consented is None:
        why = "no_consent"
    elif kind == "stop" and facts.confirms_stop and facts.consented:
        why = "superseded"
    elif kind == "care" and not facts.covered:
        why = "not_covered"
    elif kind == "care" and facts.journey_ended:
        why = "journey_ended"
    elif seconds(facts.expires_at) <= now:
        why = "expired"
    elif facts.segments is None:
        why = "no_template"
    elif not facts.sound:
        why = "bad_content"
    elif facts.part2:
        why = "part2_consent"
    elif facts.segments > facts.max_segments:
        why = "too_long"
    return ("never", 0, why) if why else None


def _timed(facts: GateFacts, now: int) -> Plain:
    kind, expires = facts.purpose.value, seconds(facts.expires_at)
    if kind in ("safety", "stop"):
        return ("send", min(expires, now + HOUR), "clear")
    if facts.held:
        return ("later", now + LOOK_AGAIN, "held")
    if kind == "care" and facts.reassigned is None:
        return ("later", next_open(facts, now + LOOK_AGAIN)[0], "unchecked")
    if facts.asks and facts.open_until and seconds(facts.open_until) > now:
        again = min(seconds(facts.open_until), now + LOOK_AGAIN)
        return ("later", next_open(facts, again)[0], "open_prompt")
    if kind == "care":
        zone = facts.zones[0] if facts.zones and facts.zones[0] in ZONES | ABROAD else EASTERN
        sent = sorted(map(seconds, facts.care_texts), reverse=True)
        if len(sent) > 2 and now - sent[2] < WEEK:
            return ("later", next_open(facts, sent[2] + WEEK + 1)[0], "week_cap")
        today = local_day(zone, now)
        if any(local_day(zone, at) == today for at in sent):
            return ("later", next_open(facts, instant(zone, today + 1, 0))[0], "day_cap")
    opens, closes = next_open(facts, now)
    if opens > now:
        quiet = next_open(replace(facts, safe_hours=None), now)[0] > now
        return ("later", opens, "quiet_hours" if quiet else "safe_hours")
    if closes - now <= MARGIN:
        return ("later", next_open(facts, closes + 1)[0], "quiet_hours")
    return ("send", min(expires, closes), "clear")


def plain(verdict: Verdict) -> Plain:
    match verdict:
        case Send(until, reason):
            return ("send", seconds(until), reason.value)
        case Later(at, reason):
            return ("later", seconds(at), reason.value)
        case Never(reason):
            return ("never", 0, reason.value)
