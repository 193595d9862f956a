"""Messages: what was sent, arrived, failed, was withheld or waits; what is stuck and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.auth import AnyStaff
from api.deps import Clocks, Session
from api.pages import render_page
from store.pacing import newest_releases
from store.pages.enrollments import names_of_staff
from store.pages.messages import (
    DAYS,
    DayLine,
    TextFilter,
    by_day,
    by_reason,
    find_texts,
    first_day,
    waiting,
)
from store.pages.pacing import held, waits_to_hear
from store.pages.stuck import stuck

router = APIRouter(prefix="/console/delivery", tags=["console"])

COUNTED = ("accepted", "delivered", "failed", "withheld")
BAR_WIDTH = 240
SHOWN = 200
RELEASES = 5


class Filters(BaseModel):
    """What a count links to: codes and days, nothing that says who somebody is."""

    model_config = ConfigDict(extra="forbid")

    view: Literal["accepted", "delivered", "failed", "withheld", "waiting"]
    reason: str = Field("", max_length=50)
    program: str = Field("", max_length=100)
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of a program: its counts, and how wide each part of its bar is drawn."""

    line: DayLine
    arrived: int
    open: int
    failed: int
    withheld: int

    @property
    def parts(self) -> Sequence[tuple[str, int, int]]:
        """(class, where it begins, its width), from left to right."""
        found, start = [], 0
        for name in ("arrived", "open", "failed", "withheld"):
            width: int = getattr(self, name)
            if width:
                found.append((name, start, width))
            start += width
        return found


@router.get("")
async def delivery(
    request: Request, viewer: AnyStaff, session: Session, clocks: Clocks
) -> Response:
    now = clocks.now()
    days = await by_day(session, viewer.scope, now)
    today = [line for line in days if line.day == now.date()]
    releases = await newest_releases(session, RELEASES)
    held_back, used_today = await held(session, request.app.state.sender_plan, now)
    return render_page(
        request,
        "console/delivery.html",
        totals=[(view, _sum(today, view), _sum(days, view)) for view in COUNTED],
        programs=bars(days, now.date()),
        reasons=await by_reason(session, viewer.scope, now),
        waiting=await waiting(session, viewer.scope),
        stuck=await stuck(session, viewer.scope, now=now, wall=clocks.wall()),
        held=held_back,
        deaf=await waits_to_hear(session, request.app.state.listening, clocks.wall()),
        used_today=used_today,
        releases=releases,
        staff=await names_of_staff(session, {each.actor for each in releases}),
        first_day=first_day(now),
        bar_width=BAR_WIDTH,
    )


@router.get("/texts")
async def texts(
    request: Request, viewer: AnyStaff, session: Session, filters: Annotated[Filters, Query()]
) -> Response:
    wanted = TextFilter(**filters.model_dump())
    total, lines = await find_texts(session, viewer.scope, wanted, limit=SHOWN)
    return render_page(
        request, "console/delivery_texts.html", wanted=wanted, total=total, lines=lines
    )


def _sum(lines: Sequence[DayLine], view: str) -> int:
    return sum(getattr(line, view) for line in lines)


def bars(lines: Sequence[DayLine], today: date) -> Sequence[tuple[str | None, Sequence[Bar]]]:
    """Seven bars for each program, all drawn to one scale; a quiet day has an empty one."""
    known = {(line.program, line.day): line for line in lines}
    most = max((sum(_parts(line)) for line in lines), default=0)
    week = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    programs = list(dict.fromkeys(line.program for line in lines))
    return [
        (name, [_bar(known.get((name, day), DayLine(name, day, 0, 0, 0, 0)), most) for day in week])
        for name in programs
    ]


def _parts(line: DayLine) -> tuple[int, int, int, int]:
    """Arrived, under way, failed, withheld: each text once, whether it failed before or after."""
    under_way = max(line.accepted - line.delivered - line.failed, 0)
    return line.delivered, under_way, line.failed, line.withheld


def _bar(line: DayLine, most: int) -> Bar:
    return Bar(line, *(round(BAR_WIDTH * texts / most) if most else 0 for texts in _parts(line)))
