"""What `doorway export` writes of one enrollment: documents, each as JSON and as a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html import unescape
from typing import Any

from domain.fhir_base import Resource, collection, restricted
from domain.fhir_facts import Record
from domain.fhir_record import Told

ENGLISH = "en"
"""Pages for other professionals are in English; what a member read is in the member's language."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to hand over; `channel` is how the answers came in or the words went out."""

    name: str
    kind: str
    language: str
    channel: str
    content: Resource
    page: "Page"


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    about: Sequence[str]
    sections: Sequence[Section]
    on: date
    footer: Sequence[str] = field(default=())


def documents(record: Record, told: Told, now: datetime) -> Iterable[Document]:
    """Screenings, needs, the plan, notes and referrals; what may not be told is not in them."""
    yield from _screenings(record, told, now)
    conditions = [c for c in told.of("Condition") if c["id"].startswith("need-")]
    if conditions:
        goals = told.of("Goal")
        yield _document(
            "needs", "needs", record, now, told, told.around(*conditions, *goals),
            "Social needs and goals",
            [Section("Needs", [_said(c) for c in conditions]),
             Section("Goals", [_said(g) for g in goals])],
        )  # fmt: skip
    yield _plan(record, told, now)
    for number, note in enumerate(told.of("Communication"), 1):
        yield _note(number, note, record, told, now)
    for request in told.of("ServiceRequest"):
        yield _referral(request, record, told, now)


def _screenings(record: Record, told: Told, now: datetime) -> Iterable[Document]:
    by_id = {f"screening-{screening.id}": screening for screening in record.screenings}
    for response in told.of("QuestionnaireResponse"):
        screening = by_id[response["id"]]
        answers = [
            made
            for made in told.of("Observation")
            if {"reference": f"QuestionnaireResponse/{response['id']}"}
            in made.get("derivedFrom", ())
        ]
        yield _document(
            response["id"], "screening", record, now, told, told.around(response, *answers),
            "Screening",
            [Section("How it was answered", [f"By {screening.channel}, {response['status']}"]),
             Section("Answers", [_said(answer) for answer in answers])],
            language=record.member.language, channel=screening.channel,
        )  # fmt: skip


def _plan(record: Record, told: Told, now: datetime) -> Document:
    plan = told.of("CarePlan")[0]
    fills, readings = told.of("MedicationDispense"), _readings(told)
    conditions = told.of("Condition")
    contents = told.around(plan, *conditions, *fills, *readings)
    sections = [
        Section("Health concerns", [_said(c) for c in conditions]),
        Section("Goals", [_said(g) for g in told.of("Goal")]),
        Section("Medicines, by pharmacy claims", [_said(f) for f in fills]),
        Section("Readings the member sent", [_on(r) for r in readings]),
        Section("Help asked for", [_said(t) for t in told.of("Task")]),
    ]
    return _document(
        "care-plan", "care-plan", record, now, told, contents, "Care plan", sections
    )  # fmt: skip


def _readings(told: Told) -> list[Resource]:
    return [r for r in told.of("Observation") if r["id"].startswith("reading-")]


def _note(number: int, note: Resource, record: Record, told: Told, now: datetime) -> Document:
    asked = [part["contentString"] for part in note.get("payload", ())]
    state = [_said(note), *(line["text"] for line in note.get("note", ()))]
    if "received" in note:
        state.append(f"Answered {note['received'][:10]}")
    return _document(
        f"note-{number}", "note", record, now, told, told.around(note), "Coordination note",
        [Section("State", state), Section("What was asked", asked)], channel="practice",
    )  # fmt: skip


def _referral(request: Resource, record: Record, told: Told, now: datetime) -> Document:
    related = [item for item in told.of("Task", "Procedure") if request["id"] == item["id"]]
    contents = told.around(request, *related)
    task = next(item for item in related if item["resourceType"] == "Task")
    reason = task.get("statusReason", {}).get("text")
    asked = [f"Asked {task['authoredOn'][:10]}", f"Now: {task['status']}"]
    asked += [f"Why: {reason}"] if reason else []
    service = task.get("owner", {}).get("display")
    needs = [_said(c) for c in contents if c["resourceType"] == "Condition"]
    sections = [
        Section("Help asked for", [_said(request)]),
        Section("Because of", needs),
        Section("Asked of", [service or "Not decided yet"]),
        Section("State", asked),
    ]
    return _document(
        request["id"], "referral", record, now, told, contents, "Referral", sections
    )  # fmt: skip


def _document(
    name: str,
    kind: str,
    record: Record,
    now: datetime,
    told: Told,
    contents: Sequence[Resource],
    title: str,
    sections: Sequence[Section],
    *,
    language: str = ENGLISH,
    channel: str = "export",
) -> Document:
    member, pharmacy = record.member, record.pharmacy
    born = f", born {member.birth_date.isoformat()}" if member.birth_date else ""
    about = [f"{member.first_name} {member.last_name}".strip() + born, record.program]
    about += [f"{pharmacy.name}, NPI {pharmacy.npi}"] if pharmacy else []
    page = Page(title, about, [s for s in sections if s.lines], now.date(), _footer(contents, told))
    return Document(name, kind, language, channel, collection(contents, now), page)


def _footer(contents: Sequence[Resource], told: Told) -> list[str]:
    unsigned = any(_status(item) == "unconfirmed" for item in contents)
    words = "Conditions marked unconfirmed rest on claims or on the member's own words."
    notice = [told.notice] if any(map(restricted, contents)) else []
    return [*notice, *([words] if unsigned else [])]


def _status(item: Resource) -> str:
    found: Any = item.get("verificationStatus", {}).get("coding", [{}])
    return str(found[0].get("code", ""))


def _said(item: Resource) -> str:
    """A resource in words: its narrative without the marks."""
    div: str = item["text"]["div"]
    return unescape(div.partition("<p>")[2].partition("</p>")[0])


def _on(reading: Resource) -> str:
    return f"{reading['effectiveDateTime'][:10]}: {_said(reading)}"
