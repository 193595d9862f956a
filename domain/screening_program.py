"""What a program's YAML says of its screening: whom it asks what, by which ways, and when again."""

from collections.abc import Mapping
from typing import Any

from domain.crisis import CrisisRules
from domain.instruments import WAYS, Instrument, ZCodes
from domain.program_reader import Reader
from domain.screening_plan import Again, Ask, ScreeningPlan

ROLES = ("coordinator", "pharmacist")


def screening_plan(
    read: Reader, instruments: Mapping[str, Instrument], z_codes: ZCodes, crisis: CrisisRules
) -> ScreeningPlan:
    """BadProgram says in one sentence what is wrong, a way an instrument forbids included."""
    asks = tuple(
        _ask(Reader(row, f"{read.where}, ask {place}"), instruments)
        for place, row in enumerate(_rows(read, "asks", at_least=1), 1)
    )
    asked = {ask.instrument.name for ask in asks}
    again = tuple(
        _again(Reader(row, f"{read.where}, again {place}"), asked)
        for place, row in enumerate(_rows(read, "again") if "again" in read.data else (), 1)
    )
    for ask in asks:
        follows = ask.instrument.rule.then_ask if ask.instrument.rule else None
        if follows and follows not in asked:
            read.refuse("asks", f"complete: {ask.instrument.name} leads to {follows}")
    return ScreeningPlan(
        asks,
        again,
        z_codes,
        crisis,
        read.days("remind_after_days"),
        read.days("give_up_after_days"),
        read.hours("referral_within_hours"),
    )


def _rows(read: Reader, name: str, at_least: int = 0) -> list[Any]:
    found = read.value(name)
    if not isinstance(found, list) or len(found) < at_least:
        read.refuse(name, "a list of at least one row" if at_least else "a list")
    for row in found:
        if not isinstance(row, dict):
            read.refuse(name, "a list of groups of settings")
    return list(found)


def _ask(read: Reader, instruments: Mapping[str, Instrument]) -> Ask:
    name = read.text("instrument")
    if name not in instruments:
        read.refuse("instrument", f"one of {', '.join(sorted(instruments))}, not {name!r}")
    instrument, ways = instruments[name], read.texts("by")
    if not ways or not set(ways) <= set(WAYS):
        read.refuse("by", f"a list of {', '.join(WAYS)}")
    if forbidden := [way for way in ways if way not in instrument.asked_by]:
        allowed = ", ".join(way for way in WAYS if way in instrument.asked_by)
        read.refuse("by", f"among {allowed}: {name} is never asked by {forbidden[0]}")
    role = read.text("role") if "role" in read.data else "coordinator"
    if role not in ROLES:
        read.refuse("role", f"one of {', '.join(ROLES)}")
    return Ask(
        instrument=instrument,
        by=ways,
        conditions=read.texts("when_any") if "when_any" in read.data else (),
        role=role,
        within=read.hours("within_hours"),
        follow_up=bool(read.data.get("follow_up", False)),
    )


def _again(read: Reader, asked: set[str]) -> Again:
    name = read.text("instrument")
    if name not in asked:
        read.refuse("instrument", f"one of those asked ({', '.join(sorted(asked))})")
    return Again(
        instrument=name,
        months=read.number("after_months"),
        months_if_positive=read.number("after_months_if_positive"),
        events=read.texts("after_events") if "after_events" in read.data else (),
    )
