"""New fills and numbers in the payer's files wake who rests, and wake nobody twice."""

from datetime import timedelta
from typing import Any

import make
import pytest
from make import DAY, NOW
from sqlalchemy import Connection, text

from store.resting import wake_resting

RESTS = {
    "rung": 7,
    "resting": {"since": (NOW - 20 * DAY).isoformat(), "numbers": 1, "other_number": False},
}
YESTERDAY = (NOW - DAY).date()
LONG_AGO = (NOW - timedelta(days=40)).date()


@pytest.mark.parametrize(
    ("enrollment", "stage", "fill", "texted", "woken"),
    [
        pytest.param({}, {}, {"last_fill_on": YESTERDAY}, True, 1, id="a fill since then"),
        pytest.param({}, {}, {"last_fill_on": LONG_AGO}, True, 0, id="no fill since then"),
        pytest.param({}, {}, {"last_fill_on": YESTERDAY, "part2": True}, True, 0,
                     id="not a fill that a protected record speaks of"),
        pytest.param({}, {}, {"last_fill_on": LONG_AGO}, False, 1,
                     id="a number that no invitation went to"),
        pytest.param({}, {"why": "outreach_short_rest"}, {"last_fill_on": YESTERDAY}, True, 0,
                     id="not once more when the rest was cut already"),
        pytest.param({"state": "outreach"}, {"state": {"rung": 3}}, {"last_fill_on": YESTERDAY},
                     True, 0, id="nobody who is being invited"),
        pytest.param({"ended_at": NOW, "state": "opted_out"}, {}, {"last_fill_on": YESTERDAY},
                     True, 0, id="nobody who said STOP"),
    ],
)  # fmt: skip
def test_what_wakes_who_rests(
    connection: Connection,
    database_url: str,
    enrollment: dict[str, Any],
    stage: dict[str, Any],
    fill: dict[str, Any],
    texted: bool,
    woken: int,
) -> None:
    rests = {"state": "resting", "reached_at": None, "nudged_at": None, **enrollment}
    row = {"state": RESTS, "why": "outreach_rest", "due_at": NOW + 70 * DAY, **stage}
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(**rests), make.stage("e1", "outreach", **row), make.medication(**fill),
    )  # fmt: skip
    if texted:
        make.save(database_url, make.intent(stage="outreach", phone="+16145550134"))
    assert wake_resting(connection, NOW) == woken
    nudged = connection.scalar(text("select nudged_at from enrollments where id = 'e1'"))
    assert (nudged == NOW) is bool(woken)
