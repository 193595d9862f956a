"""What a note asks, and what it must leave unsaid."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from note_make import ALLOWED, MOUD, NOTE, note

from domain.note_medicines import in_use, is_late
from domain.note_requests import Limit, RequestRule, requests, signals
from domain.notes import (
    ConditionLine,
    CoordinationNote,
    DraftNote,
    Finding,
    GlucoseReading,
    MedicationLine,
    NeedLine,
    PressureReading,
    Request,
    disclosable,
)

TODAY = date(2026, 11, 24)
WEEK = timedelta(days=7)
PRESSURE = RequestRule(
    "review-blood-pressure",
    "Review antihypertensive therapy.",
    (Limit("systolic_average", at_least=140), Limit("diastolic_average", at_least=90)),
)
LOW_SUGAR = RequestRule("review-low-glucose", "Review.", (Limit("glucose_average", below=70),))
LATE = RequestRule("renew", "Renew.", (Limit("days_late", at_least=7),))
RULES = (PRESSURE, LOW_SUGAR, LATE)


def pressures(*numbers: tuple[int, int], on: date = TODAY) -> list[PressureReading]:
    return [PressureReading(on, systolic, diastolic) for systolic, diastolic in numbers]


def glucoses(*numbers: int) -> list[GlucoseReading]:
    return [GlucoseReading(TODAY, number) for number in numbers]


def late(days: int) -> MedicationLine:
    return MedicationLine("Lisinopril", None, TODAY - timedelta(days=30 + days), 30)


def raised(
    pressed: list[PressureReading] | None = None,
    sugars: list[GlucoseReading] | None = None,
    medicines: list[MedicationLine] | None = None,
    enough: int = 3,
) -> list[str]:
    known = signals(
        pressed or [],
        sugars or [],
        medicines or [],
        today=TODAY,
        window=WEEK,
        enough_readings=enough,
    )
    return [request.id for request in requests(RULES, known)]


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [
        pytest.param(pressures((150, 80), (140, 80), (130, 80)), True, id="at the systolic limit"),
        pytest.param(pressures((149, 80), (140, 80), (130, 80)), False, id="just below it"),
        pytest.param(pressures((120, 95), (120, 90), (120, 85)), True, id="at the diastolic limit"),
        pytest.param(pressures((180, 110), (180, 110)), False, id="too few readings to judge by"),
        pytest.param([], False, id="no reading at all"),
        pytest.param(
            pressures((180, 110), (180, 110), (180, 110), on=TODAY - WEEK),
            False,
            id="all of them older than the window",
        ),
        pytest.param(
            pressures((180, 110), (180, 110), (180, 110), on=TODAY - WEEK + timedelta(days=1)),
            True,
            id="on the first day of the window",
        ),
        pytest.param(
            pressures((180, 110), (180, 110), (180, 110), on=TODAY + timedelta(days=1)),
            False,
            id="dated tomorrow",
        ),
        pytest.param(
            pressures((150, 80), (150, 80), (150, 80))
            + pressures((90, 60), (90, 60), (90, 60), on=TODAY - timedelta(days=30)),
            True,
            id="an old low month does not hide a high week",
        ),
    ],
)
def test_an_average_pressure_over_the_limit_asks_for_a_review(
    pressed: list[PressureReading], expected: bool
) -> None:
    assert ("review-blood-pressure" in raised(pressed)) is expected


@pytest.mark.parametrize(
    ("sugars", "expected"),
    [
        pytest.param(glucoses(69, 70, 70), True, id="an average below the limit"),
        pytest.param(glucoses(70, 70, 70), False, id="an average at the limit is not below it"),
        pytest.param(glucoses(40, 40), False, id="too few readings to judge by"),
    ],
)
def test_a_limit_can_lie_below(sugars: list[GlucoseReading], expected: bool) -> None:
    assert ("review-low-glucose" in raised(None, sugars)) is expected


@pytest.mark.parametrize(
    ("medicines", "expected"),
    [
        pytest.param([late(7)], True, id="a week without supply"),
        pytest.param([late(6)], False, id="six days without supply"),
        pytest.param([late(-20), late(9)], True, id="one late medicine among others"),
        pytest.param([late(-20)], False, id="supply in hand"),
        pytest.param([], False, id="no medicine known"),
    ],
)
def test_a_late_refill_asks_for_a_renewal(medicines: list[MedicationLine], expected: bool) -> None:
    assert ("renew" in raised(None, None, medicines)) is expected


def test_requests_come_in_the_order_of_their_rules_with_their_words() -> None:
    known = {"systolic_average": 150.0, "days_late": 12.0}
    assert requests(RULES, known) == (
        Request("review-blood-pressure", "Review antihypertensive therapy."),
        Request("renew", "Renew."),
    )
    assert [r.id for r in requests(reversed(RULES), known)] == ["renew", "review-blood-pressure"]


def test_a_rule_without_limits_is_always_raised() -> None:
    assert requests([RequestRule("medication-list", "Confirm the list.", ())], {}) == (
        Request("medication-list", "Confirm the list."),
    )


def test_a_late_part_2_medicine_raises_no_request_that_lacks_its_label() -> None:
    known = signals([], [], [late(2), MOUD], today=TODAY, window=WEEK, enough_readings=3)
    assert known == {"days_late": 2.0, "days_late_part2": 7.0}
    assert requests([LATE], known) == ()


def test_a_request_from_a_part_2_rule_carries_the_label() -> None:
    rule = RequestRule("moud", "Call.", (Limit("days_late", at_least=7),), part2=True)
    assert requests([rule], {"days_late": 8})[0].part2 is True


@given(
    st.lists(st.tuples(st.integers(60, 260), st.integers(30, 150)), max_size=8),
    st.integers(1, 8),
)
def test_more_readings_asked_for_never_raise_more_requests(
    numbers: list[tuple[int, int]], enough: int
) -> None:
    strict = raised(pressures(*numbers), enough=enough + 1)
    assert set(strict) <= set(raised(pressures(*numbers), enough=enough))


PART2_FINDING = Finding("Buprenorphine is 8 days late.", TODAY, part2=True)
PART2_CONDITION = ConditionLine("F11.20", "icd-10-cm", "Opioid dependence", part2=True)
PART2_REQUEST = Request("moud-gap", "Please call about the gap.", part2=True)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(note(findings=(*NOTE.findings, PART2_FINDING)), id="a finding"),
        pytest.param(note(conditions=(*NOTE.conditions, PART2_CONDITION)), id="a condition"),
        pytest.param(note(medications=(*NOTE.medications, MOUD)), id="a medicine"),
        pytest.param(note(requests=(*NOTE.requests, PART2_REQUEST)), id="a request"),
    ],
)
def test_a_part_2_record_leaves_with_consent_and_notice_or_not_at_all(
    told: CoordinationNote,
) -> None:
    with_consent = disclosable(DraftNote(told), ALLOWED)
    without = disclosable(DraftNote(told), None)
    assert with_consent == replace(told, permission=ALLOWED)
    assert told.part2_notice is True
    assert without == NOTE
    assert NOTE.part2_notice is False


def test_a_note_whose_reason_is_a_part_2_record_is_not_written_without_consent() -> None:
    told = note(why_now=PART2_FINDING)
    assert told.part2_notice is True
    assert disclosable(DraftNote(told), None) is None
    assert disclosable(DraftNote(told), ALLOWED) == replace(told, permission=ALLOWED)


def test_a_note_with_nothing_left_to_ask_is_not_written() -> None:
    assert disclosable(DraftNote(note(requests=(PART2_REQUEST,))), None) is None
    assert disclosable(DraftNote(note(requests=())), ALLOWED) is None


def test_needs_are_told_only_where_the_member_agreed() -> None:
    kept = NeedLine("food", "Worries about food.", agreed=True)
    private = NeedLine("utilities", "Power may be shut off.")
    said = disclosable(DraftNote(note(needs=(kept, private))), ALLOWED)
    assert said is not None
    assert said.needs == (kept,)
    assert NeedLine("x", "y").agreed is False


def test_a_medicine_runs_out_on_the_first_day_without_supply() -> None:
    assert MedicationLine("x", None, date(2026, 1, 1), 30).runs_out == date(2026, 1, 31)


def filled(name: str, days_ago: int, supply: int = 30, *, long_term: bool = True) -> MedicationLine:
    return MedicationLine(name, None, TODAY - timedelta(days=days_ago), supply, long_term=long_term)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([filled("a", 20), filled("b", 5)], ["b", "a"], id="the newest fill leads"),
        pytest.param(
            [filled("A", 50), filled("a", 20)], ["a"], id="two packs of one medicine are one line"
        ),
        pytest.param([filled("a", 120)], ["a"], id="ended ninety days ago, still listed"),
        pytest.param([filled("a", 121)], [], id="ended longer ago, taken for stopped"),
        pytest.param(
            [filled("a", 121), filled("a", 400)], [], id="an older fill does not bring it back"
        ),
        pytest.param([filled("a", 121, 90)], ["a"], id="what counts is when the supply ended"),
    ],
)
def test_the_list_holds_what_is_in_use(lines: list[MedicationLine], expected: list[str]) -> None:
    listed = in_use(lines, today=TODAY, window=timedelta(days=90))
    assert [line.ingredient for line in listed] == expected


def test_a_short_course_that_ended_is_no_late_refill() -> None:
    course = filled("amoxicillin", 30, 10, long_term=False)
    assert raised(medicines=[course]) == []
    assert not is_late(course, TODAY)
