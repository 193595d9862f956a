"""GET /health: versions, the state of each part, and the clock. No secrets, no members."""

import asyncio
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from temporalio.client import Client

from domain.clock import Clock

router = APIRouter(tags=["health"])

PATIENCE = 2.0


@router.get("/health")
async def health(request: Request) -> JSONResponse:
    """200 when all parts answer, 503 otherwise; the clock is told either way."""
    state = request.app.state
    database, temporal = await asyncio.gather(_database(state.sessions), _temporal(state.temporal))
    clock: Clock = state.time.clock
    wall = state.time.wall()
    parts = {
        "database": database,
        "temporal": temporal,
        "sending": {"state": "on" if state.sending_on else "off"},
    }
    well = all(part["state"] in ("up", "on", "off") for part in parts.values())
    body: dict[str, Any] = {
        "status": "up" if well else "degraded",
        "versions": {name: version(name) for name in ("doorway", "temporalio", "SQLAlchemy")},
        "parts": parts,
        "clock": {
            "now": clock.at(wall).isoformat(),
            "wall": wall.isoformat(),
            "rate": clock.rate,
        },
    }
    return JSONResponse(body, 200 if well else 503)


async def _database(sessions: Any) -> dict[str, str]:
    try:
        async with asyncio.timeout(PATIENCE), sessions() as session:
            found = await session.scalar(text("show server_version"))
    except Exception as wrong:  # whatever is wrong with it, it is not up
        return {"state": "down", "reason": type(wrong).__name__}
    return {"state": "up", "version": str(found).split()[0]}


async def _temporal(client: Client | None) -> dict[str, str]:
    if client is None:
        return {"state": "connecting"}
    try:
        async with asyncio.timeout(PATIENCE):
            healthy = await client.service_client.check_health()
    except Exception as wrong:  # whatever is wrong with it, it is not up
        return {"state": "down", "reason": type(wrong).__name__}
    return {"state": "up" if healthy else "down"}
