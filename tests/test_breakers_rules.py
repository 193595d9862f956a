"""Breakers: when sending is held, for how long, and what ends it."""

from datetime import datetime, timedelta

import pytest
from make_journeys import HOUR, NOW

from domain.breakers import (
    FUSES,
    PROBING,
    Breaker,
    Cause,
    Proof,
    Scope,
    State,
    cause_of,
    failed,
    released,
    tries,
    worked,
)

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        pytest.param(429, Cause.SLOW_DOWN, id="too many requests"),
        pytest.param(20429, Cause.SLOW_DOWN, id="too many requests, by its code"),
        pytest.param(30001, Cause.SLOW_DOWN, id="a queue that overflowed"),
        pytest.param(30022, Cause.SLOW_DOWN, id="over the campaign's rate"),
        pytest.param(21611, Cause.SLOW_DOWN, id="our number's queue is full"),
        pytest.param(63038, Cause.DAY_LIMIT, id="over the day's limit"),
        pytest.param(30007, Cause.FILTERED, id="words taken for spam"),
        pytest.param(30034, Cause.NOT_ALLOWED, id="a campaign that is not registered"),
        pytest.param(30032, Cause.NOT_ALLOWED, id="a number that is not verified"),
        pytest.param(21606, Cause.NOT_ALLOWED, id="a number that may not send"),
        pytest.param(20003, Cause.NOT_ALLOWED, id="credentials that are wrong"),
        pytest.param(30036, None, id="time that ran out says nothing of us"),
        pytest.param(30003, None, id="nor does an absent handset"),
        pytest.param(30006, None, id="nor a landline"),
        pytest.param(21610, None, id="nor a stop"),
        pytest.param(39999, None, id="nor a code nobody knows"),
        pytest.param(None, None, id="nor no code"),
    ],
)
def test_what_a_code_says_of_our_side(code: int | None, cause: Cause | None) -> None:
    assert cause_of(code) is cause


def test_words_are_held_by_template_and_all_else_for_the_sender() -> None:
    assert [cause for cause in Cause if FUSES[cause].scope is Scope.TEMPLATE] == [Cause.FILTERED]


def after(cause: Cause, failures: int, at: datetime = NOW) -> Breaker:
    breaker = Breaker(cause)
    for _ in range(failures):
        breaker = failed(breaker, at)
    return breaker


@pytest.mark.parametrize(
    ("cause", "failures", "hold"),
    [
        pytest.param(Cause.SLOW_DOWN, 1, timedelta(seconds=30), id="the first 429 holds a moment"),
        pytest.param(Cause.DAY_LIMIT, 1, HOUR, id="a day's limit an hour"),
        pytest.param(Cause.NOT_ALLOWED, 1, 15 * MINUTE, id="a sender that may not send at once"),
        pytest.param(Cause.FILTERED, 2, None, id="two filtered texts may be one network's"),
        pytest.param(Cause.FILTERED, 3, HOUR, id="three are our words"),
        pytest.param(Cause.NO_ANSWER, 4, None, id="four lost answers are the weather"),
        pytest.param(Cause.NO_ANSWER, 5, timedelta(seconds=30), id="five are an outage"),
    ],
)
def test_when_it_opens_and_for_how_long(
    cause: Cause, failures: int, hold: timedelta | None
) -> None:
    breaker = after(cause, failures)
    assert breaker.open_until == (NOW + hold if hold else None)
    assert breaker.state(NOW) is (State.HELD if hold else State.FREE)


def test_a_success_between_makes_failures_count_anew() -> None:
    breaker = worked(after(Cause.NO_ANSWER, 4), "i", Proof.ACCEPTED, NOW)
    assert failed(breaker, NOW).open_until is None


def test_that_filtered_words_are_accepted_at_first_is_no_success() -> None:
    breaker = worked(after(Cause.FILTERED, 2), "i", Proof.ACCEPTED, NOW)
    assert failed(breaker, NOW).open_until
    assert worked(after(Cause.FILTERED, 2), "i", Proof.ARRIVED, NOW) == Breaker(Cause.FILTERED)


def test_once_the_hold_is_over_one_text_tries_and_the_others_wait_for_it() -> None:
    breaker = after(Cause.SLOW_DOWN, 1)
    later = NOW + MINUTE
    assert breaker.state(later) is State.PROBE
    trying = tries(breaker, "first", later)
    assert trying.state(later) is State.HELD
    assert trying.next_look(later) == later + PROBING
    assert worked(trying, "first", Proof.ACCEPTED, later).state(later) is State.FREE


def test_each_hold_in_a_row_is_twice_as_long_up_to_a_longest() -> None:
    breaker, now, holds = Breaker(Cause.SLOW_DOWN), NOW, []
    for _ in range(40):
        breaker = failed(breaker, now)
        assert breaker.open_until
        holds.append(breaker.open_until - now)
        now = breaker.open_until
    assert holds[:4] == [timedelta(seconds=each) for each in (30, 60, 120, 240)]
    assert max(holds) == holds[-1] == 15 * MINUTE


def test_an_hour_of_429_costs_few_requests() -> None:
    breaker, now, asked = Breaker(Cause.SLOW_DOWN), NOW, 0
    while now < NOW + HOUR:
        if breaker.state(now) is not State.HELD:
            asked += 1
            breaker = failed(tries(breaker, "i", now), now)
        now += timedelta(seconds=1)
    assert asked <= 8


def test_late_news_of_texts_that_left_before_it_opened_changes_nothing() -> None:
    breaker = after(Cause.SLOW_DOWN, 1)
    assert failed(breaker, NOW) == breaker
    assert worked(breaker, "early", Proof.ARRIVED, NOW) == breaker


def test_an_old_text_that_arrives_does_not_show_that_filtered_words_pass_again() -> None:
    later = NOW + 2 * HOUR
    trying = tries(after(Cause.FILTERED, 3), "new", later)
    assert worked(trying, "old", Proof.ARRIVED, later) == trying
    assert worked(trying, "new", Proof.ARRIVED, later) == Breaker(Cause.FILTERED)


def test_where_nothing_bad_is_heard_of_the_one_that_tries_the_others_follow() -> None:
    later = NOW + 2 * HOUR
    trying = tries(after(Cause.FILTERED, 3), "new", later)
    assert trying.state(later + PROBING) is State.FREE
    assert failed(trying, later + PROBING).state(later + PROBING) is State.HELD


def test_where_the_one_that_tries_was_never_answered_for_another_tries() -> None:
    later = NOW + MINUTE
    trying = tries(after(Cause.NO_ANSWER, 5), "new", later)
    assert trying.state(later + PROBING) is State.PROBE


def test_what_arrives_ends_the_row_of_holds() -> None:
    breaker = worked(after(Cause.SLOW_DOWN, 1), "i", Proof.ACCEPTED, NOW + MINUTE)
    assert breaker.opened == 1
    assert worked(breaker, "i", Proof.ARRIVED, NOW + MINUTE).opened == 0


def test_a_release_lets_one_text_try_and_shortens_no_later_hold() -> None:
    held = after(Cause.NOT_ALLOWED, 1)
    free = released(held, NOW)
    assert (held.state(NOW), free.state(NOW)) == (State.HELD, State.PROBE)
    again = failed(tries(free, "i", NOW), NOW)
    assert again.open_until == NOW + 2 * again.fuse.first
    assert released(Breaker(Cause.NOT_ALLOWED), NOW) == Breaker(Cause.NOT_ALLOWED)
