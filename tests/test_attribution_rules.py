"""Which pharmacy qualifies on a day, and which is next when one falls away."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.attribution import RerouteRules, Rule, attribute, chosen
from domain.pharmacies import Lack, Offer, Want, distance, ended, lacks
from runtime import programs

DAY = date(2026, 6, 30)
RULES = RerouteRules(language_required=True, refusals=2, tell_within=timedelta(days=3))
WANT = Want("OH", (40.0, -83.0), "en", ("express-scripts",), cpesn=True, services=("delivery",))
NEAR = Offer(
    "1", "OH", (40.1, -83.0), ("express-scripts",), frozenset({"delivery"}), frozenset({"es"}),
    cpesn_from=date(2020, 1, 1), room=1,
)  # fmt: skip
MIDDLE = replace(NEAR, npi="2", place=(40.2, -83.0))
FAR = replace(NEAR, npi="3", place=(40.3, -83.0))


@pytest.mark.parametrize(
    ("has", "lacking"),
    [
        pytest.param({}, (), id="all of it"),
        pytest.param({"licence_expires": DAY}, (), id="a licence that ends today"),
        pytest.param(
            {"licence_expires": DAY - timedelta(days=1)}, (Lack.LICENCE,),
            id="a licence that ended yesterday",
        ),
        pytest.param({"cpesn_from": None}, (Lack.CPESN,), id="never in CPESN"),
        pytest.param({"cpesn_to": DAY}, (), id="in CPESN until today"),
        pytest.param({"cpesn_to": date(2026, 6, 29)}, (Lack.CPESN,), id="in CPESN until yesterday"),
        pytest.param(
            {"networks": ("Express-Scripts@2026-01-01..2026-06-30",)}, (),
            id="in the network until today",
        ),
        pytest.param(
            {"networks": ("express-scripts@..2026-06-29",)}, (Lack.NETWORK,),
            id="in the network until yesterday",
        ),
        pytest.param(
            {"networks": ("express-scripts@2026-07-01..",)}, (Lack.NETWORK,),
            id="in the network from tomorrow",
        ),
        pytest.param(
            {"networks": ("express-scripts@..2026-06-29", "express-scripts@2026-06-30..")}, (),
            id="in the network again from today",
        ),
        pytest.param(
            {"networks": ("express-scripts@summer..",)}, (Lack.NETWORK,),
            id="network dates nobody can read",
        ),
        pytest.param(
            {"networks": ("express-scripts@2026-01-01",)}, (Lack.NETWORK,),
            id="network dates without two dots",
        ),
        pytest.param({"services": frozenset()}, (Lack.SERVICE,), id="without the service"),
        pytest.param({"state": "IN"}, (Lack.STATE,), id="in another state"),
        pytest.param({"room": 0}, (Lack.ROOM,), id="full"),
        pytest.param({"room": None}, (), id="without limit"),
    ],
)  # fmt: skip
def test_a_pharmacy_lacks_on_the_day(has: dict[str, object], lacking: tuple[Lack, ...]) -> None:
    assert lacks(replace(NEAR, **has), WANT, DAY) == lacking  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "spoken"),
    [("en", True), ("ENG", True), ("es", True), ("spa", True), ("vi", False)],
)
def test_a_language_is_spoken(language: str, spoken: bool) -> None:
    found = lacks(NEAR, replace(WANT, language=language), DAY)
    assert (Lack.LANGUAGE not in found) is spoken


def test_a_member_keeps_a_pharmacy_that_is_full_abroad_or_of_another_language() -> None:
    kept = replace(NEAR, room=-3, state="IN", languages=frozenset())
    assert ended(kept, replace(WANT, language="vi"), DAY) == ()
    assert ended(replace(kept, networks=()), WANT, DAY) == (Lack.NETWORK,)


def test_the_nearest_with_room_is_next_and_says_why() -> None:
    offers = [FAR, replace(NEAR, room=0), MIDDLE]
    answer = attribute(offers, WANT, DAY, RULES, Rule.REFUSED)
    assert (answer.npi, answer.km, answer.code) == ("2", 22.2, "ranked")
    assert answer.reason == (
        "the pharmacy before could not take the member; number 2 by distance of 3 in OH "
        "in both networks, 22.2 km; nearer ones have no room"
    )
    assert [(o.npi, o.why) for o in answer.alternatives] == [("1", "no room"), ("3", "farther")]


def test_of_two_equally_far_the_lower_npi_is_taken() -> None:
    offers = [replace(NEAR, npi="9"), replace(NEAR, npi="8")]
    assert attribute(offers, WANT, DAY, RULES, Rule.LEFT).npi == "8"


def test_who_has_refused_is_never_asked_again() -> None:
    answer = attribute([NEAR, MIDDLE], WANT, DAY, RULES, Rule.REFUSED, but_not=("1",))
    assert (answer.npi, answer.alternatives) == ("2", ())


@pytest.mark.parametrize(
    ("offers", "want", "but_not", "code"),
    [
        pytest.param([replace(NEAR, room=0)], {}, (), "no_room", id="all are full"),
        pytest.param([replace(NEAR, networks=())], {}, (), "none_qualifies", id="none is in"),
        pytest.param([], {}, (), "none_qualifies", id="there is none"),
        pytest.param([NEAR], {"language": "vi"}, (), "no_language", id="none speaks it"),
        pytest.param([NEAR], {"place": None}, (), "no_place", id="nobody knows where"),
        pytest.param([NEAR], {}, ("1",), "refused", id="all have refused"),
    ],
)
def test_nobody_serves_when(
    offers: list[Offer], want: dict[str, object], but_not: tuple[str, ...], code: str
) -> None:
    wanted = replace(WANT, **want)  # type: ignore[arg-type]
    answer = attribute(offers, wanted, DAY, RULES, Rule.APPEARED, but_not=but_not)
    assert (answer.npi, answer.code) == (None, code)
    assert answer.reason


def test_no_language_is_asked_for_where_none_is_told() -> None:
    silent = replace(NEAR, languages=frozenset())
    assert attribute([silent], replace(WANT, language="vi"), DAY, RULES, Rule.LEFT).npi == "1"
    lenient = replace(RULES, language_required=False)
    assert attribute([NEAR], replace(WANT, language="vi"), DAY, lenient, Rule.LEFT).npi == "1"


def test_ways_told_earlier_serve_a_member_whose_place_is_unknown() -> None:
    lost = replace(WANT, place=None)
    answer = attribute([NEAR, MIDDLE, FAR], lost, DAY, RULES, Rule.LEFT, known_km={"3": 4.0})
    assert (answer.npi, answer.km) == ("3", 4.0)


def test_a_choice_says_what_it_goes_against_and_what_else_there_was() -> None:
    best = attribute([MIDDLE, FAR], WANT, DAY, RULES, Rule.CHOSEN)
    full = replace(NEAR, state="IN", room=0)
    answer = chosen(full, replace(WANT, language="vi"), DAY, best)
    assert answer.reason == (
        "chosen by the member, 11.1 km; nobody there is known to speak vi; beyond the room it has "
        "told; in another state"
    )
    assert [other.npi for other in answer.alternatives] == ["2", "3"]


def test_distances_are_great_circles() -> None:
    assert distance((40.7128, -74.0060), (34.0522, -118.2437)) == pytest.approx(3936, abs=2)
    assert distance(None, (1.0, 1.0)) is None


def test_the_shipped_rules_are_read() -> None:
    assert programs.reroute_rules() == RULES


@pytest.mark.parametrize("again", [None, {}, {"refusals": 0, "tell_member_within_days": 1}])
def test_rules_that_are_off_are_one_sentence(again: object) -> None:
    with pytest.raises(ValueError, match=r"programs/attribution\.yaml"):
        RerouteRules.from_data({"language": {"rule": "required"}, "again": again})
