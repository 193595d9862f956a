"""A simulated world for tests: a wall clock moved by hand and a product that takes notes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import httpx

from simulator.app import World, create_app
from simulator.app_config import SimulatorConfig
from simulator.carrier_server import server

ACCOUNT = "AC" + "a1" * 16
TOKEN = "not-a-real-token"
OURS = "+16145550100"
MEMBER = "+16145550123"
CALLBACK = "http://product.example/twilio/status?intent=i-1"
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

Answer = Callable[[httpx.Request], httpx.Response]


class Product:
    """Answers 204 to every webhook unless told otherwise."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answer: Answer = lambda request: httpx.Response(204)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    def forms(self, path: str) -> list[dict[str, str]]:
        return [form(r) for r in self.requests if r.url.path == path]

    @property
    def statuses(self) -> list[str]:
        return [f["MessageStatus"] for f in self.forms("/twilio/status")]

    @property
    def replies(self) -> list[str]:
        return [f["Body"] for f in self.forms("/twilio/inbound")]


class Simulated:
    """The world, its product, and a caller with the account's key."""

    def __init__(self, config: SimulatorConfig, wall: Sequence[datetime] = (MONDAY,)) -> None:
        self.config = config
        self.wall = wall[0]
        self.product = Product()
        client = httpx.AsyncClient(
            transport=httpx.MockTransport(self.product), base_url=config.product
        )
        self.world = World(config, client, wall=lambda: self.wall)
        self.world.clock.learn(self.wall, 1.0, asked=self.wall, heard=self.wall, read=self.wall)
        self.caller = self._caller(auth=(ACCOUNT, TOKEN))

    def _caller(self, auth: tuple[str, str] | None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(create_app(self.world, self.world.live))
        return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", auth=auth)

    def stranger(self, auth: tuple[str, str] | None = None) -> httpx.AsyncClient:
        return self._caller(auth)

    async def send(self, body: str = "Hello", to: str = MEMBER, **more: str) -> httpx.Response:
        form = {"To": to, "From": OURS, "Body": body, "StatusCallback": CALLBACK}
        return await self.caller.post(MESSAGES, data=form | more)

    async def pass_time(self, stretch: timedelta) -> None:
        """Jobs run in order of their time, each at its time."""
        end = self.wall + stretch
        agenda = self.world.agenda
        while (due := agenda.next_due()) is not None and due <= end:
            self.wall = max(self.wall, due)
            await agenda.run_due()
        self.wall = end

    async def close(self) -> None:
        await self.caller.aclose()
        await self.world.product.aclose()
        self.world.log.close()
        self.world.notes_log.close()


async def forever() -> None:
    """Stands in for the world's own life where a test steps it by hand."""
    await asyncio.Event().wait()


@asynccontextmanager
async def serving(app: object) -> AsyncIterator[str]:
    """The address of an app that is really served, on a free port of loopback."""
    served = server(app, 0)
    task = asyncio.create_task(served.serve())
    try:
        while not served.started:
            assert not task.done(), "the server did not start"
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{served.servers[0].sockets[0].getsockname()[1]}"
    finally:
        served.should_exit = True
        await task


def form(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode(), keep_blank_values=True))


def settings(state: Path, **more: object) -> SimulatorConfig:
    base: dict[str, object] = {
        "port": 8766,
        "product_url": "http://product.example",
        "account_sid": ACCOUNT,
        "auth_token": TOKEN,
        "from_number": OURS,
        "state_dir": state,
    }
    return SimulatorConfig.model_validate(base | more)


@asynccontextmanager
async def simulated(state: Path, **more: object) -> AsyncIterator[Simulated]:
    world = Simulated(settings(state, **more))
    try:
        yield world
    finally:
        await world.close()


def contacts_file(folder: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    """A member_contact file of phone, type and language."""
    file = folder / "member_contact.csv"
    lines = ["person_id,phone_e164,type,preferred_language"]
    lines += [f"p{n},{phone},{kind},{lang}" for n, (phone, kind, lang) in enumerate(rows)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file
