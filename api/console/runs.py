"""Identification runs: what came in, what was dropped, whom it found."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from api.auth import Coordinator
from api.deps import Session
from api.pages import render_page
from store.models import IdentificationRun

router = APIRouter(prefix="/console/runs", tags=["console"])

SHOWN = 20


@router.get("")
async def runs(request: Request, _viewer: Coordinator, session: Session) -> Response:
    newest = select(IdentificationRun).order_by(IdentificationRun.id.desc()).limit(SHOWN)
    return render_page(
        request, "console/runs.html", runs=(await session.scalars(newest)).all(), counts=_counts
    )


def _counts(report: object, name: str) -> list[tuple[str, int]]:
    """The numbers of one part of a report, biggest first; a part that is missing is empty."""
    part = report.get(name) if isinstance(report, dict) else None
    if isinstance(part, int):
        return [(name, part)]
    if not isinstance(part, dict):
        return []
    numbers = [(str(key), value) for key, value in part.items() if isinstance(value, int)]
    return sorted(numbers, key=lambda pair: (-pair[1], pair[0]))
