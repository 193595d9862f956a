"""FHIR R4, read only: a member's resources, by key or staff session; each sees its own members."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse

from api.auth import look_up
from api.deps import Clocks, Session
from domain.fhir_base import Resource
from domain.fhir_record import tell
from domain.fhir_search import (
    KINDS,
    BadSearch,
    capabilities,
    matches,
    outcome,
    page,
    read_search,
)
from domain.instruments import Instrument
from domain.needs_directory import Directory
from domain.needs_words import NeedsBook
from domain.program import Program
from store import fhir_keys, resource_ids, resources
from store.models import Enrollment
from store.pages.scope import EVERYTHING, Scope

log = structlog.get_logger()
router = APIRouter(prefix="/fhir", tags=["fhir"])

EMPTY = Directory()
NOBODY = "Send a bearer key for /fhir, or sign in at the console."
NOTHING = "There is no such resource, or it is not yours to read."


@dataclass(frozen=True, slots=True)
class FhirWords:
    """What resources are drawn with beside the facts."""

    instruments: Mapping[str, Instrument]
    book: NeedsBook
    directory: Directory = EMPTY
    """Community services, for the console."""


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    scope: Scope
    inside: bool
    """Staff, who see needs at the console; a key reads for a system outside."""


async def may_read(request: Request) -> Reader | None:
    """Whoever calls; None is told to say who they are. A bad key never falls back on a cookie."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not secret.strip():
            return None
        state = request.app.state
        async with state.sessions.begin() as session:
            key = await fhir_keys.find(session, secret.strip(), state.time.wall())
        if key is None:
            return None
        scope = EVERYTHING if key.everything else Scope(pharmacy_npi=key.pharmacy_npi)
        return Reader(f"fhir-key:{key.id}", scope, inside=False)
    viewer = await look_up(request, touch=False)
    return Reader(viewer.actor, viewer.scope, inside=True) if viewer else None


Caller = Annotated[Reader | None, Depends(may_read)]


def answer(content: Resource, status: int = 200) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Bearer realm="fhir"'} if status == 401 else None
    return JSONResponse(content, status, headers=headers, media_type="application/fhir+json")


def base_of(request: Request) -> str:
    return f"{request.app.state.base_url.rstrip('/')}/fhir"


@router.get("/metadata")
async def metadata(request: Request, clocks: Clocks) -> JSONResponse:
    return answer(capabilities(base_of(request), clocks.now()))


@router.get("/{kind}")
async def search(
    request: Request, kind: str, caller: Caller, session: Session, clocks: Clocks
) -> JSONResponse:
    if caller is None:
        return answer(outcome("login", NOBODY), 401)
    if kind not in KINDS:
        return answer(outcome("not-supported", "This kind of resource is not served here."), 404)
    try:
        asked = read_search(kind, request.query_params.multi_items())
    except BadSearch as wrong:
        return answer(outcome("invalid", str(wrong)), 400)
    told = await _told(request, session, caller, asked.patient)
    found = [item for item in told.values() if matches(item, asked)]
    log.info("fhir_read", actor=caller.name, kind=kind, count=len(found))
    return answer(page(found, asked, base_of(request), clocks.now()))


@router.get("/{kind}/{id}")
async def read(
    request: Request,
    kind: str,
    id: Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9.\-]+$")],
    caller: Caller,
    session: Session,
) -> JSONResponse:
    if caller is None:
        return answer(outcome("login", NOBODY), 401)
    if kind not in KINDS:
        return answer(outcome("not-supported", "This kind of resource is not served here."), 404)
    member_id = await resource_ids.member_of(session, kind, id, caller.scope)
    told = await _told(request, session, caller, member_id) if member_id else {}
    found = told.get(f"{kind}/{id}")
    log.info("fhir_read", actor=caller.name, kind=kind, count=int(found is not None))
    return answer(found) if found else answer(outcome("not-found", NOTHING), 404)


async def _told(
    request: Request, session: AsyncSession, caller: Reader, member_id: str
) -> dict[str, Resource]:
    """By type and id, everything of a member that this caller may be told."""
    words: FhirWords = request.app.state.fhir
    programs: Mapping[str, Program] = request.app.state.programs
    found: dict[str, Resource] = {}
    for enrollment in await resources.enrollments_of(session, caller.scope, member_id):
        record = await resources.record(session, enrollment, _title(programs, enrollment))
        told = tell(record, words.instruments, words.book, inside=caller.inside)
        found |= {entry.key: entry.resource for entry in told.entries}
    return found


def _title(programs: Mapping[str, Any], enrollment: Enrollment) -> str:
    known = programs.get(enrollment.program)
    return str(known.title) if known else enrollment.program
