"""What holds of all texts that left in a life, whoever it was: hours, days and weeks."""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from make_journeys import DAY

from store.models import Intent

COLUMBUS = ZoneInfo("America/New_York")


def kept_within_the_law(texts: Sequence[Intent]) -> None:
    """Nothing begun by us out of hours, no second one on a day, no fourth within seven days."""
    ours = sorted(t.accepted_at for t in texts if t.purpose == "care" and t.accepted_at)
    for at in ours:
        local = at.astimezone(COLUMBUS)
        first, last = (12, 18) if local.weekday() == 6 else (9, 20)
        assert first <= local.hour < last
    days = Counter(at.astimezone(COLUMBUS).date() for at in ours)
    assert set(days.values()) <= {1}
    assert all(later - early >= 7 * DAY for early, later in zip(ours, ours[3:], strict=False))
    replies = [t.accepted_at.astimezone(COLUMBUS) for t in texts if t.accepted_at]
    assert all(8 <= at.hour < 21 for at in replies)
