"""What makes a FastAPI app the console's: pages, static files, refusals, the shield around all."""

import secrets
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from api import attribution, console, fhir, nominations, pharmacy, proposals, providers
from api.accounts import Passwords
from api.attempts import Attempts
from api.events import Hub
from api.pages import environment
from api.problems import handle_problems
from api.security import Shield
from domain.listening import ListeningRules
from domain.pacing import SenderPlan

STATIC = Path(__file__).parent / "static"


def equip(
    app: FastAPI,
    templates: Path,
    *,
    pharmacy_key: str = "",
    passwords: Passwords | None = None,
    form_secret: bytes = b"",
    fhir_words: fhir.FhirWords | None = None,
    sender_plan: SenderPlan | None = None,
    listening: ListeningRules | None = None,
    hand_over_within: timedelta | None = None,
) -> None:
    """Add the routes of people and pharmacies; `app.state` must already hold what they need.

    That is sessions, time, programs, journeys, sending_on, phone_url, base_url and secure.
    `pharmacy_key` empty: the pharmacy API is closed. `form_secret` empty: one of this process, so
    that a provider's open form must be opened again after a restart. `hand_over_within` None: no
    task can be handed over.
    """
    state = app.state
    state.templates = templates
    state.pages = environment(templates)
    state.passwords = passwords or Passwords()
    state.attempts = Attempts()
    state.form_secret = form_secret or secrets.token_bytes(32)
    state.hub = Hub(state.sessions)
    state.pharmacy_key = pharmacy_key
    state.fhir = fhir_words
    state.sender_plan = sender_plan
    state.listening = listening
    state.hand_over_within = hand_over_within
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    served = (fhir.router,) if fhir_words else ()
    machines = (proposals.router, pharmacy.router, attribution.router, nominations.router)
    for router in (console.router, *machines, providers.router, *served):
        app.include_router(router)
    handle_problems(app)
    app.add_middleware(Shield, origin=state.base_url, secure=state.secure)
