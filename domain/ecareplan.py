"""A coordination note as a FHIR R4 document shaped like the Pharmacist eCare Plan (HL7 PhCP)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape
from uuid import NAMESPACE_URL, uuid5

from domain import ecareplan_resources as fhir
from domain.ecareplan_resources import Resource
from domain.fhir_base import PART2_LABELS
from domain.notes import CoordinationNote
from domain.part2 import Unreleased


def bundle(note: CoordinationNote, *, notice: str = "") -> Resource:
    """The whole note; the same note gives the same document, ids included.

    Pass what `disclosable` returned: Unreleased for anything else under Part 2. A document
    that carries records under 42 CFR Part 2 is labelled restricted and with that law, and says
    `notice` (42 CFR 2.32) first; without one it is Unreleased as well.
    """
    if note.part2_notice and not notice:
        raise Unreleased("A disclosure under 42 CFR Part 2 goes with its notice: pass `notice`.")
    plan = _Plan(note.released(), notice if note.part2_notice else "")
    sections = [
        plan.concerns(), plan.goals(), plan.interventions(), plan.outcomes(), plan.payers(),
    ]  # fmt: skip
    return {
        "resourceType": "Bundle",
        **({"meta": {"security": list(PART2_LABELS)}} if note.part2_notice else {}),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": plan.url("bundle")},
        "type": "document",
        "timestamp": note.written_at.isoformat(),
        # The Composition comes first: that makes the bundle a document.
        "entry": [plan.entry("composition", plan.composition(sections)), *plan.entries],
    }


@dataclass
class _Plan:
    """The document as it grows; a resource's id follows from the note's id and its name in it."""

    note: CoordinationNote
    notice: str = ""
    entries: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.member = self.add("member", fhir.patient(self.note.member))
        self.pharmacy = self.add("pharmacy", fhir.organization(self.note.pharmacy))
        self.prescriber = self.add("prescriber", fhir.practitioner(self.note.prescriber))

    def url(self, name: str) -> str:
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'doorway/notes/{self.note.note_id}/{name}')}"

    def entry(self, name: str, content: Resource) -> Resource:
        url = self.url(name)
        return {"fullUrl": url, "resource": {"id": url.removeprefix("urn:uuid:"), **content}}

    def add(self, name: str, content: Resource) -> Resource:
        """Adds the resource and gives a reference to it."""
        self.entries.append(self.entry(name, content))
        return {"reference": self.url(name)}

    def add_each(self, name: str, contents: Iterable[Resource]) -> list[Resource]:
        return [self.add(f"{name}/{n}", content) for n, content in enumerate(contents, start=1)]

    def composition(self, sections: list[Resource]) -> Resource:
        today = self.note.written_at.date()
        return {
            "resourceType": "Composition",
            **_restricted(self.notice),
            "status": "final",
            "type": fhir.loinc("52521-2", "Overall plan of care/advance care directives"),
            "subject": self.member,
            "date": self.note.written_at.isoformat(),
            "author": [self.pharmacy],
            "custodian": self.pharmacy,
            "title": "Pharmacist eCare Plan",
            "event": [
                {
                    "period": {
                        "start": min([today, *_days(self.note)]).isoformat(),
                        "end": today.isoformat(),
                    }
                }
            ],
            "section": sections,
        }

    def concerns(self) -> Resource:
        note, member = self.note, self.member
        findings = (note.why_now, *note.findings)
        entries = [
            *self.add_each("finding", (fhir.finding(item, note, member) for item in findings)),
            *self.add_each("condition", (fhir.condition(c, member) for c in note.conditions)),
            *self.add_each("need", (fhir.need(item, member) for item in note.needs)),
        ]
        lines = [item.text for item in findings]
        lines += [item.text for item in note.conditions]
        lines += [item.text for item in note.needs]
        return _section("75310-3", "Health concerns document", entries, lines)

    def goals(self) -> Resource:
        entries = self.add_each("goal", (fhir.goal(text, self.member) for text in self.note.goals))
        return _section("61146-7", "Goals", entries, self.note.goals)

    def interventions(self) -> Resource:
        note, people = self.note, (self.member, self.pharmacy, self.prescriber)
        taken = (fhir.medication(m, self.member, self.pharmacy) for m in note.medications)
        entries = self.add_each("medication", taken)
        tasks = self.add_each("task", (fhir.task(asked, note, *people) for asked in note.requests))
        message = fhir.communication(note, *people, tasks)
        entries.append(self.add("communication", message))
        lines = [fhir.supply(line) for line in note.medications]
        lines += [request.text for request in note.requests]
        return _section("62387-6", "Interventions Narrative", entries, lines)

    def outcomes(self) -> Resource:
        note, member = self.note, self.member
        entries = [
            *self.add_each("pressure", (fhir.pressure(r, member) for r in note.pressures)),
            *self.add_each("glucose", (fhir.glucose(r, member) for r in note.glucoses)),
        ]
        lines = [f"{r.on.isoformat()}: {r.systolic}/{r.diastolic} mmHg" for r in note.pressures]
        lines += [f"{r.on.isoformat()}: glucose {r.mg_dl} mg/dL" for r in note.glucoses]
        return _section("11383-7", "Patient problem outcome", entries, lines)

    def payers(self) -> Resource:
        cover = self.note.coverage
        if cover is None:
            return _section("48768-6", "Payment sources", [], [])
        payer = self.add("payer", {"resourceType": "Organization", "name": cover.payer})
        entry = self.add("coverage", fhir.coverage(cover, self.member, payer))
        return _section("48768-6", "Payment sources", [entry], [f"{cover.payer} ({cover.kind})"])


def _restricted(notice: str) -> Resource:
    """The notice is the document's own narrative: whoever opens it reads it before anything."""
    if not notice:
        return {}
    return {
        "text": {
            "status": "additional",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(notice)}</p></div>',
        },
        "confidentiality": "R",
    }


def _section(code: str, title: str, entries: Sequence[Resource], lines: Sequence[str]) -> Resource:
    """A section always has its words, so that a reader without FHIR still sees all of it."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    words = f"<ul>{items}</ul>" if items else "<p>None recorded.</p>"
    return {
        "title": title,
        "code": fhir.loinc(code, title),
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>',
        },
        **({"entry": list(entries)} if entries else {}),
    }


def _days(note: CoordinationNote) -> list[date]:
    """Every day the note speaks of that is behind it: the plan's period begins on the first."""
    days = [reading.on for reading in note.pressures]
    days += [reading.on for reading in note.glucoses]
    days += [item.on for item in note.findings if item.on]
    return days + [line.last_fill for line in note.medications]
