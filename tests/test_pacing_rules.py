"""What a sender may still use, and whose turn it is."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from make_journeys import HOUR, NOW

from domain.outbox import Purpose
from domain.pacing import SenderPlan, Shares, filled, full, held_until, spend
from runtime import programs

PLAN = SenderPlan(2.0, 4.0, 100, ZoneInfo("America/Los_Angeles"), 10)
SECOND = timedelta(seconds=1)
MIDNIGHT = NOW.replace(day=5, hour=8, minute=0)
"""Of the next day in Los Angeles."""


def test_a_bucket_fills_with_time_and_never_over_its_brim() -> None:
    used = spend(full(PLAN, NOW), PLAN, 4, NOW)
    assert used.tokens == 0
    assert filled(used, PLAN, NOW + SECOND).tokens == 2
    assert filled(used, PLAN, NOW + HOUR).tokens == 4
    assert filled(used, PLAN, NOW - HOUR).tokens == 0


def test_a_long_text_makes_the_next_one_wait_longer() -> None:
    used = spend(replace(full(PLAN, NOW), tokens=1.0), PLAN, 4, NOW)
    assert held_until(used, PLAN, Purpose.CARE, NOW) == NOW + 2 * SECOND
    assert held_until(used, PLAN, Purpose.CARE, NOW + 2 * SECOND) is None


@pytest.mark.parametrize(
    ("purpose", "spent", "held"),
    [
        pytest.param(Purpose.CARE, 89, False, id="a campaign may use its part of the day"),
        pytest.param(Purpose.CARE, 90, True, id="and leaves the rest to answers"),
        pytest.param(Purpose.REPLY, 99, False, id="which may use all of it"),
        pytest.param(Purpose.REPLY, 100, True, id="and no more"),
        pytest.param(Purpose.SAFETY, 100, False, id="a cry for help is answered all the same"),
        pytest.param(Purpose.STOP, 100, False, id="and a stop confirmed"),
    ],
)
def test_what_a_day_holds(purpose: Purpose, spent: int, held: bool) -> None:
    day = replace(full(PLAN, NOW), spent=spent)
    assert held_until(day, PLAN, purpose, NOW) == (MIDNIGHT if held else None)


def test_a_day_is_the_carriers() -> None:
    late = NOW.replace(day=5, hour=6)
    assert full(PLAN, late).day == date(2026, 3, 4)
    spent = replace(full(PLAN, late), spent=100)
    assert filled(spent, PLAN, late + HOUR).spent == 100
    assert filled(spent, PLAN, late + 2 * HOUR).spent == 0


def served(shares: Shares, waiting: dict[str, int], texts: int) -> Counter[str]:
    """Who gets how many of so many texts when each has this many waiting."""
    used: dict[str, float] = {}
    turn, got = 0.0, Counter[str]()
    for _ in range(texts):
        name = next(name for name in shares.order(used, turn) if got[name] < waiting.get(name, 0))
        used[name], turn = shares.charge(used, turn, name, 1)
        got[name] += 1
    return got


def test_a_program_with_a_thousand_texts_leaves_another_its_half() -> None:
    assert served(Shares(("big", "small")), {"big": 1000, "small": 20}, 40)["small"] == 20


def test_shares_follow_their_weights() -> None:
    shares = Shares(("big", "small"), {"big": 3.0})
    assert served(shares, {"big": 1000, "small": 1000}, 40) == {"big": 30, "small": 10}


def test_a_program_that_was_silent_does_not_get_its_silence_back() -> None:
    shares = Shares(("late", "steady"))
    used = {"steady": 500.0, "late": 3.0}
    got: Counter[str] = Counter()
    turn = 499.0
    for _ in range(10):
        name = shares.order(used, turn)[0]
        used[name], turn = shares.charge(used, turn, name, 1)
        got[name] += 1
    assert got["late"] <= 6


def test_the_plan_that_comes_with_it_can_be_read_and_names_its_sources() -> None:
    plan = programs.rules().sending.sender
    assert (plan.per_second, plan.per_day) == (3.75, 6000)
    assert programs.read("sending.yaml")["senders"]["main"]["source"]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"segments_per_second": 0}, id="nothing a second"),
        pytest.param({"burst_segments": 0.5}, id="less than one text at once"),
        pytest.param({"segments_per_day": 600}, id="all of the day kept for answers"),
    ],
)
def test_a_plan_by_which_nothing_would_leave_is_refused(wrong: dict[str, float]) -> None:
    data = {**programs.read("sending.yaml")["senders"]["main"], **wrong}
    with pytest.raises(ValueError, match="a sender needs"):
        SenderPlan.from_data(data)


def test_turns_foretell_who_is_served_and_end_with_what_waits() -> None:
    shares = Shares(("big", "small"), {"big": 3.0})
    turns = shares.turns({"small": 2.0}, 0.0, {"big": 9, "small": 2, "none": 0})
    assert Counter(turns) == {"big": 9, "small": 2}
    assert Counter(turns[:7]) == {"big": 7}, "until it has caught up by its weight"
