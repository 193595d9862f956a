"""An offer of a task that nobody answers in time reaches a manager."""

from datetime import datetime

import structlog

from store import handovers
from store.database import Transaction

log = structlog.get_logger()


async def escalate(transaction: Transaction, now: datetime) -> int:
    """How many were asked about; what is due is read from the offers, so it outlives a restart."""
    async with transaction() as session:
        asked = await handovers.escalate(session, now)
    if asked:
        log.info("handovers_unanswered", count=asked)
    return asked
