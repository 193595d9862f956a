"""The gate against a second one, differently written, over ten years of American clocks."""

from collections import Counter
from random import Random

import pytest
from gate_reference import (
    DAY,
    EPOCH,
    HOUR,
    ZONES,
    decide,
    offset,
    plain,
    seconds,
)
from gate_situations import YEARS, any_situation, change_days, moment
from test_gate_rules import RULES

from domain.gate import Reason, judge
from domain.quiet_hours import next_allowed, window_end
from runtime import programs

HOURS = programs.rules().hours
DECISIONS = 20_000
SEED = 20_261_124
EVERYWHERE = sorted(set(ZONES) - {"Pacific/Guam", "Pacific/Saipan", "Pacific/Pago_Pago"})
"""The states, Puerto Rico and the Virgin Islands: where a number of no known zone may be."""


def test_twenty_thousand_decisions_are_those_of_the_reference() -> None:
    draw = Random(SEED)
    reasons: Counter[str] = Counter()
    for _ in range(DECISIONS):
        facts, now = any_situation(draw)
        expected = decide(facts, seconds(now))
        reasons[expected[2]] += 1
        assert plain(judge(facts, RULES, now)) == expected, (facts, now)
    # A reason that is hardly ever reached would be compared in name only.
    assert {reason for reason in Reason if reasons[reason] < 20} == set()
    assert reasons["clear"] > DECISIONS / 10


@pytest.mark.parametrize("year", YEARS)
def test_a_zone_unknown_opens_only_when_it_is_day_in_every_state(year: int) -> None:
    for day in [*change_days(year), change_days(year)[0] + 90, change_days(year)[0] - 40]:
        noon = moment((day - EPOCH) * DAY + 12 * HOUR)
        opens = seconds(next_allowed(noon, (), None, HOURS))
        closes = seconds(window_end(noon, (), None, HOURS))
        for zone in EVERYWHERE:
            for second in (opens, closes - 1):
                hour = (second + offset(zone, second)) % DAY / HOUR
                assert 8 <= hour < 21, (zone, year)
