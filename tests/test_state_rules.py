"""Stage states on paper: written and read back the same, moved in time as a whole."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.coaching import Coaching
from domain.coordination import Coordination
from domain.delivery import Deliveries
from domain.outreach import Outreach
from domain.screening import Screening
from domain.state import dump, load, shift

MOMENTS = st.datetimes(
    datetime.fromisoformat("2020-01-01"),
    datetime.fromisoformat("2040-01-01"),
    timezones=st.just(UTC),
)
DATES = st.dates(date(2020, 1, 1), date(2040, 1, 1))
WORDS = st.text(max_size=8)
SMALL = st.integers(0, 99)
STATES = st.one_of(
    st.builds(Outreach, rung=SMALL, used_at=st.none() | MOMENTS, answer=st.none() | WORDS),
    st.builds(
        Screening,
        phase=WORDS, step=st.none() | WORDS, attempt=SMALL, asked_at=st.none() | MOMENTS,
        reminded=st.booleans(),
        answers=st.lists(
            st.tuples(WORDS, st.lists(WORDS, max_size=3).map(tuple)), max_size=3
        ).map(tuple),
    ),
    st.builds(Coaching, week=SMALL, asked_at=st.none() | MOMENTS, readings=SMALL),
    st.builds(
        Deliveries,
        round=SMALL, due_on=st.none() | DATES, refills=st.lists(WORDS, max_size=3).map(tuple),
        asked_at=st.none() | MOMENTS, ordered_at=st.none() | MOMENTS,
    ),
    st.builds(Coordination, intake_at=st.none() | MOMENTS, sent=st.booleans()),
)  # fmt: skip
SPANS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


@given(STATES)
def test_a_state_is_read_back_from_json_as_it_was_written(state: Any) -> None:
    assert load(type(state), json.loads(json.dumps(dump(state)))) == state


@given(STATES, SPANS)
def test_a_state_moved_and_moved_back_is_itself(state: Any, by: timedelta) -> None:
    assert shift(shift(state, by), -by) == state


@given(STATES, SPANS)
def test_every_moment_moves_by_the_same_and_nothing_else_moves(state: Any, by: timedelta) -> None:
    moved = shift(state, by)
    for name, was in ((name, getattr(state, name)) for name in dump(state)):
        expected = was + by if isinstance(was, datetime) else was
        assert getattr(moved, name) == expected


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        pytest.param(Outreach, {}, Outreach(), id="an empty row is the beginning"),
        pytest.param(
            Screening, {"phase": "asking", "step": "s"}, Screening(phase="asking", step="s"),
            id="a field added since takes its default",
        ),
        pytest.param(
            Coaching, {"week": 2, "mood": "good"}, Coaching(week=2),
            id="a field dropped since is passed over",
        ),
    ],
)  # fmt: skip
def test_rows_of_other_versions_are_read(kind: type[Any], data: Any, expected: Any) -> None:
    assert load(kind, data) == expected
