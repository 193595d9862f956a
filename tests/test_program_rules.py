"""A program's file: read whole, or refused in one sentence that says where."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.outreach import Channel
from domain.program import AFTER_OUTREACH, Program
from domain.program_reader import BadProgram
from runtime import programs

Data = dict[str, Any]
ASK: Data = {"instrument": "ahc-hrsn", "by": ["sms", "phone"], "within_hours": 72}


def build(data: Data) -> Program:
    return Program.from_data(
        data,
        programs.instruments(),
        programs.z_codes(),
        programs.coaching_shelf(),
        programs.rules().crisis,
    )


@pytest.fixture
def data() -> Data:
    return copy.deepcopy(dict(programs.read("medicare-cardiometabolic.yaml")))


def without(*path: str) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for part in path[:-1]:
            data = data[part]
        del data[path[-1]]

    return change


def having(value: Any, *path: str) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for part in path[:-1]:
            data = data[part]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(without("id"), "a program without an id: `id` is missing.", id="no id"),
        pytest.param(
            without("outreach"), "medicare-cardiometabolic: `outreach` is missing.",
            id="no invitation",
        ),
        pytest.param(
            having(["coaching", "dancing"], "stages"),
            "medicare-cardiometabolic: `stages` must be one of screening, rescreening, coaching, "
            "delivery, needs, coordination, not 'dancing'.",
            id="a stage nobody knows",
        ),
        pytest.param(
            having("ninety", "length_days"),
            "medicare-cardiometabolic: `length_days` must be a whole number, 0 or more.",
            id="a number in words",
        ),
        pytest.param(
            having(True, "grace_days"),
            "medicare-cardiometabolic: `grace_days` must be a whole number, 0 or more.",
            id="yes for a number",
        ),
        pytest.param(
            having(-1, "coaching", "first_after_days"),
            "medicare-cardiometabolic, coaching: `first_after_days` must be a whole "
            "number, 0 or more.",
            id="a number below zero",
        ),
        pytest.param(
            having("2026-11-01", "effective_from"),
            "medicare-cardiometabolic: `effective_from` must be a date like 2026-11-01.",
            id="a date in quotes",
        ),
        pytest.param(
            having("medicare", "payer_types"),
            "medicare-cardiometabolic: `payer_types` must be a list of texts.",
            id="one word for a list",
        ),
        pytest.param(
            having([{**ASK, "instrument": "mood-ring"}], "screening", "asks"),
            "medicare-cardiometabolic, screening, ask 1: `instrument` must be one of "
            f"{', '.join(sorted(programs.instruments()))}, not 'mood-ring'.",
            id="an instrument nobody has",
        ),
        pytest.param(
            having([{**ASK, "instrument": "phq-9", "by": ["sms"]}], "screening", "asks"),
            "medicare-cardiometabolic, screening, ask 1: `by` must be among phone, form: phq-9 is "
            "never asked by sms.",
            id="mood asked by text",
        ),
        pytest.param(
            having(
                [{**ASK, "instrument": "ahc-hrsn-safety", "by": ["form", "sms"]}],
                "screening", "asks",
            ),
            "medicare-cardiometabolic, screening, ask 1: `by` must be among phone, form: "
            "ahc-hrsn-safety is never asked by sms.",
            id="the safety questions asked by text",
        ),
        pytest.param(
            having([{**ASK, "by": ["pigeon"]}], "screening", "asks"),
            "medicare-cardiometabolic, screening, ask 1: `by` must be a list of sms, phone, form.",
            id="a way nobody has",
        ),
        pytest.param(
            having([{**ASK, "role": "janitor"}], "screening", "asks"),
            "medicare-cardiometabolic, screening, ask 1: `role` must be one of coordinator, "
            "pharmacist.",
            id="a role nobody has",
        ),
        pytest.param(
            having([], "screening", "asks"),
            "medicare-cardiometabolic, screening: `asks` must be a list of at least one row.",
            id="nothing asked",
        ),
        pytest.param(
            having(
                [ASK, {**ASK, "instrument": "phq-2", "by": ["phone"]}], "screening", "asks"
            ),
            "medicare-cardiometabolic, screening, again 2: `instrument` must be one of those "
            "asked (ahc-hrsn, phq-2).",
            id="asked again without being asked",
        ),
        pytest.param(
            having(["weight"], "coaching", "curricula"),
            "medicare-cardiometabolic, coaching: `curricula` must be one of asthma, copd, "
            "diabetes, general, hypertension, mood, oud, not 'weight'.",
            id="a curriculum nobody has",
        ),
        pytest.param(
            having([{"channel": "fax", "after_days": 0}], "outreach", "rungs"),
            "medicare-cardiometabolic, outreach, rung 1: `channel` must be one of sms, "
            "second_number, letter, call, counter.",
            id="a channel nobody has",
        ),
        pytest.param(
            having([{"channel": "sms", "after_days": 0}], "outreach", "rungs"),
            "medicare-cardiometabolic, outreach, rung 1: `template` is missing.",
            id="a text without words",
        ),
        pytest.param(
            having(
                [{"channel": "second_number", "template": "welcome", "after_days": 0}],
                "outreach", "rungs",
            ),
            "medicare-cardiometabolic, outreach, rung 1: `after_days` must be 1 or more: the first "
            "number is given a day to answer.",
            id="a second number at once",
        ),
        pytest.param(
            having(14, "outreach", "patience_days"),
            "medicare-cardiometabolic, outreach: `patience_days` must be at least 15, or the "
            "journey ends before the member is at the counter.",
            id="a counter prompt nobody waits for",
        ),
        pytest.param(
            having([], "outreach", "rungs"),
            "medicare-cardiometabolic, outreach: `rungs` must be a list of at least one rung.",
            id="no rung at all",
        ),
        pytest.param(
            having("weekly", "coaching"),
            "medicare-cardiometabolic: `coaching` must be a group of settings.",
            id="a word for a group",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(
    data: Data, change: Callable[[Data], None], says: str
) -> None:
    change(data)
    with pytest.raises(BadProgram) as refused:
        build(data)
    assert str(refused.value) == says


def test_a_program_is_read_with_its_units(data: Data) -> None:
    made = build(data)
    plan = made.plans["outreach"]
    assert [rung.channel for rung in plan.rungs][-2:] == [Channel.LETTER, Channel.COUNTER]
    assert plan.counter_within == timedelta(days=15)
    assert plan.rungs[1].after == timedelta(days=2)
    assert plan.call_within == timedelta(hours=72)
    assert made.grace == timedelta(days=30)
    assert made.read_within == timedelta(hours=24)
    assert set(made.plans) == {"outreach", *AFTER_OUTREACH}


def test_a_stage_that_is_not_listed_needs_no_plan(data: Data) -> None:
    data["stages"] = ["coaching"]
    for name in ("screening", "delivery", "coordination"):
        del data[name]
    made = build(data)
    assert set(made.plans) == {"outreach", "coaching"}
    assert not made.plans["coaching"].wait_for_screening


@pytest.mark.parametrize("name", programs.names())
def test_the_programs_of_the_house_are_read(name: str) -> None:
    assert programs.program(name).id == name
