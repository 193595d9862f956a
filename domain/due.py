"""By when a person must act: so many minutes, or so many working days."""

from datetime import datetime, timedelta


def due(now: datetime, minutes: int | None, business_days: int | None) -> datetime | None:
    """None where nobody is called to act. Saturdays and Sundays do not count as working days."""
    if minutes is not None:
        return now + timedelta(minutes=minutes)
    return None if business_days is None else working_days(now, business_days)


def working_days(now: datetime, days: int) -> datetime:
    """So many working days on, at the same hour; a public holiday counts as one."""
    at, left = now, days
    while left:
        at += timedelta(days=1)
        left -= at.weekday() < 5
    return at
