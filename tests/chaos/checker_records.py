"""What must be kept of a run: replies, revocations, receipts, news and letters, each once."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from chaos.case import STOP_WORDS, STOPS, Case, Violation

RANKS = {"accepted": 0, "queued": 1, "sending": 2, "sent": 3, "canceled": 4, "undelivered": 5,
         "failed": 5, "delivered": 6, "read": 7}  # fmt: skip

PRINTED_AGAIN = timedelta(minutes=2)
"""A printer's worker that dies is missed only after this long, by the journey's workflow."""


def replies(case: Case) -> Iterator[Violation]:
    """Every text of a member is kept once, and applied once."""
    kept = {row["sid"]: row for row in case.seen["inbound"]}
    sent = {event["sid"]: event for event in case.seen.of("texted")}
    acked = {event["sid"] for event in case.seen.of("inbound") if event["acked"] == 200}
    applied = {row["sid"]: row["times"] for row in case.seen["applied"]}
    for sid, event in sent.items():
        if sid in kept:
            continue
        if sid in acked:
            yield Violation("reply", sid, "answered for and not kept")
        elif case.overdue(datetime.fromisoformat(event["wall"])):
            yield Violation("reply", sid, "never found, by webhook or by list")
    for sid, row in kept.items():
        if sid not in sent:
            yield Violation("reply", sid, "kept under an id the carrier never gave")
        if row["enrollment_id"] and not row["applied_at"] and case.old(row["received_at"]):
            yield Violation("reply", sid, "kept and not applied")
        if row["applied_at"] and applied.get(sid, 0) == 0:
            yield Violation("reply", sid, "called applied, with no line of what came of it")
    for sid, times in applied.items():
        if times > 1:
            yield Violation("reply", sid, f"applied {times} times")


def revocations(case: Case) -> Iterator[Violation]:
    """A STOP stands in the ledger once."""
    times = {row["evidence"]: row["times"] for row in case.seen["revocations"]}
    for row in case.seen["inbound"]:
        if row["reading"] in STOPS and times.get(row["sid"], 0) != 1:
            count = times.get(row["sid"], 0)
            yield Violation("consent", row["sid"], f"a STOP stands {count} times in the ledger")
    readings = {row["sid"]: row["reading"] for row in case.seen["inbound"]}
    for event in case.seen.of("texted"):
        if event["body"].strip().lower() in STOP_WORDS and readings.get(event["sid"]) == "text":
            yield Violation("consent", event["sid"], "a STOP was read as something else")


def receipts(case: Case) -> Iterator[Violation]:
    """A callback we answered for is kept, and the highest status ever told stands."""
    kept: dict[str, set[str]] = defaultdict(set)
    for row in case.seen["receipts"]:
        kept[row["sid"]].add(row["status"])
    for event in case.seen.of("callback"):
        acked = event["acked"] is not None and 200 <= event["acked"] < 300
        if acked and event["status"] not in kept[event["sid"]]:
            yield Violation("receipt", event["sid"], f"{event['status']} answered for, not kept")
    for row in case.intents.values():
        told = kept.get(row["sid"], set())
        if told and RANKS[row["carrier_status"]] < max(RANKS[status] for status in told):
            yield Violation("receipt", row["id"], f"stands at {row['carrier_status']}")


def waiting(case: Case) -> Iterator[Violation]:
    """No journey waits for its start, or for its news, longer than the bound."""
    for row in case.seen["enrollments"]:
        startable = row["pharmacy_npi"] and not row["started_at"] and not row["ended_at"]
        if startable and case.old(row["created_at"]):
            yield Violation("stuck", row["id"], "a journey that was never started")
        if row["started_at"] and case.old(row["nudged_at"]):
            yield Violation("stuck", row["id"], "news its journey has not taken note of")


def letters(case: Case) -> Iterator[Violation]:
    """A letter is in exactly one line of the manifest, with its file; none is there unasked."""
    lines = Counter(line["letter_id"] for line in case.seen.manifest)
    sums = {line["letter_id"]: line["sha256"] for line in case.seen.manifest}
    known = {row["id"] for row in case.seen["letters"]}
    for letter, count in lines.items():
        if count > 1:
            yield Violation("letter", letter, f"in {count} lines of the manifest")
        if letter not in known:
            yield Violation("letter", letter, "in the manifest and in no table")
        if f"{letter}.pdf" not in case.seen.files:
            yield Violation("letter", letter, "in the manifest without its file")
    for row in case.seen["letters"]:
        if row["spooled_at"] and sums.get(row["id"]) != row["sha256"]:
            yield Violation("letter", row["id"], "spooled by our word, not by the manifest's")
        late = case.old(row["created_at"] + PRINTED_AGAIN * case.seen.rate)
        if not row["spooled_at"] and not row["problem"] and late:
            yield Violation("letter", row["id"], "not spooled, and no reason")
