"""The screening by text: consent, questions, one re-prompt, needs, and how it may end."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from make_journeys import HOUR, NOW, PLANS, accepted, days, facts, lost, waiting

from domain.effects import (
    Absent,
    FinishScreening,
    FoundNeed,
    OpenReferral,
    OpenTask,
    Record,
    SaveAnswer,
    SendText,
    StartScreening,
)
from domain.instruments import Instrument
from domain.outbox import Purpose
from domain.screening import heard, next_step
from domain.screening_asking import ASKING, INTRO, OFFER, Screening
from domain.screening_plan import ScreeningPlan
from domain.stages import Do, Done, Facts, Heard, Wait
from domain.state import shift

PLAN: ScreeningPlan = PLANS["screening"]
AHC: Instrument = PLAN.asks[0].instrument
ITEMS = AHC.items
FIRST, LAST = ITEMS[0].code, ITEMS[-1].code
STEADY, HOMELESS, NO_UTILITIES_TROUBLE = "LA31993-1", "LA31995-6", "LA32-8"
INTRODUCED = Screening(phase=INTRO, step="screening-intro")
ASKED = Screening(phase=ASKING, step=f"screening-{FIRST}")
FINE = tuple((item.code, (item.options[-1].code,)) for item in ITEMS[1:-1])
AT_LAST = Screening(
    phase=ASKING, step=f"screening-{LAST}",
    answers=((FIRST, (STEADY,)), *FINE),
)  # fmt: skip
OFFERED = Screening(
    phase=OFFER, step="referral-offer",
    answers=((FIRST, (HOMELESS,)), *FINE, (LAST, (NO_UTILITIES_TROUBLE,))),
)  # fmt: skip


NO_PHONE = replace(PLAN, asks=tuple(replace(ask, by=("sms",)) for ask in PLAN.asks))
"""Who does not answer by text is not called."""


def hear(state: Screening, body: str, at: datetime = NOW) -> Heard:
    return heard(state, body, PLAN, facts(), at)


def texts(found: Heard | Do) -> list[tuple[str, str, int]]:
    return [(e.step, e.template, e.attempt) for e in found.effects if isinstance(e, SendText)]


def test_it_begins_by_asking_whether_it_may() -> None:
    step = next_step(Screening(), PLAN, facts(), NOW)
    assert isinstance(step, Do)
    assert step.effects == (SendText("screening-intro", "screening_intro"),)


def test_without_wording_in_the_members_language_a_person_asks_with_an_interpreter() -> None:
    step = next_step(Screening(), PLAN, facts(language="vi"), NOW)
    assert isinstance(step, Do)
    task = OpenTask(
        "screening-ahc-hrsn", "screening_call", "coordinator", PLAN.asks[0].within,
        detail={"instrument": "ahc-hrsn"},
    )  # fmt: skip
    assert task in step.effects
    assert texts(step) == []
    assert next_step(step.state, PLAN, facts(language="vi"), NOW) == Done("handed_over")


def test_yes_begins_with_the_first_question_in_the_members_language() -> None:
    found = heard(INTRODUCED, "si", PLAN, facts(language="es"), NOW)
    start, question = found.effects
    assert start == StartScreening("ahc-hrsn")
    assert isinstance(question, SendText)
    assert question.purpose is Purpose.REPLY
    assert question.facts["question"].startswith(f"1/{len(ITEMS)} ")
    assert "vivienda" in question.facts["question"]


@pytest.mark.parametrize(
    ("body", "how", "understood"),
    [
        pytest.param("2", "declined", True, id="no ends it"),
        pytest.param("what for", None, False, id="other words do not"),
    ],
)
def test_nobody_is_screened_who_has_not_said_yes(
    body: str, how: str | None, understood: bool
) -> None:
    found = hear(INTRODUCED, body)
    assert (found.state.how, found.understood) == (how, understood)
    assert texts(found) == []


def test_an_answer_is_kept_and_the_next_question_follows() -> None:
    found = hear(ASKED, "1")
    assert found.effects[0] == SaveAnswer("ahc-hrsn", FIRST, (STEADY,))
    assert texts(found) == [(f"screening-{ITEMS[1].code}", "screening_question", 1)]
    assert found.state.answers == ((FIRST, (STEADY,)),)


def test_an_unclear_answer_is_asked_again_once_and_then_left_out() -> None:
    once = hear(ASKED, "purple")
    assert once.understood
    assert texts(once) == [(f"screening-{FIRST}", "screening_reprompt", 2)]
    assert SaveAnswer("ahc-hrsn", FIRST, (), 1, Absent.UNCLEAR) in once.effects
    twice = hear(once.state, "still purple")
    assert not twice.understood
    assert texts(twice) == [(f"screening-{ITEMS[1].code}", "screening_question", 1)]
    assert twice.state.answers == ()
    assert hear(twice.state, "purple").state.misread == 1, "the next question has its own re-prompt"


def test_skipping_is_an_answer() -> None:
    found = hear(ASKED, "skip")
    assert found.understood
    assert found.effects[0] == SaveAnswer("ahc-hrsn", FIRST, (), 1, Absent.DECLINED)
    assert found.state.answers == ((FIRST, ()),)


def test_the_last_answer_ends_it_with_thanks_when_nothing_is_needed() -> None:
    found = hear(AT_LAST, "2")
    assert FinishScreening("ahc-hrsn", completed=True, positive=False) in found.effects
    assert texts(found) == [("screening-done", "screening_done", 1)]
    assert found.state.how == "completed"


def test_a_screening_with_an_answer_missing_ends_as_partial() -> None:
    found = hear(replace(AT_LAST, answers=FINE), "2")
    assert FinishScreening("ahc-hrsn", completed=False, positive=False) in found.effects
    assert found.state.how == "partial"


def test_a_need_is_found_and_help_is_offered() -> None:
    found = hear(replace(AT_LAST, answers=OFFERED.answers[:-1]), "2")
    assert FoundNeed("housing", FIRST, "Z59.00") in found.effects
    assert texts(found) == [("referral-offer", "referral_offer", 1)]
    assert (found.state.phase, found.state.how) == (OFFER, None)


def test_an_accepted_offer_opens_the_referral_and_its_task() -> None:
    found = hear(OFFERED, "1")
    assert found.effects[0] == OpenReferral("housing")
    task = found.effects[1]
    assert isinstance(task, OpenTask)
    assert (task.key, task.detail) == ("referral-housing", {"domain": "housing"})
    assert texts(found) == [("referral-made", "referral_made", 1)]
    assert found.state.how == "completed"


def test_a_declined_offer_leaves_the_need_and_opens_no_referral() -> None:
    found = hear(OFFERED, "2")
    assert Record("referral_declined", "member's choice") in found.effects
    assert not any(isinstance(each, OpenReferral | OpenTask) for each in found.effects)
    assert found.state.how == "completed"


@pytest.mark.parametrize(
    ("state", "known", "after", "expected"),
    [
        pytest.param(
            INTRODUCED, facts(accepted("screening-intro")), days(1),
            Wait(NOW + days(2), "screening_answer"), id="an answer is awaited",
        ),
        pytest.param(
            INTRODUCED, facts(waiting("screening-intro", NOW + days(1))), days(1),
            Wait(NOW + days(3), "screening_answer"),
            id="the wait begins when the text may leave",
        ),
        pytest.param(
            replace(ASKED, reminded=True, attempt=2),
            facts(accepted(f"screening-{FIRST}", NOW, attempt=2)), days(2),
            Wait(NOW + days(7), "screening_answer"), id="there is one reminder",
        ),
        pytest.param(
            OFFERED, facts(accepted("referral-offer")), days(3),
            Wait(NOW + days(7), "screening_answer"), id="an offer is not repeated",
        ),
    ],
)  # fmt: skip
def test_how_long_it_waits(
    state: Screening, known: Facts, after: timedelta, expected: Wait
) -> None:
    assert next_step(state, PLAN, known, NOW + after) == expected


@pytest.mark.parametrize(
    ("state", "template"),
    [
        pytest.param(INTRODUCED, "screening_intro", id="the introduction"),
        pytest.param(ASKED, "screening_question", id="the open question"),
    ],
)
def test_the_reminder_says_the_same_again_as_a_text_of_ours(
    state: Screening, template: str
) -> None:
    step = next_step(state, PLAN, facts(accepted(str(state.step))), NOW + days(2))
    assert isinstance(step, Do)
    assert texts(step) == [(state.step, template, 2)]
    assert all(e.purpose is Purpose.CARE for e in step.effects if isinstance(e, SendText))


@pytest.mark.parametrize(
    ("state", "known", "how", "finished"),
    [
        pytest.param(
            INTRODUCED, facts(accepted("screening-intro")), "no_answer", False,
            id="nobody answered the introduction",
        ),
        pytest.param(
            INTRODUCED, facts(lost("screening-intro")), "not_reached", False,
            id="the introduction never arrived",
        ),
        pytest.param(
            replace(ASKED, answers=((FIRST, (STEADY,)),)),
            facts(accepted(f"screening-{FIRST}")), "partial", True,
            id="what was answered is kept",
        ),
        pytest.param(
            OFFERED, facts(accepted("referral-offer")), "completed", False,
            id="an offer nobody answered leaves the screening complete",
        ),
    ],
)  # fmt: skip
def test_how_silence_ends_it(state: Screening, known: Facts, how: str, finished: bool) -> None:
    step = next_step(state, NO_PHONE, known, NOW + days(7))
    assert isinstance(step, Do)
    assert (FinishScreening("ahc-hrsn", completed=False) in step.effects) is finished
    assert next_step(step.state, NO_PHONE, known, NOW + days(7)) == Done(how)


def test_a_hold_longer_than_its_patience_does_not_end_it() -> None:
    begun = next_step(Screening(), PLAN, facts(), NOW - HOUR)
    assert isinstance(begun, Do)
    held = shift(begun.state, days(10))
    known = facts(accepted("screening-intro"))
    assert isinstance(next_step(held, PLAN, known, NOW + days(10)), Wait)
    asked = shift(hear(INTRODUCED, "1").state, days(10))
    assert isinstance(
        next_step(asked, PLAN, facts(accepted(str(asked.step))), NOW + days(10)), Wait
    )
