"""Every resource we give out against US Core 6.1.0 and R4B; broken twins show it can fail."""

import importlib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from make_fhir import ANA, told
from pyrofile_validator import Validator
from pyrofile_validator.config import ValidatorConfig
from pyrofile_validator.models import ValidationIssue

from domain.fhir_base import Resource
from domain.fhir_facts import MemberFacts

PACKAGE = Path(__file__).parents[2] / "shared" / "specs" / "us_core_610.tgz"
RESOURCES = {entry.key: entry.resource for entry in told().entries}
# Ana as the payer may send her: no name, no birth date, no pharmacy.
NOBODY = told(replace(ANA, member=MemberFacts("m2"), pharmacy=None, agreements=ANA.agreements))
BARE = {f"bare {entry.key}": entry.resource for entry in NOBODY.entries}

# What this validator reports though FHIR allows it; each was read in its source.
MISTAKEN = {
    # It takes these for the elements of the same name that every resource has.
    ("element.unknown", "Patient.communication[0].language"),
    *(("element.unknown", f"QuestionnaireResponse.item[{n}].text") for n in range(9)),
    # It counts the values of all answers of an item together.
    ("profile.element.cardinality.max", "QuestionnaireResponse.item.answer.value[x]"),
    # Extensions and questionnaires of our own are not in the package it reads.
    ("extension.unknown", "QuestionnaireResponse.extension[0]"),
    ("questionnaire.unresolved", "QuestionnaireResponse.questionnaire"),
    # Two code systems whose addresses end alike are one to it.
    ("profile.slice.cardinality.min", "Condition.category:us-core"),
    ("terminology.code-system", "Condition.category[0].coding[0]"),
    # Its list of Task's states ends after the fourth.
    ("terminology.required", "Task.status"),
    # It asks a pattern to be all there is, cannot read a slice's nested code, nor cast a date.
    ("profile.pattern", "Observation.code"),
    ("profile.slice.cardinality.min", "Observation.category:VSCat"),
    ("profile.slice.cardinality.min", "Observation.component:systolic"),
    ("profile.slice.cardinality.min", "Observation.component:diastolic"),
    ("profile.element.invariant.vs-1", "Observation.effective[x]"),
    # It has no htmlChecks().
    ("profile.element.invariant.unsupported.txt-1", "CarePlan.text.div"),
    ("profile.element.invariant.unsupported.txt-2", "CarePlan.text.div"),
}


@pytest.fixture(scope="session")
def validator(tmp_path_factory: pytest.TempPathFactory) -> Validator:
    if not PACKAGE.exists():
        pytest.skip("US Core's package does not lie beside this checkout")
    settings = {
        "fhirVersion": "4.0.1",
        "localPackagePaths": [str(PACKAGE)],
        "terminology": {"mode": "local"},
        "evidenceOutputDir": str(tmp_path_factory.mktemp("evidence")),
    }
    return Validator(ValidatorConfig.load_dict(settings))


def errors(validator: Validator, resource: Resource) -> list[tuple[str, str]]:
    found: list[ValidationIssue] = validator.validate_resource(resource).issues
    reported = [(issue.code, issue.path) for issue in found if issue.severity.value == "error"]
    return [each for each in reported if each not in MISTAKEN]


@pytest.mark.parametrize("resource", [*RESOURCES.values(), *BARE.values()],
                         ids=[*RESOURCES, *BARE])  # fmt: skip
def test_a_resource_is_valid_by_us_core(validator: Validator, resource: Resource) -> None:
    assert errors(validator, resource) == []


@pytest.mark.parametrize("resource", [*RESOURCES.values(), *BARE.values()],
                         ids=[*RESOURCES, *BARE])  # fmt: skip
def test_a_second_parser_accepts_it(resource: Resource) -> None:
    parsed(resource)


def parsed(resource: Resource) -> Any:
    kind = resource["resourceType"]
    module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    return getattr(module, kind).model_validate(resource)


def test_every_resource_of_a_us_core_kind_names_its_profile() -> None:
    without = {key for key, item in RESOURCES.items() if not item.get("meta", {}).get("profile")}
    assert without == {"Communication/note-n1"}, "US Core 6.1.0 has no Communication"


Break = Callable[[Resource], Any]

TWINS = [
    pytest.param("Patient/m1", lambda r: r.pop("identifier"), id="a member without an id"),
    pytest.param("Patient/m1", lambda r: r.update(gender="lady"), id="a gender of its own"),
    pytest.param("Organization/pharmacy-1000000004", lambda r: r.pop("name"), id="no name"),
    pytest.param("QuestionnaireResponse/screening-1", lambda r: r.pop("subject"), id="of nobody"),
    pytest.param("Observation/screening-1-88122-7", lambda r: r.pop("category"), id="no category"),
    pytest.param("Observation/screening-1-88122-7", lambda r: r.update(status="sure"),
                 id="an answer with a status there is not"),
    pytest.param("Observation/reading-1", lambda r: r.pop("effectiveDateTime"), id="no date"),
    pytest.param("Observation/reading-2", lambda r: r.pop("code"), id="a reading of what?"),
    pytest.param("Condition/need-1", lambda r: r.pop("category"), id="a need of no kind"),
    pytest.param("Condition/need-1", lambda r: r.update(z_code="Z59.41"), id="a field of ours"),
    pytest.param("Condition/claims-1", lambda r: r.pop("code"), id="a condition without words"),
    pytest.param("Goal/goal-1", lambda r: r.pop("description"), id="a goal without words"),
    pytest.param("Goal/goal-1", lambda r: r.update(lifecycleStatus="begun"), id="a goal begun"),
    pytest.param("ServiceRequest/referral-1", lambda r: r.pop("code"), id="asked for nothing"),
    pytest.param("ServiceRequest/referral-1", lambda r: r.update(intent="wish"), id="a wish"),
    pytest.param("Task/referral-1", lambda r: r.pop("status"), id="a task without a state"),
    pytest.param("Procedure/referral-2", lambda r: r.pop("performedDateTime"), id="done, but when"),
    pytest.param("Consent/agreement-1", lambda r: r.update(status="yes"), id="a consent yes"),
    pytest.param("MedicationDispense/fill-1", lambda r: r.pop("medicationCodeableConcept"),
                 id="a fill of nothing"),
    pytest.param("MedicationDispense/fill-1", lambda r: r.pop("whenHandedOver"), id="no fill day"),
    pytest.param("Communication/note-n1", lambda r: r.update(status="gone"), id="a note gone"),
    pytest.param("CarePlan/plan-e1", lambda r: r.pop("subject"), id="a plan for nobody"),
    pytest.param("CarePlan/plan-e1", lambda r: r.pop("category"), id="a plan of no kind"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "break_it"), TWINS)
def test_a_broken_twin_is_found(validator: Validator, key: str, break_it: Break) -> None:
    twin = deepcopy(RESOURCES[key])
    break_it(twin)
    assert errors(validator, twin) != []


def test_every_kind_of_resource_has_a_broken_twin() -> None:
    broken = {str(twin.values[0]).partition("/")[0] for twin in TWINS}
    assert broken == {key.partition("/")[0] for key in RESOURCES}


def test_a_blood_pressure_has_the_parts_that_the_validator_cannot_see() -> None:
    """US Core Blood Pressure: panel code, vital-signs, both components in mm[Hg], to the day."""
    reading = RESOURCES["Observation/reading-1"]
    assert reading["code"]["coding"][0]["code"] == "85354-9"
    assert reading["category"][0]["coding"][0]["code"] == "vital-signs"
    parts = {
        part["code"]["coding"][0]["code"]: part["valueQuantity"] for part in reading["component"]
    }
    assert (parts["8480-6"]["value"], parts["8462-4"]["value"]) == (150, 95)
    assert {part["code"] for part in parts.values()} == {"mm[Hg]"}
    assert len(reading["effectiveDateTime"]) >= len("2026-03-04")
