import calendar
import copy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from domain.quiet_hours import (
    CLOSED,
    ContactHours,
    DayWindows,
    Holiday,
    NeverAllowed,
    allowed,
    next_allowed,
    window_end,
    zones_of_number,
)

PROGRAMS = Path(__file__).parents[1] / "programs"
DATA: dict[str, Any] = yaml.safe_load((PROGRAMS / "contact_rules.yaml").read_text("utf-8"))
AREA_CODES = yaml.safe_load((PROGRAMS / "area_codes.yaml").read_text("utf-8"))["area_codes"]
RULES = ContactHours.from_data(DATA)
CAUTIOUS = replace(RULES, unknown_zone="America/New_York", unknown_window=(time(12), time(16)))
EASTERN, CENTRAL, PACIFIC = "America/New_York", "America/Chicago", "America/Los_Angeles"
HONOLULU, PHOENIX = "Pacific/Honolulu", "America/Phoenix"
ZONES = sorted(
    {zone for zones in AREA_CODES.values() for zone in zones} - {"Pacific/Guam", "Pacific/Saipan"}
)


def local(zone: str, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "at", "state", "expected"),
    [
        pytest.param(EASTERN, "2026-03-03 08:59", None, False, id="before the default morning"),
        pytest.param(EASTERN, "2026-03-03 09:00", None, True, id="on the stroke of nine"),
        pytest.param(EASTERN, "2026-03-03 19:54", None, True, id="in the evening"),
        pytest.param(EASTERN, "2026-03-03 19:55", None, False, id="inside the margin"),
        pytest.param(EASTERN, "2026-03-01 11:59", None, False, id="Sunday morning"),
        pytest.param(EASTERN, "2026-03-01 12:00", None, True, id="Sunday noon"),
        pytest.param(EASTERN, "2026-03-01 18:00", None, False, id="Sunday evening"),
        pytest.param(EASTERN, "2026-03-03 18:30", "RI", False, id="Rhode Island after six"),
        pytest.param(EASTERN, "2026-03-07 09:30", "RI", False, id="Rhode Island early Saturday"),
        pytest.param(EASTERN, "2026-03-03 09:30", "KY", False, id="Kentucky before ten"),
        pytest.param(CENTRAL, "2026-03-01 13:00", "AL", False, id="Alabama on a Sunday"),
        pytest.param(CENTRAL, "2026-03-01 13:00", "TX", True, id="Texas on a Sunday"),
        pytest.param(CENTRAL, "2026-03-01 13:00", "MS", False, id="Mississippi on a Sunday"),
        pytest.param(EASTERN, "2026-11-26 13:00", None, False, id="Thanksgiving"),
        pytest.param(EASTERN, "2026-01-19 13:00", None, False, id="Martin Luther King day"),
        pytest.param(EASTERN, "2026-05-25 13:00", None, False, id="Memorial day, the last Monday"),
        pytest.param(EASTERN, "2026-05-18 13:00", None, True, id="the Monday before it"),
        pytest.param(EASTERN, "2026-07-04 13:00", None, False, id="Independence day"),
        pytest.param(EASTERN, "2026-03-08 12:00", None, True, id="the day clocks go forward"),
        pytest.param(EASTERN, "2026-03-09 09:00", None, True, id="the morning after it"),
        pytest.param(EASTERN, "2026-11-01 17:54", None, True, id="the day clocks go back"),
        pytest.param(PHOENIX, "2026-07-07 09:00", None, True, id="Arizona in summer"),
    ],
)
def test_hours_in_one_zone(zone: str, at: str, state: str | None, expected: bool) -> None:
    assert allowed(local(zone, at), [zone], state, RULES) is expected


@pytest.mark.parametrize(
    ("at", "zones", "expected"),
    [
        pytest.param("2026-03-03 08:00", [EASTERN], "2026-03-03 09:00", id="waits for morning"),
        pytest.param("2026-03-03 20:30", [EASTERN], "2026-03-04 09:00", id="waits for tomorrow"),
        pytest.param("2026-02-28 20:30", [EASTERN], "2026-03-01 12:00", id="Saturday night"),
        pytest.param("2026-03-03 09:30", [EASTERN, PACIFIC], "2026-03-03 12:00", id="both coasts"),
        pytest.param("2026-03-03 20:30", [EASTERN, HONOLULU], "2026-03-04 14:00", id="Hawaii"),
        pytest.param("2026-03-03 10:00", [], "2026-03-03 14:00", id="no zone known"),
        pytest.param("2026-03-03 09:30", ["Mars/Olympus"], "2026-03-03 14:00", id="a wrong zone"),
        pytest.param("2026-11-25 20:30", [EASTERN], "2026-11-27 09:00", id="over Thanksgiving"),
        pytest.param("2026-03-03 12:34", [EASTERN], "2026-03-03 12:34", id="already allowed"),
        pytest.param("2026-03-03 19:55", [EASTERN], "2026-03-04 09:00", id="at the very end"),
    ],
)
def test_next_allowed(at: str, zones: list[str], expected: str) -> None:
    assert next_allowed(local(EASTERN, at), zones, None, RULES) == local(EASTERN, expected)


def test_window_ends_where_the_first_zone_closes() -> None:
    noon = local(EASTERN, "2026-03-03 13:00")
    assert window_end(noon, [EASTERN, PACIFIC], None, RULES) == local(EASTERN, "2026-03-03 19:55")
    night = local(EASTERN, "2026-03-03 23:00")
    assert window_end(night, [EASTERN], "RI", RULES) == local(EASTERN, "2026-03-04 17:55")


def test_the_window_of_a_place_unknown_ends_early() -> None:
    noon = local(EASTERN, "2026-03-03 13:00")
    assert window_end(noon, [], None, RULES) == local(EASTERN, "2026-03-03 19:55")
    assert window_end(noon, ["Mars/Olympus"], None, CAUTIOUS) == local(EASTERN, "2026-03-03 15:55")


def test_zones_with_no_common_hour_need_a_person() -> None:
    with pytest.raises(NeverAllowed, match=r"^no hour of the next three weeks is allowed in all"):
        next_allowed(local(EASTERN, "2026-03-03 13:00"), [HONOLULU, "Europe/Moscow"], None, RULES)


def test_rules_that_close_every_day_need_a_person() -> None:
    shut = replace(RULES, default=DayWindows((CLOSED,) * 7))
    with pytest.raises(NeverAllowed):
        next_allowed(local(EASTERN, "2026-03-03 13:00"), [EASTERN], None, shut)


def test_the_file_is_read_as_it_is_written() -> None:
    # Again here: what is read while tests are collected is read before anything is tried on it.
    rules = ContactHours.from_data(DATA)
    assert rules == RULES
    assert (rules.per_day, rules.per_week) == (1, 3)
    assert rules.unknown_zone == DATA["unknown_zone"]["zone"]
    assert [f"{edge:%H:%M}" for edge in rules.unknown_window] == DATA["unknown_zone"]["window"]
    assert Holiday(7, 4, None, None) in rules.holidays


@pytest.mark.parametrize(
    ("month", "weekday", "nth"), [(1, 0, 3), (9, 0, 1), (11, 3, 4), (5, 0, -1)]
)
def test_a_holiday_is_the_nth_weekday_of_its_month(month: int, weekday: int, nth: int) -> None:
    holiday = Holiday(month, None, weekday, nth)
    for year in range(2024, 2044):
        days = [week[weekday] for week in calendar.monthcalendar(year, month) if week[weekday]]
        on = date(year, month, days[nth if nth < 0 else nth - 1])
        every = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        assert [day for day in every if day.year == year and holiday.falls_on(day)] == [on]


def test_holidays_can_be_like_any_other_day_or_like_a_sunday() -> None:
    thanksgiving = local(EASTERN, "2026-11-26 10:00")
    for choice, expected in (("normal", True), ("sunday", False), ("closed", False)):
        data = copy.deepcopy(DATA)
        data["holidays"]["on_federal_holidays"] = choice
        assert allowed(thanksgiving, [EASTERN], None, ContactHours.from_data(data)) is expected


def test_data_cannot_widen_the_federal_hours() -> None:
    data = copy.deepcopy(DATA)
    data["default"] = {"window": ["05:00", "23:00"]}
    data["margin_minutes"] = 0
    rules = ContactHours.from_data(data)
    assert not allowed(local(EASTERN, "2026-03-03 07:59"), [EASTERN], None, rules)
    assert allowed(local(EASTERN, "2026-03-03 08:00"), [EASTERN], None, rules)
    assert not allowed(local(EASTERN, "2026-03-03 21:00"), [EASTERN], None, rules)


def test_state_rule_does_not_hold_before_its_day() -> None:
    data = copy.deepcopy(DATA)
    data["states"]["RI"]["effective_from"] = datetime(2027, 1, 1, tzinfo=UTC).date()
    at = local(EASTERN, "2026-03-03 18:30")
    assert allowed(at, [EASTERN], "RI", ContactHours.from_data(data))
    data["states"]["RI"]["effective_from"] = at.date()
    assert not allowed(at, [EASTERN], "RI", ContactHours.from_data(data))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        pytest.param(["default", "window"], ["20:00", "09:00"], "default", id="a window backwards"),
        pytest.param(["states", "FL", "window"], [480, 1200], "state FL", id="unquoted times"),
        pytest.param(["holidays", "on_federal_holidays"], "off", "closed", id="a word unknown"),
        pytest.param(["caps", "per_day"], None, "wrong kind", id="no daily cap"),
        pytest.param(
            ["holidays", "days"],
            [{"month": 5, "weekday": "mayday", "nth": 1}],
            "^contact rules, holidays: 'mayday' is not a weekday$",
            id="no such weekday",
        ),
        pytest.param(
            ["holidays", "days"],
            [{"month": 5}],
            "^contact rules, holidays: give a day, or a weekday and its nth$",
            id="neither of two",
        ),
        pytest.param(
            ["unknown_zone", "window"],
            ["20:00", "09:00"],
            "^contact rules, unknown_zone: ",
            id="a window for nowhere, backwards",
        ),
        pytest.param(
            ["default", "window"],
            ["20:00", "09:00"],
            "^contact rules, default: ",
            id="default",
        ),
        pytest.param(
            ["holidays", "on_federal_holidays"],
            "off",
            "^contact rules, holidays: on_federal_holidays is closed, sunday or normal$",
            id="a choice unknown",
        ),
    ],
)
def test_wrong_rules_are_refused_in_a_sentence(path: list[str], value: Any, sentence: str) -> None:
    data = copy.deepcopy(DATA)
    where = data
    for name in path[:-1]:
        where = where[name]
    where[path[-1]] = value
    with pytest.raises(ValueError, match=sentence):
        ContactHours.from_data(data)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SOME_ZONES = st.lists(st.sampled_from(ZONES), max_size=3)
STATES = st.sampled_from([None, "OH", *DATA["states"]])


@given(MOMENTS, SOME_ZONES, STATES)
def test_next_allowed_is_allowed_not_past_and_the_first(
    now: datetime, zones: list[str], state: str | None
) -> None:
    at = next_allowed(now, zones, state, RULES)
    assert at >= now
    assert allowed(at, zones, state, RULES)
    assert at == now or not allowed(at - timedelta(seconds=1), zones, state, RULES)
    for quarter in range(1, 96):
        between = now + timedelta(minutes=15 * quarter)
        if between >= at:
            break
        assert not allowed(between, zones, state, RULES)


@given(MOMENTS, SOME_ZONES, STATES)
def test_window_end_is_the_first_moment_not_allowed(
    now: datetime, zones: list[str], state: str | None
) -> None:
    end = window_end(now, zones, state, RULES)
    assert allowed(end - timedelta(microseconds=1), zones, state, RULES)
    assert not allowed(end, zones, state, RULES)
    assert end - next_allowed(now, zones, state, RULES) <= timedelta(hours=13)


@given(MOMENTS, SOME_ZONES.filter(bool), STATES)
def test_never_outside_federal_hours_in_any_zone(
    now: datetime, zones: list[str], state: str | None
) -> None:
    at = next_allowed(now, zones, state, RULES)
    for zone in zones:
        assert time(8) <= at.astimezone(ZoneInfo(zone)).time() < time(21)


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        pytest.param("+16145550134", (EASTERN,), id="Ohio"),
        pytest.param("+19155550134", ("America/Denver", CENTRAL), id="El Paso has two"),
        pytest.param("+18005550134", (), id="toll-free says nothing"),
        pytest.param("+525555550134", (), id="another country"),
        pytest.param("+1614555", (), id="too short"),
        pytest.param("", (), id="no number"),
    ],
)
def test_zones_of_number(phone: str, expected: tuple[str, ...]) -> None:
    assert zones_of_number(phone, AREA_CODES) == expected


def test_every_zone_of_the_area_codes_exists() -> None:
    assert len(AREA_CODES) > 350
    for code, zones in AREA_CODES.items():
        assert len(code) == 3
        assert [ZoneInfo(zone).key for zone in zones] == zones
