"""The FastAPI app: what its rooms are handed, and which routes it has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from temporalio.client import Client

from activities.attribution import Rerouting
from activities.letter_previews import LetterPreviews
from activities.nominations import Nominating
from activities.receiving import Receiver
from activities.time import Time
from api import health, lob, twilio, web
from api.acting import TemporalActions
from api.deps import Sessions
from api.fhir import FhirWords
from api.listening import Ears
from domain.listening import ListeningRules
from domain.pacing import SenderPlan
from domain.program import Program

log = structlog.get_logger()

Connect = Callable[[], Awaitable[Client]]
RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Parts:
    sessions: Sessions
    time: Time
    programs: Mapping[str, Program]
    receiver: Receiver
    signature: twilio.Signature | None
    """None: sending is switched off, and no webhook can be checked."""
    connect: Connect
    base_url: str
    phone_url: str
    pharmacy_key: str
    form_secret: bytes
    templates: Path
    fhir: FhirWords | None = None
    """None: /fhir is not served."""
    rerouting: Rerouting | None = None
    """None: no member can be given another pharmacy."""
    letter_previews: LetterPreviews | None = None
    """None: letters are not shown."""
    nominating: Nominating | None = None
    """None: nobody can be nominated."""
    lob_signature: lob.Signature | None = None
    """None: no secret is set, and no report of a letter can be checked."""
    sender_plan: SenderPlan | None = None
    """What the console measures a day's texts by."""
    listening: ListeningRules | None = None
    """None: nobody is told that webhooks are taken here, and nothing that waits for it leaves."""


def create(parts: Parts) -> FastAPI:
    app = FastAPI(title="Doorway", lifespan=_lifespan(parts), docs_url=None, redoc_url=None)
    state = app.state
    state.sessions = parts.sessions
    state.time = parts.time
    state.programs = parts.programs
    state.receiver = parts.receiver
    state.rerouting = parts.rerouting
    state.nominating = parts.nominating
    state.signature = parts.signature
    state.lob_signature = parts.lob_signature
    state.letter_previews = parts.letter_previews
    state.sending_on = parts.signature is not None
    state.base_url = parts.base_url
    state.secure = parts.base_url.startswith("https://")
    state.phone_url = parts.phone_url
    state.temporal = None
    state.journeys = TemporalActions(state, parts.sessions)
    app.include_router(health.router)
    app.include_router(twilio.router)
    app.include_router(lob.router)
    app.add_exception_handler(twilio.NotFromTwilio, _refuse)
    app.add_exception_handler(lob.NotFromLob, _refuse)
    web.equip(
        app,
        parts.templates,
        pharmacy_key=parts.pharmacy_key,
        form_secret=parts.form_secret,
        fhir_words=parts.fhir,
        sender_plan=parts.sender_plan,
        listening=parts.listening,
        hand_over_within=parts.receiver.deadlines["hand_over"],
    )
    return app


def _lifespan(parts: Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Webhooks are kept without Temporal: the app does not wait for it to start.
        tasks = [asyncio.create_task(_connect(app, parts.connect))]
        if parts.listening is not None and parts.signature is not None:
            ears = Ears(parts.sessions.begin, parts.listening, parts.time)
            tasks.append(asyncio.create_task(ears.keep_beating()))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


async def _connect(app: FastAPI, connect: Connect) -> None:
    while app.state.temporal is None:
        try:
            app.state.temporal = await connect()
        except Exception as wrong:  # tried until it is there; /health says so meanwhile
            log.warning("temporal_not_reached", reason=type(wrong).__name__)
            await asyncio.sleep(RETRY_SECONDS)


async def _refuse(_request: Request, _wrong: Exception) -> Response:
    return PlainTextResponse("The signature does not hold.", 403)
