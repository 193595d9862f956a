"""Weekly coaching: when it asks, what it asks, and what a reading sets in motion."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_journeys import DAY, HOUR, NOW, PLANS, accepted, days, facts, lost, waiting

from domain.coaching import Coaching, CoachingPlan, heard, heard_unasked, next_step
from domain.effects import OpenTask, Record, SaveReading, SendText
from domain.outbox import Purpose
from domain.stages import Do, Done, Facts, Heard, ReadingFact, Wait

PLAN: CoachingPlan = PLANS["coaching"]
SCREENED = {"outreach": "reached", "screening": "completed"}
PRESSURE = facts(conditions=("hypertension",), done=SCREENED)
SUGAR = facts(conditions=("diabetes",), done=SCREENED)
NEITHER = facts(conditions=("asthma",), done=SCREENED)
THIRD = Coaching(week=3, asked_at=NOW - HOUR)


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
            Wait(NOW + days(7), "coaching_next_week"), id="a week counts from acceptance",
        ),
        pytest.param(
            THIRD, with_texts(waiting("coaching-3", NOW + days(2))), days(1),
            Wait(NOW + days(9), "coaching_next_week"), id="or from when the text may leave",
        ),
        pytest.param(
            THIRD, with_texts(lost("coaching-3")), days(1),
            Wait(NOW - HOUR + days(7), "coaching_next_week"),
            id="a lost prompt costs its week and no more",
        ),
        pytest.param(
            replace(THIRD, asked_at=NOW + days(20)), with_texts(accepted("coaching-3")), days(21),
            Wait(NOW + days(27), "coaching_next_week"), id="a hold moves the week on",
        ),
        pytest.param(
            Coaching(week=8, asked_at=NOW), PRESSURE, days(6),
            Wait(NOW + days(7), "coaching_last_week"), id="the last week is waited out",
        ),
        pytest.param(
            Coaching(week=8, asked_at=NOW), PRESSURE, days(7), Done("completed"),
            id="eight weeks and it is over",
        ),
    ],
)  # fmt: skip
def test_when_it_asks(
    state: Coaching, known: Facts, after: timedelta, expected: Wait | Done
) -> None:
    assert next_step(state, PLAN, known, NOW + after) == expected


@pytest.mark.parametrize(
    ("conditions", "template"),
    [
        pytest.param(("hypertension",), "bp_prompt", id="blood pressure for hypertension"),
        pytest.param(("diabetes",), "glucose_prompt", id="glucose for diabetes"),
        pytest.param(("diabetes", "hypertension"), "bp_prompt", id="blood pressure before glucose"),
        pytest.param(("asthma",), "checkin_prompt", id="a plain check-in for anything else"),
    ],
)
def test_what_it_asks(conditions: tuple[str, ...], template: str) -> None:
    known = facts(conditions=conditions, done=SCREENED, reached_at=NOW - days(3))
    step = next_step(Coaching(misread=1), PLAN, known, NOW)
    assert step == Do(Coaching(week=1, asked_at=NOW), (SendText("coaching-1", template),))


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


@pytest.mark.parametrize(
    ("body", "said", "sent"),
    [
        pytest.param("1", "good", ["reading_thanks"], id="good"),
        pytest.param("2", "so_so", ["reading_thanks"], id="so so"),
        pytest.param("3", "needs_help", ["reading_thanks", "check_in"], id="help, from a person"),
        pytest.param("thursday", None, [], id="anything else is not an answer"),
    ],
)
def test_how_a_check_in_is_answered(body: str, said: str | None, sent: list[str]) -> None:
    found = heard(THIRD, body, PLAN, NEITHER, NOW)
    assert kinds(found) == sent
    assert found.understood is (said is not None)
    records = [each.detail["said"] for each in found.effects if isinstance(each, Record)]
    assert records == ([said] if said else [])
