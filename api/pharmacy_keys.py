"""Who calls the pharmacy API: one pharmacy's system by its own key, or all by the shared one."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from api.auth import same
from api.deps import Sessions
from api.problems import NoKey, NotFound
from store import pharmacy_systems
from store.pages.scope import EVERYTHING, Scope
from store.pharmacy_systems import ACTOR


@dataclass(frozen=True, slots=True)
class Caller:
    id: str
    """Whose idempotency keys: an NPI, or `every` for the shared key."""
    scope: Scope
    actor: str = ACTOR


async def with_key(request: Request) -> Caller:
    """A bearer key; with none configured and no pharmacy's system set up, this API is not there."""
    shared: str = request.app.state.pharmacy_key
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    key = given.strip() if scheme.lower() == "bearer" else ""
    if shared and key and same(key, shared):
        return Caller("every", EVERYTHING)
    sessions: Sessions = request.app.state.sessions
    async with sessions.begin() as session:
        system = await pharmacy_systems.of_key(session, key) if key else None
        if system is not None:
            return Caller(system.npi, Scope(pharmacy_npi=system.npi))
        if not shared and not await pharmacy_systems.any_in_use(session):
            raise NotFound("The pharmacy API is closed: no key is configured.")
    raise NoKey


PharmacySystem = Annotated[Caller, Depends(with_key)]
