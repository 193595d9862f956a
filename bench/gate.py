"""Asks the gate and its reference the same million questions: every American zone and state rule,
the days about both clock changes, ten years.

PYTHONPATH=tests:. .venv/bin/python bench/gate.py [--seed N] [--moments N]
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random
from time import perf_counter

from gate_reference import DAY, EPOCH, ZONES, decide, instant, plain, seconds
from gate_situations import CLOSE, HOMES, YEARS, change_days, moment, situation

from domain.gate import GateFacts, GateRules, judge
from runtime import programs

RULES = GateRules(programs.rules().hours, timedelta(minutes=5), timedelta(hours=1))
HOURS = (0, *range(8, 22), 9, 12, 18, 20)
SHOWN = 5


def questions(seed: int, moments: int) -> Iterator[tuple[GateFacts, datetime]]:
    """Half of the moments lie about a whole hour or the margin before it, half anywhere."""
    draw = Random(seed)
    places: list[tuple[str, ...]] = [(), ("Mars/Olympus",), *((zone,) for zone in ZONES)]
    for where, home, year in product(places, HOMES, YEARS):
        zone = where[0] if where and where[0] in ZONES else "America/New_York"
        for day in change_days(year):
            for number in range(moments):
                now = (day - EPOCH) * DAY + draw.randrange(DAY)
                if number % 2:
                    now = instant(zone, day, draw.choice(HOURS)) + draw.choice(CLOSE)
                second = draw.choice([*ZONES]) if number % 8 == 0 else None
                both = (*where, second) if second else where
                yield situation(draw, now, both, home), moment(now)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--moments", type=int, default=34, help="a day, zone and state")
    asked = parser.parse_args()
    said: Counter[str] = Counter()
    disagreed, begun = 0, perf_counter()
    for facts, now in questions(asked.seed, asked.moments):
        expected, found = decide(facts, seconds(now)), plain(judge(facts, RULES, now))
        said[expected[2]] += 1
        if found != expected:
            disagreed += 1
            if disagreed <= SHOWN:
                sys.stdout.write(f"{now} {facts}: gate {found}, reference {expected}\n")
    sys.stdout.write(
        f"{sum(said.values()):,} decisions, {disagreed:,} disagreements, "
        f"{perf_counter() - begun:.0f} s\n"
        + ", ".join(f"{reason} {number:,}" for reason, number in said.most_common())
        + "\n"
    )
    return 1 if disagreed else 0


if __name__ == "__main__":
    sys.exit(main())
