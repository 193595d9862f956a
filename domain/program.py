"""A program as its YAML says it: whom it is for, and the plan of every stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.coaching_program import CoachingShelf, coaching_plan
from domain.coordination_program import coordination_plan
from domain.crisis import CrisisRules
from domain.delivery_plan import delivery_plan
from domain.instruments import Instrument, ZCodes
from domain.medication_rules import NONE, MedicationRules
from domain.needs_timers import needs_plan
from domain.outreach_program import outreach_plan
from domain.program_reader import Reader
from domain.quiet_hours import Holiday
from domain.screening_program import screening_plan

AFTER_OUTREACH = ("screening", "rescreening", "coaching", "delivery", "needs", "coordination")


@dataclass(frozen=True, slots=True)
class Slipping:
    """`after` so long without contact a person calls; `ends_after` so long again it is over."""

    after: timedelta
    ends_after: timedelta
    call_within: timedelta


@dataclass(frozen=True, slots=True)
class Program:
    id: str
    version: str
    title: str
    sender: str
    """How the program names itself in texts and letters; it must give no condition away."""
    phone: str
    address: tuple[str, ...]
    """Of the sender, for letters."""
    effective_from: date
    payer_types: tuple[str, ...]
    conditions: tuple[str, ...]
    networks: tuple[str, ...]
    cpesn: bool
    services: tuple[str, ...]
    length_days: int
    grace: timedelta
    """How long after coverage ended its return is waited for."""
    reroute_within: timedelta
    """By when a member whose pharmacy no longer serves them has another."""
    read_within: timedelta
    """By when a person reads what a member wrote and no rule understood."""
    stages: tuple[str, ...]
    plans: Mapping[str, Any]
    """By stage name: OutreachPlan, ScreeningPlan, ..."""
    capacity_weeks: int = 4
    """For how many weeks of its weekly capacity a pharmacy takes members."""
    slipping: Slipping | None = None

    @classmethod
    def from_data(  # long because every field of the file is named once
        cls,
        data: Mapping[str, Any],
        instruments: Mapping[str, Instrument],
        z_codes: ZCodes,
        coaching: CoachingShelf,
        crisis: CrisisRules,
        medication: MedicationRules = NONE,
        holidays: Sequence[Holiday] = (),
    ) -> "Program":
        read = Reader(data, str(data.get("id", "a program without an id")))
        stages = _stages(read)
        plans: dict[str, Any] = {"outreach": outreach_plan(read.part("outreach"))}
        if "screening" in stages:
            plans["screening"] = screening_plan(
                read.part("screening"), instruments, z_codes, crisis
            )
            if "rescreening" in stages:
                plans["rescreening"] = plans["screening"]
        if "coaching" in stages:
            plans["coaching"] = coaching_plan(
                read.part("coaching"), coaching, "screening" in stages
            )
        if "delivery" in stages:
            plans["delivery"] = delivery_plan(read.part("delivery"), medication)
        if "needs" in stages:
            plans["needs"] = needs_plan(read.part("needs"), holidays)
        if "coordination" in stages:
            plans["coordination"] = coordination_plan(read.part("coordination"), holidays)
        return cls(
            id=read.text("id"),
            version=read.text("version"),
            title=read.text("title"),
            sender=read.text("sender"),
            phone=read.text("phone"),
            address=read.texts("address"),
            effective_from=read.day("effective_from"),
            payer_types=read.texts("payer_types"),
            conditions=read.texts("conditions"),
            networks=read.texts("networks"),
            cpesn=bool(read.value("cpesn")),
            services=read.texts("services"),
            length_days=read.number("length_days"),
            grace=read.days("grace_days"),
            reroute_within=read.days("reroute_within_days"),
            read_within=read.hours("read_replies_within_hours"),
            stages=stages,
            plans=plans,
            capacity_weeks=read.number("capacity_weeks") if "capacity_weeks" in data else 4,
            slipping=_slipping(read.part("slipping")) if "slipping" in data else None,
        )


def _stages(read: Reader) -> tuple[str, ...]:
    stages = read.texts("stages")
    for name in stages:
        if name not in AFTER_OUTREACH:
            read.refuse("stages", f"one of {', '.join(AFTER_OUTREACH)}, not {name!r}")
    return stages


def _slipping(read: Reader) -> Slipping:
    return Slipping(
        read.days("after_days"), read.days("ends_after_days"), read.hours("call_within_hours")
    )
