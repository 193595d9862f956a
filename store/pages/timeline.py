"""One enrollment's timeline: everything that was sent, heard, asked, done and decided."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from store.models import (
    Delivery,
    GateDecision,
    InboundText,
    Intent,
    Letter,
    Need,
    Note,
    Outcome,
    Reading,
    Referral,
    Screening,
    ScreeningAnswer,
    StaffAction,
    Task,
)

PAGE = 40


@dataclass(frozen=True, slots=True)
class Event:
    """`kind` names the partial template that shows `row`; `more` is what is folded under it."""

    at: datetime
    kind: str
    row: Any
    more: Sequence[Any] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Timeline:
    """Newest first; `older` is where the next page begins, None at the end."""

    events: Sequence[Event]
    older: datetime | None


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    table: Any
    at: ColumnElement[Any] | InstrumentedAttribute[Any]


SOURCES: Sequence[_Source] = (
    # A text stands where it left the house, not where it was decided on.
    _Source("text_out", Intent, func.coalesce(Intent.accepted_at, Intent.created_at)),
    _Source("text_in", InboundText, InboundText.received_at),
    _Source("letter", Letter, Letter.created_at),
    _Source("reading", Reading, Reading.at),
    _Source("screening", Screening, Screening.started_at),
    _Source("need", Need, Need.found_at),
    _Source("referral", Referral, Referral.requested_at),
    _Source("delivery", Delivery, Delivery.ordered_at),
    _Source("note", Note, Note.created_at),
    _Source("note_answer", Note, Note.answered_at),
    _Source("task", Task, Task.created_at),
    _Source("task_done", Task, Task.done_at),
    _Source("action", StaffAction, StaffAction.at),
    _Source("outcome", Outcome, Outcome.at),
)
# Shown by the row they are about; as lines of their own they would only repeat it.
TOLD_ELSEWHERE = (
    "delivery_*",
    "escalation",
    "letter_*",
    "need_found",
    "note_*",
    "part2_*",
    "reading",
    "reading_level",
    "referral_requested",
    "reply",
    "rung_ended",
    "screening_started",
    "staff_*",
    "task_*",
    "text_*",
)


async def timeline(
    session: AsyncSession, enrollment_id: str, *, before: datetime | None = None
) -> Timeline:
    """One page of it, beginning with what happened last before `before`."""
    found = [await _rows(session, source, enrollment_id, before, PAGE + 1) for source in SOURCES]
    events = _in_order(found)
    if len(events) <= PAGE:
        return Timeline(await _with_details(session, events), None)
    # A page never cuts through one moment, or the next page would skip the rest of it.
    last = events[PAGE - 1].at
    for index, (source, rows) in enumerate(zip(SOURCES, found, strict=True)):
        if len(rows) > PAGE and rows[-1].at >= last:
            found[index] = await _rows(session, source, enrollment_id, before, None, since=last)
    events = _in_order(found)
    shown = [event for event in events if event.at >= last]
    return Timeline(await _with_details(session, shown), last)


def _in_order(found: Sequence[Sequence[Event]]) -> Sequence[Event]:
    return sorted(chain.from_iterable(found), key=lambda event: event.at, reverse=True)


async def _rows(
    session: AsyncSession,
    source: _Source,
    enrollment_id: str,
    before: datetime | None,
    limit: int | None,
    *,
    since: datetime | None = None,
) -> Sequence[Event]:
    query = select(source.table, source.at).where(
        source.table.enrollment_id == enrollment_id, source.at.is_not(None)
    )
    if source.table is Outcome:
        told = [Outcome.kind.like(kind.replace("*", "%")) for kind in TOLD_ELSEWHERE]
        query = query.where(not_(or_(*told)))
    if before is not None:
        query = query.where(source.at < before)
    if since is not None:
        query = query.where(source.at >= since)
    rows = await session.execute(query.order_by(source.at.desc()).limit(limit))
    return [Event(at, source.kind, row) for row, at in rows]


async def _with_details(session: AsyncSession, events: Sequence[Event]) -> Sequence[Event]:
    """Gate verdicts go under their text, answers under their screening."""
    verdicts = await _by(session, GateDecision, GateDecision.intent_id, _ids(events, "text_out"))
    answers = await _by(
        session, ScreeningAnswer, ScreeningAnswer.screening_id, _ids(events, "screening")
    )
    more = {"text_out": verdicts, "screening": answers}
    return [
        Event(event.at, event.kind, event.row, more[event.kind].get(event.row.id, ()))
        if event.kind in more
        else event
        for event in events
    ]


def _ids(events: Sequence[Event], kind: str) -> Sequence[Any]:
    return [event.row.id for event in events if event.kind == kind]


async def _by(
    session: AsyncSession, table: Any, key: InstrumentedAttribute[Any], ids: Sequence[Any]
) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    if ids:
        for row in await session.scalars(select(table).where(key.in_(ids)).order_by(table.id)):
            found.setdefault(getattr(row, key.key), []).append(row)
    return found
