"""What the Pharmacist eCare Plan's profiles demand, as a table; twins that lack it are found.

Source: structure definitions of HL7/PhCP at 9e697f0 (Composition, CareCoordination, Coverage).
They are STU3; the R4 guide is in no package here: these are demands as ported, not its validator.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from note_make import note

from domain.ecareplan import bundle

SECTIONS = {"75310-3": True, "61146-7": True, "62387-6": False, "11383-7": False, "48768-6": False}
"""By LOINC code, whether there must be one; of none may there be two."""
MUST_HAVE = {
    "Communication": ("subject", "recipient", "sent", "sender", "payload"),
    "Coverage": ("identifier", "type", "subscriber", "subscriberId", "payor"),
}
Document = dict[str, Any]


def code_of(concept: Document) -> tuple[str, str]:
    (coding,) = concept["coding"]
    return coding["system"], coding["code"]


def lacking(document: Document) -> set[str]:
    composition = document["entry"][0]["resource"]
    found = set()
    if composition.get("resourceType") != "Composition":
        return {"Composition"}
    if code_of(composition["type"]) != ("http://loinc.org", "52521-2"):
        found.add("Composition.type")
    events = composition.get("event", [])
    if len(events) > 1 or not all("period" in event for event in events):
        found.add("Composition.event")
    codes = [code_of(section["code"])[1] for section in composition["section"]]
    for code, needed in SECTIONS.items():
        if codes.count(code) > 1 or (needed and code not in codes):
            found.add(f"section {code}")
    for section in composition["section"]:
        found |= {f"section.{name}" for name in ("title", "text") if not section.get(name)}
    for entry in document["entry"]:
        kind = entry["resource"]["resourceType"]
        wanted = MUST_HAVE.get(kind, ())
        found |= {f"{kind}.{name}" for name in wanted if not entry["resource"].get(name)}
    return found


def test_a_plan_has_all_that_its_profiles_demand() -> None:
    assert lacking(bundle(note())) == set()


def of(document: Document, kind: str) -> Document:
    found: Document = next(
        entry["resource"]
        for entry in document["entry"]
        if entry["resource"]["resourceType"] == kind
    )
    return found


def without_section(code: str) -> Callable[[Document], Any]:
    def take(document: Document) -> None:
        composition = of(document, "Composition")
        composition["section"] = [
            section for section in composition["section"] if code_of(section["code"])[1] != code
        ]

    return take


TWINS: list[tuple[str, Callable[[Document], Any]]] = [
    ("Composition.type", lambda d: of(d, "Composition")["type"]["coding"][0].update(code="1")),
    ("Composition.event", lambda d: of(d, "Composition")["event"][0].pop("period")),
    ("section 75310-3", without_section("75310-3")),
    ("section 61146-7", without_section("61146-7")),
    ("section 62387-6", lambda d: of(d, "Composition")["section"].append(
        deepcopy(of(d, "Composition")["section"][2]))),
    ("section.text", lambda d: of(d, "Composition")["section"][0].pop("text")),
    ("section.title", lambda d: of(d, "Composition")["section"][3].pop("title")),
    *(
        (f"{kind}.{name}", lambda d, kind=kind, name=name: of(d, kind).pop(name))
        for kind, names in MUST_HAVE.items()
        for name in names
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lacks", "break_it"), TWINS, ids=[name for name, _ in TWINS])
def test_a_broken_twin_is_found(lacks: str, break_it: Callable[[Document], Any]) -> None:
    twin = deepcopy(bundle(note()))
    break_it(twin)
    assert lacks in lacking(twin)
