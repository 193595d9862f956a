"""The simulated world in one process: carrier, members, pharmacies, providers, phone page."""

import asyncio
import logging
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from simulator.app_config import SimulatorConfig
from simulator.carrier import Carrier
from simulator.carrier_api import carrier_routes, on_refusal
from simulator.carrier_faults import Dice
from simulator.carrier_log import Log
from simulator.carrier_messages import Refusal
from simulator.carrier_server import server
from simulator.carrier_webhooks import Webhooks
from simulator.clock import ProductClock, Wall, wall_now
from simulator.clock_agenda import Agenda
from simulator.members import Members, Replies
from simulator.members_contacts import read_contacts
from simulator.pharmacies import Pharmacies
from simulator.phone import phone_routes, static
from simulator.providers import Providers

log = logging.getLogger(__name__)

HOSTS = ["127.0.0.1", "localhost"]


class World:
    """Everything simulated, on one clock and one agenda; tests step it by hand."""

    def __init__(
        self, config: SimulatorConfig, product: httpx.AsyncClient, *, wall: Wall = wall_now
    ) -> None:
        self.config = config
        self.product = product
        self.clock = ProductClock(wall)
        self.agenda = Agenda(self.clock)
        self.log = Log(config.state_dir / "carrier.jsonl")
        self.members = Members(read_contacts(config.contacts), seed=config.seed)
        self.carrier = Carrier(
            account_sid=config.account_sid,
            number=config.from_number,
            inbound_url=f"{config.product}/twilio/inbound",
            log=self.log,
            clock=self.clock,
            agenda=self.agenda,
            webhooks=Webhooks(product, config.auth_token),
            dice=Dice(config.faults, config.seed),
            line=self.members.line,
        )
        self.replies = Replies(self.members, self.carrier, self.clock, self.agenda)
        self.notes_log = Log(config.state_dir / "notes.jsonl")

    def pharmacies(self) -> Pharmacies:
        key = self.config.pharmacy_api_key
        return Pharmacies(self.product, self.clock, self.agenda, key=key, seed=self.config.seed)

    def providers(self, notes: Path, browser: Callable[[], httpx.AsyncClient]) -> Providers:
        seed = self.config.seed
        return Providers(notes, self.notes_log, browser, self.clock, self.agenda, seed=seed)

    async def live(self) -> None:
        """Wait for the product's clock, then take up where the log stops, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.clock.follow(self.product))
            await self.clock.heard.wait()
            self.carrier.resume()
            self.replies.resume()
            group.create_task(self.agenda.run())
            if self.config.pharmacy_api_key:
                group.create_task(self.pharmacies().keep_looking())
            if self.config.notes_dir:
                group.create_task(self.providers(self.config.notes_dir, browser).keep_looking())


def browser() -> httpx.AsyncClient:
    """A practice's own, so that no two notes share cookies."""
    return httpx.AsyncClient(follow_redirects=True, timeout=15.0)


def create_app(world: World, live: Callable[[], Coroutine[Any, Any, None]]) -> FastAPI:
    """The carrier's API and the pages; `live` runs as long as the app does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(live())
        task.add_done_callback(_stop_when_broken)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await world.product.aclose()
            world.log.close()
            world.notes_log.close()

    app = FastAPI(title="Doorway simulator", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    app.add_exception_handler(Refusal, on_refusal)
    app.include_router(carrier_routes(world.carrier, world.clock, world.config.auth_token))
    app.include_router(phone_routes(world.carrier, world.members))
    app.mount("/phone-static", static)
    return app


def _stop_when_broken(life: asyncio.Task[None]) -> None:
    # A carrier whose members stand still would look well from outside; whoever started it
    # starts it again.
    if not life.cancelled() and (broken := life.exception()):
        while isinstance(broken, BaseExceptionGroup):
            broken = broken.exceptions[0]
        # Its words may hold a phone; its kind and place do not.
        place = traceback.extract_tb(broken.__traceback__)[-1]
        log.error(
            "the simulated world broke: %s in %s:%s",
            type(broken).__name__,
            Path(place.filename).name,
            place.lineno,
        )
        signal.raise_signal(signal.SIGTERM)


def run(config: SimulatorConfig) -> None:
    """Serve on 127.0.0.1 until SIGTERM or SIGINT."""
    # httpx tells every URL at INFO, and these name members' phones.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # The server hands the signal on once it has closed; being told to stop is no failure.
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        asyncio.run(_serve(config))
    finally:
        signal.signal(signal.SIGTERM, before)


async def _serve(config: SimulatorConfig) -> None:
    product = httpx.AsyncClient(base_url=config.product, follow_redirects=False)
    world = World(config, product)
    await server(create_app(world, world.live), config.port).serve()
