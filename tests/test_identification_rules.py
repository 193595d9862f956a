"""Who is new, who no longer fits and why, and whose journey ends: night by night."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.exits import Exit
from domain.identification import (
    LEAVES_AS,
    Brake,
    Change,
    FitRules,
    Followed,
    Misfit,
    Standing,
    decide,
    follow,
)
from domain.identification_diff import summarize
from runtime import programs
from runtime.following import fit_rules

TODAY = date(2026, 7, 1)
PROGRAM = "medicare-cardiometabolic"
RULES = fit_rules(PROGRAM)
FITS = Standing()


def followed(standing: Standing, **given: Any) -> Followed:
    told: dict[str, Any] = {
        "id": "e1", "program": PROGRAM, "running": True, "nominated": False, "misfit": None,
        "since": None, "standing": standing,
    }  # fmt: skip
    return Followed(**{**told, **given})


def flagged(*names: str) -> Standing:
    return replace(FITS, flags=frozenset(names), found=False)


AGED = Standing(found=False)
LAPSED = Standing(found=False, covered=False, covered_until=date(2026, 6, 30))
UNLISTED = Standing(found=False, listed=False, covered=False)
LONG_AGO, LATELY = date(2026, 5, 1), date(2026, 6, 20)


@pytest.mark.parametrize(
    ("each", "misfit", "since", "leaves"),
    [
        pytest.param(followed(FITS), None, None, False, id="who is found again fits"),
        pytest.param(
            followed(AGED), Misfit.EVIDENCE_AGED_OUT, TODAY, False,
            id="evidence that merely aged out ends no journey that runs",
        ),
        pytest.param(
            followed(AGED, misfit=Misfit.EVIDENCE_AGED_OUT, since=LONG_AGO),
            Misfit.EVIDENCE_AGED_OUT, LONG_AGO, False, id="nor does it months later",
        ),
        pytest.param(
            followed(AGED, running=False), Misfit.EVIDENCE_AGED_OUT, TODAY, True,
            id="but a journey that has not begun does not begin on it",
        ),
        pytest.param(
            followed(AGED, nominated=True), None, None, False,
            id="a nominated member needs no claims to stay",
        ),
        pytest.param(
            followed(flagged("hospice"), nominated=True), Misfit.HOSPICE, TODAY, True,
            id="hospice ends a nominated member's journey too",
        ),
        pytest.param(
            followed(replace(FITS, flags=frozenset({"do_not_contact"}))),
            Misfit.DO_NOT_CONTACT, TODAY, True, id="who is not to be contacted is let go at once",
        ),
        pytest.param(
            followed(flagged("ltc")), Misfit.LTC, TODAY, False,
            id="a nursing home is given two weeks",
        ),
        pytest.param(
            followed(flagged("ltc"), misfit=Misfit.LTC, since=date(2026, 6, 17)),
            Misfit.LTC, date(2026, 6, 17), True, id="after two weeks in a row the journey ends",
        ),
        pytest.param(
            followed(flagged("ltc"), misfit=Misfit.NOT_LISTED, since=LONG_AGO),
            Misfit.LTC, TODAY, False, id="another reason begins to count anew",
        ),
        pytest.param(
            followed(flagged("address_confidential")), Misfit.EVIDENCE_AGED_OUT, TODAY, False,
            id="a flag the program does not ask about counts for nothing",
        ),
        pytest.param(
            followed(LAPSED), Misfit.NOT_COVERED, date(2026, 7, 1), True,
            id="coverage that ended yesterday is reported: the journey pauses",
        ),
        pytest.param(
            followed(replace(LAPSED, covered_until=date(2026, 5, 31))),
            Misfit.NOT_COVERED, date(2026, 6, 1), True,
            id="coverage counts from its last day, however late the file told of it",
        ),
        pytest.param(
            followed(LAPSED, misfit=Misfit.NOT_COVERED, since=LATELY, leaving="disenrolled"),
            Misfit.NOT_COVERED, LATELY, False, id="what was reported is not reported every night",
        ),
        pytest.param(
            followed(flagged("hospice"), misfit=Misfit.NOT_COVERED, since=LATELY,
                     leaving="disenrolled"),
            Misfit.HOSPICE, TODAY, True, id="a graver reason overtakes a pause",
        ),
        pytest.param(
            followed(UNLISTED), Misfit.NOT_LISTED, TODAY, False,
            id="a file that forgets somebody once is waited for",
        ),
        pytest.param(
            followed(UNLISTED, misfit=Misfit.NOT_LISTED, since=LONG_AGO),
            Misfit.NOT_LISTED, LONG_AGO, True, id="a week of forgetting is not",
        ),
        pytest.param(
            followed(flagged("deceased", "hospice")), Misfit.DECEASED, TODAY, True,
            id="death outranks every other reason",
        ),
        pytest.param(
            followed(FITS, misfit=Misfit.NOT_COVERED, since=LATELY), None, None, False,
            id="who is covered again fits again",
        ),
    ],
)  # fmt: skip
def test_what_becomes_of_an_enrollment(
    each: Followed, misfit: Misfit | None, since: date | None, leaves: bool
) -> None:
    change = follow(each, RULES, TODAY)
    assert (change.misfit, change.since, change.leaves) == (misfit, since, leaves)


@pytest.mark.parametrize(
    ("standing", "leaving", "stays"),
    [
        pytest.param(FITS, "disenrolled", True, id="coverage is back, and the pause is over"),
        pytest.param(AGED, "disenrolled", True, id="it is over too when claims have grown old"),
        pytest.param(LAPSED, "disenrolled", False, id="without coverage it goes on"),
        pytest.param(UNLISTED, "disenrolled", False, id="nor is a forgetting file coverage"),
        pytest.param(FITS, None, False, id="who never paused has nothing to go on with"),
        pytest.param(FITS, "pharmacy_left", False, id="what others reported stays reported"),
    ],
)
def test_who_stays_after_all(standing: Standing, leaving: str | None, stays: bool) -> None:
    was = followed(standing, misfit=Misfit.NOT_COVERED, since=LATELY, leaving=leaving)
    assert follow(was, RULES, TODAY).stays is stays


def test_a_program_may_give_days_of_its_own() -> None:
    shared = programs.read("identification.yaml")
    own = FitRules.from_data(shared, {"grace_days": {"evidence_aged_out": 90}}, ())
    change = followed(AGED, misfit=Misfit.EVIDENCE_AGED_OUT, since=TODAY - timedelta(days=90))
    assert follow(change, own, TODAY).leaves


@pytest.mark.parametrize(
    ("days", "said"),
    [
        pytest.param({"hospice": -1}, "hospice must be a whole number", id="a negative number"),
        pytest.param({"hospice": "soon"}, "or `keep`", id="a word nobody knows"),
        pytest.param({"hospise": 1}, "hospise is no reason", id="a reason misspelt"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(days: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FitRules.from_data(programs.read("identification.yaml"), {"grace_days": days}, ())


def change(
    number: int, misfit: Misfit | None, was: Misfit | None = None, leaves: bool = True
) -> Change:
    return Change(f"e{number:03}", PROGRAM, misfit, TODAY, was, leaves)


BRAKE = Brake(percent=10, at_least=10)


@pytest.mark.parametrize(
    ("leaving", "running", "withheld"),
    [
        pytest.param(9, 20, 0, id="a few always may"),
        pytest.param(10, 100, 0, id="a tenth may"),
        pytest.param(11, 100, 11, id="more than a tenth waits for a person"),
        pytest.param(40, 1000, 0, id="many of very many may"),
    ],
)
def test_a_night_on_which_too_many_leave_waits(leaving: int, running: int, withheld: int) -> None:
    changes = [change(n, Misfit.NOT_LISTED) for n in range(leaving)]
    verdicts = decide([*changes, change(900, Misfit.DECEASED)], running, BRAKE)
    assert len(verdicts.withheld) == withheld
    left = [each.id for each in verdicts.leaving]
    assert "e900" in left
    assert len(left) == 1 + leaving - withheld


def test_the_diff_of_a_night_says_who_and_why() -> None:
    verdicts = decide(
        [
            change(1, Misfit.HOSPICE),
            change(2, Misfit.HOSPICE, was=Misfit.HOSPICE),
            change(3, Misfit.EVIDENCE_AGED_OUT, leaves=False),
            change(4, None, was=Misfit.NOT_COVERED, leaves=False),
            Change("x1", "medicaid-high-risk", Misfit.LTC, TODAY, None, leaves=False),
        ],
        running=100,
        brake=BRAKE,
    )
    diff = summarize({PROGRAM: ["n2", "n1"]}, verdicts, [PROGRAM, "medicaid-high-risk"])
    ours = diff[PROGRAM]
    assert (ours.new, ours.returned) == (2, 1)
    assert ours.gone == {"hospice": 1, "evidence_aged_out": 1}
    assert ours.leaving == {"hospice": 2}
    assert ours.withheld == {}
    assert ours.examples == {
        "new": ["n1", "n2"], "returned": ["e004"], "gone": ["e001", "e003"],
        "leaving": ["e001", "e002"],
    }  # fmt: skip
    assert diff["medicaid-high-risk"].gone == {"ltc": 1}


@pytest.mark.parametrize(
    ("misfit", "way_out"),
    [
        (Misfit.DECEASED, Exit.DECEASED), (Misfit.NOT_COVERED, Exit.DISENROLLED),
        (Misfit.LTC, Exit.LONG_TERM_CARE), (Misfit.DO_NOT_CONTACT, Exit.NO_LONGER_FITS),
    ],
)  # fmt: skip
def test_a_reason_takes_the_road_of_its_kind(misfit: Misfit, way_out: Exit) -> None:
    assert LEAVES_AS[misfit] is way_out
    assert set(LEAVES_AS) == set(Misfit)
