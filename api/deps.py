"""What routes are handed: one transaction a request, the clocks, and the way to a journey."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Protocol

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from activities.attribution import Rerouting
from activities.nominations import Nominating
from api.problems import NotFound

Sessions = async_sessionmaker[AsyncSession]


class Time(Protocol):
    """The two clocks: the members' calendar, and the watch of whoever sits at the desk."""

    def now(self) -> datetime: ...

    def wall(self) -> datetime: ...


class JourneyActions(Protocol):
    async def act(self, action_id: int, enrollment_id: str) -> str:
        """Ask the journey to carry out a recorded staff action.

        "done", "refused: <why>", or "recorded" when no worker answers within five seconds.
        """
        ...


async def session(request: Request) -> AsyncIterator[AsyncSession]:
    """Committed before the answer leaves, so that an answer never promises what was not kept."""
    sessions: Sessions = request.app.state.sessions
    async with sessions.begin() as opened:
        yield opened


def open_sessions(request: Request) -> Sessions:
    sessions: Sessions = request.app.state.sessions
    return sessions


def clocks(request: Request) -> Time:
    time: Time = request.app.state.time
    return time


def journeys(request: Request) -> JourneyActions:
    actions: JourneyActions = request.app.state.journeys
    return actions


def programs(request: Request) -> Mapping[str, object]:
    known: Mapping[str, object] = request.app.state.programs
    return known


def rerouting(request: Request) -> Rerouting:
    given: Rerouting | None = getattr(request.app.state, "rerouting", None)
    if given is None:
        raise NotFound
    return given


def nominating(request: Request) -> Nominating:
    given: Nominating | None = getattr(request.app.state, "nominating", None)
    if given is None:
        raise NotFound
    return given


Session = Annotated[AsyncSession, Depends(session, scope="function")]
OpenSessions = Annotated[Sessions, Depends(open_sessions)]
Clocks = Annotated[Time, Depends(clocks)]
Reroutes = Annotated[Rerouting, Depends(rerouting)]
Nominates = Annotated[Nominating, Depends(nominating)]
Journeys = Annotated[JourneyActions, Depends(journeys)]
