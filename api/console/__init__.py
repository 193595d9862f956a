"""The console: HTML for coordinators, pharmacists and managers."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from api.console import (
    attribution,
    consents,
    delivery,
    enrollments,
    handovers,
    live,
    members,
    needs,
    nominations,
    part2,
    preflight,
    proposals,
    queue,
    releases,
    runs,
    safe_contact,
    screenings,
    sign_in,
    staff,
    tasks,
    texts,
    today,
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home() -> RedirectResponse:
    return RedirectResponse("/console/", status_code=303)


PARTS = (
    sign_in, today, live, members, consents, attribution, enrollments, proposals, queue,
    handovers, tasks, delivery, releases, texts, needs, screenings, part2, safe_contact, runs,
    preflight, nominations, staff,
)  # fmt: skip
"""Consents and attribution before enrollments, which would else take their forms for its own."""

for part in PARTS:
    router.include_router(part.router)
