"""Staff accounts and their sessions."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import Pharmacy, StaffMember, StaffSession

IDLE = timedelta(minutes=15)
"""Automatic logoff: 45 CFR 164.312(a)(2)(iii); ASVS 5 7.3.1."""
ABSOLUTE = timedelta(hours=12)
"""ASVS 5 7.3.2."""
TOUCH_EVERY = timedelta(seconds=30)
FIRST_ACCOUNT_LOCK = 0x73746166


@dataclass(frozen=True, slots=True)
class OpenSession:
    staff: StaffMember
    csrf: str


class Staff:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_login(self, login: str) -> StaffMember | None:
        """An account that may sign in."""
        found: StaffMember | None = await self._session.scalar(
            select(StaffMember).where(
                StaffMember.login == login.strip().lower(), StaffMember.disabled_at.is_(None)
            )
        )
        return found

    async def everybody(self) -> Sequence[StaffMember]:
        ordered = select(StaffMember).order_by(StaffMember.disabled_at.nulls_first())
        return (await self._session.scalars(ordered.order_by(StaffMember.login))).all()

    async def is_empty(self) -> bool:
        """Whether there is no account at all; whoever asks at the same time waits."""
        lock = text("select pg_advisory_xact_lock(:lock)")
        await self._session.execute(lock, {"lock": FIRST_ACCOUNT_LOCK})
        return not await self._session.scalar(select(func.count()).select_from(StaffMember))

    async def add(
        self,
        *,
        login: str,
        name: str,
        role: str,
        password_hash: str,
        now: datetime,
        pharmacy_npi: str | None = None,
    ) -> str:
        """The new account's id, "taken" for a login in use, "no pharmacy" for an unknown NPI."""
        login = login.strip().lower()
        if await self._session.scalar(select(StaffMember.id).where(StaffMember.login == login)):
            return "taken"
        if pharmacy_npi and not await self._session.get(Pharmacy, pharmacy_npi):
            return "no pharmacy"
        account = StaffMember(
            id=f"s_{uuid.uuid4().hex[:12]}",
            login=login,
            name=name.strip(),
            role=role,
            password_hash=password_hash,
            pharmacy_npi=pharmacy_npi,
            created_at=now,
        )
        self._session.add(account)
        await self._session.flush()
        return account.id

    async def disable(self, staff_id: str, *, now: datetime) -> bool:
        """Close an account and every session of it."""
        closed = await self._session.scalar(
            update(StaffMember)
            .where(StaffMember.id == staff_id, StaffMember.disabled_at.is_(None))
            .values(disabled_at=now)
            .returning(StaffMember.id)
        )
        await self._session.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))
        return closed is not None

    async def open(self, token_hash: str, staff_id: str, csrf: str, *, wall: datetime) -> None:
        """A new session; what ran out long ago is swept on the way."""
        await self._session.execute(
            delete(StaffSession).where(StaffSession.created_at < wall - ABSOLUTE)
        )
        self._session.add(
            StaffSession(
                token_hash=token_hash, staff_id=staff_id, csrf=csrf, created_at=wall, seen_at=wall
            )
        )

    async def close(self, token_hash: str) -> None:
        await self._session.execute(
            delete(StaffSession).where(StaffSession.token_hash == token_hash)
        )

    async def resume(self, token_hash: str, *, wall: datetime, touch: bool) -> OpenSession | None:
        """The session of a token, unless idle or too old; `touch` says that a person did it."""
        found = (
            await self._session.execute(
                select(StaffSession, StaffMember)
                .join(StaffMember, StaffMember.id == StaffSession.staff_id)
                .where(StaffSession.token_hash == token_hash, StaffMember.disabled_at.is_(None))
            )
        ).one_or_none()
        if found is None:
            return None
        session, staff = found
        if session.seen_at + IDLE <= wall or session.created_at + ABSOLUTE <= wall:
            await self._session.delete(session)
            return None
        if touch and wall - session.seen_at >= TOUCH_EVERY:
            session.seen_at = wall
        return OpenSession(staff, session.csrf)
