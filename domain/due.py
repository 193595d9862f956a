"""By when a person must act: so many minutes, or so many working days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.quiet_hours import Holiday


def due(now: datetime, minutes: int | None, business_days: int | None) -> datetime | None:
    """None where nobody is called to act.

    A deadline to look after a member counts a public holiday as a working day: earlier is safer.
    """
    if minutes is not None:
        return now + timedelta(minutes=minutes)
    return None if business_days is None else working_days(now, business_days)


def working_days(now: datetime, days: int, holidays: Sequence[Holiday] = ()) -> datetime:
    """So many working days on, at the same hour."""
    at, left = now, days
    while left:
        at += timedelta(days=1)
        left -= not closed(at.date(), holidays)
    return at


def closed(day: date, holidays: Sequence[Holiday]) -> bool:
    """Whether offices are: a Saturday, a Sunday or a holiday."""
    return day.weekday() > 4 or any(each.falls_on(day) for each in holidays)
