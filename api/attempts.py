"""How often somebody may guess: failed attempts in a quarter of an hour, by account and address."""

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

BY_ACCOUNT = RateLimitItemPerMinute(8, 15)
# A pharmacy's whole staff may sit behind one address.
BY_ADDRESS = RateLimitItemPerMinute(40, 15)


class Attempts:
    """Counted in this process: with several API processes each allows as many."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def may(self, *keys: str) -> bool:
        return all([await self._limiter.test(_limit(key), key) for key in keys])

    async def failed(self, *keys: str) -> None:
        for key in keys:
            await self._limiter.hit(_limit(key), key)


def _limit(key: str) -> RateLimitItemPerMinute:
    return BY_ADDRESS if key.startswith("address/") else BY_ACCOUNT
