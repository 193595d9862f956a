"""The simulator's reading of the product's business clock, taken from its /health."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

Wall = Callable[[], datetime]

REFRESH_SECONDS = 1.0
UNREACHABLE_SECONDS = 0.2


def wall_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


class ProductClock:
    """A line through the best sample seen; until the first sample it is the wall's."""

    def __init__(self, wall: Wall = wall_now) -> None:
        self._wall = wall
        self._anchor = (wall(), wall())
        self._rate = 1.0
        self._doubt = timedelta.max
        self.heard = asyncio.Event()
        self._latest: datetime | None = None

    @property
    def known(self) -> bool:
        return self.heard.is_set()

    @property
    def rate(self) -> float:
        return self._rate

    def wall(self) -> datetime:
        return self._wall()

    def now(self) -> datetime:
        """Business time; once the product was heard it never goes back."""
        now = self._at(self._wall())
        if not self.known:
            return now
        self._latest = max(now, self._latest or now)
        return self._latest

    def wall_seconds(self, business: timedelta) -> float:
        return business.total_seconds() / self._rate

    def business(self, wall_seconds: float) -> timedelta:
        return timedelta(seconds=wall_seconds * self._rate)

    def learn(
        self, now: datetime, rate: float, *, asked: datetime, heard: datetime, read: datetime | None
    ) -> None:
        """Take one sample: the product said `now`, somewhere between `asked` and `heard`.

        `read` is the product's own wall time of the sample, when it tells it.
        """
        trip = heard - asked
        middle = asked + trip / 2
        wall, doubt = (read, timedelta(0)) if read else (middle, trip)
        moved = rate != self._rate or not self.known
        # A slow answer tells less than an old quick one, unless the two contradict each other.
        gap = abs((now - self._at(wall)).total_seconds())
        contradicts = self.known and gap > (doubt + self._doubt).total_seconds() * rate
        if moved or doubt <= self._doubt or contradicts:
            self._anchor, self._rate, self._doubt = (wall, now), rate, doubt
            self.heard.set()

    async def refresh(self, product: httpx.AsyncClient) -> bool:
        """Ask the product once; False when it does not answer yet."""
        asked = self._wall()
        try:
            answer = await product.get("/health", timeout=2.0)
            clock = answer.json()["clock"]
            now, rate = datetime.fromisoformat(clock["now"]), float(clock["rate"])
            read = datetime.fromisoformat(clock["wall"]) if clock.get("wall") else None
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return False
        self.learn(now, rate, asked=asked, heard=self._wall(), read=read)
        return True

    async def follow(self, product: httpx.AsyncClient) -> None:
        """Keep the reading fresh until cancelled."""
        while True:
            heard = await self.refresh(product)
            await asyncio.sleep(REFRESH_SECONDS if heard else UNREACHABLE_SECONDS)

    def _at(self, wall: datetime) -> datetime:
        return self._anchor[1] + (wall - self._anchor[0]) * self._rate
