"""Streams of "changed" for Today and for a member's page, as long as the session lasts."""

import asyncio
import contextlib
from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.auth import AnyStaff, look_up
from api.deps import OpenSessions
from api.events import REST_SECONDS, Hub
from api.problems import NotFound
from store.pages.enrollments import may_see

router = APIRouter(prefix="/console", tags=["console"])

LOOK_SECONDS = 20.0
"""How often an idle stream checks that its session still lasts."""


@router.get("/events", response_class=EventSourceResponse)
async def everything(request: Request, _viewer: AnyStaff) -> AsyncIterable[ServerSentEvent]:
    async for event in _stream(request, None):
        yield event


async def seen(enrollment_id: str, viewer: AnyStaff, sessions: OpenSessions) -> str:
    """Looked at before the stream begins: once it has, no status can be answered."""
    async with sessions() as session:
        if not await may_see(session, viewer.scope, enrollment_id):
            raise NotFound
    return enrollment_id


@router.get("/enrollments/{enrollment_id}/events", response_class=EventSourceResponse)
async def one(
    request: Request, enrollment_id: Annotated[str, Depends(seen)]
) -> AsyncIterable[ServerSentEvent]:
    async for event in _stream(request, enrollment_id):
        yield event


async def _stream(request: Request, enrollment_id: str | None) -> AsyncIterable[ServerSentEvent]:
    """Ends with the session; its last event makes the page ask, and be sent to sign in."""
    hub: Hub = request.app.state.hub
    async with hub.watch(enrollment_id) as watcher:
        while await look_up(request, touch=False):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(watcher.changed.wait(), LOOK_SECONDS)
                watcher.changed.clear()
                yield _changed()
                await asyncio.sleep(REST_SECONDS)
        yield _changed()


def _changed() -> ServerSentEvent:
    return ServerSentEvent(raw_data="changed", event="changed")
