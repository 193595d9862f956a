"""Reads `programs/`: what clinicians review, as the rooms need it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from claims.attribution_rules import AttributionRules
from claims.criteria import Criteria, Scoring
from claims.risk_groups import RiskGroups
from claims.valuesets import ValueSets
from domain import questionnaires, scoring
from domain.attribution import RerouteRules
from domain.check_ins import check_ins_from
from domain.coaching_program import CoachingShelf
from domain.crisis import CrisisRules
from domain.curricula import Curriculum
from domain.instruments import Instrument, ZCodes
from domain.journey_states import JourneyStates
from domain.licensed_instruments import LicensedInstrument
from domain.medication_rules import MedicationRules
from domain.needs_directory import Directory, Service
from domain.needs_words import NeedsBook
from domain.program import Program
from domain.program_reader import BadProgram
from domain.quiet_hours import ContactHours
from domain.reading_rules import ReadingRules
from domain.replies import ReplyWords
from domain.templates_lint import SmsCatalogue
from runtime.data import PROGRAMS
from runtime.errors import Refusal
from runtime.sending_rules import SendingRules, read_sending
from runtime.settings import Settings

# Files beside the programs themselves: what all programs share.
SHARED = frozenset(
    {"area_codes", "attribution", "check_ins", "contact_rules", "danger", "deadlines"}
    | {"identification", "medication", "needs", "readings", "replies", "scoring", "sending", "sms"}
    | {"journey_states"}
)


@lru_cache
def read(name: str) -> Mapping[str, Any]:
    """One file of `programs/`; a file that is not YAML is a sentence, not a traceback."""
    path = PROGRAMS / name
    try:
        found: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as wrong:
        raise Refusal(f"{path} cannot be read: {type(wrong).__name__}; mend the file.") from None
    return found


def names() -> list[str]:
    return sorted(path.stem for path in PROGRAMS.glob("*.yaml") if path.stem not in SHARED)


@lru_cache
def all_programs() -> Mapping[str, Program]:
    return {name: program(name) for name in names()}


@lru_cache
def program(name: str) -> Program:
    """Refusal for a program that is not there or that its file does not describe."""
    data = _data(name)
    try:
        return Program.from_data(
            data, instruments(), z_codes(), coaching_shelf(), rules().crisis, medication_rules(),
            rules().hours.holidays,
        )  # fmt: skip
    except (BadProgram, ValueError) as wrong:
        raise Refusal(f"programs/{name}.yaml: {wrong}") from None


def criteria(name: str) -> Criteria:
    """What the claims are asked for a program."""
    data, made = _data(name), program(name)
    return Criteria(
        program=made.id,
        payer_types=made.payer_types,
        any_of_conditions=made.conditions,
        scoring=Scoring.from_data(read("scoring.yaml")),
        networks=made.networks,
        cpesn=made.cpesn,
        services=made.services,
        exclusions=tuple(data.get("exclusions", ())),
        capacity_weeks=made.capacity_weeks,
        attribution=attribution_rules(),
    )


def _data(name: str) -> Mapping[str, Any]:
    if name not in names():
        raise Refusal(f"There is no program {name!r}; there are {', '.join(names())}.")
    return read(f"{name}.yaml")


def attribution_rules() -> AttributionRules:
    ruca = PROGRAMS / "geo" / "ruca2010_zip.csv"
    return AttributionRules.from_data(read("attribution.yaml"), ruca if ruca.exists() else None)


def reroute_rules() -> RerouteRules:
    try:
        return RerouteRules.from_data(read("attribution.yaml"))
    except ValueError as wrong:
        raise Refusal(str(wrong)) from None


def value_sets() -> ValueSets:
    adherence = read("valuesets/adherence.yaml")
    return ValueSets.from_data({**read("valuesets/conditions.yaml"), "adherence": adherence})


@lru_cache
def risk_groups() -> RiskGroups:
    return RiskGroups.from_data(read("valuesets/risk_groups.yaml"))


@lru_cache
def instruments() -> Mapping[str, Instrument]:
    """Ours, and those a deployer with a licence has put beside them; by name."""
    scores = scoring.rules(read("instruments/scoring.yaml"), read("deadlines.yaml")["minutes"])
    ours = {
        path.stem: questionnaires.instrument(
            read(f"instruments/{path.name}"), path.stem, scores.get(path.stem)
        )
        for path in sorted(Path(PROGRAMS / "instruments").glob("*.json"))
    }
    return {**ours, **licensed()}


def licensed() -> Mapping[str, Instrument]:
    """Refusal for a file that is there and is not the instrument it is named for."""
    folder = Settings().instruments
    known = LicensedInstrument.all(read("instruments/licensed.yaml"))
    if folder is None:
        return {}
    try:
        return {
            each.name: found for each in known if (found := _licensed(each, folder)) is not None
        }
    except ValueError as wrong:
        raise Refusal(f"{folder}: {wrong}") from None


def _licensed(instrument: LicensedInstrument, folder: Path) -> Instrument | None:
    words = folder / f"{instrument.name}.json"
    if not words.exists():
        return None
    scored = folder / f"{instrument.name}.scoring.yaml"
    score = yaml.safe_load(scored.read_text("utf-8")) if scored.exists() else None
    try:
        data = json.loads(words.read_text("utf-8"))
    except ValueError:
        raise ValueError(f"{words.name} is not JSON.") from None
    return instrument.read(data, score, read("deadlines.yaml")["minutes"])


def medication_rules() -> MedicationRules:
    """ValueError for a file that cannot be used."""
    return MedicationRules.from_data(read("medication.yaml"))


def z_codes() -> ZCodes:
    return ZCodes.from_data(read("instruments/z_codes.yaml"))


@lru_cache
def journey_states() -> JourneyStates:
    """ValueError when the file and the code differ."""
    return JourneyStates.from_data(read("journey_states.yaml"))


@lru_cache
def needs_book() -> NeedsBook:
    try:
        return NeedsBook.from_data(read("needs.yaml"))
    except ValueError as wrong:
        raise Refusal(str(wrong)) from None


def directory(place: Path | None) -> Directory:
    """Community services of an HSDS 3 file, or of every JSON file in a folder; None: ours."""
    place = place or PROGRAMS / "resources"
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    found: list[Service] = []
    for file in files:
        try:
            found += Directory.from_data(json.loads(file.read_text("utf-8")), str(file)).services
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as wrong:
            raise Refusal(f"{file} cannot be read: {type(wrong).__name__}; mend it.") from None
        except ValueError as wrong:
            raise Refusal(f"{wrong} Mend the file.") from None
    return Directory(tuple(found))


@lru_cache
def coaching_shelf() -> CoachingShelf:
    """ValueError for a curriculum or a check-in that cannot be used."""
    check_ins = check_ins_from(read("check_ins.yaml"))
    curricula = {
        path.stem: Curriculum.from_data(path.stem, read(f"curricula/{path.name}"), check_ins)
        for path in sorted((PROGRAMS / "curricula").glob("*.yaml"))
    }
    return CoachingShelf(ReadingRules.from_data(read("readings.yaml")), curricula, check_ins)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every program."""

    hours: ContactHours
    words: ReplyWords
    texts: SmsCatalogue
    area_codes: Mapping[str, Sequence[str]]
    deadlines: Mapping[str, timedelta]
    crisis: CrisisRules
    sending: SendingRules


@lru_cache
def rules() -> Rules:
    codes = read("area_codes.yaml")
    minutes = read("deadlines.yaml")["minutes"]
    return Rules(
        hours=ContactHours.from_data(read("contact_rules.yaml")),
        words=ReplyWords.from_data(
            read("replies.yaml"),
            read("danger.yaml"),
            json.loads((PROGRAMS / "stop_model.json").read_text("utf-8")),
        ),
        texts=SmsCatalogue.from_data(read("sms.yaml")),
        area_codes=codes.get("area_codes", codes),
        deadlines={name: timedelta(minutes=value) for name, value in minutes.items()},
        crisis=CrisisRules.from_data(read("deadlines.yaml")),
        sending=read_sending(read("sending.yaml")),
    )
