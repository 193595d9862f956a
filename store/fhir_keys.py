"""Bearer keys to /fhir: made, found by their hash, revoked."""

import hashlib
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from store.models import FhirKey, Pharmacy


def key_hash(secret: str) -> str:
    """Keys are long and random: a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def find(session: AsyncSession, secret: str, wall: datetime) -> FhirKey | None:
    """The key, unless revoked or run out."""
    found: FhirKey | None = await session.scalar(
        select(FhirKey).where(
            FhirKey.key_hash == key_hash(secret),
            FhirKey.revoked_at.is_(None),
            or_(FhirKey.expires_at.is_(None), FhirKey.expires_at > wall),
        )
    )
    return found


async def add(
    session: AsyncSession, name: str, secret: str, pharmacy_npi: str | None, wall: datetime
) -> str:
    """ "done", "taken" for a name in use, "no pharmacy" for an unknown NPI; None: everybody."""
    if await session.scalar(select(FhirKey.id).where(FhirKey.name == name)):
        return "taken"
    if pharmacy_npi and await session.get(Pharmacy, pharmacy_npi) is None:
        return "no pharmacy"
    session.add(
        FhirKey(
            name=name,
            key_hash=key_hash(secret),
            pharmacy_npi=pharmacy_npi,
            everything=pharmacy_npi is None,
            created_at=wall,
        )
    )
    return "done"


async def revoke(session: AsyncSession, name: str, wall: datetime) -> bool:
    done = await session.scalar(
        update(FhirKey)
        .where(FhirKey.name == name, FhirKey.revoked_at.is_(None))
        .values(revoked_at=wall)
        .returning(FhirKey.id)
    )
    return done is not None
