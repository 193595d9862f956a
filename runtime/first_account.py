"""Makes the first account of an empty console; a process of its own, since hashing is heavy."""

import asyncio
import sys

from api.accounts import FIRST_LOGIN, first_account
from runtime.clock import Time, load_clock_async
from runtime.home import read_settings
from store.database import engine, transactions


async def main() -> None:
    """Print login and password on one line, or nothing where an account exists."""
    opened = engine(read_settings().database_url, size=1)
    try:
        async with opened.connect() as connection:
            clock = await load_clock_async(connection)
        password = await first_account(transactions(opened), Time(clock))
    finally:
        await opened.dispose()
    if password is not None:
        sys.stdout.write(f"{FIRST_LOGIN} {password}\n")


if __name__ == "__main__":
    asyncio.run(main())
