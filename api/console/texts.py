"""What the texts say: each in every language, how long it is, what is wrong, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from activities.previews import previews
from activities.receiving import Receiver
from api.auth import AnyStaff
from api.deps import Session
from api.pages import render_page
from store.pages.languages import spoken

router = APIRouter(prefix="/console/texts", tags=["console"])


@dataclass(frozen=True, slots=True)
class LanguageLine:
    language: str
    members: int
    texts: int
    missing: Sequence[str]


@router.get("")
async def texts(
    request: Request, viewer: AnyStaff, session: Session, program: str = ""
) -> Response:
    receiver: Receiver = request.app.state.receiver
    programs = request.app.state.programs
    members = await spoken(session, viewer.scope)
    languages = list(dict.fromkeys((*receiver.texts.languages, *members)))
    shown = programs.get(program) or next(iter(programs.values()), None)
    found = previews(receiver.texts, shown, languages)
    missing: dict[str, list[str]] = {language: [] for language in languages}
    for each in found:
        for preview in each.previews:
            if preview.body is None:
                missing[preview.language].append(each.kind.name)
    return render_page(
        request,
        "console/texts.html",
        texts=found,
        languages=[
            LanguageLine(name, members.get(name, 0), len(found) - len(gone), gone)
            for name, gone in missing.items()
        ],
        wrong=sum(bool(preview.problems) for each in found for preview in each.previews),
        program=shown.id if shown else "",
        programs=list(programs),
    )
