"""The judge of a run: the promises of the outbox, asked of the log, the tables and the spool."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from chaos.case import STOP_WORDS, STOPS, Case, Rule, Violation, intent_of
from chaos.checker_records import letters, receipts, replies, revocations, waiting
from chaos.evidence import Evidence, Row
from domain.breakers import cause_of
from runtime.programs import rules

EARLIEST, LATEST = time(8), time(21)
"""47 CFR 64.1200(c)(1), at the called party's location."""
LATE_SECONDS = 16.0
"""Gate to carrier at most: a lease of 4 s, a stall of 7 s and a client's time-out of 5 s."""
MOST_NOES = 12
"""Refusals in a row in an hour of the members': a hold of 30 s, doubled up to 15 minutes, makes
eight."""
FOUND_WITHIN = timedelta(seconds=90)
"""Wall time: a minute between two readings of the carrier's list, and one that fails."""
ANSWERS = ("stop", "safety")
"""Purposes of the one answer to a STOP or to a cry for help; it may go at any hour."""


def duplicates(case: Case) -> Iterator[Violation]:
    """No intent is accepted by the carrier more than once."""
    times = Counter(intent_of(event) for event in case.accepted)
    for intent, count in times.items():
        if count > 1:
            yield Violation("duplicate", intent, f"accepted {count} times")


def books_agree(case: Case) -> Iterator[Violation]:
    """Our accepted sids and the carrier's are the same, intent by intent."""
    theirs = {event["sid"]: intent_of(event) for event in case.accepted}
    for sid, intent in theirs.items():
        row = case.intents.get(intent)
        if row is None:
            yield Violation("books", sid, "accepted for an intent nobody recorded")
        elif row["sid"] != sid and not _in_between(case, row):
            yield Violation("books", intent, f"the carrier has it, we say {row['status']}")
    for row in case.intents.values():
        if row["sid"] is not None and theirs.get(row["sid"]) != row["id"]:
            yield Violation("books", row["id"], "its sid is not the one the carrier gave it")


def _in_between(case: Case, row: Row) -> bool:
    return row["status"] in ("sending", "unknown") and not case.overdue(row["lease_until"])


def losses(case: Case) -> Iterator[Violation]:
    """Every intent is accepted, not sent with a reason, a person's, or not due for long."""
    handed = {row["enrollment_id"] for row in case.seen["tasks"] if row["kind"] == "text_unsettled"}
    for row in case.intents.values():
        match row["status"]:
            case "accepted" if row["sid"] is None:
                yield Violation("loss", row["id"], "called accepted, without the carrier's sid")
            case "failed" | "withheld" | "cancelled" if row["reason"] is None:
                yield Violation("loss", row["id"], f"{row['status']} without a reason")
            case "pending" if case.old(row["due_at"]):
                yield Violation("loss", row["id"], "due for longer than the bound")
            case "sending" | "unknown" if not _in_between(case, row):
                if row["enrollment_id"] not in handed:
                    yield Violation("stuck", row["id"], f"{row['status']} longer than the bound")


def after_stop(case: Case) -> Iterator[Violation]:
    """Nothing but one answer is accepted after a STOP was answered for, until a START."""
    readings = {row["sid"]: row["reading"] for row in case.seen["inbound"]}
    stopped: dict[str, set[str]] = defaultdict(set)
    for event in case.seen.carrier:
        if event["kind"] == "texted" and _starts(event, readings):
            stopped.pop(event["from"], None)
        if event["kind"] == "inbound" and event["acked"] == 200 and _stops(event, readings):
            stopped[event["from"]].add(event["sid"])
        to_stopped = event["kind"] == "accepted" and event["to"] in stopped
        if to_stopped and case.purpose(intent_of(event)) not in ANSWERS:
            yield Violation("after_stop", event["sid"], "accepted after a STOP's answer")


def overtaken(case: Case) -> Iterator[Violation]:
    """A STOP is found in time, answered or not: nothing else is accepted long after it."""
    readings = {row["sid"]: row["reading"] for row in case.seen["inbound"]}
    texted: dict[str, datetime] = {}
    for event in case.seen.carrier:
        wall = datetime.fromisoformat(event["wall"])
        if event["kind"] == "texted":
            if _stops(event, readings):
                texted.setdefault(event["from"], wall)
            elif _starts(event, readings):
                texted.pop(event["from"], None)
        late = event["kind"] == "accepted" and wall - texted.get(event["to"], wall) > FOUND_WITHIN
        if late and case.purpose(intent_of(event)) not in ANSWERS:
            yield Violation("overtaken", event["sid"], "accepted long after a STOP was texted")


def _stops(event: Row, readings: dict[str, str]) -> bool:
    said = event["body"].strip().lower() in STOP_WORDS
    return said or readings.get(event["sid"]) in STOPS


def _starts(event: Row, readings: dict[str, str]) -> bool:
    return event["body"].strip().upper() in ("START", "UNSTOP") or (
        readings.get(event["sid"]) == "start"
    )


def hours(case: Case) -> Iterator[Violation]:
    """Every text is accepted inside the hours of each zone its phone may be in.

    On a fast clock a second's stall is hours of the members': what counts there is the moment the
    gate spoke plus the wall time since, which may not be more than the longest stall.
    """
    zones, spoken = case.seen.zones(), defaultdict[str, list[datetime]](list)
    for row in case.seen["sends"]:
        spoken[row["intent_id"]].append(row["at"])
    for event in case.accepted:
        intent, at = intent_of(event), datetime.fromisoformat(event["at"])
        if case.purpose(intent) in ANSWERS:
            continue
        said = max((said for said in spoken[intent] if said <= at), default=at)
        late = (at - said) / case.seen.rate
        if late.total_seconds() > LATE_SECONDS:
            yield Violation("hours", intent, f"{late.total_seconds():.0f} s from gate to carrier")
        if not all(_open(said + late, zone) for zone in zones.get(event["to"], ())):
            yield Violation("hours", intent, "accepted outside the legal hours")


def _open(at: datetime, zone: str) -> bool:
    return EARLIEST <= at.astimezone(ZoneInfo(zone)).time() < LATEST


def storms(case: Case) -> Iterator[Violation]:
    """A carrier that refuses for our side's sake is left in peace, longer each time."""
    refused: list[datetime] = []
    for event in case.seen.carrier:
        if event["kind"] == "accepted":
            refused.clear()
        if event["kind"] == "refused" and cause_of(event["code"]) is not None:
            refused.append(datetime.fromisoformat(event["at"]))
            hour = [at for at in refused if at > refused[-1] - timedelta(hours=1)]
            if len(hour) > MOST_NOES:
                yield Violation("storm", str(event["code"]), f"asked {len(hour)} times in an hour")
                return


def caps(case: Case) -> Iterator[Violation]:
    """A phone gets no more texts begun by us in a week than the contact rules allow."""
    week = rules().hours.per_week
    taken: dict[str, list[datetime]] = defaultdict(list)
    for event in case.accepted:
        if case.purpose(intent_of(event)) == "care":
            recent = taken[event["to"]]
            recent.append(datetime.fromisoformat(event["at"]))
            if len(recent) > week and recent[-1] - recent[-1 - week] < timedelta(days=7):
                yield Violation("caps", event["sid"], f"more than {week} in a week")


RULES: tuple[Rule, ...] = (
    duplicates, books_agree, losses, after_stop, overtaken, hours, storms, caps, replies,
    revocations, receipts, waiting, letters,
)  # fmt: skip


def check(seen: Evidence, *, bound: timedelta) -> list[Violation]:
    """Every violation; an empty list means that all promises were kept in this run."""
    case = Case(seen, bound)
    return [violation for rule in RULES for violation in rule(case)]
