"""Reads the ladder of invitations from a program's YAML."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain.cool_off import CoolOff
from domain.outreach_plan import COUNTER_WITHIN, OutreachPlan
from domain.outreach_rungs import BY_PEOPLE, Channel, Rung
from domain.program_reader import Reader


def outreach_plan(read: Reader) -> OutreachPlan:
    rungs = _rungs(read, "rungs", read.value("rungs"))
    patience = read.days("patience_days")
    counter = _counter_within(read, rungs)
    if rungs[-1].channel is Channel.COUNTER and patience < counter:
        read.refuse(
            "patience_days",
            f"at least {counter.days}, or the journey ends before the member is at the counter",
        )
    again = _again(read.part("rest"), patience, counter) if "rest" in read.data else None
    earlier = read.data.get("earlier_rungs", {})
    if not isinstance(earlier, dict):
        read.refuse("earlier_rungs", "a list of rungs for each earlier version of the program")
    return OutreachPlan(
        rungs,
        patience,
        read.hours("call_within_hours"),
        counter,
        {str(version): _rungs(read, "earlier_rungs", rows) for version, rows in earlier.items()},
        again,
    )


def _again(read: Reader, patience: timedelta, counter: timedelta) -> CoolOff:
    """How who was not reached is invited again, with a source for it in words."""
    read.text("source")
    rungs = _rungs(read, "rungs", read.value("rungs"))
    if rungs[-1].channel is Channel.COUNTER and patience < counter:
        read.refuse("rungs", "another last rung than the counter, or patience for its days")
    rest, at_least = read.days("days"), read.days("at_least_days")
    if at_least > rest:
        read.refuse("at_least_days", f"at most {rest.days}, the days of the rest")
    sooner = frozenset(read.texts("sooner"))
    return CoolOff(rest, at_least, sooner, rungs, read.number("times"))


def _rungs(read: Reader, name: str, listed: Any) -> Sequence[Rung]:
    if not isinstance(listed, list) or not listed:
        read.refuse(name, "a list of at least one rung")
    return tuple(_rung(read, ordinal, row) for ordinal, row in enumerate(listed, 1))


def _rung(read: Reader, ordinal: int, row: Any) -> Rung:
    rung = Reader(row if isinstance(row, dict) else {}, f"{read.where}, rung {ordinal}")
    name = rung.text("channel")
    if name not in set(Channel):
        rung.refuse("channel", f"one of {', '.join(Channel)}")
    channel, after = Channel(name), rung.days("after_days")
    if channel is Channel.SECOND_NUMBER and after < timedelta(days=1):
        rung.refuse("after_days", "1 or more: the first number is given a day to answer")
    template = "" if channel in BY_PEOPLE else rung.text("template")
    return Rung(channel, template, after)


def _counter_within(read: Reader, rungs: Sequence[Rung]) -> timedelta:
    if any(rung.channel is Channel.COUNTER for rung in rungs):
        return read.days("counter_within_days")
    return COUNTER_WITHIN
