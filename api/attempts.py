"""How often somebody may guess: failed attempts in a quarter of an hour, by account and address."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
        self._under_way: Counter[str] = Counter()

    @asynccontextmanager
    async def trying(self, *keys: str) -> AsyncIterator[bool]:
        """Whether this guess may be looked at; `failed` counts it when it was wrong.

        Guesses under way count as failed ones: sent all at once, none would wait for another.
        """
        self._under_way.update(keys)
        try:
            yield all([await self._left(key) >= self._under_way[key] for key in keys])
        finally:
            for key in keys:
                self._under_way[key] -= 1
                if not self._under_way[key]:
                    del self._under_way[key]

    async def failed(self, *keys: str) -> None:
        for key in keys:
            await self._limiter.hit(_limit(key), key)

    async def _left(self, key: str) -> int:
        return (await self._limiter.get_window_stats(_limit(key), key)).remaining


def _limit(key: str) -> RateLimitItemPerMinute:
    return BY_ADDRESS if key.startswith("address/") else BY_ACCOUNT
