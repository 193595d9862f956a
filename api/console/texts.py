"""What texts and letters say: in every language, how long, how hard, what is wrong or missing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from activities.letter_previews import LetterPreviews, PreviewedLetter
from activities.previews import SAMPLES, PreviewedText, previews, sample
from activities.receiving import Receiver
from api.auth import AnyStaff
from api.deps import Clocks, Session
from api.pages import render_page
from api.problems import NotFound
from domain.program import Program
from gateways.letter_words import MissingTranslation
from store.pages.languages import spoken

router = APIRouter(prefix="/console/texts", tags=["console"])


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    program: str = Field("", max_length=100)
    member: str = Field("", max_length=40)
    """The made-up member's name in SAMPLES."""


class WantedPage(Wanted):
    large: bool = False


@dataclass(frozen=True, slots=True)
class LanguageLine:
    language: str
    members: int
    texts: int
    missing: Sequence[str]
    letters: int
    missing_letters: Sequence[str]
    drafts: Sequence[str]


@router.get("")
async def texts(
    request: Request,
    viewer: AnyStaff,
    session: Session,
    clocks: Clocks,
    wanted: Annotated[Wanted, Query()],
) -> Response:
    receiver: Receiver = request.app.state.receiver
    pages: LetterPreviews | None = request.app.state.letter_previews
    members = await spoken(session, viewer.scope)
    written = pages.languages if pages else ()
    languages = list(dict.fromkeys((*receiver.texts.languages, *written, *members)))
    shown, member = _program(request, wanted.program), sample(wanted.member)
    found = previews(receiver.texts, shown, languages, member)
    today = clocks.now().date()
    letters = pages.all(shown, languages, member, today) if pages and shown else ()
    wrong = sum(bool(each.problems) for kind in found for each in kind.previews)
    wrong += sum(bool(each.problems) for kind in letters for each in kind.previews)
    return render_page(
        request,
        "console/texts.html",
        texts=found,
        letters=letters,
        languages=[_line(each, members, found, letters) for each in languages],
        wrong=wrong,
        program=shown.id if shown else "",
        programs=list(request.app.state.programs),
        member=member,
        samples=SAMPLES,
    )


@router.get("/letters/{name}/{language}")
async def letter(
    name: Annotated[str, Path(pattern="^[a-z_]{1,60}$")],
    language: Annotated[str, Path(pattern="^[a-z-]{2,20}$")],
    request: Request,
    viewer: AnyStaff,
    clocks: Clocks,
    wanted: Annotated[WantedPage, Query()],
) -> Response:
    """The letter to a made-up member as it would be printed, drafts too."""
    pages: LetterPreviews | None = request.app.state.letter_previews
    shown = _program(request, wanted.program)
    if pages is None or shown is None:
        raise NotFound
    try:
        pdf = await asyncio.to_thread(
            pages.pdf, name, language, shown, sample(wanted.member), clocks.now().date(),
            large_print=wanted.large,
        )  # fmt: skip
    except MissingTranslation:
        raise NotFound("There is no such letter in this language.") from None
    return Response(pdf, media_type="application/pdf")


def _program(request: Request, name: str) -> Program | None:
    programs: Mapping[str, Program] = request.app.state.programs
    return programs.get(name) or next(iter(programs.values()), None)


def _line(
    language: str,
    members: Mapping[str, int],
    texts: Sequence[PreviewedText],
    letters: Sequence[PreviewedLetter],
) -> LanguageLine:
    here = [(each.kind.name, p) for each in texts for p in each.previews if p.language == language]
    pages = [(each.name, p) for each in letters for p in each.previews if p.language == language]
    missing = [name for name, preview in here if preview.body is None]
    gone = [name for name, preview in pages if not preview.paragraphs]
    drafts = [name for name, preview in pages if preview.draft]
    return LanguageLine(
        language,
        members.get(language, 0),
        len(here) - len(missing),
        missing,
        len(pages) - len(gone),
        gone,
        drafts,
    )
