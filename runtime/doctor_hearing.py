"""What `doorway doctor` says of STOPs that may have been missed, for which sending waits."""

from collections.abc import Iterator

from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from domain.listening import Deaf, Heard, deaf
from domain.pacing import SENDER
from runtime.clock import wall_now
from runtime.findings import Finding, ok, warn
from runtime.programs import rules
from runtime.settings import Settings
from store.database import dialect_url
from store.models import ListeningRow

SAYS = {
    Deaf.NO_WEBHOOKS: "nothing takes the carrier's webhooks, so what is due waits; start the API.",
    Deaf.LIST_AWAITED: "waiting for the carrier's list of what members texted; what is due waits "
    "until it was read since the API took its first webhook. Look again in a minute.",
    Deaf.LIST_OLD: "the carrier's list of what members texted was not read for minutes, so what is "
    "due waits; see that the worker runs and the carrier answers.",
}

KNOWN = select(ListeningRow.taking_since, ListeningRow.taking_at, ListeningRow.listed_from).where(
    ListeningRow.sender == SENDER
)


def hearing(settings: Settings) -> Iterator[Finding]:
    """Nothing where no database of one's own is named, or where nothing is sent."""
    if not settings.database_url or not settings.twilio.complete:
        return
    engine = create_engine(dialect_url(settings.database_url))
    try:
        with engine.connect() as connection:
            row = connection.execute(KNOWN).one_or_none()
    except SQLAlchemyError:
        return  # The lines about PostgreSQL say what is wrong with it.
    finally:
        engine.dispose()
    yield told(Heard(*row) if row else Heard())


def told(heard: Heard) -> Finding:
    why = deaf(heard, rules().sending.listening, wall_now())
    if why is None:
        return ok("Hearing", "webhooks are taken, and the carrier's list was read since.")
    return warn("Hearing", SAYS[why])
