"""Before a cohort begins: who can be reached how, what would leave when, what stands in the way."""

from typing import Any

import pytest

from domain.preflight import Blocker, Finding, Group, Preflight, Reach, Translations, preflight
from runtime.programs import program

PLAN = program("medicare-cardiometabolic").plans["outreach"]
ALL_THERE = Translations()
LACKS = {
    "es": Translations(others=("check_in",)),
    "so": Translations(invitation=("welcome",), letter=("introduction",)),
}


def group(members: int, **given: Any) -> Group:
    told: dict[str, Any] = {
        "tier": "high", "language": "en", "zone": "America/New_York", "reach": Reach.TEXT,
        "pharmacy": True,
    }  # fmt: skip
    return Group(members, **{**told, **given})


def look(*groups: Group, carrier: bool = True) -> Preflight:
    return preflight(groups, PLAN, lambda language: LACKS.get(language, ALL_THERE), carrier=carrier)


@pytest.mark.parametrize(
    ("groups", "finding"),
    [
        pytest.param([group(3, pharmacy=False)], Finding(Blocker.NO_PHARMACY, 3), id="no pharmacy"),
        pytest.param(
            [group(2, language="so")], Finding(Blocker.NO_INVITATION, 2, "so"), id="no invitation"
        ),
        pytest.param(
            [group(2, language="so")], Finding(Blocker.NO_LETTER, 2, "so"), id="no letter"
        ),
        pytest.param(
            [group(4, language="es")], Finding(Blocker.TEXTS_MISSING, 4, "es"), id="later texts"
        ),
        pytest.param(
            [group(5, reach=Reach.NO_PHONE)], Finding(Blocker.NO_PHONE, 5), id="no number at all"
        ),
        pytest.param(
            [group(5, reach=Reach.OPTED_OUT)], Finding(Blocker.OPTED_OUT, 5), id="said STOP before"
        ),
        pytest.param([group(1, zone=None)], Finding(Blocker.NO_ZONE, 1), id="zone not known"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_found(groups: list[Group], finding: Finding) -> None:
    assert finding in look(*groups).findings


def test_nothing_stands_in_the_way_of_those_who_can_all_be_reached() -> None:
    assert look(group(10)).findings == []


def test_a_carrier_that_is_not_set_up_is_told_whoever_waits() -> None:
    assert look(group(4), carrier=False).findings[0] == Finding(Blocker.CARRIER_OFF, 4)


def test_texts_are_expected_of_those_who_may_be_texted_on_the_days_of_the_ladder() -> None:
    flight = look(
        group(7), group(2, reach=Reach.LANDLINE), group(1, language="so"),
        group(1, pharmacy=False), group(1, reach=Reach.OPTED_OUT),
    )  # fmt: skip
    assert {members for _, members in flight.texts} == {7}
    assert flight.texts[0] == (1, 7)
    days = [day for day, _ in flight.texts]
    assert days == sorted(set(days))
    assert {members for _, members in flight.letters} == {9}, "letters go to landlines too"


def test_members_are_counted_by_need_language_zone_and_reach_the_most_first() -> None:
    flight = look(group(2, tier="rising"), group(5), group(1, language="es", zone=None))
    assert flight.members == 8
    assert list(flight.by_tier.items()) == [("high", 6), ("rising", 2)]
    assert list(flight.by_language.items()) == [("en", 7), ("es", 1)]
    assert flight.by_zone == {"America/New_York": 7, "": 1}
    assert flight.by_reach == {Reach.TEXT: 8}
