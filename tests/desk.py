"""A console to test against: the app, its fakes, and staff who sign in."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx2
from fastapi import FastAPI
from make import NOW

from activities.texts import Texts
from api.accounts import Passwords
from api.fhir import FhirWords
from api.web import equip
from domain.clock import REAL, Clock
from runtime import programs
from store.database import engine, transactions
from store.staff import Staff

QUICK = Passwords(time_cost=1, memory_kib=8, lanes=1)
PASSWORD = "correct horse"
ORIGIN = "http://desk.test"
TEMPLATES = Path(__file__).parents[1] / "templates"


@dataclass
class FakeTime:
    """Both clocks stand still until a test moves them."""

    business: datetime = NOW
    clock: Clock = REAL
    watch: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=NOW.tzinfo)

    def now(self) -> datetime:
        return self.business

    def wall(self) -> datetime:
        return self.watch

    def pass_by(self, by: timedelta) -> None:
        self.watch += by


@dataclass
class FakeJourneys:
    """Answers as told and remembers what was asked."""

    answer: str = "done"
    asked: list[tuple[int, str]] = field(default_factory=list)

    async def act(self, action_id: int, enrollment_id: str) -> str:
        self.asked.append((action_id, enrollment_id))
        return self.answer


@dataclass
class Desk:
    app: FastAPI
    time: FakeTime
    journeys: FakeJourneys

    def browser(self) -> httpx2.AsyncClient:
        """A browser without a session; it says where its forms come from, as browsers do."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app, raise_app_exceptions=False),
            base_url=ORIGIN,
            headers={"Origin": ORIGIN},
            follow_redirects=True,
        )

    async def account(self, login: str, role: str = "coordinator", npi: str | None = None) -> str:
        async with self.app.state.sessions.begin() as session:
            return await Staff(session).add(
                login=login,
                name=login.title(),
                role=role,
                password_hash=await QUICK.hash(PASSWORD),
                now=self.time.now(),
                pharmacy_npi=npi,
            )

    @asynccontextmanager
    async def signed_in(
        self, role: str = "coordinator", npi: str | None = None, login: str = ""
    ) -> AsyncIterator["Visitor"]:
        login = login or role
        await self.account(login, role, npi)
        async with self.browser() as browser:
            page = await browser.post("/sign-in", data={"login": login, "password": PASSWORD})
            assert page.status_code == 200, page.text
            yield Visitor(browser, csrf_of(page.text))


@dataclass
class Visitor:
    """Somebody signed in; `post` fills in the form's token as the page would."""

    browser: httpx2.AsyncClient
    csrf: str

    async def get(self, address: str) -> httpx2.Response:
        return await self.browser.get(address)

    async def post(
        self, address: str, data: Mapping[str, str] | None = None, *, csrf: str | None = None
    ) -> httpx2.Response:
        token = self.csrf if csrf is None else csrf
        return await self.browser.post(address, data={"csrf": token, **(data or {})})


def plain(page: str) -> str:
    """The words of a page, as a reader sees them."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&#39;", "'").split())


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found, "the page holds no form of a session"
    return found.group(1)


@asynccontextmanager
async def open_desk(
    database_url: str,
    *,
    sending_on: bool = True,
    pharmacy_key: str = "",
    base_url: str = ORIGIN,
    phone_url: str = "",
) -> AsyncIterator[Desk]:
    opened = engine(database_url, size=3)
    app = FastAPI(openapi_url=None)
    time, journeys = FakeTime(), FakeJourneys()
    app.state.sessions = transactions(opened)
    app.state.time, app.state.journeys = time, journeys
    app.state.programs = {}
    app.state.letter_previews = None
    app.state.receiver = SimpleNamespace(texts=Texts(TEMPLATES, programs.rules().texts))
    app.state.sending_on, app.state.phone_url = sending_on, phone_url
    app.state.base_url, app.state.secure = base_url, base_url.startswith("https")
    words = FhirWords(programs.instruments(), programs.needs_book(), programs.directory(None))
    equip(
        app, TEMPLATES, pharmacy_key=pharmacy_key, passwords=QUICK, fhir_words=words,
        hand_over_within=programs.rules().deadlines["hand_over"],
    )  # fmt: skip
    try:
        yield Desk(app, time, journeys)
    finally:
        await opened.dispose()
