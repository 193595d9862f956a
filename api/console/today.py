"""Today: what to do first, and how the programs stand."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import when
from api.auth import AnyStaff, Viewer
from api.deps import Clocks, Session
from api.pages import render_page
from store.pages.handovers import coordinators
from store.pages.tasks import TaskFilter, count_tasks, open_tasks
from store.pages.today import funnel, texts

router = APIRouter(prefix="/console", tags=["console"])

SHOWN = 25


@router.get("/")
async def today(request: Request, viewer: AnyStaff, session: Session, clocks: Clocks) -> Response:
    return await _draw(request, "console/today.html", viewer, session, clocks)


@router.get("/today")
async def fragment(
    request: Request, viewer: AnyStaff, session: Session, clocks: Clocks
) -> Response:
    """What a live page swaps in."""
    return await _draw(request, "console/_today.html", viewer, session, clocks)


async def _draw(
    request: Request, template: str, viewer: Viewer, session: Session, clocks: Clocks
) -> Response:
    now = clocks.now()
    mine = TaskFilter(role=own_role(viewer))
    tasks = await open_tasks(session, viewer.scope, mine, now=now, limit=SHOWN)
    offers = TaskFilter(offered_to=(viewer.role, viewer.actor))
    offered = await open_tasks(session, viewer.scope, offers, now=now)
    above = {line.task.id for line in offered}
    return render_page(
        request,
        template,
        tasks=[line for line in tasks if line.task.id not in above],
        offered=offered,
        colleagues=await coordinators(session),
        counts=await count_tasks(session, viewer.scope, mine, now=now),
        funnel=await funnel(session, viewer.scope),
        texts=await texts(session, viewer.scope, since=when.day_ago(now)),
    )


def own_role(viewer: Viewer) -> str:
    """Whose tasks are "my tasks"; a manager's are everybody's."""
    return "" if viewer.manages else viewer.role
