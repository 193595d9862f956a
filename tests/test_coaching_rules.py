"""Coaching: when it asks, what it asks, and what a reading sets in motion."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_journeys import DAY, HOUR, NOW, PLANS, accepted, days, facts, lost, waiting

from domain.coaching import Coaching, CoachingPlan, heard, heard_unasked, next_step
from domain.effects import Effect, OpenTask, Record, SaveReading, SendText
from domain.outbox import Purpose
from domain.stages import Do, Done, Facts, Heard, ReadingFact, Wait
from runtime.programs import program

PLAN: CoachingPlan = PLANS["coaching"]
SCREENED = {"outreach": "reached", "screening": "completed"}
PRESSURE = facts(conditions=("hypertension",), done=SCREENED)
SUGAR = facts(conditions=("diabetes",), done=SCREENED)
NEITHER = facts(conditions=("asthma",), done=SCREENED)
THIRD = Coaching(week=3, asked_at=NOW - HOUR)
"""A journey from before there were curricula: three steps taken, none of them named."""
ALL_TAKEN = Coaching(week=10, asked_at=NOW, follows=("hypertension",), last="hypertension/month-3")


MEDICAID: CoachingPlan = program("medicaid-high-risk").plans["coaching"]


def call(curriculum: str, step: str) -> OpenTask:
    steps = {each.key: each for one in MEDICAID.curricula for each in one.steps}
    topic = steps[f"{curriculum}/{step}"].topic
    return OpenTask(
        "coaching-1", "coaching_call", "pharmacist", MEDICAID.task_within, detail={"topic": topic}
    )


def with_texts(*texts: object, **given: object) -> Facts:
    return facts(*texts, conditions=("hypertension",), done=SCREENED, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "known", "after", "expected"),
    [
        pytest.param(
            Coaching(), facts(done={"outreach": "reached"}), days(30),
            Wait(None, "coaching_after_screening"), id="it waits for the screening to end",
        ),
        pytest.param(
            Coaching(), with_texts(reached_at=NOW), days(1),
            Wait(NOW + days(3), "coaching_next_week"),
            id="the first prompt comes days after the member was reached",
        ),
        pytest.param(
            THIRD, with_texts(accepted("coaching-3")), days(1),
            Wait(NOW + days(3), "coaching_next_week"), id="days count from acceptance",
        ),
        pytest.param(
            THIRD, with_texts(waiting("coaching-3", NOW + days(2))), days(1),
            Wait(NOW + days(5), "coaching_next_week"), id="or from when the text may leave",
        ),
        pytest.param(
            THIRD, with_texts(lost("coaching-3")), days(1),
            Wait(NOW - HOUR + days(3), "coaching_next_week"),
            id="a lost prompt costs its days and no more",
        ),
        pytest.param(
            replace(THIRD, asked_at=NOW + days(20)), with_texts(accepted("coaching-3")), days(21),
            Wait(NOW + days(23), "coaching_next_week"), id="a hold moves the days on",
        ),
        pytest.param(
            ALL_TAKEN, PRESSURE, days(6),
            Wait(NOW + days(7), "coaching_last_week"), id="the last answer is waited for",
        ),
        pytest.param(
            replace(ALL_TAKEN, closed=True), PRESSURE, days(7), Done("completed"),
            id="then it is over",
        ),
    ],
)  # fmt: skip
def test_when_it_asks(
    state: Coaching, known: Facts, after: timedelta, expected: Wait | Done
) -> None:
    assert next_step(state, PLAN, known, NOW + after) == expected


@pytest.mark.parametrize(
    ("plan", "conditions", "follows", "effect"),
    [
        pytest.param(
            PLAN, ("hypertension",), ("hypertension",), SendText("coaching-1", "bp_prompt"),
            id="blood pressure for hypertension",
        ),
        pytest.param(
            PLAN, ("diabetes",), ("diabetes",), SendText("coaching-1", "glucose_prompt"),
            id="glucose for diabetes",
        ),
        pytest.param(
            PLAN, ("diabetes", "hypertension"), ("hypertension", "diabetes"),
            SendText("coaching-1", "bp_prompt"), id="both for both, by their days",
        ),
        pytest.param(
            PLAN, ("asthma",), ("general",), SendText("coaching-1", "checkin_prompt"),
            id="a plain question where no curriculum is meant",
        ),
        pytest.param(
            MEDICAID, ("asthma", "copd"), ("copd",), call("copd", "technique"),
            id="one curriculum with texts at a time in this program",
        ),
        pytest.param(
            MEDICAID, ("mental_health",), ("mood",), call("mood", "first-weeks"),
            id="a call comes before the first text",
        ),
        pytest.param(
            MEDICAID, ("oud",), ("oud", "general"),
            OpenTask(
                "coaching-1", "coaching_call", "pharmacist", MEDICAID.task_within,
                detail={"part2": "yes", "curriculum": "oud/welcome"},
            ),
            id="substance use is spoken of in calls, and its topic is not copied into the task",
        ),
    ],
)  # fmt: skip
def test_what_it_asks(
    plan: CoachingPlan, conditions: tuple[str, ...], follows: tuple[str, ...], effect: Effect
) -> None:
    known = facts(conditions=conditions, done=SCREENED, reached_at=NOW - days(3))
    step = next_step(Coaching(misread=1), plan, known, NOW)
    assert isinstance(step, Do)
    assert set(step.state.follows) == set(follows)
    assert (step.state.week, step.state.asked_at, step.state.misread) == (1, NOW, 0)
    assert step.effects == (effect,)


def test_a_new_condition_does_not_reshuffle_a_curriculum_under_way() -> None:
    now_both = replace(PRESSURE, conditions=("asthma", "copd", "diabetes", "hypertension"))
    begun = Coaching(week=1, asked_at=NOW, follows=("hypertension",), last="hypertension/first")
    step = next_step(begun, PLAN, now_both, NOW + days(3))
    assert isinstance(step, Do)
    assert step.state.last == "hypertension/seat"


def test_every_step_is_taken_once_in_the_order_of_its_day() -> None:
    state, now, taken = Coaching(), NOW, []
    known = replace(PRESSURE, conditions=("hypertension", "diabetes"), reached_at=NOW)
    while not isinstance(decided := next_step(state, PLAN, known, now), Done):
        if isinstance(decided, Wait):
            assert decided.until is not None
            assert decided.until > now
            now = decided.until
            continue
        if decided.state.last != state.last:
            taken.append(decided.state.last)
        state = decided.state
    steps = [step.key for each in PLAN.curricula[:2] for step in each.steps]
    assert sorted(taken) == sorted(steps)
    assert taken[:4] == [
        "hypertension/first", "diabetes/first", "hypertension/seat", "hypertension/routine",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("systolic", "met"),
    [
        pytest.param((124, 127, 129), "yes", id="below 130 on the average of the month"),
        pytest.param((140, 150, 120), "no", id="above it"),
        pytest.param((124, 127), "too few readings", id="two readings say nothing"),
    ],
)
def test_at_its_end_coaching_says_whether_the_goal_was_met(
    systolic: tuple[int, ...], met: str
) -> None:
    known = replace(
        PRESSURE, readings=tuple(ReadingFact(NOW + days(1), each, 75) for each in systolic)
    )
    decided = next_step(ALL_TAKEN, PLAN, known, NOW + days(7))
    assert decided == Do(
        replace(ALL_TAKEN, closed=True), (Record("goal", "hypertension", {"met": met}),)
    )


def readings(*systolic: int) -> Facts:
    past = tuple(ReadingFact(NOW - DAY, each, 80) for each in systolic)
    return replace(PRESSURE, readings=past)


@pytest.mark.parametrize(
    ("body", "known", "saved", "template", "purpose", "due"),
    [
        pytest.param(
            "128/78", PRESSURE, SaveReading("bp", 128, 78), "reading_thanks", Purpose.REPLY, None,
            id="an ordinary reading is thanked for",
        ),
        pytest.param(
            "165 over 92", readings(162),
            SaveReading("bp", 165, 92, None, "business_days", "bp-high-twice"),
            "reading_followup", Purpose.REPLY, days(1),
            id="the second high one goes to a pharmacist by the next working day",
        ),
        pytest.param(
            "200/130", PRESSURE, SaveReading("bp", 200, 130, None, "same_day", "bp-very-high"),
            "reading_recheck", Purpose.REPLY, 4 * HOUR,
            id="a very high one is measured again and read the same day",
        ),
        pytest.param(
            "200/130 and chest hurts a bit, vision blurry", PRESSURE,
            SaveReading("bp", 200, 130, None, "emergency", "bp-very-high-with-symptoms"),
            "emergency", Purpose.SAFETY, timedelta(minutes=15),
            id="with symptoms it is an emergency, at any hour",
        ),
        pytest.param(
            "48", SUGAR,
            SaveReading("glucose", None, None, 48, "same_hour", "glucose-very-low"),
            "reading_low", Purpose.SAFETY, timedelta(minutes=15),
            id="a very low glucose is answered at any hour",
        ),
        pytest.param(
            "66", SUGAR, SaveReading("glucose", None, None, 66, "text_only", "glucose-low"),
            "reading_low", Purpose.REPLY, None, id="a low one is advised and calls nobody",
        ),
    ],
)  # fmt: skip
def test_what_a_reading_sets_in_motion(
    body: str, known: Facts, saved: SaveReading, template: str, purpose: Purpose,
    due: timedelta | None,
) -> None:  # fmt: skip
    found = heard(THIRD, body, PLAN, known, NOW)
    assert found.understood
    assert found.effects[:2] == (saved, SendText("reading-1", template, purpose))
    assert found.state == replace(THIRD, readings=1)
    asked = [each for each in found.effects if isinstance(each, OpenTask)]
    assert [(task.role, task.within) for task in asked] == ([("pharmacist", due)] if due else [])
    assert [task.urgent for task in asked] == ([purpose is Purpose.SAFETY] if due else [])


def test_of_several_readings_in_one_text_all_are_kept_and_the_most_urgent_is_answered() -> None:
    found = heard(THIRD, "bp 128/78. sugar was 48, had juice, now 92", PLAN, PRESSURE, NOW)
    assert found.effects[:4] == (
        SaveReading("bp", 128, 78),
        SaveReading("glucose", mg_dl=48, level="same_hour", rule="glucose-very-low", place=2),
        SaveReading("glucose", mg_dl=92, place=3),
        SendText("reading-1", "reading_low", Purpose.SAFETY),
    )
    assert kinds(found) == ["reading_low", "reading"]


def test_a_second_very_high_one_in_the_same_text_confirms_the_first() -> None:
    found = heard(THIRD, "190/125 then 188/122", PLAN, PRESSURE, NOW)
    rules = [each.rule for each in found.effects if isinstance(each, SaveReading)]
    assert rules == ["bp-very-high", "bp-very-high-confirmed"]
    assert kinds(found) == ["reading_followup", "reading", "reading"]


def test_a_reading_no_meter_shows_beside_a_good_one_is_looked_at() -> None:
    found = heard(THIRD, "bp 300/200 and sugar 110", PLAN, PRESSURE, NOW)
    assert SaveReading("glucose", mg_dl=110) in found.effects
    assert kinds(found) == ["reading_thanks", "unclear_reading"]


def kinds(found: Heard) -> list[str]:
    return [
        each.template if isinstance(each, SendText) else each.kind
        for each in found.effects
        if isinstance(each, SendText | OpenTask)
    ]


@pytest.mark.parametrize(
    ("body", "first", "again"),
    [
        pytest.param(
            "i feel fine", (["reading_reprompt"], False), (["unclear_reading"], False),
            id="words are asked for a number once, then a person reads them",
        ),
        pytest.param(
            "bp 14/9", (["reading_reprompt", "unclear_reading"], True),
            (["unclear_reading"], False),
            id="a reading no meter shows is asked again and looked at",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read(
    body: str, first: tuple[list[str], bool], again: tuple[list[str], bool]
) -> None:
    once = heard(THIRD, body, PLAN, PRESSURE, NOW)
    assert (kinds(once), once.understood) == first
    twice = heard(once.state, body, PLAN, PRESSURE, NOW)
    assert (kinds(twice), twice.understood) == again
    assert heard(once.state, "128/78", PLAN, PRESSURE, NOW).state.misread == 0


def test_a_reading_nobody_asked_for_counts() -> None:
    found = heard_unasked(Coaching(), "my sugar is 148 today", PLAN, PRESSURE, NOW)
    assert found is not None
    assert found.effects[0] == SaveReading("glucose", mg_dl=148)


def test_other_words_nobody_asked_for_are_left_to_somebody_else() -> None:
    assert heard_unasked(Coaching(), "when do you open? call me at 5", PLAN, PRESSURE, NOW) is None


def following(curriculum: str, last: str) -> Coaching:
    return Coaching(week=2, asked_at=NOW, follows=(curriculum,), last=f"{curriculum}/{last}")


PLAIN = following("general", "week-2")
ASTHMA = following("asthma", "week-1")
CHEST = following("copd", "week-1")


@pytest.mark.parametrize(
    ("state", "body", "said", "sent", "within"),
    [
        pytest.param(PLAIN, "1", "good", ["reading_thanks"], None, id="good"),
        pytest.param(PLAIN, "two", "so_so", ["reading_thanks"], None, id="so so"),
        pytest.param(
            PLAIN, "3", "needs_help", ["checkin_followup", "check_in"], days(2),
            id="help, from a person within two working days",
        ),
        pytest.param(PLAIN, "thursday", None, [], None, id="anything else is not an answer"),
        pytest.param(PLAIN, "yes", None, [], None, id="nor is a yes, where three were offered"),
        pytest.param(ASTHMA, "1", "as_usual", ["reading_thanks"], None, id="breathing as usual"),
        pytest.param(
            ASTHMA, "2", "not_controlled", ["checkin_followup", "check_in"], days(2),
            id="waking at night or much relief: a pharmacist within two working days",
        ),
        pytest.param(
            ASTHMA, "3", "no_relief", ["emergency", "check_in"], timedelta(minutes=15),
            id="no relief is an emergency",
        ),
        pytest.param(
            CHEST, "2", "yellow", ["checkin_followup", "check_in"], 8 * HOUR,
            id="yellow signs are a call the same day",
        ),
        pytest.param(
            CHEST, "3", "red", ["emergency", "check_in"], timedelta(minutes=15),
            id="red signs are an emergency",
        ),
    ],
)  # fmt: skip
def test_how_a_check_in_is_answered(
    state: Coaching, body: str, said: str | None, sent: list[str], within: timedelta | None
) -> None:
    found = heard(state, body, MEDICAID, NEITHER, NOW)
    assert kinds(found) == sent
    assert found.understood is (said is not None)
    records = [
        each.detail["said"]
        for each in found.effects
        if isinstance(each, Record) and each.kind == "check_in"
    ]
    assert records == ([said] if said else [])
    tasks = [each for each in found.effects if isinstance(each, OpenTask)]
    assert [task.within for task in tasks] == ([within] if within else [])
    assert [task.urgent for task in tasks] == ([sent[0] == "emergency"] if within else [])


def test_a_rehearsal_in_the_past_is_judged_by_the_first_rules_there_are() -> None:
    found = heard(THIRD, "200/130", PLAN, PRESSURE, NOW.replace(year=2010))
    assert SaveReading("bp", 200, 130, None, "same_day", "bp-very-high") in found.effects
