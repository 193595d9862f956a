"""Business time: what the members' calendar says, however fast the demo runs it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time is `business` until the wall time `wall` and from then on runs `rate` times
    as fast; at a rate of 0 it stands."""

    wall: datetime = EPOCH
    business: datetime = EPOCH
    rate: float = 1.0

    def at(self, wall: datetime) -> datetime:
        """Business time at a wall time (both UTC)."""
        return self.business + max(wall - self.wall, timedelta(0)) * self.rate

    def goes(self, wall: datetime) -> bool:
        """Whether it has been set going by then."""
        return self.rate > 0 and wall >= self.wall

    def wall_seconds(self, business: timedelta) -> float:
        """How long a stretch of business time lasts for a person with a watch."""
        return business.total_seconds() / self.rate


REAL = Clock()
"""Production: business time is the wall's."""
