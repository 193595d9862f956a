"""The shipped value sets against the published lists they are drawn from."""

import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from make_claims import value_sets

from claims.valuesets import Condition

SHARED = Path(__file__).parents[2] / "shared"
RULES = SHARED / "domain" / "condition_rules.json"
LOOKUP = SHARED / "data" / "valuesets" / "phskc_ccw_lookup.xlsx"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def takes(condition: Condition, system: str, code: str) -> bool:
    return any(
        code.startswith(path.icd10 if system == "10" else path.icd9)
        and not code.startswith(path.excepted or ("?",))
        for path in condition.paths
    )


def lookup() -> list[tuple[str, str, str]]:
    """(condition, code, ICD version) of the public health department's CCW list."""
    with zipfile.ZipFile(LOOKUP) as book:
        strings = [
            "".join(t.text or "" for t in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        told = []
        for sheet in ("sheet3", "sheet4"):
            tree = ElementTree.fromstring(book.read(f"xl/worksheets/{sheet}.xml"))
            for row in tree.iter(f"{SHEET}row"):
                cells = [cell.findtext(f"{SHEET}v") or "" for cell in row]
                words = [
                    strings[int(value)] if cell.get("t") == "s" else value
                    for cell, value in zip(row, cells, strict=True)
                ]
                told.append((words[1], words[2], words[3]))
    return told


@pytest.mark.skipif(not RULES.exists(), reason="the condition rules are not beside the checkout")
@pytest.mark.parametrize(
    "name",
    ["hypertension", "copd", "depression", "anxiety", "bipolar", "schizophrenia", "psychotic"],
)
def test_every_code_of_the_rules_is_taken(name: str) -> None:
    condition = value_sets().conditions[name]
    left_out = {"F99", "R452", "R455", "R456", "R457"} if name == "anxiety" else set()
    codes = json.loads(RULES.read_text())[name]["icd10cm"]
    assert {code for code in codes if not takes(condition, "10", code)} == left_out


@pytest.mark.skipif(not LOOKUP.exists(), reason="the CCW list is not beside the checkout")
@pytest.mark.parametrize("name", ["hypertension", "diabetes", "asthma", "copd"])
@pytest.mark.parametrize("version", ["10", "9"])
def test_the_ccw_list_and_the_prefixes_agree(name: str, version: str) -> None:
    """Of all codes of the 30 conditions, the prefixes take this one's and no other."""
    condition = value_sets().conditions[name]
    listed = {(code, who) for who, code, icd in lookup() if icd == version}
    ours = {code for code, who in listed if who == name}
    # The list writes ICD-9 codes with zeros behind: 496 is 49600.
    taken = {code for code, _ in listed if takes(condition, version, code)}
    assert ours
    assert taken == ours


def test_every_condition_names_its_source_version_and_date() -> None:
    for condition in value_sets().conditions.values():
        assert condition.source
        assert condition.version
        assert condition.effective_from.year >= 2015
        assert condition.lookback_months in (12, 24)
        assert condition.paths or condition.any_of


def test_substance_use_is_labelled_and_helpers_are_no_answer() -> None:
    sets = value_sets()
    assert {name for name, c in sets.conditions.items() if c.part2} == {"oud"}
    helpers = {name for name, c in sets.conditions.items() if c.helper}
    assert helpers == {
        "alcohol_use_disorder", "other_drug_use_disorder", "social_need", "esrd",
        "severe_depression",
    }  # fmt: skip
