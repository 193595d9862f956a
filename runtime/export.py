"""`doorway export`: one enrollment's documents as JSON and PDF in a new folder, with a manifest."""

import asyncio
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.export import Document, documents
from domain.fhir_facts import Record
from domain.fhir_record import Told, tell
from gateways.typesetting import Typesetter, UnprintableText
from runtime import programs
from runtime.data import TEMPLATES
from runtime.errors import Refusal
from runtime.export_part2 import account, check_recipient, release
from runtime.export_plan import WITHOUT, Plan, plan
from runtime.settings import Settings
from runtime.wiring import read_time
from store import resources
from store.database import engine, transactions
from store.models import Enrollment, Letter

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Found:
    record: Record
    letters: tuple[Letter, ...]
    told: Told
    plan: Plan | None


def export(
    settings: Settings, enrollment_id: str, out: Path, console: Console, *, to: str = ""
) -> None:
    """Refusal for an enrollment there is not, or a folder that holds something already.

    `to`: the NPI of whoever it is for; only then may it hold records under 42 CFR Part 2.
    """
    now = read_time(settings).now()
    check_free(out)
    check_recipient(to)
    count, withheld = asyncio.run(_export(settings, enrollment_id, out, to, now))
    console.print(f"{count} files are in {out}, listed in {MANIFEST}.")
    for what, why in withheld:
        console.print(f"Not in it: {what}; {why}.")


async def _export(
    settings: Settings, enrollment_id: str, out: Path, to: str, now: datetime
) -> tuple[int, list[tuple[str, str]]]:
    """Files and the account of disclosures together, or neither: no revocation comes between."""
    opened = engine(settings.database_url, size=1)
    try:
        async with transactions(opened).begin() as session:
            found = await _find(session, enrollment_id, to, now)
            files, withheld = _files(found, now)
            kinds = found.plan.note.part2_kinds() if found.plan else ()
            await account(session, found.record, found.told, kinds, to, now)
            _put(out, _with_manifest(files, found, now, withheld))
            return len(files), withheld
    finally:
        await opened.dispose()


def check_free(out: Path) -> None:
    """A name that is taken is never written over."""
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise Refusal(f"{out} is there already and is no empty folder; name another with --out.")


async def _find(session: AsyncSession, enrollment_id: str, to: str, now: datetime) -> Found:
    enrollment = await session.get(Enrollment, enrollment_id)
    if enrollment is None:
        raise Refusal(
            f"There is no enrollment {enrollment_id!r}; its id is in the address of the "
            "member's page on the console."
        )
    known = programs.all_programs().get(enrollment.program)
    title = known.title if known else enrollment.program
    released = await release(session, enrollment, to, now)
    record = await resources.record(session, enrollment, title)
    told = tell(
        record, programs.instruments(), programs.needs_book(), inside=False, released=released
    )
    letters = await session.scalars(
        select(Letter)
        .where(Letter.enrollment_id == enrollment_id, Letter.spooled_at.is_not(None))
        .order_by(Letter.created_at, Letter.id)
    )
    made = await plan(session, enrollment, known, released, now)
    return Found(record, tuple(letters), told, made)


@dataclass(frozen=True, slots=True)
class File:
    name: str
    kind: str
    language: str
    channel: str
    large_print: bool
    content: bytes


def _files(found: Found, now: datetime) -> tuple[list[File], list[tuple[str, str]]]:
    """Every file, and what is missing from them and why."""
    record, told = found.record, found.told
    withheld = list(told.withheld)
    typesetter = Typesetter(TEMPLATES)
    files: list[File] = []
    plans = [found.plan.document] if found.plan else []
    withheld += [] if plans else [WITHOUT]
    for document in (*documents(record, told, now), *plans):
        files.append(_file(document, ".json", _json(document.content), large_print=False))
        try:
            pdf = _pdf(typesetter, document, large_print=record.member.large_print)
        except UnprintableText as problem:
            withheld.append((f"the page of {document.name}", str(problem).rstrip(".")))
            continue
        files.append(_file(document, ".pdf", pdf, large_print=record.member.large_print))
    letters, gone = _letters(found.letters)
    return files + letters, withheld + gone


def _file(document: Document, ending: str, content: bytes, *, large_print: bool) -> File:
    return File(
        document.name + ending,
        document.kind,
        document.language if ending == ".json" else "en",
        document.channel,
        large_print,
        content,
    )


def _pdf(typesetter: Typesetter, document: Document, *, large_print: bool) -> bytes:
    page = asdict(document.page)
    on = page.pop("on")
    return typesetter.export(page, on, large_print=large_print)


def _letters(rows: Iterable[Letter]) -> tuple[list[File], list[tuple[str, str]]]:
    """Letters as they were printed; one whose file was moved away is said to be missing."""
    files: list[File] = []
    gone: list[tuple[str, str]] = []
    for number, row in enumerate(rows, 1):
        path = Path(row.path or "")
        try:
            content = path.read_bytes()
        except OSError:
            gone.append((f"letter {number}", "its file is no longer in the print spool"))
            continue
        name = f"letter-{number}.pdf"
        files.append(File(name, "letter", row.language, "letter", row.large_print, content))
    return files, gone


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _with_manifest(
    files: list[File], found: Found, now: datetime, withheld: Iterable[tuple[str, str]]
) -> dict[str, bytes]:
    lines = [
        {
            "file": file.name,
            "kind": file.kind,
            "language": file.language,
            "channel": file.channel,
            "large_print": file.large_print,
            "sha256": hashlib.sha256(file.content).hexdigest(),
        }
        for file in files
    ]
    manifest = {
        "enrollment": found.record.enrollment_id,
        "written_at": now.isoformat(),
        **({"notice": found.told.notice} if found.told.notice else {}),
        "files": lines,
        "withheld": [{"what": what, "why": why} for what, why in withheld],
    }
    return {**{file.name: file.content for file in files}, MANIFEST: _json(manifest)}


def _put(out: Path, files: Mapping[str, bytes]) -> None:
    """All of it or nothing: written beside, then renamed. Only the owner may read it."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".export-", dir=out.parent))
    except OSError as failed:
        raise Refusal(
            f"Nothing can be written beside {out} ({failed.strerror}); name another folder."
        ) from None
    try:
        for name, content in files.items():
            with open(draft / name, "xb", opener=_private) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        # Takes an empty folder's place; a folder that was filled meanwhile refuses.
        draft.rename(out)
    except OSError as failed:
        raise Refusal(f"{out} could not be written: {failed.strerror}.") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
