"""Passwords, and the first account of a new installation."""

import asyncio
import secrets
from typing import Protocol

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.deps import Sessions, Time
from store.staff import Staff

WORDS = 4
FIRST_LOGIN = "admin"
# No i, l, o, 0, 1: it is read from a screen and typed once.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """Argon2id; the defaults are pwdlib's, tests pass weaker ones to be quick."""

    def __init__(self, *, time_cost: int = 3, memory_kib: int = 65536, lanes: int = 4) -> None:
        hasher = Argon2Hasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=lanes)
        self._hash = PasswordHash((hasher,))
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await asyncio.to_thread(self._hash.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Takes as long for an account that does not exist (None) as for one that does."""
        if password_hash is None:
            if self._nobody is None:
                self._nobody = await self.hash(secrets.token_hex())
            await asyncio.to_thread(self._hash.verify, password, self._nobody)
            return False
        return await asyncio.to_thread(self._hash.verify, password, password_hash)


class HasPasswords(Protocol):
    async def hash(self, password: str) -> str: ...


def random_password() -> str:
    """Four groups of five letters: 99 bits, readable over the phone."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(WORDS))
    return "-".join(groups)


async def first_account(
    sessions: Sessions, time: Time, passwords: HasPasswords | None = None
) -> str | None:
    """Make the manager `admin` where no account exists; its password, to be shown this once."""
    async with sessions.begin() as session:
        staff = Staff(session)
        if not await staff.is_empty():
            return None
        password = random_password()
        hashed = await (passwords or Passwords()).hash(password)
        await staff.add(
            login=FIRST_LOGIN,
            name="First manager",
            role="manager",
            password_hash=hashed,
            now=time.now(),
        )
        return password
