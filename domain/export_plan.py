"""The Pharmacist eCare Plan as a document of an export: the note's facts, in its five sections."""

from datetime import datetime
from html import unescape

from domain.ecareplan import bundle
from domain.export import ENGLISH, Document, Page, Section
from domain.fhir_base import Resource
from domain.notes import CoordinationNote


def ecare_plan(note: CoordinationNote, notice: str, now: datetime) -> Document:
    """Pass what `disclosable` returned, and the notice that goes with Part 2 records."""
    document = bundle(note, notice=notice)
    (composition,) = (
        entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == "Composition"
    )
    member, pharmacy = note.member, note.pharmacy
    about = [
        f"{member.name}, born {member.birth_date.isoformat()}",
        f"{pharmacy.name}, NPI {pharmacy.npi}",
        f"For the prescriber, NPI {note.prescriber.npi}",
    ]
    sections = [Section(part["title"], _lines(part)) for part in composition["section"]]
    footer = [notice] if note.part2_notice else []
    page = Page(composition["title"], about, sections, now.date(), footer)
    return Document("ecare-plan", "ecare-plan", ENGLISH, "practice", document, page)


def _lines(section: Resource) -> list[str]:
    """A section's words without their marks."""
    div: str = section["text"]["div"]
    items = [item.partition("</li>")[0] for item in div.split("<li>")[1:]]
    return [unescape(item) for item in items] or ["None recorded."]
