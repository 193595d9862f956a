"""The gate: every reason has a row, and no text leaves that a rule forbids."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_journeys import DAY, HOUR, NOW

from domain.gate import GateFacts, GateRules, Later, Never, Reason, Send, Verdict, judge
from domain.outbox import Purpose
from domain.quiet_hours import allowed
from runtime import programs

CARE, REPLY, SAFETY, STOP = Purpose.CARE, Purpose.REPLY, Purpose.SAFETY, Purpose.STOP
HOURS = programs.rules().hours
RULES = GateRules(HOURS, margin=timedelta(minutes=5), look_again=HOUR)
COLUMBUS = ZoneInfo("America/New_York")
CLEAR = GateFacts(
    purpose=CARE, expires_at=NOW + 3 * DAY, phone="+16145550134", number_usable=True,
    consented=True, dead=False, covered=True, journey_ended=False, held=False,
    zones=("America/New_York",), state="OH", segments=1, max_segments=2, sound=True,
    care_texts=(), open_until=None,
)  # fmt: skip


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=COLUMBUS).astimezone(UTC)


def given_(**changed: object) -> GateFacts:
    return replace(CLEAR, **changed)  # type: ignore[arg-type]


def hawaii(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Pacific/Honolulu")).astimezone(UTC)


HALF_PAST = local("2026-03-04 11:30")
EVENING = local("2026-03-04 21:30")
NINE = local("2026-03-05 09:00")
CLOSES = local("2026-03-04 19:55")


def test_a_text_nothing_speaks_against_may_leave_until_the_window_closes() -> None:
    assert judge(CLEAR, RULES, NOW) == Send(CLOSES)


def test_it_may_not_leave_after_it_expires() -> None:
    assert judge(given_(expires_at=NOW + HOUR), RULES, NOW) == Send(NOW + HOUR)


@pytest.mark.parametrize(
    ("facts", "reason", "despite"),
    [
        pytest.param(given_(phone=None), Reason.NO_NUMBER, set(), id="no number"),
        pytest.param(
            given_(number_usable=False), Reason.BAD_NUMBER, {STOP},
            id="a number that is dead or somebody else's",
        ),
        pytest.param(
            given_(reassigned=True), Reason.REASSIGNED, {REPLY, SAFETY, STOP},
            id="a number that has gone to somebody else",
        ),
        pytest.param(
            given_(part2=True), Reason.PART2_CONSENT, set(),
            id="words that rest on substance-use records",
        ),
        pytest.param(
            given_(unsafe=True), Reason.UNSAFE, {SAFETY},
            id="a number at which a text may bring the member into danger",
        ),
        pytest.param(given_(dead=True), Reason.DECEASED, set(), id="a member who has died"),
        pytest.param(
            given_(consented=False), Reason.OPTED_OUT, {STOP},
            id="after a stop only its confirmation leaves",
        ),
        pytest.param(
            given_(confirms_stop=True), Reason.SUPERSEDED, {CARE, REPLY, SAFETY},
            id="the confirmation of a stop that a start took back",
        ),
        pytest.param(
            given_(consented=None), Reason.NO_CONSENT, {STOP, SAFETY},
            id="without a consent on file",
        ),
        pytest.param(
            given_(covered=False), Reason.NOT_COVERED, {REPLY, SAFETY, STOP},
            id="without coverage nothing of ours leaves, answers do",
        ),
        pytest.param(
            given_(journey_ended=True), Reason.JOURNEY_ENDED, {REPLY, SAFETY, STOP},
            id="after the journey's end nothing of ours leaves, answers do",
        ),
        pytest.param(given_(expires_at=NOW), Reason.EXPIRED, set(), id="its time has passed"),
        pytest.param(
            given_(segments=None), Reason.NO_TEMPLATE, set(), id="no text in the member's language"
        ),
        pytest.param(given_(sound=False), Reason.BAD_CONTENT, set(), id="a text nobody may say"),
        pytest.param(given_(segments=3), Reason.TOO_LONG, set(), id="a text too long"),
    ],
)  # fmt: skip
def test_what_never_leaves(facts: GateFacts, reason: Reason, despite: set[Purpose]) -> None:
    for purpose in Purpose:
        verdict = judge(replace(facts, purpose=purpose), RULES, NOW)
        if purpose in despite:
            assert isinstance(verdict, Send), purpose
        else:
            assert verdict == Never(reason), purpose


def test_a_text_leaves_no_later_than_the_hours_called_safe() -> None:
    safe = given_(safe_hours=(time(9), time(12)))
    assert judge(safe, RULES, NOW) == Send(local("2026-03-04 11:55"))


def test_safe_hours_in_which_no_text_may_leave_are_never() -> None:
    early = given_(safe_hours=(time(6), time(8)))
    assert judge(early, RULES, NOW) == Never(Reason.NO_HOURS)


def test_no_hour_in_any_zone_is_never() -> None:
    nowhere = given_(zones=("Asia/Shanghai", "America/New_York"))
    assert judge(nowhere, RULES, NOW) == Never(Reason.NO_HOURS)


@pytest.mark.parametrize(
    ("facts", "now", "reason", "at", "despite"),
    [
        pytest.param(
            given_(held=True), NOW, Reason.HELD, NOW + HOUR, {SAFETY, STOP},
            id="on hold it is looked at again",
        ),
        pytest.param(
            given_(reassigned=None), NOW, Reason.UNCHECKED, NOW + HOUR, {REPLY, SAFETY, STOP},
            id="where nobody can say whose the number is",
        ),
        pytest.param(
            given_(safe_hours=(time(17), time(21))), NOW, Reason.SAFE_HOURS,
            local("2026-03-04 17:00"), {SAFETY, STOP}, id="it waits for the hours called safe",
        ),
        pytest.param(
            given_(safe_hours=(time(6), time(10))), local("2026-03-04 10:30"), Reason.SAFE_HOURS,
            NINE, {SAFETY, STOP}, id="and for the next day's, no earlier than any text may leave",
        ),
        pytest.param(
            CLEAR, EVENING, Reason.QUIET_HOURS, NINE, {SAFETY, STOP},
            id="in the evening it waits for the morning",
        ),
        pytest.param(
            CLEAR, CLOSES - timedelta(minutes=5), Reason.QUIET_HOURS, NINE, {SAFETY, STOP},
            id="the window's last minutes are left free",
        ),
        pytest.param(
            given_(zones=("America/New_York", "America/Los_Angeles")),
            local("2026-03-04 10:00"), Reason.QUIET_HOURS, local("2026-03-04 12:00"),
            {SAFETY, STOP}, id="the hours of every zone the member may be in hold",
        ),
        pytest.param(
            given_(asks=True, open_until=NOW + 2 * DAY), NOW, Reason.OPEN_PROMPT, NOW + HOUR,
            {SAFETY, STOP}, id="a question waits for somebody else's",
        ),
        pytest.param(
            given_(asks=True, open_until=NOW + timedelta(minutes=10)), NOW, Reason.OPEN_PROMPT,
            NOW + timedelta(minutes=10), {SAFETY, STOP}, id="and no longer than that one is open",
        ),
        pytest.param(
            given_(asks=True, open_until=EVENING + HOUR), EVENING, Reason.OPEN_PROMPT, NINE,
            {SAFETY, STOP}, id="and for the hours",
        ),
        pytest.param(
            given_(care_texts=(NOW - HOUR,)), NOW, Reason.DAY_CAP, NINE, {REPLY, SAFETY, STOP},
            id="one text of ours a day, the next in the morning",
        ),
        pytest.param(
            given_(care_texts=(local("2026-03-04 00:30"),)), NOW, Reason.DAY_CAP, NINE,
            {REPLY, SAFETY, STOP}, id="a day is the recipient's calendar day",
        ),
        pytest.param(
            given_(care_texts=tuple(NOW - back * DAY for back in (2, 4, 6))), NOW,
            Reason.WEEK_CAP, NOW + DAY + timedelta(seconds=1), {REPLY, SAFETY, STOP},
            id="three in any seven days, free when the oldest is a week old",
        ),
        pytest.param(
            given_(care_texts=tuple(NOW - back * DAY for back in (1, 2, 3, 4))), NOW,
            Reason.WEEK_CAP, local("2026-03-08 12:00"), {REPLY, SAFETY, STOP},
            id="of four the second oldest frees a place, on a Sunday at noon",
        ),
    ],
)  # fmt: skip
def test_what_leaves_later(
    facts: GateFacts, now: datetime, reason: Reason, at: datetime, despite: set[Purpose]
) -> None:
    for purpose in Purpose:
        asked = replace(facts, purpose=purpose, expires_at=now + 7 * DAY)
        verdict = judge(asked, RULES, now)
        if purpose in despite:
            assert isinstance(verdict, Send), purpose
        else:
            assert verdict == Later(at, reason), purpose


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(
            given_(care_texts=(local("2026-03-03 23:50"),)), id="a text of yesterday evening"
        ),
        pytest.param(
            given_(care_texts=tuple(HALF_PAST - back * DAY for back in (1, 2, 7))),
            id="one that is a week old to the second",
        ),
        pytest.param(given_(asks=True, open_until=HALF_PAST), id="a question just closed"),
        pytest.param(given_(open_until=NOW + DAY), id="a question open, for a text that asks none"),
        pytest.param(given_(segments=2), id="as many segments as allowed"),
    ],
)
def test_what_may_leave_now(facts: GateFacts) -> None:
    assert isinstance(judge(facts, RULES, HALF_PAST), Send)


def test_the_hours_of_the_members_state_hold() -> None:
    rhode_island = given_(state="RI", expires_at=NOW + 9 * DAY)
    afternoon, evening = local("2026-03-06 17:00"), local("2026-03-06 18:30")
    assert judge(rhode_island, RULES, afternoon) == Send(local("2026-03-06 17:55"))
    ten = local("2026-03-07 10:00")
    assert judge(rhode_island, RULES, evening) == Later(ten, Reason.QUIET_HOURS)


def test_a_text_of_the_same_evening_counts_though_it_is_tomorrow_in_utc() -> None:
    facts = given_(
        zones=("Pacific/Honolulu",), state=None, care_texts=(hawaii("2026-03-04 09:30"),)
    )
    verdict = judge(facts, RULES, hawaii("2026-03-04 16:00"))
    assert verdict == Later(hawaii("2026-03-05 09:00"), Reason.DAY_CAP)


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",)], ids=["none known", "none heard of"])
def test_where_the_zone_is_unknown_a_text_waits_until_it_is_day_in_hawaii(
    zones: tuple[str, ...],
) -> None:
    facts = given_(zones=zones, state=None)
    two = local("2026-03-04 14:00")
    assert judge(facts, RULES, local("2026-03-04 11:30")) == Later(two, Reason.QUIET_HOURS)
    assert isinstance(judge(facts, RULES, two), Send)


def test_an_answer_to_danger_does_not_wait_for_the_morning() -> None:
    assert judge(given_(purpose=SAFETY), RULES, EVENING) == Send(EVENING + HOUR)


def test_every_reason_has_a_row() -> None:
    never = {Reason.CLEAR, Reason.NO_HOURS}
    tables = (test_what_never_leaves, test_what_leaves_later)
    rows = {
        value
        for table in tables
        for mark in table.pytestmark  # type: ignore[attr-defined]
        for row in mark.args[1]
        for value in row.values
        if isinstance(value, Reason)
    }
    assert rows | never == set(Reason)


MOMENTS = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2027-12-31"),
    timezones=st.just(UTC),
)
ZONES = st.lists(
    st.sampled_from(
        ["America/New_York", "America/Chicago", "America/Los_Angeles", "America/Phoenix",
         "Pacific/Honolulu", "Mars/Olympus"]
    ), max_size=2,
)  # fmt: skip


@st.composite
def situations(draw: st.DrawFn) -> tuple[GateFacts, datetime]:
    """Anything that may be true of a text, and a moment of two years."""
    now = draw(MOMENTS)
    ago = st.timedeltas(timedelta(0), timedelta(days=8)).map(lambda by: now - by)
    near = st.timedeltas(timedelta(days=-1), timedelta(days=4)).map(lambda by: now + by)
    usually = st.sampled_from([False] * 5 + [True])
    facts = GateFacts(
        purpose=draw(st.sampled_from(Purpose)), expires_at=draw(near),
        phone=draw(st.sampled_from([None, "+16145550134", "+16145550134"])),
        number_usable=not draw(usually), consented=draw(st.sampled_from([True, True, False, None])),
        dead=draw(usually), covered=not draw(usually), journey_ended=draw(usually),
        held=draw(usually), zones=draw(ZONES),
        state=draw(st.sampled_from([None, "OH", "TX", "RI", "AL", "KY"])),
        segments=draw(st.sampled_from([None, 1, 1, 1, 3])), max_segments=2,
        sound=not draw(usually), care_texts=draw(st.lists(ago, max_size=4)),
        open_until=draw(st.none() | near), asks=draw(st.booleans()),
        confirms_stop=draw(st.booleans()),
    )  # fmt: skip
    return facts, now


def judged(situation: tuple[GateFacts, datetime]) -> Verdict:
    return judge(situation[0], RULES, situation[1])


@given(situations())
def test_nothing_leaves_against_consent_death_number_or_content(
    situation: tuple[GateFacts, datetime],
) -> None:
    facts, _ = situation
    if isinstance(judged(situation), Send):
        assert facts.phone
        assert facts.sound
        assert facts.segments is not None
        assert facts.segments <= facts.max_segments
        assert not facts.dead
        assert facts.purpose is STOP or (facts.consented is not False and facts.number_usable)
        assert facts.consented or facts.purpose in (SAFETY, STOP)


@given(situations())
def test_no_text_of_ours_and_no_reply_leaves_outside_the_hours(
    situation: tuple[GateFacts, datetime],
) -> None:
    facts, now = situation
    verdict = judged(situation)
    if isinstance(verdict, Send) and facts.purpose in (CARE, REPLY):
        last = verdict.until - timedelta(seconds=1)
        for moment in (now, last):
            assert allowed(moment, facts.zones, facts.state, HOURS)
        assert not facts.held
        assert verdict.until <= facts.expires_at


@given(situations())
def test_the_caps_hold_for_every_text_of_ours(situation: tuple[GateFacts, datetime]) -> None:
    facts, now = situation
    if isinstance(judged(situation), Send) and facts.purpose is CARE:
        zone = ZoneInfo(facts.zones[0]) if facts.zones[:1] not in ([], ["Mars/Olympus"]) else None
        week = [at for at in facts.care_texts if at > now - 7 * DAY]
        assert len(week) < HOURS.per_week
        if zone:
            days = [at.astimezone(zone).date() for at in facts.care_texts]
            assert days.count(now.astimezone(zone).date()) < HOURS.per_day


@given(situations())
def test_what_leaves_later_is_looked_at_later_and_at_an_allowed_hour(
    situation: tuple[GateFacts, datetime],
) -> None:
    facts, now = situation
    verdict = judged(situation)
    if isinstance(verdict, Later):
        assert verdict.at > now
        if verdict.reason is not Reason.HELD:
            assert allowed(verdict.at, facts.zones, facts.state, HOURS)
