"""How fast a sender may send, how much a day, and whose turn it is among the programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from domain.outbox import Purpose

SENDER = "main"
"""The one sender there is."""
NEVER_HELD = frozenset({Purpose.SAFETY, Purpose.STOP})
"""They leave whatever is held: who cries for help, or says STOP, is answered."""


@dataclass(frozen=True, slots=True)
class SenderPlan:
    """What the networks take from a sender, counted in segments."""

    per_second: float
    burst: float
    per_day: int
    day_in: ZoneInfo
    kept_for_replies: int
    """Of a day's segments: texts begun by us leave these to answers."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "SenderPlan":
        """ValueError, in a sentence, for numbers with which nothing would ever leave."""
        plan = cls(
            per_second=float(data["segments_per_second"]),
            burst=float(data["burst_segments"]),
            per_day=int(data["segments_per_day"]),
            day_in=ZoneInfo(data["day_in"]),
            kept_for_replies=int(data["kept_for_replies"]),
        )
        if plan.per_second <= 0 or plan.burst < 1 or plan.per_day <= plan.kept_for_replies:
            raise ValueError(
                "a sender needs segments_per_second above 0, burst_segments of 1 or more, and "
                "segments_per_day above kept_for_replies"
            )
        return plan


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a sender may still use. A text may take it below zero: the next ones wait longer."""

    tokens: float
    at: datetime
    day: date
    spent: int = 0
    """Segments of that day."""
    turn: float = 0.0
    """How far the turns of the programs have come."""


def full(plan: SenderPlan, now: datetime) -> Bucket:
    return Bucket(plan.burst, now, now.astimezone(plan.day_in).date())


def filled(bucket: Bucket, plan: SenderPlan, now: datetime) -> Bucket:
    """The bucket as it is by now; a clock that went back fills nothing."""
    seconds = max((now - bucket.at).total_seconds(), 0.0)
    today = now.astimezone(plan.day_in).date()
    return replace(
        bucket,
        tokens=min(plan.burst, bucket.tokens + seconds * plan.per_second),
        at=max(now, bucket.at),
        day=today,
        spent=bucket.spent if bucket.day == today else 0,
    )


def held_until(
    bucket: Bucket, plan: SenderPlan, purpose: Purpose, now: datetime
) -> datetime | None:
    """When a text of this purpose may leave; None: now."""
    if purpose in NEVER_HELD:
        return None
    here = filled(bucket, plan, now)
    kept = plan.kept_for_replies if purpose is Purpose.CARE else 0
    if here.spent >= plan.per_day - kept:
        tomorrow = datetime.combine(here.day + timedelta(days=1), datetime.min.time(), plan.day_in)
        return tomorrow.astimezone(now.tzinfo)
    if here.tokens < 1:
        return now + timedelta(seconds=(1 - here.tokens) / plan.per_second)
    return None


def spend(bucket: Bucket, plan: SenderPlan, segments: int, now: datetime) -> Bucket:
    here = filled(bucket, plan, now)
    return replace(here, tokens=here.tokens - segments, spent=here.spent + segments)


@dataclass(frozen=True, slots=True)
class Shares:
    """Turns in proportion to weights, among the programs that have something to send.

    A program that had nothing for a while does not get its silence back: its turn starts where the
    others' have come to.
    """

    programs: Sequence[str]
    weights: Mapping[str, float] = field(default_factory=dict)

    def order(self, used: Mapping[str, float], turn: float) -> Sequence[str]:
        """Who is first asked for a text, who next."""
        return sorted(
            self.programs,
            key=lambda name: (max(used.get(name, 0.0), turn), used.get(name, 0.0), name),
        )

    def turns(
        self, used: Mapping[str, float], turn: float, waiting: Mapping[str, int]
    ) -> Sequence[str]:
        """A program's name for each of its waiting texts, in the order of the turns.

        Every text counts as one segment here; what it really uses is charged when it leaves.
        """
        left = {name: number for name, number in waiting.items() if number}
        account, order = dict(used), list[str]()
        while left:
            name = next(each for each in self.order(account, turn) if each in left)
            account[name], turn = self.charge(account, turn, name, 1)
            left[name] -= 1
            if not left[name]:
                del left[name]
            order.append(name)
        return order

    def charge(
        self, used: Mapping[str, float], turn: float, program: str, segments: int
    ) -> tuple[float, float]:
        """The program's own account after a text, and how far the turns have come."""
        start = max(used.get(program, 0.0), turn)
        return start + segments / self.weights.get(program, 1.0), start
