"""A member with a canary in every source that 42 CFR Part 2 covers, and what each sink says."""

import io
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import make
import pypdf
from fakes import ana
from make_journeys import NOW

from domain.note_requests import RequestRule
from domain.program import Program
from runtime import programs
from runtime.logging import set_up_logging
from store.models import Agreement, Base, Part2Consent

DOCTOR = "1000000020"
CANARIES = {
    "diagnosis code": "zqf1120",
    "drug": "zqxprenorphine",
    "drug class": "zqxclass",
    "product code": "98765000321",
    "condition": "zqxdisorder",
    "screening answer": "la18928-4",
    "screening question": "68518-0",
    "task text": "zqxcalled",
    "curriculum": "zqxcurriculum",
    "request": "zqxrequest",
    "answer of the practice": "zqxanswered",
}
IN_A_NOTE = {"drug", "product code", "condition", "request"}
"""What a note to the prescriber may tell under a consent; no other source ever leaves in it."""
IN_AN_EXPORT = {"drug", "product code", "condition", "screening answer", "screening question"}
NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
SCOPE = "with the written consent of the person named above, for treatment only."
PROGRAM = "medicare-cardiometabolic"


def member(**note: Any) -> tuple[Base, ...]:
    """Ana, whose every labelled source holds its canary, with something harmless beside each."""
    c = CANARIES
    return (
        *ana(
            conditions=["hypertension", c["condition"]],
            reasons=["3|ip_stay|1 hospital stay", f"20|GAP|{c['condition']} treatment ran out"],
        ),
        make.evidence(),
        make.evidence(condition=c["condition"], rule=c["diagnosis code"], part2=True),
        make.medication(prescriber_npi=DOCTOR),
        make.medication(
            ndc11=c["product code"], ingredient=c["drug"], drug_class=c["drug class"], part2=True,
            prescriber_npi=DOCTOR, last_fill_on=date(2026, 2, 1), runs_out_on=NOW.date(),
        ),
        make.screening(instrument="audit-c", label="part2", channel="phone"),
        make.answer(1, item=c["screening question"], answers=[c["screening answer"].upper()]),
        make.task(
            kind="coaching_call", key="week-1", role="pharmacist",
            detail={"part2": "yes", "curriculum": c["curriculum"]},
        ),
        make.task(
            kind="coaching_call", key="week-0", role="pharmacist", done_at=NOW, done_by="staff:s1",
            resolution=c["task text"], detail={"part2": "yes", "curriculum": c["curriculum"]},
        ),
        make.note(
            id="n1", prescriber_npi=DOCTOR,
            **{"sent_at": None, "created_at": NOW, "content": {}, "status": "pending", **note},
        ),
        make.letter(spooled_at=None, created_at=NOW),
        Agreement(member_id="m1", given=True, at=NOW, how="text", actor="member"),
    )  # fmt: skip


def answered() -> dict[str, Any]:
    """A note that has gone out and come back, its labelled request among the others."""
    return {
        "sent_at": NOW, "answered_at": NOW, "status": "sent",
        "content": {
            "second_factor": "123456", "notice": NOTICE,
            "requests": [
                {"id": "medication_list", "text": "Please send the list."},
                {"id": "protected_1", "text": CANARIES["request"], "part2": True},
            ],
        },
        "answers": {
            "medication_list": {"answer": "accept", "comment": "by fax"},
            "protected_1": {"answer": "modify", "comment": CANARIES["answer of the practice"]},
        },
    }  # fmt: skip


def consent(**given: Any) -> Part2Consent:
    row = {
        "member_id": "m1", "form_id": "f1", "recipients": "named", "npi": DOCTOR,
        "purpose": "treatment", "signed_on": NOW.date(), "expires_on": date(2026, 12, 31),
        "at": NOW, "actor": "staff:s1",
    }  # fmt: skip
    return Part2Consent(**{**row, **given})


def known_programs() -> Mapping[str, Program]:
    """Programs whose note also asks something that rests on a Part 2 record."""
    known = dict(programs.all_programs())
    program = known[PROGRAM]
    plan = program.plans["coordination"]
    asked = (*plan.requests, RequestRule("protected_1", CANARIES["request"], (), part2=True))
    plans = {**program.plans, "coordination": replace(plan, requests=asked)}
    return {**known, PROGRAM: replace(program, plans=plans)}


def told(said: str) -> set[str]:
    """Which sources' canaries a sink lets out."""
    low = said.lower()
    return {source for source, canary in CANARIES.items() if canary in low}


def read(folder: Path) -> str:
    """Every file of a folder in words; pages as a reader sees them."""
    return "\n".join(words_of(path) for path in sorted(folder.rglob("*")) if path.is_file())


def words_of(path: Path) -> str:
    if path.suffix != ".pdf":
        text = path.read_text("utf-8", errors="replace")
        return json.dumps(json.loads(text), ensure_ascii=False) if path.suffix == ".json" else text
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """What the logs say meanwhile, through the door they all pass."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    said = io.StringIO()
    set_up_logging("DEBUG")
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(said)
    try:
        yield said
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
