"""Who is nominated is checked like those claims find; the condition alone is taken on trust."""

from dataclasses import replace
from datetime import date

import pytest

from domain.identification import Standing
from domain.nominations import WORDS, Known, Nomination, Why, judge
from runtime.following import fit_rules

CARDIO = "medicare-cardiometabolic"
RULES = fit_rules(CARDIO)
ANA = Nomination("f1", CARDIO, "P1", date(1951, 5, 6), ("diabetes",), "Asked for help")
COVERED = Standing(found=False)
FINE = Known(COVERED, enrolled=False, pharmacy=True)


def flagged(name: str) -> Known:
    return replace(FINE, standing=replace(COVERED, flags=frozenset({name})))


@pytest.mark.parametrize(
    ("known", "why"),
    [
        pytest.param(FINE, Why.ACCEPTED, id="nothing speaks against it"),
        pytest.param(replace(FINE, standing=None), Why.UNKNOWN, id="nobody by that id and birth"),
        pytest.param(replace(FINE, enrolled=True), Why.ENROLLED, id="in the program already"),
        pytest.param(replace(FINE, pharmacy=False), Why.NO_SUCH_PHARMACY, id="no such pharmacy"),
        pytest.param(
            replace(FINE, standing=replace(COVERED, covered=False)), Why.NOT_COVERED,
            id="no payer of the program covers the member",
        ),
        pytest.param(flagged("hospice"), Why.HOSPICE, id="hospice"),
        pytest.param(flagged("ltc"), Why.LTC, id="long-term care"),
        pytest.param(flagged("deceased"), Why.DECEASED, id="the dead"),
        pytest.param(flagged("do_not_contact"), Why.DO_NOT_CONTACT, id="not to be contacted"),
        pytest.param(
            flagged("address_confidential"), Why.ACCEPTED,
            id="what the program does not exclude counts for nothing",
        ),
    ],
)  # fmt: skip
def test_the_verdict(known: Known, why: Why) -> None:
    assert judge(ANA, known, ("diabetes", "hypertension"), RULES) is why


@pytest.mark.parametrize("conditions", [(), ("asthma",), ("diabetes", "asthma")])
def test_a_condition_of_another_program_is_refused(conditions: tuple[str, ...]) -> None:
    other = replace(ANA, conditions=conditions)
    assert judge(other, FINE, ("diabetes",), RULES) is Why.NO_CONDITION


def test_every_verdict_has_its_words() -> None:
    assert set(WORDS) == set(Why)
