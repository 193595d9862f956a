"""The list of members. A search is posted: a name in a URL would end up in logs and histories."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.auth import AnyStaff
from api.deps import Session
from api.pages import render_page
from store.pages.members import MemberFilter, choices, find_members

router = APIRouter(prefix="/console/members", tags=["console"])


class Filters(BaseModel):
    """What a link may carry: nothing that says who somebody is."""

    model_config = ConfigDict(extra="forbid")

    program: str = Field("", max_length=100)
    state: str = Field("", max_length=50)
    tier: str = Field("", max_length=50)
    language: str = Field("", max_length=20)
    pharmacy: str = Field("", max_length=10)
    held: bool = False
    unclear: bool = False


class Search(Filters):
    csrf: str = ""
    search: str = Field("", max_length=100)
    page: int = Field(1, ge=1, le=100_000)


@router.get("")
async def members(
    request: Request, viewer: AnyStaff, session: Session, filters: Annotated[Filters, Query()]
) -> Response:
    return await _draw(request, viewer, session, Search(**filters.model_dump()))


@router.post("")
async def search(
    request: Request, viewer: AnyStaff, session: Session, wanted: Annotated[Search, Form()]
) -> Response:
    return await _draw(request, viewer, session, wanted)


async def _draw(request: Request, viewer: AnyStaff, session: Session, wanted: Search) -> Response:
    asked = MemberFilter(**wanted.model_dump(exclude={"csrf", "page"}))
    return render_page(
        request,
        "console/members.html",
        asked=asked,
        found=await find_members(session, viewer.scope, asked, page=wanted.page),
        choices=await choices(session, viewer.scope),
    )
