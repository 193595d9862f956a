"""Which services fit a member, what a directory must say, and SDOH Clinical Care's invariants."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from make_fhir import told

from domain.fhir_base import SDOHCC_CODES, US_CORE_CATEGORY, Resource
from domain.needs_directory import Directory, Seeker
from domain.needs_words import NeedsBook
from runtime import programs

TODAY = date(2026, 3, 4)
ANA = Seeker("43215", "OH", "es", 74)


def service(**given: Any) -> dict[str, Any]:
    zip_code = given.pop("zip", "43215")
    return {
        "id": "s1", "name": "Pantry", "status": "active", "assured_date": "2026-02-01",
        "phones": [{"number": "614-555-0100"}], "languages": [{"code": "es"}],
        "service_at_locations": [{"location": {"addresses": [{"postal_code": zip_code}]}}],
        "attributes": [{"taxonomy_term": {"code": "food-insecurity"}}], **given,
    }  # fmt: skip


def found(seeker: Seeker = ANA, **given: Any) -> list[tuple[bool, bool]]:
    directory = Directory.from_data([service(**given)], "x.json")
    matches = directory.find(["food-insecurity"], seeker, TODAY, 365, 3)
    return [(match.call_first, match.speaks) for match in matches]


FITS, CALL, OTHER = [(False, True)], [(True, True)], [(False, False)]
AREA = {"extent_type": "text", "extent": "OH"}


@pytest.mark.parametrize(
    ("given", "seeker", "expected"),
    [
        pytest.param({}, ANA, FITS, id="the same ZIP"),
        pytest.param({"zip": "43299"}, ANA, FITS, id="the same three digits"),
        pytest.param({"zip": "60601"}, ANA, [], id="another city"),
        pytest.param({"zip": "60601", "service_areas": [AREA]}, ANA, FITS, id="serves the state"),
        pytest.param({"status": "defunct"}, ANA, [], id="no longer there"),
        pytest.param({"assured_date": "2025-03-04"}, ANA, CALL, id="not confirmed for a year"),
        pytest.param({"assured_date": None}, ANA, CALL, id="never confirmed"),
        pytest.param({"languages": [{"code": "en"}]}, ANA, OTHER, id="in another language"),
        pytest.param({"minimum_age": 75}, ANA, [], id="too young"),
        pytest.param({"maximum_age": 74}, ANA, FITS, id="just young enough"),
        pytest.param({"minimum_age": 75}, Seeker("43215", "OH", "es", None), FITS,
                     id="an age nobody knows excludes nobody"),
        pytest.param({"attributes": []}, ANA, [], id="for another need"),
    ],
)  # fmt: skip
def test_which_service_fits(
    given: dict[str, Any], seeker: Seeker, expected: list[tuple[bool, bool]]
) -> None:
    assert found(seeker, **given) == expected


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param({"rows": []}, "x.json: not a list of HSDS services", id="no services"),
        pytest.param([{"name": "Pantry"}], "x.json, service 1: `id` and `name`", id="no id"),
        pytest.param([service(status="open")], "service 1: `status` must be", id="odd status"),
        pytest.param([service(minimum_age="old")], "service 1: `assured_date` or", id="odd age"),
    ],
)
def test_a_directory_that_cannot_be_read_says_where(data: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Directory.from_data(data, "x.json")


def test_every_need_of_the_sample_finds_a_fictional_service() -> None:
    directory, book = programs.directory(None), programs.needs_book()
    for name, words in book.domains.items():
        matches = directory.find(words.terms, ANA, TODAY, 365, 9)
        assert matches, name
        assert all("Sample" in match.service.name for match in matches)


def test_words_that_a_comma_cuts_off_are_found() -> None:
    data = {
        "domains": {
            "food": {
                "category": "c",
                "says": "Food",
                "terms": [],
                "goal": {"says": "Heat", "light and water": None},
                "help": {"says": "Help"},
            }
        },
        "failed_because": {},
        "resources": {"call_first_after_days": 1, "show_at_most": 1},
    }
    with pytest.raises(ValueError, match="food: 'light and water' is no field"):
        NeedsBook.from_data(data)
    assert programs.needs_book().words("utilities").goal.text == "Heat, light and water stay on"


def test_z_codes_are_billable_only() -> None:
    headers = {"Z59.0", "Z59.1", "Z59.4", "Z59.8", "Z55", "Z56", "Z59", "Z60"}
    rows = programs.read("instruments/z_codes.yaml")["rows"]
    assert rows
    assert {row["z_code"] for row in rows} & headers == set()


RESOURCES = {entry.key: entry.resource for entry in told().entries}


def coded(item: Resource, field: str, system: str, code: str | None = None) -> bool:
    concepts = item.get(field, [])
    concepts = concepts if isinstance(concepts, list) else [concepts]
    codings = [coding for concept in concepts for coding in concept.get("coding", ())]
    return any(c["system"] == system and code in (None, c["code"]) for c in codings)


def of(*kinds: str) -> Callable[[Resource], bool]:
    return lambda item: item["resourceType"] in kinds


def need(item: Resource) -> bool:
    return item["resourceType"] == "Condition" and item["id"].startswith("need-")


def screened(item: Resource) -> bool:
    """A response about a social need; others, as to PHQ-9, do not claim the profile."""
    profiles = item.get("meta", {}).get("profile", ())
    return any(profile.endswith("ObservationScreeningResponse") for profile in profiles)


HEALTH_CONCERN = "http://hl7.org/fhir/us/core/CodeSystem/condition-category"
ASSERTER = "http://hl7.org/fhir/us/sdoh-clinicalcare/StructureDefinition/"
ASSERTER += "SDOHCC-ExtensionConditionAsserter"


def asserters(item: Resource) -> int:
    other = [each for each in item.get("extension", ()) if each["url"] == ASSERTER]
    return len(other) + ("asserter" in item)


# HL7 SDOH Clinical Care: the FHIRPath of each invariant, in Python, and a change that breaks it.
# SDOH-Task-1 to -7 speak of codes of tasks for the member (TaskForPatient), which we do not send:
# the row for Task holds what would make them apply.
PATIENT_TASK_CODES = ("make-contact", "review-material", "general-information")
INVARIANTS = [
    pytest.param(screened, lambda r: coded(r, "category", US_CORE_CATEGORY, "sdoh"),
                 lambda r: r.pop("category"), id="SDOH-Obs-4: an answer is of category sdoh"),
    pytest.param(screened, lambda r: "performer" in r or "derivedFrom" in r,
                 lambda r: (r.pop("performer"), r.pop("derivedFrom")),
                 id="SDOH-Obs-3: somebody performed it or it is derived"),
    pytest.param(screened, lambda r: "focus" not in r or "subject" in r,
                 lambda r: (r.update(focus=[{}]), r.pop("subject")),
                 id="SDOH-Obs-2: a focus only with a subject"),
    pytest.param(screened, lambda r: {c["code"] for i in r.get("interpretation", ())
                                      for c in i["coding"]} <= {"POS"},
                 lambda r: r.update(interpretation=[{"coding": [{"code": "NEG"}]}]),
                 id="interpretation: POS or left out, never NEG"),
    pytest.param(need, lambda r: asserters(r) <= 1,
                 lambda r: r.update(asserter={}, extension=[{"url": ASSERTER}]),
                 id="SDOH-Con-1: one asserter at most"),
    pytest.param(need, lambda r: coded(r, "category", HEALTH_CONCERN, "health-concern"),
                 lambda r: r["category"].pop(0), id="SDOH-Con-2: a health concern"),
    pytest.param(need, lambda r: coded(r, "category", US_CORE_CATEGORY, "sdoh"),
                 lambda r: r["category"].pop(1), id="SDOH-Con-3: of category sdoh"),
    pytest.param(of("Goal"), lambda r: bool(r.get("addresses")) and coded(
                     r, "category", SDOHCC_CODES), lambda r: r.pop("addresses"),
                 id="a goal addresses a need"),
    pytest.param(of("ServiceRequest"), lambda r: r["intent"] == "order" and bool(
                     r.get("reasonReference")), lambda r: r.pop("reasonReference"),
                 id="a request has its reason"),
    pytest.param(of("Task"), lambda r: r["focus"]["reference"].startswith("ServiceRequest/")
                 and "requester" in r and "authoredOn" in r and "for" in r,
                 lambda r: r.pop("requester"), id="a task is about one request, from somebody"),
    pytest.param(of("Task"), lambda r: "statusReason" not in r or "text" in r["statusReason"],
                 lambda r: r.update(statusReason={}), id="a reason is in words"),
    pytest.param(of("Task"), lambda r: not any(coded(r, "code", SDOHCC_CODES, code)
                                               for code in PATIENT_TASK_CODES),
                 lambda r: r.update(code={"coding": [{"system": SDOHCC_CODES,
                                                      "code": "make-contact"}]}),
                 id="SDOH-Task-1 to -7: no task of ours is one for the member"),
    pytest.param(of("Task"), lambda r: r["status"] not in ("ready", "received"),
                 lambda r: r.update(status="ready"), id="a referral's task is never ready"),
    pytest.param(of("Task"), lambda r: r["status"] != "completed" or bool(r.get("output")),
                 lambda r: (r.update(status="completed"), r.pop("output", None)),
                 id="what is completed has an outcome"),
]  # fmt: skip


@pytest.mark.parametrize(("applies", "holds", "break_it"), INVARIANTS)
def test_an_invariant_holds_and_its_broken_twin_does_not(
    applies: Callable[[Resource], bool],
    holds: Callable[[Resource], bool],
    break_it: Callable[[Resource], Any],
) -> None:
    subjects = [item for item in RESOURCES.values() if applies(item)]
    assert subjects
    for item in subjects:
        assert holds(item), item["id"]
        twin = deepcopy(item)
        break_it(twin)
        assert not holds(twin), item["id"]


@pytest.mark.parametrize(
    ("key", "status"),
    [("need-1", "unconfirmed"), ("need-2", "confirmed"), ("need-3", "refuted")],
)
def test_a_need_is_unconfirmed_until_a_pharmacist_signs(key: str, status: str) -> None:
    found = RESOURCES[f"Condition/{key}"]["verificationStatus"]["coding"][0]["code"]
    assert found == status


def test_the_chain_from_answer_to_outcome_is_whole() -> None:
    task = RESOURCES["Task/referral-2"]
    procedure = RESOURCES[task["output"][0]["valueReference"]["reference"]]
    request = RESOURCES[task["focus"]["reference"]]
    assert procedure["basedOn"][0]["reference"] == "ServiceRequest/referral-2"
    condition = RESOURCES[request["reasonReference"][0]["reference"]]
    answer = RESOURCES[condition["evidence"][0]["detail"][0]["reference"]]
    assert answer["derivedFrom"][0]["reference"] == "QuestionnaireResponse/screening-1"
    goal = RESOURCES["Goal/goal-2"]
    assert goal["addresses"][0]["reference"] == "Condition/need-2"
    assert goal["achievementStatus"]["coding"][0]["code"] == "achieved"
