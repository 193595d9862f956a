"""A note's way out: under which consent, by which channel, and what a lost answer leads to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import make
import pytest
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import NOW
from test_notes_activities import LINKS, NOTICE, QUIET, Press

from activities.notes import NoteActivities, WriteNoteRequest
from domain.passage import Channel
from domain.program import Program
from gateways.note_transport import Address, Answer, Left, NotTaken, OutgoingNote, Result, Unclear
from runtime import programs
from store import part2
from store.models import (
    Disclosure,
    Enrollment,
    Member,
    Note,
    Outcome,
    Part2Consent,
    Practice,
    Task,
)
from store.pages.scope import EVERYTHING

DOCTOR = "1000000020"
PLAN = programs.all_programs()["medicare-cardiometabolic"].plans["coordination"].passage


@dataclass
class Way:
    """A channel that answers as told and remembers what it was given."""

    channel: Channel = Channel.SPOOL
    answers: list[Answer] = field(default_factory=list)
    evidence: list[Answer] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    sent: list[OutgoingNote] = field(default_factory=list)
    looks: int = 0

    async def send(self, note: OutgoingNote) -> Answer:
        self.sent.append(note)
        return self.answers.pop(0) if self.answers else Left(f"ref-{len(self.sent)}")

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        self.looks += 1
        return self.evidence.pop(0) if self.evidence else Unclear()

    async def result(self, ref: str) -> Result:
        return self.results.pop(0)


@dataclass
class Works:
    house: House
    press: Press
    spool: Way
    fax: Way
    notes: NoteActivities

    async def write(self) -> Note:
        await self.notes.write_note(WriteNoteRequest("n1"))
        return await self.house.one(Note, "n1")

    async def later(self, by: timedelta) -> Note:
        self.house.time.business += by
        return await self.write()


@pytest_asyncio.fixture
async def works(database_url: str) -> AsyncIterator[Works]:
    async with open_house(database_url) as house:
        house.given(
            *ana(),
            make.medication(prescriber_npi=DOCTOR),
            make.medication(ndc11=QUIET, ingredient="buprenorphine", part2=True),
            make.note(
                sent_at=None, created_at=NOW, content={}, status="pending", prescriber_npi=DOCTOR
            ),
        )
        press, spool, fax = Press(), Way(), Way(Channel.FAX)
        ways: Any = {Channel.SPOOL: spool, Channel.FAX: fax}
        known: dict[str, Program] = dict(programs.all_programs())
        notes = NoteActivities(house.transaction, known, press, ways, LINKS, house.time)  # type: ignore[arg-type]
        yield Works(house, press, spool, fax, notes)


def consent(**given: Any) -> Part2Consent:
    row = {
        "member_id": "m1", "form_id": "f1", "recipients": "named", "npi": DOCTOR,
        "purpose": "treatment", "signed_on": NOW.date(), "expires_on": None, "at": NOW,
        "actor": "staff:s1",
    }  # fmt: skip
    return Part2Consent(**{**row, **given})


def by_fax(works: Works) -> None:
    works.house.given(
        Practice(
            npi=DOCTOR, name="Dr. Park", channel="fax", fax="+16145550111", mail=None,
            fhir_url=None, code=None, loaded_at=NOW,
        )
    )  # fmt: skip


async def revoke(works: Works) -> None:
    async with works.house.transaction() as session:
        assert await part2.revoke(
            session, EVERYTHING, "e1", 1, how="by phone", actor="staff:s1",
            now=works.house.time.now(),
        )  # fmt: skip


async def test_with_consent_it_tells_all_with_the_notice_and_is_accounted_once(
    works: Works,
) -> None:
    works.house.given(consent())
    for _ in range(2):
        row = await works.write()
    (left,) = works.spool.sent
    assert QUIET in str(left.bundle)
    assert left.manifest["notice"] == NOTICE
    assert NOTICE in str(left.bundle)
    line = await works.house.only(Disclosure)
    assert (line.consent_id, line.recipient_npi, line.sink, line.item) == (1, DOCTOR, "note", "n1")
    assert (line.kinds, line.purpose, line.at) == (["medications"], "treatment", NOW)
    assert row.consent_id == 1


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"npi": "1000000004"}, id="for another practice"),
        pytest.param({"purpose": "payment"}, id="for another purpose"),
        pytest.param({"expires_on": date(2026, 3, 3), "signed_on": date(2026, 1, 1)}, id="ended"),
    ],
)
async def test_a_consent_that_does_not_cover_it_tells_nothing(
    works: Works, wrong: dict[str, Any]
) -> None:
    works.house.given(consent(**wrong))
    await works.write()
    (left,) = works.spool.sent
    assert QUIET not in str(left.bundle)
    assert "notice" not in left.manifest
    assert await works.house.all(Disclosure) == []


async def test_revoked_while_the_page_was_being_set_nothing_leaves_and_the_next_is_stripped(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    works.house.given(consent())
    set_ = works.notes._set

    async def set_and_revoke(*args: Any) -> OutgoingNote:
        outgoing = await set_(*args)
        await revoke(works)
        return outgoing

    monkeypatch.setattr(works.notes, "_set", set_and_revoke)
    row = await works.write()
    assert (row.status, works.spool.sent) == ("pending", [])
    monkeypatch.undo()
    row = await works.write()
    assert row.status == "sent"
    assert QUIET not in str(works.spool.sent[0].bundle)
    assert await works.house.all(Disclosure) == []


async def test_revoked_between_two_copies_the_second_is_stripped(works: Works) -> None:
    works.house.given(consent())
    await works.write()
    await revoke(works)
    async with works.house.transaction() as session:
        assert await part2.notes.send_again(session, "e1")
    row = await works.write()
    first, second = works.spool.sent
    assert (first.id, second.id) == ("n1", "n1-1")
    assert QUIET in str(first.bundle)
    assert QUIET not in str(second.bundle)
    assert (row.consent_id, len(await works.house.all(Disclosure))) == (None, 1)


async def test_a_lost_answer_is_settled_by_evidence_and_never_sent_twice(works: Works) -> None:
    by_fax(works)
    works.fax.answers, works.fax.evidence = [Unclear()], [Unclear(), Left("fx1", delivered=True)]
    row = await works.write()
    assert (row.status, row.sent_at) == ("sending", None)
    await works.write()
    assert works.fax.looks == 0, "its list may lag: not before the time to settle has passed"
    await works.later(PLAN.settle_after)
    row = await works.later(PLAN.settle_after)
    assert (row.status, row.transport_ref, len(works.fax.sent)) == ("sent", "fx1", 1)
    assert row.delivered_at == works.house.time.now()


async def test_a_lost_answer_that_never_left_is_sent_again_a_bounded_number_of_times(
    works: Works,
) -> None:
    by_fax(works)
    works.fax.answers = [Unclear() for _ in range(9)]
    works.fax.evidence = [NotTaken("not_listed") for _ in range(9)]
    row = await works.write()
    for _ in range(PLAN.tries + 2):
        row = await works.later(PLAN.settle_after)
    assert (len(works.fax.sent), row.problem) == (PLAN.tries, "not_listed")
    task = await works.house.only(Task)
    assert (task.kind, task.detail) == ("note_problem", {"problem": "not_listed"})


async def test_what_stays_unclear_is_a_persons_after_so_many_looks(works: Works) -> None:
    by_fax(works)
    works.fax.answers = [Unclear()]
    row = await works.write()
    for _ in range(PLAN.looks + 3):
        row = await works.later(PLAN.settle_after)
    assert (works.fax.looks, len(works.fax.sent)) == (PLAN.looks, 1)
    assert (row.problem, row.sent_at) == ("unclear", None)
    assert (await works.house.only(Task)).detail == {"problem": "unclear"}


async def test_a_refusal_is_tried_again_and_then_a_persons(works: Works) -> None:
    by_fax(works)
    works.fax.answers = [NotTaken("busy"), NotTaken("busy"), NotTaken("busy")]
    row = await works.write()
    assert (row.status, row.next_try_at) == ("pending", NOW + PLAN.retry_after)
    await works.write()
    assert len(works.fax.sent) == 1, "not before its time"
    await works.later(PLAN.retry_after)
    row = await works.later(2 * PLAN.retry_after)
    assert (len(works.fax.sent), row.problem) == (3, "busy")


async def test_what_can_never_be_taken_is_a_persons_at_once(works: Works) -> None:
    by_fax(works)
    works.fax.answers = [NotTaken("bad_number", lasting=True)]
    row = await works.write()
    assert (row.problem, len(works.fax.sent)) == ("bad_number", 1)


async def test_a_fax_that_did_not_arrive_after_all_is_sent_again(works: Works) -> None:
    by_fax(works)
    works.fax.results = [NotTaken("no_answer")]
    await works.write()
    row = await works.later(PLAN.retry_after)
    assert row.status == "pending"
    works.fax.results = [Left("ref-2", delivered=True)]
    await works.later(PLAN.retry_after)
    row = await works.later(PLAN.retry_after)
    assert (row.status, len(works.fax.sent)) == ("sent", 2)
    assert row.delivered_at == works.house.time.now()
    kinds = [line.kind for line in await works.house.all(Outcome)]
    assert kinds == ["note_sent", "note_sent", "note_delivered"]


async def test_a_practice_whose_way_is_not_set_up_is_reached_by_the_spool(works: Works) -> None:
    works.house.given(
        Practice(
            npi=DOCTOR, name="Dr. Park", channel="fhir", fax=None, mail=None,
            fhir_url="https://ehr.example/r4", code=None, loaded_at=NOW,
        )
    )  # fmt: skip
    row = await works.write()
    assert (row.channel, len(works.spool.sent)) == ("spool", 1)


async def test_the_secure_page_is_opened_with_what_the_practice_knows_and_nothing_printed(
    works: Works,
) -> None:
    page = Way(Channel.SECURE_PAGE)
    works.notes._transports = {**works.notes._transports, Channel.SECURE_PAGE: page}
    works.house.given(
        Practice(
            npi=DOCTOR, name="Dr. Park", channel="secure_page", fax="+16145550111",
            mail="desk@practice.example", fhir_url=None, code="apple7", loaded_at=NOW,
        )
    )  # fmt: skip
    row = await works.write()
    (left,) = page.sent
    assert (row.channel, row.content["second_factor"]) == ("secure_page", "apple7")
    assert LINKS.second_factor("n1") not in left.pdf.decode()
    assert left.to.mail == "desk@practice.example"
    (note,) = works.press.written
    assert (note.prescriber.name, note.prescriber.fax) == ("Dr. Park", "614-555-0111")


async def test_a_note_waits_for_the_end_of_a_hold(works: Works) -> None:
    await works.house.change(Enrollment, "e1", held_at=NOW, hold="safety")
    row = await works.write()
    assert (row.status, row.problem, works.spool.sent) == ("pending", None, [])
    await works.house.change(Enrollment, "e1", held_at=None, hold=None)
    assert (await works.write()).status == "sent"


@pytest.mark.parametrize(
    ("kind", "key", "change"),
    [
        pytest.param(Member, "m1", {"death_date": NOW.date()}, id="the member has died"),
        pytest.param(
            Enrollment, "e1", {"ended_at": NOW, "state": "stopped"}, id="the journey has ended"
        ),
    ],
)
async def test_a_note_that_came_too_late_is_withheld(
    works: Works, kind: Any, key: str, change: dict[str, Any]
) -> None:
    await works.house.change(kind, key, **change)
    row = await works.write()
    assert (row.status, row.problem, works.spool.sent) == ("pending", "withheld", [])
    assert await works.house.all(Task) == []
