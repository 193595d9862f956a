"""The console: HTML for coordinators, pharmacists and managers."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse

from api.console import (
    delivery,
    enrollments,
    live,
    members,
    queue,
    runs,
    sign_in,
    staff,
    tasks,
    today,
)

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home() -> RedirectResponse:
    return RedirectResponse("/console/", status_code=303)


for part in (sign_in, today, live, members, enrollments, queue, tasks, delivery, runs, staff):
    router.include_router(part.router)
