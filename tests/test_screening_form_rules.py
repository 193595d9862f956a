"""A screening's form: its asking, enableWhen, contradictions, what is open and what follows."""

from dataclasses import replace
from typing import Any

import pytest
from make import DAY, NOW

from domain.effects import FinishScreening, HoldForSafety, OpenTask, SaveAnswer, SendText
from domain.outbox import Purpose
from domain.screening_form import BadForm, Filled, fill, offered, round_for
from domain.screening_plan import Ask, ScreeningPlan
from domain.screening_results import Round
from domain.stages import Facts, ScreeningFact
from runtime import programs

ALL = programs.instruments()
PLAN: ScreeningPlan = programs.program("medicaid-high-risk").plans["screening"]
NOT_AT_ALL, SEVERAL_DAYS = "LA6568-5", "LA6569-3"
PHQ9 = [item.code for item in ALL["phq-9"].items]
ITEM_9 = "44260-8"
NEVER_DRINKS = ALL["audit-c"].items[0].options[0].code


def filled(name: str, given: Any, facts: Facts | None = None, *, finish: bool = True) -> Filled:
    return fill(Round(ALL[name], 1), PLAN, facts or Facts(), given, finish=finish)


def kinds(found: Filled) -> list[str]:
    return [type(effect).__name__ for effect in found.effects]


def asked(name: str, number: int, *, ended: bool) -> ScreeningFact:
    return ScreeningFact(name, number, NOW - DAY if ended else None)


@pytest.mark.parametrize(
    ("screenings", "tasks", "number"),
    [
        pytest.param((), {}, 1, id="nothing was asked yet"),
        pytest.param((asked("phq-9", 2, ended=False),), {}, 2, id="one begun is gone on with"),
        pytest.param((asked("phq-9", 1, ended=True),), {}, 2, id="after an end a new one begins"),
        pytest.param((asked("phq-2", 1, ended=True),), {"screening-phq-9": None}, 1,
                     id="a task asks for it in the round of the other"),
        pytest.param((asked("phq-2", 3, ended=True),), {"screening-phq-9-3": None}, 3,
                     id="so does one of a later round"),
        pytest.param((asked("phq-2", 1, ended=True),), {"screening-phq-9": "done"}, 2,
                     id="a closed task asks for nothing"),
        pytest.param((asked("ahc-hrsn", 1, ended=False),), {}, 1,
                     id="others of the round are still open"),
    ],
)  # fmt: skip
def test_which_asking_a_form_belongs_to(screenings: Any, tasks: Any, number: int) -> None:
    assert round_for("phq-9", Facts(screenings=screenings, tasks=tasks)) == number


def test_a_form_without_a_required_answer_is_kept_but_not_ended() -> None:
    found = filled("phq-9", {code: [NOT_AT_ALL] for code in PHQ9[:8]})
    assert [item.code for item in found.open] == [ITEM_9]
    assert not found.ended
    assert kinds(found).count("SaveAnswer") == 8
    assert "FinishScreening" not in kinds(found)


def test_a_refusal_is_an_answer_and_leaves_no_score() -> None:
    answers = {code: [NOT_AT_ALL] for code in PHQ9[:9]}
    found = filled("phq-9", {**answers, PHQ9[0]: []})
    (end,) = [each for each in found.effects if isinstance(each, FinishScreening)]
    assert (found.ended, end.total, end.completed) == (True, None, True)


def test_what_an_answer_leaves_out_is_not_kept_whatever_was_sent() -> None:
    first, second, third = (item.code for item in ALL["audit-c"].items)
    sent = {first: [NEVER_DRINKS], second: [ALL["audit-c"].items[1].options[4].code]}
    found = filled("audit-c", {**sent, third: [ALL["audit-c"].items[2].options[4].code]})
    assert dict(found.new) == {first: (NEVER_DRINKS,)}
    (end,) = [each for each in found.effects if isinstance(each, FinishScreening)]
    assert (found.ended, end.total, end.positive) == (True, 0, False)


@pytest.mark.parametrize("answer", [SEVERAL_DAYS, "LA6570-1", "LA6571-9"])
def test_any_word_of_self_harm_brings_a_person_at_once_though_the_form_is_not_finished(
    answer: str,
) -> None:
    found = filled("phq-9", {ITEM_9: [answer]}, finish=False)
    assert any(isinstance(each, HoldForSafety) for each in found.effects)
    (task,) = [each for each in found.effects if isinstance(each, OpenTask)]
    assert (task.kind, task.urgent, task.within.total_seconds()) == ("danger_self_harm", True, 900)
    (text,) = [each for each in found.effects if isinstance(each, SendText)]
    assert (text.template, text.purpose) == ("crisis", Purpose.SAFETY)


def test_an_answer_sent_again_unchanged_is_neither_kept_twice_nor_feared_twice() -> None:
    known = ScreeningFact("phq-9", 1, None, {ITEM_9: (SEVERAL_DAYS,)})
    found = filled("phq-9", {ITEM_9: [SEVERAL_DAYS]}, Facts(screenings=(known,)), finish=False)
    assert (dict(found.new), kinds(found)) == ({}, [])


def test_a_changed_answer_replaces_the_earlier_one() -> None:
    known = ScreeningFact("phq-9", 1, None, {PHQ9[0]: (SEVERAL_DAYS,)})
    found = filled("phq-9", {PHQ9[0]: [NOT_AT_ALL]}, Facts(screenings=(known,)), finish=False)
    assert SaveAnswer("phq-9", PHQ9[0], (NOT_AT_ALL,)) in found.effects


def test_what_another_instrument_of_the_round_asked_is_kept_here_too() -> None:
    asked_before = ScreeningFact("phq-2", 1, NOW, dict.fromkeys(PHQ9[:2], (SEVERAL_DAYS,)))
    found = filled("phq-9", {PHQ9[2]: [NOT_AT_ALL]}, Facts(screenings=(asked_before,)))
    assert set(found.new) == set(PHQ9[:3])


def test_none_beside_others_is_asked_about_and_nothing_of_it_kept() -> None:
    item = next(each for each in ALL["ahc-hrsn"].items if each.repeats)
    none = next(option.code for option in item.options if option.exclusive)
    found = filled("ahc-hrsn", {item.code: [item.options[0].code, none]})
    assert (found.contradictions, dict(found.new), found.ended) == ({item.code}, {}, False)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"99999-9": [NOT_AT_ALL]}, id="a question it does not ask"),
        pytest.param({ITEM_9: ["LA-1"]}, id="an answer it does not have"),
        pytest.param({ITEM_9: [NOT_AT_ALL, SEVERAL_DAYS]}, id="two answers where one counts"),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(given: Any) -> None:
    with pytest.raises(BadForm):
        filled("phq-9", given)


def test_a_follow_up_is_offered_on_the_form_but_asked_of_nobody_by_itself() -> None:
    names = {ask.instrument.name for ask in offered(PLAN, Facts())}
    assert "phq-9" in names
    assert "phq-2" not in names, "only of whom the program means"
    assert "phq-9" not in {ask.instrument.name for ask in PLAN.for_member(Facts())}


def test_the_safety_questions_are_offered_once_a_program_names_them() -> None:
    ask = Ask(ALL["ahc-hrsn-safety"], ("form",), (), "pharmacist", DAY, follow_up=True)
    assert "ahc-hrsn-safety" not in {each.instrument.name for each in PLAN.asks}
    plan = replace(PLAN, asks=(*PLAN.asks, ask))
    assert ask in offered(plan, Facts())
