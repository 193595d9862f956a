"""A coordination note as a page: one page, whole, and ready to be answered."""

import re
from pathlib import Path

import pytest
from note_make import ALLOWED, MOUD, NOTE, note
from printed import LINK, TEMPLATES, assert_accessible, text

from domain.notes import CoordinationNote, PrescriberFace, Request, Urgency
from gateways.typesetting import NoteTooLong, Typesetter, pages


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES)


def test_a_note_is_one_tagged_page(typesetter: Typesetter, tmp_path: Path) -> None:
    pdf = typesetter.note(NOTE, link=LINK)
    assert pages(pdf) == 1
    assert_accessible(pdf, tmp_path / "note.pdf", "en")


def test_a_note_says_what_a_prescriber_needs_to_answer(typesetter: Typesetter) -> None:
    said = text(typesetter.note(NOTE, link=LINK))
    for expected in (
        "Dr. Ada Okafor",
        "NPI 1245319599",
        "Muskingum Family Pharmacy",
        "NPI 1234567893",
        "Maria Lopez-Hernandez",
        "born March 9, 1951",
        "November 23, 2026: Home blood pressure averaged 152/94 mmHg",
        "November 12, 2026: Lisinopril was filled 11 days late.",
        "Metformin 1000 mg October 2, 2026 30 days November 1, 2026",
        "150/95",
        "Has no dependable ride to appointments.",
        "1. Review antihypertensive therapy.",
        "2. Renew metformin for 90 days, if it should go on.",
        "Signature",
        "Answer by December 3, 2026",
        "by fax to (740) 555-0135",
        LINK,
        "45 CFR 164.506",
    ):
        assert expected in said
    assert [said.count(answer) for answer in ("Accept", "Modify", "Decline")] == [2, 2, 2]
    assert "42 CFR part 2" not in said


def test_the_part_2_notice_goes_with_part_2_records_only(typesetter: Typesetter) -> None:
    said = text(typesetter.note(note(medications=(MOUD,), permission=ALLOWED), link=LINK))
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in said
    assert "Disclosed with the written consent" in said


def test_the_code_of_the_reply_page_is_printed_where_there_is_one(typesetter: Typesetter) -> None:
    said = text(typesetter.note(NOTE, link=LINK, second_factor="042917"))
    assert "Its code for this note is 042917." in said
    assert "code for this note" not in text(typesetter.note(NOTE, link=LINK))


def test_an_urgent_note_says_so_first(typesetter: Typesetter) -> None:
    said = text(typesetter.note(note(urgency=Urgency.URGENT), link=LINK))
    assert "URGENT: please answer by December 3, 2026" in said
    assert "URGENT" not in text(typesetter.note(NOTE, link=LINK))


def test_a_prescriber_known_by_number_only_still_gets_the_note(typesetter: Typesetter) -> None:
    said = text(typesetter.note(note(prescriber=PrescriberFace("1245319599")), link=LINK))
    assert "The prescriber NPI 1245319599" in said


def test_a_medicine_that_has_run_out_leads_the_list_and_says_so(typesetter: Typesetter) -> None:
    said = text(typesetter.note(NOTE, link=LINK))
    assert "November 1, 2026, late" in said  # metformin, 30 days from October 2
    assert "December 12, 2026, late" not in said
    listed = said[said.index("Last filled") :]
    assert listed.index("Metformin") < listed.index("Lisinopril")


def long_note(requests: int) -> CoordinationNote:
    return note(
        findings=NOTE.findings * 6,
        medications=NOTE.medications * 10,
        pressures=NOTE.pressures * 5,
        requests=tuple(
            Request(f"r{n}", f"Request {n}: review the therapy, since the average is high.")
            for n in range(requests)
        ),
    )


def test_a_long_note_stays_on_one_page_with_every_request_and_counts_what_it_cut(
    typesetter: Typesetter,
) -> None:
    pdf = typesetter.note(long_note(6), link=LINK)
    said = text(pdf)
    assert pages(pdf) == 1
    assert [n for n in range(6) if f"Request {n}:" not in said] == []
    assert re.search(r"And \d+ more, in the care plan that goes with this note", said)


def test_a_note_that_asks_too_much_for_a_page_is_refused(typesetter: Typesetter) -> None:
    with pytest.raises(NoteTooLong, match="30 requests"):
        typesetter.note(long_note(30), link=LINK)
