"""When a STOP may have been missed, and when reading the carrier's list would tell."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.listening import Deaf, Heard, ListeningRules, deaf, list_helps
from runtime import programs
from runtime.errors import Refusal
from runtime.sending_rules import read_sending

WALL = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RULES = ListeningRules(timedelta(seconds=5), timedelta(seconds=8), timedelta(seconds=300))


def heard(since: float | None = 3600, at: float | None = 1, listed: float | None = 60) -> Heard:
    """Seconds ago; None: never."""
    ago = [None if each is None else WALL - timedelta(seconds=each) for each in (since, at, listed)]
    return Heard(*ago)


@pytest.mark.parametrize(
    ("found", "why", "helps"),
    [
        pytest.param(heard(), None, False, id="webhooks are taken and the list was read since"),
        pytest.param(heard(None, None, None), Deaf.NO_WEBHOOKS, False, id="nothing ever was"),
        pytest.param(heard(at=8), None, False, id="a sign of life just in time"),
        pytest.param(heard(at=9), Deaf.NO_WEBHOOKS, False, id="no sign of life for too long"),
        pytest.param(heard(listed=None), Deaf.LIST_AWAITED, True, id="the list was never read"),
        pytest.param(heard(30, 0, 31), Deaf.LIST_AWAITED, True, id="read before the break"),
        pytest.param(heard(30, 0, 26), Deaf.LIST_AWAITED, True, id="so soon that it may lag"),
        pytest.param(heard(30, 0, 25), None, False, id="read late enough after the break"),
        pytest.param(heard(3, 0, 60), Deaf.LIST_AWAITED, False, id="read now it would still lag"),
        pytest.param(heard(listed=300), None, False, id="as old as it may be"),
        pytest.param(heard(listed=301), Deaf.LIST_OLD, True, id="the list is too old"),
    ],
)
def test_why_nothing_may_leave_and_whether_reading_the_list_helps(
    found: Heard, why: Deaf | None, helps: bool
) -> None:
    assert deaf(found, RULES, WALL) == why
    assert list_helps(found, RULES, WALL) is helps


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"list_lag_seconds": 0}, "above 0", id="no lag at all"),
        pytest.param({"stale_after_seconds": 5}, "above list_lag_seconds", id="old at once"),
        pytest.param({"silent_after_seconds": None}, "mend the file", id="a number is missing"),
    ],
)
def test_numbers_with_which_nothing_would_leave_are_refused(
    change: dict[str, float | None], says: str
) -> None:
    data = programs.read("sending.yaml")
    listening = {
        name: value for name, value in {**data["listening"], **change}.items() if value is not None
    }
    with pytest.raises(Refusal, match=says):
        read_sending({**data, "listening": listening})
