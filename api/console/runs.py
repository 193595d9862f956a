"""Identification runs: what came in, what was dropped, whom it found, and what it changed."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import RedirectResponse, Response

from activities.identification import let_leave
from api.auth import Coordinator
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound, Refused
from store.models import IdentificationRun
from store.pages.enrollments import names_of_staff
from store.pages.preflight import ready_programs
from store.pages.runs import names_of_diff, newest_runs
from store.runs import is_newest, withheld

router = APIRouter(prefix="/console/runs", tags=["console"])

NAMED = 10
"""So many members of each kind of change are named on a run's page."""
RunId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("")
async def runs(
    request: Request,
    _viewer: Coordinator,
    session: Session,
    before: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> Response:
    found, older = await newest_runs(session, before)
    return render_page(
        request,
        "console/runs.html",
        runs=found,
        older=found[-1].id if older else None,
        before=before,
        changes=_changes,
        counts=counts,
        ready=await ready_programs(session),
    )


@router.get("/{run_id}")
async def run(request: Request, run_id: RunId, _viewer: Coordinator, session: Session) -> Response:
    found = await session.get(IdentificationRun, run_id)
    if found is None:
        raise NotFound
    held = await withheld(session, found) if await is_newest(session, found) else ()
    return render_page(
        request,
        "console/run.html",
        run=found,
        counts=counts,
        by_program=_by_program,
        named=await names_of_diff(session, found.diff, NAMED),
        most=NAMED,
        withheld=len(held),
        staff=await names_of_staff(session, {found.endings_by or ""}),
    )


class LeavingForm(BaseModel):
    model_config = ConfigDict(extra="forbid")

    csrf: str = ""


@router.post("/{run_id}/leaving")
async def let_go(
    run_id: RunId,
    _form: Annotated[LeavingForm, Form()],
    viewer: Coordinator,
    session: Session,
    clocks: Clocks,
) -> Response:
    """Those leave now whom the run withheld: somebody has looked."""
    left = await let_leave(session, run_id, actor=viewer.actor, now=clocks.now())
    if left is None:
        raise Refused("A later run has judged anew, or somebody else has decided already.")
    return RedirectResponse(f"/console/runs/{run_id}", status_code=303)


def counts(report: object, name: str) -> list[tuple[str, int]]:
    """The numbers of one part of a report, biggest first; a part that is missing is empty."""
    part = report.get(name) if isinstance(report, dict) else None
    if isinstance(part, int):
        return [(name, part)]
    if not isinstance(part, dict):
        return []
    numbers = [(str(key), value) for key, value in part.items() if isinstance(value, int)]
    return sorted(numbers, key=lambda pair: (-pair[1], pair[0]))


def _by_program(report: Mapping[str, Any], name: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """A part that is counted by program and reason, as `excluded` is."""
    part = report.get(name)
    if not isinstance(part, dict):
        return []
    found = [(str(program), counts(part, program)) for program in sorted(part)]
    return [(program, numbers) for program, numbers in found if numbers]


def _changes(diff: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    """All programs of a diff together: new, returned, gone, leaving, withheld and retiered."""
    told = {
        part: sum(_number(program.get(part)) for program in diff.values())
        for part in ("new", "returned", "gone", "leaving", "withheld", "retiered")
    }
    return [(part, number) for part, number in told.items() if number]


def _number(part: Any) -> int:
    return sum(part.values()) if isinstance(part, dict) else int(part or 0)
