"""The note as a FHIR document: it parses, it holds together, and it says what the note says."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from note_make import ALLOWED, MOUD, note

from domain.ecareplan import bundle
from domain.notes import DraftNote, PrescriberFace, disclosable


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def unresolved(document: dict[str, Any]) -> set[str]:
    return set(references(document)) - {entry["fullUrl"] for entry in document["entry"]}


def unreachable(document: dict[str, Any]) -> set[str]:
    """Types that no reference leads to from the Composition: they do not belong in the document."""
    by_url = {entry["fullUrl"]: entry["resource"] for entry in document["entry"]}
    seen: set[str] = set()
    ahead = [document["entry"][0]["fullUrl"]]
    while ahead:
        url = ahead.pop()
        if url in by_url and url not in seen:
            seen.add(url)
            ahead.extend(references(by_url[url]))
    return {by_url[url]["resourceType"] for url in by_url.keys() - seen}


def kinds(document: dict[str, Any]) -> list[str]:
    return [entry["resource"]["resourceType"] for entry in document["entry"]]


def resources(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [entry["resource"] for entry in document["entry"]]
    return [resource for resource in found if resource["resourceType"] == kind]


FIVE = ["75310-3", "61146-7", "62387-6", "11383-7", "48768-6"]
"""Concerns, goals, interventions, outcomes, payers: always all, whatever is known."""


def sections(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    listed = document["entry"][0]["resource"]["section"]
    return {section["code"]["coding"][0]["code"]: section for section in listed}


def test_the_document_parses_as_fhir_and_its_composition_comes_first() -> None:
    document = bundle(note())
    parsed = Bundle.model_validate(json.loads(json.dumps(document)))
    assert parsed.type == "document"
    assert parsed.identifier is not None
    assert parsed.timestamp is not None
    assert kinds(document)[0] == "Composition"
    composition = document["entry"][0]["resource"]
    assert composition["type"]["coding"][0]["code"] == "52521-2"
    assert composition["event"][0]["period"] == {"start": "2026-10-02", "end": "2026-11-24"}


def test_every_reference_resolves_in_the_document_and_nothing_lies_loose() -> None:
    document = bundle(note())
    assert len(list(references(document))) > 20
    assert unresolved(document) == set()
    assert unreachable(document) == set()


@pytest.mark.parametrize(
    "kind",
    ["Patient", "Organization", "Practitioner", "Observation", "Coverage", "Communication", "Task"],
)
def test_a_document_with_a_part_torn_out_is_caught(kind: str) -> None:
    torn = copy.deepcopy(bundle(note()))
    torn["entry"] = [e for e in torn["entry"] if e["resource"]["resourceType"] != kind]
    assert unresolved(torn) != set()


def test_a_document_with_a_field_fhir_does_not_know_is_caught() -> None:
    broken = copy.deepcopy(bundle(note()))
    broken["entry"][1]["resource"]["birthday"] = "1951-03-09"
    with pytest.raises(ValueError, match="birthday"):
        Bundle.model_validate(broken)


@pytest.mark.parametrize(
    ("section", "holds"),
    [
        pytest.param("75310-3", {"Observation", "Condition"}, id="health concerns"),
        pytest.param("61146-7", {"Goal"}, id="goals"),
        pytest.param("62387-6", {"MedicationStatement", "Communication"}, id="interventions"),
        pytest.param("11383-7", {"Observation"}, id="outcomes"),
        pytest.param("48768-6", {"Coverage"}, id="payers"),
    ],
)
def test_each_section_holds_its_kinds(section: str, holds: set[str]) -> None:
    document = bundle(note())
    by_url = {entry["fullUrl"]: entry["resource"]["resourceType"] for entry in document["entry"]}
    found = sections(document)[section]
    assert {by_url[entry["reference"]] for entry in found["entry"]} == holds
    assert found["title"]
    assert found["text"]["div"].startswith("<div")


def test_health_concerns_and_goals_are_there_even_when_there_is_little_to_say() -> None:
    document = bundle(
        note(findings=(), conditions=(), needs=(), goals=(), pressures=(), glucoses=())
    )
    assert list(sections(document)) == FIVE
    for empty in ("61146-7", "11383-7"):
        assert "entry" not in sections(document)[empty]
        assert "None recorded" in sections(document)[empty]["text"]["div"]
    Bundle.model_validate(document)


def test_each_request_is_a_task_for_the_prescriber_to_approve_by_the_day_asked() -> None:
    document = bundle(note())
    tasks = resources(document, "Task")
    assert [task["description"] for task in tasks] == [
        "Review antihypertensive therapy.", "Renew metformin for 90 days, if it should go on.",
    ]  # fmt: skip
    prescriber = next(e["fullUrl"] for e in document["entry"]
                      if e["resource"]["resourceType"] == "Practitioner")  # fmt: skip
    for task in tasks:
        assert task["owner"] == {"reference": prescriber}
        assert task["restriction"] == {"period": {"end": "2026-12-03"}}
        assert task["code"]["coding"][0]["code"] == "approve"
    (message,) = resources(document, "Communication")
    assert len(message["about"]) == 2
    assert [part["contentString"] for part in message["payload"]] == [
        task["description"] for task in tasks
    ]


def test_a_blood_pressure_is_a_panel_with_two_numbers() -> None:
    panel = next(
        resource
        for resource in resources(bundle(note()), "Observation")
        if resource["code"].get("coding", [{}])[0].get("code") == "85354-9"
    )
    numbers = {
        part["code"]["coding"][0]["code"]: part["valueQuantity"]["value"]
        for part in panel["component"]
    }
    assert numbers == {"8480-6": 150, "8462-4": 95}
    assert {part["valueQuantity"]["code"] for part in panel["component"]} == {"mm[Hg]"}


def test_the_same_note_gives_the_same_document_and_another_note_other_ids() -> None:
    first, again, other = bundle(note()), bundle(note()), bundle(note(note_id="note-77"))
    assert json.dumps(first) == json.dumps(again)
    urls = [{entry["fullUrl"] for entry in document["entry"]} for document in (first, other)]
    assert urls[0] & urls[1] == set()


def test_words_with_markup_stay_words() -> None:
    document = bundle(note(goals=("<script>alert(1)</script> & sleep",)))
    div = sections(document)["61146-7"]["text"]["div"]
    assert "&lt;script&gt;" in div
    assert "<script>" not in div


def test_records_under_part_2_are_absent_without_consent_and_labelled_with_it() -> None:
    whole = note(medications=(*note().medications, MOUD))
    withheld = disclosable(DraftNote(whole), None)
    told = disclosable(DraftNote(whole), ALLOWED)
    assert withheld is not None
    assert told is not None
    assert "uprenorphine" not in json.dumps(bundle(withheld))
    assert "meta" not in bundle(withheld)
    labels = [
        label["code"] for label in bundle(told, notice="Mind 42 CFR part 2.")["meta"]["security"]
    ]
    assert labels == ["R", "42CFRPart2"]
    Bundle.model_validate(bundle(told, notice="Mind 42 CFR part 2."))


def test_what_is_not_known_is_left_out() -> None:
    bare = note(prescriber=PrescriberFace("1245319599"), coverage=None, medications=(MOUD,))
    bare = replace(bare, permission=ALLOWED)
    document = bundle(bare, notice="x")
    Bundle.model_validate(document)
    assert "name" not in resources(document, "Practitioner")[0]
    assert (
        "coding" not in resources(document, "MedicationStatement")[0]["medicationCodeableConcept"]
    )
    assert resources(document, "Coverage") == []
