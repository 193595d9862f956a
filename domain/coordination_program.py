"""The note's part of a program's YAML: when it goes, what it asks, its way and its ladder."""

import re
from collections.abc import Sequence
from typing import Any

from domain.coordination import CoordinationPlan, Ladder
from domain.note_requests import Limit, RequestRule
from domain.passage import PassagePlan
from domain.program_reader import Reader
from domain.quiet_hours import Holiday

_TELLS_NOTHING = re.compile(r"protected_[0-9]+")


def coordination_plan(read: Reader, holidays: Sequence[Holiday] = ()) -> CoordinationPlan:
    return CoordinationPlan(
        read.number("after_intake_business_days"),
        read.days("latest_after_days"),
        read.days("reply_within_days"),
        read.hours("task_within_hours"),
        tuple(_request(read, row) for row in read.value("requests")),
        read.number("enough_readings"),
        read.days("reading_window_days"),
        read.days("medicine_window_days"),
        _ladder(read),
        _passage(read.part("passage")),
        tuple(holidays),
    )


def _ladder(read: Reader) -> Ladder:
    rungs = read.part("ladder")
    ladder = Ladder(
        rungs.number("resend_after_business_days"),
        rungs.number("phone_after_business_days"),
        rungs.number("expire_after_business_days"),
    )
    if not 0 < ladder.resend < ladder.phone < ladder.expire:
        read.refuse("ladder", "a second copy, then a call, then the end, each later than the last")
    return ladder


def _passage(read: Reader) -> PassagePlan:
    return PassagePlan(
        read.number("tries"),
        read.minutes("retry_after_minutes"),
        read.minutes("settle_after_minutes"),
        read.number("looks"),
        read.minutes("result_within_minutes"),
    )


def _request(read: Reader, row: Any) -> RequestRule:
    rule = Reader(row, f"{read.where}, a request")
    limits = tuple(
        Limit(limit["signal"], limit.get("at_least"), limit.get("below"))
        for limit in row.get("when_any", ())
    )
    part2 = bool(row.get("part2", False))
    if not part2 and any(limit.signal == "days_late_part2" for limit in limits):
        rule.refuse("part2", "true, since the request rests on days_late_part2")
    if part2 and not _TELLS_NOTHING.fullmatch(rule.text("id")):
        # The id of a request is counted and exported; only its text bears the label.
        rule.refuse("id", "like protected_1, since its request is marked part2")
    return RequestRule(rule.text("id"), rule.text("text"), limits, part2)
