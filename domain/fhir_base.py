"""What our FHIR R4 resources are made of: references, codes, narrative, and who may read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

Resource = dict[str, Any]

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
SDOHCC = "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/SDOHCC-"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
NPI = "http://hl7.org/fhir/sid/us-npi"
NDC = "http://hl7.org/fhir/sid/ndc"
SDOHCC_CODES = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
US_CORE_CATEGORY = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category"
PART2_LABELS = (
    {"system": f"{TERMINOLOGY}v3-Confidentiality", "code": "R"},
    {"system": f"{TERMINOLOGY}v3-ActCode", "code": "42CFRPart2"},
)
"""Restricted, and the law that restricts it."""
OURS = "https://doorway.example/fhir/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource and what must be true before it may leave the house."""

    resource: Resource
    about_needs: bool = False
    """It tells of a social need: only with the member's recorded agreement."""
    part2: bool = False
    """It rests on a record under 42 CFR Part 2."""
    safety: bool = False
    """It tells of violence at home: only where the member said in so many words that it may."""

    @property
    def key(self) -> str:
        return f"{self.resource['resourceType']}/{self.resource['id']}"


def resource(kind: str, id: str, profile: str | Iterable[str], said: str, **rest: Any) -> Resource:
    """A resource with its profiles and, in words, what it says; empty elements are left out."""
    profiles = [profile] if isinstance(profile, str) else list(profile)
    return {
        "resourceType": kind,
        "id": id,
        **({"meta": {"profile": profiles}} if profiles else {}),
        "text": narrative(said),
        **{name: value for name, value in rest.items() if value not in (None, [], {}, "")},
    }


def narrative(said: str) -> Resource:
    words = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(said)}</p></div>'
    return {"status": "generated", "div": words}


def coding(system: str, code: str, display: str | None = None) -> Resource:
    return {"system": system, "code": code, **({"display": display} if display else {})}


def concept(*codings: Resource, text: str | None = None) -> Resource:
    """A CodeableConcept; words alone are legal, since most of what pharmacists find has no code."""
    return {
        **({"coding": list(codings)} if codings else {}),
        **({"text": text} if text else {}),
    }


def ref(kind: str, id: str) -> Resource:
    return {"reference": f"{kind}/{id}"}


def by_npi(npi: str) -> Resource:
    """Somebody of whom no more is known than the number: a reference without a resource."""
    return {"identifier": {"system": NPI, "value": npi}, "display": f"NPI {npi}"}


def instant(moment: datetime | None) -> str | None:
    """FHIR's dateTime; whole seconds, with the offset."""
    return moment.replace(microsecond=0).isoformat() if moment else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def restricted(item: Resource) -> bool:
    """Whether it bears the label of 42 CFR Part 2."""
    return PART2_LABELS[1] in item.get("meta", {}).get("security", ())


def collection(entries: Iterable[Resource], at: datetime, base: str = OURS) -> Resource:
    """A Bundle of resources that belong together and refer to one another.

    It bears the strictest label of what is in it.
    """
    entries = list(entries)
    labels = {"security": list(PART2_LABELS)} if any(map(restricted, entries)) else {}
    return {
        "resourceType": "Bundle",
        **({"meta": labels} if labels else {}),
        "type": "collection",
        "timestamp": instant(at),
        "entry": [
            {"fullUrl": f"{base}{item['resourceType']}/{item['id']}", "resource": item}
            for item in entries
        ],
    }
