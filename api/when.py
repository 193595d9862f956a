"""Times in plain words, on the wall of whoever they concern."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NAMES = {
    "America/New_York": "Eastern",
    "America/Detroit": "Eastern",
    "America/Indiana/Indianapolis": "Eastern",
    "America/Kentucky/Louisville": "Eastern",
    "America/Chicago": "Central",
    "America/Menominee": "Central",
    "America/North_Dakota/Center": "Central",
    "America/Denver": "Mountain",
    "America/Boise": "Mountain",
    "America/Phoenix": "Arizona",
    "America/Los_Angeles": "Pacific",
    "America/Anchorage": "Alaska",
    "Pacific/Honolulu": "Hawaii",
    "America/Puerto_Rico": "Atlantic",
}


def zone(name: str | None) -> ZoneInfo:
    """A member's zone; UTC when it is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def zone_name(name: str | None) -> str:
    """What people call the zone: "Eastern time"."""
    known = zone(name).key
    if known == "UTC":
        return "UTC"
    called = NAMES.get(known)
    return f"{called} time" if called else f"{known.rpartition('/')[2].replace('_', ' ')} time"


def day(value: date | None) -> str:
    """ "Mar 3, 2025"; a dash of words for none."""
    return f"{value:%b} {value.day}, {value.year}" if value else "not known"


def clock(value: datetime, name: str | None = None) -> str:
    """The time of day there: "10:00 AM"."""
    value = value.astimezone(zone(name))
    return f"{value.hour % 12 or 12}:{value:%M %p}"


def moment(value: datetime | None, now: datetime, name: str | None = None) -> str:
    """ "today, 2:15 PM", "Mon, Mar 3, 2:15 PM"; the year only when it is not this one."""
    if value is None:
        return "not yet"
    there = zone(name)
    local, today = value.astimezone(there), now.astimezone(there).date()
    days = (local.date() - today).days
    named = {0: "today", -1: "yesterday", 1: "tomorrow"}.get(days)
    if named is None:
        named = f"{local:%a}, {local:%b} {local.day}"
        if local.year != today.year:
            named += f", {local.year}"
    return f"{named}, {clock(value, name)}"


def distance(value: datetime, now: datetime) -> str:
    """ "in 3 hours", "2 days late"."""
    late = value < now
    seconds = abs((value.astimezone(UTC) - now).total_seconds())
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = int(seconds // size)
            words = f"{count} {unit}" + ("s" if count > 1 else "")
            return f"{words} late" if late else f"in {words}"
    return "now"


def day_ago(now: datetime) -> datetime:
    return now - timedelta(days=1)


def typed(value: datetime, name: str | None = None) -> str:
    """As a field for a day and a time holds it, on the wall there."""
    return f"{value.astimezone(zone(name)):%Y-%m-%dT%H:%M}"


def read_typed(text: str, name: str | None = None) -> datetime | None:
    """What was filled in to such a field; None when it is no moment."""
    try:
        return datetime.strptime(text[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=zone(name))
    except (ValueError, OverflowError):
        return None
