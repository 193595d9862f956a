"""Business time: what the members' calendar says, however fast the demo runs it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time is `business` at the wall time `wall` and runs `rate` times as fast."""

    wall: datetime = EPOCH
    business: datetime = EPOCH
    rate: float = 1.0

    def at(self, wall: datetime) -> datetime:
        """Business time at a wall time (both UTC)."""
        return self.business + (wall - self.wall) * self.rate

    def wall_seconds(self, business: timedelta) -> float:
        """How long a stretch of business time lasts for a person with a watch."""
        return business.total_seconds() / self.rate


REAL = Clock()
"""Production: business time is the wall's."""
