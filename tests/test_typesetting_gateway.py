"""Letters and notes as pages: tagged, in the member's language, in plain words, and discreet."""

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pdfua
import pytest
import typst
import yaml
from note_make import MOUD, NOTE, note
from pypdf import PdfReader
from readability import fernandez_huerta_ease, flesch_kincaid_grade

from domain.notes import CoordinationNote, Finding, PrescriberFace, Request, Urgency
from gateways.letter_words import LetterWords, MissingData, MissingTranslation, isolate
from gateways.typesetting import (
    AddressTooLong,
    NoteTooLong,
    Typesetter,
    UnprintableText,
    pages,
)

TEMPLATES = Path(__file__).parents[1] / "templates"
LETTERS = TEMPLATES / "letters"
NAMES = ("introduction", "goodbye")
LANGUAGES = ("en", "es")
LINK = "https://doorway.example.org/answer/Zk3v9qYw7bX2"

letters = pytest.mark.parametrize("name", NAMES)
languages = pytest.mark.parametrize("language", LANGUAGES)
prints = pytest.mark.parametrize("large_print", [False, True], ids=["plain print", "large print"])


def data(**changes: Any) -> dict[str, Any]:
    return {
        "letter_id": "ltr-7f3a9c01",
        "date": date(2026, 11, 24),
        "sender": {
            "name": "Doorway Pharmacy Care",
            "address": ["200 Main St, Suite 4", "Columbus, OH 43215"],
            "phone": "(614) 555-0135",
        },
        "recipient": {
            "name": "Maria Lopez-Hernandez",
            "address": ["1450 Old Mill Road", "Apartment 12B", "Zanesville, OH 43701"],
        },
        "member": {"name": "Maria"},
        "pharmacy": {
            "name": "Muskingum Family Pharmacy",
            "phone": "(740) 555-0134",
            "address": ["12 Putnam Ave", "Zanesville, OH 43701"],
        },
        **changes,
    }


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES)


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader(pdf).pages).split())


def spans(pdf: bytes) -> Iterator[tuple[str, float, float, float]]:
    """Pieces of the first page: words, size in points, inches from the left and from the top."""
    found: list[tuple[str, float, float, float]] = []

    def visit(words: str, cm: list[float], tm: list[float], _: Any, size: float) -> None:
        if words.strip():
            x = cm[0] * tm[4] + cm[2] * tm[5] + cm[4]
            y = cm[1] * tm[4] + cm[3] * tm[5] + cm[5]
            found.append((words, size * abs(tm[3] * cm[3]), x / 72, 11 - y / 72))

    reader(pdf).pages[0].extract_text(visitor_text=visit)
    return iter(found)


def assert_accessible(pdf: bytes, path: Path, language: str) -> None:
    path.write_bytes(pdf)
    report = pdfua.validate(str(path))
    assert [(finding.rule_id, finding.message) for finding in report.findings] == []
    root: Any = reader(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    metadata = reader(pdf).metadata
    assert metadata is not None
    assert metadata.title
    assert b"pdfuaid:part>1<" in pdf


@letters
@languages
@prints
def test_a_letter_is_tagged_and_titled_for_screen_readers(
    typesetter: Typesetter, tmp_path: Path, name: str, language: str, large_print: bool
) -> None:
    pdf = typesetter.letter(name, language, data(), large_print=large_print)
    assert_accessible(pdf, tmp_path / "letter.pdf", language)


def test_a_page_without_tags_is_caught(tmp_path: Path) -> None:
    plain = tmp_path / "plain.typ"
    plain.write_text('#set document(title: "x")\n= Hello')
    pdf = typst.compile(str(plain), pdf_tags=False)
    with pytest.raises(AssertionError):
        assert_accessible(pdf, tmp_path / "plain.pdf", "en")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        (
            "en",
            [
                "November 24, 2026",
                "Dear Maria,",
                "We tried to send you a text, but we could not reach you.",
                "Call Muskingum Family Pharmacy at (740) 555-0134. For TTY, dial 711 first.",
                "Or stop by: 12 Putnam Ave, Zanesville, OH 43701.",
                "This help is free for you.",
                "Call (614) 555-0135 (TTY: 711) and say that you want to opt out.",
            ],
        ),
        (
            "es",
            [
                "24 de noviembre de 2026",
                "Hola, Maria:",
                "Llame a Muskingum Family Pharmacy al (740) 555-0134.",
                "O pase por aquí: 12 Putnam Ave, Zanesville, OH 43701.",
                "Esta ayuda es gratis para usted.",
                "Llame al (614) 555-0135 (TTY: 711) y diga que no quiere más mensajes.",
            ],
        ),
    ],
)
def test_an_introduction_says_who_where_how_and_how_to_stop(
    typesetter: Typesetter, language: str, says: list[str]
) -> None:
    said = text(typesetter.letter("introduction", language, data(), large_print=False))
    assert [sentence for sentence in says if sentence not in said] == []


@letters
@languages
def test_every_letter_offers_free_help_in_both_languages_at_18_point(
    typesetter: Typesetter, name: str, language: str
) -> None:
    pdf = typesetter.letter(name, language, data(), large_print=False)
    sizes = {words.split(":")[0].strip(): size for words, size, _, _ in spans(pdf)}
    for tagline in ("Free help in English", "Ayuda gratis en español"):
        assert next(s for words, s in sizes.items() if tagline in words) == pytest.approx(18)
    assert "(614) 555-0135 (TTY 711)" in text(pdf)


@letters
@languages
def test_plain_print_is_12_point_on_one_page(
    typesetter: Typesetter, name: str, language: str
) -> None:
    pdf = typesetter.letter(name, language, data(), large_print=False)
    assert pages(pdf) == len(reader(pdf).pages) == 1
    assert below_the_window(pdf) >= 12


@letters
@languages
def test_large_print_is_never_below_18_point(
    typesetter: Typesetter, name: str, language: str
) -> None:
    pdf = typesetter.letter(name, language, data(), large_print=True)
    assert pages(pdf) == len(reader(pdf).pages)
    assert below_the_window(pdf) >= 18


def below_the_window(pdf: bytes) -> float:
    """The smallest print of the letter itself: the envelope's part and the footer stand apart."""
    return min(round(size, 1) for _, size, _, top in spans(pdf) if 3.7 < top < 10.2)


@languages
@prints
def test_the_window_shows_the_address_and_nothing_else(
    typesetter: Typesetter, language: str, large_print: bool
) -> None:
    pdf = typesetter.letter("introduction", language, data(), large_print=large_print)
    # A #10 window with the sheet's play in the envelope: from 2 to 3.7 in, as in the layout.
    shown = [(words, left, top) for words, _, left, top in spans(pdf) if 2.0 < top < 3.7]
    assert " ".join(" ".join(words for words, _, _ in shown).split()) == (
        "Maria Lopez-Hernandez 1450 Old Mill Road Apartment 12B Zanesville, OH 43701"
    )
    assert all(0.875 <= left <= 4.3 and 2.5 <= top <= 3.2 for _, left, top in shown)
    above = " ".join(words for words, _, _, top in spans(pdf) if top <= 2.0)
    assert "Doorway Pharmacy Care" in above
    assert "Columbus, OH 43215" in above


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(
            ["c/o Rosa Hernandez", "1450 Old Mill Road", "Apartment 12B", "Z, OH"], id="five lines"
        ),
        pytest.param(["Building " * 16, "Apartment 12B", "Zanesville, OH"], id="a line too wide"),
    ],
)
def test_an_address_the_window_cannot_show_is_refused(
    typesetter: Typesetter, address: list[str]
) -> None:
    recipient = {"name": "Maria Lopez-Hernandez", "address": address}
    with pytest.raises(AddressTooLong, match="window") as refused:
        typesetter.letter("introduction", "en", data(recipient=recipient), large_print=False)
    assert "Maria" not in str(refused.value)


@letters
@pytest.mark.parametrize("language", ["fr", "ar", ""])
def test_a_language_without_words_is_never_replaced_by_another(
    typesetter: Typesetter, name: str, language: str
) -> None:
    with pytest.raises(MissingTranslation, match=rf"{name}\.{language}\.yaml"):
        typesetter.letter(name, language, data(), large_print=False)


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"pharmacy": {"name": "P", "address": []}}, "phone"),
        ({"member": {}}, "name"),
        ({"sender": {"name": "S", "address": []}}, "phone"),
        ({"recipient": {"name": "R"}}, "address"),
    ],
)
def test_a_letter_with_a_gap_is_refused(
    typesetter: Typesetter, lacking: dict[str, Any], named: str
) -> None:
    with pytest.raises(MissingData, match=named):
        typesetter.letter("introduction", "en", data(**lacking), large_print=False)


@pytest.mark.parametrize(
    "hostile",
    ['#import "@preview/x:1.0.0"', "*bold* _it_", "$x^2$", "= Heading", "{{ 7 * 7 }}", "<b>&amp;"],
)
def test_markup_in_data_comes_out_as_the_characters_it_is(
    typesetter: Typesetter, hostile: str
) -> None:
    pharmacy = {**data()["pharmacy"], "name": hostile}
    said = text(typesetter.letter("goodbye", "en", data(pharmacy=pharmacy), large_print=False))
    assert f"free help from {hostile}." in said
    changed = note(why_now=Finding(hostile), requests=(Request("r", hostile),))
    assert text(typesetter.note(changed, link=LINK)).count(hostile) == 2


def test_names_from_everywhere_in_latin_letters_are_shown(typesetter: Typesetter) -> None:
    member = {"name": "Zoë Müller-Đặng, Łukasz Ñandú"}
    said = text(typesetter.letter("introduction", "en", data(member=member), large_print=False))
    assert "Zoë Müller-Đ" in said
    assert "Łukasz Ñandú" in said


def test_a_letter_no_font_has_stops_the_page_and_the_error_does_not_say_it(
    typesetter: Typesetter,
) -> None:
    with pytest.raises(UnprintableText, match="KHMER") as refused:
        typesetter.letter("introduction", "en", data(member={"name": "កខ"}), large_print=False)
    assert "ក" not in str(refused.value)
    assert refused.value.__cause__ is None
    with pytest.raises(UnprintableText, match="KHMER"):
        typesetter.note(note(why_now=Finding("កខ")), link=LINK)


def test_the_same_letter_is_the_same_to_the_byte(typesetter: Typesetter) -> None:
    first = typesetter.letter("introduction", "es", data(), large_print=True)
    typesetter.letter("goodbye", "en", data(), large_print=False)
    assert Typesetter(TEMPLATES).letter("introduction", "es", data(), large_print=True) == first
    assert typesetter.note(NOTE, link=LINK) == typesetter.note(NOTE, link=LINK)
    metadata = reader(first).metadata
    assert metadata is not None
    # The letter's own day: the moment of printing would make every rendering another file.
    assert metadata.creation_date == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_version_names_the_words_it_was_set_from(tmp_path: Path) -> None:
    for path in LETTERS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = LetterWords(tmp_path).version("introduction", "en")
    words = tmp_path / "introduction.en.yaml"
    words.write_text(words.read_text().replace("We hope to hear from you", "Call us"))
    after = LetterWords(tmp_path).version("introduction", "en")
    assert re.fullmatch(r"1-[0-9a-f]{8}", before)
    assert before != after


def words_of(name: str, language: str) -> str:
    """What a letter says, without names, numbers and addresses, one part a line."""
    catalogue = yaml.safe_load((LETTERS / f"{name}.{language}.yaml").read_text("utf-8"))
    lines = [catalogue["subject"], catalogue["closing"]]
    for part in catalogue["parts"]:
        lines += [part.get("heading", ""), *part.get("paragraphs", []), *part.get("steps", [])]
    return re.sub(r"\{\{.*?\}\}", "", "\n".join(" ".join(line.split()) for line in lines))


@letters
def test_english_letters_read_at_sixth_grade_or_below(name: str) -> None:
    assert flesch_kincaid_grade(words_of(name, "en")) <= 6


@letters
def test_spanish_letters_read_easily(name: str) -> None:
    assert fernandez_huerta_ease(words_of(name, "es")) >= 75


def test_the_measures_of_reading_tell_hard_from_easy() -> None:
    hard = "Pharmacotherapeutic interventions necessitate interdisciplinary collaboration."
    duro = "Las intervenciones farmacoterapéuticas requieren colaboración interdisciplinaria."
    assert flesch_kincaid_grade(hard) > 12
    assert flesch_kincaid_grade("The dog ran to the big red barn. It was hot.") < 3
    assert fernandez_huerta_ease(duro) < 20
    assert fernandez_huerta_ease("El perro come pan. La niña lo ve.") > 90


@letters
def test_the_languages_of_a_letter_say_the_same_things(name: str) -> None:
    def shape(language: str) -> Any:
        catalogue = yaml.safe_load((LETTERS / f"{name}.{language}.yaml").read_text("utf-8"))
        parts = [{key: type(part[key]) for key in part} for part in catalogue["parts"]]
        holes = sorted(set(re.findall(r"\{\{ *([\w.]+)", str(catalogue))))
        steps = [len(part.get("steps", [])) for part in catalogue["parts"]]
        return catalogue["version"], parts, steps, holes

    assert shape("en") == shape("es")


TELLING = re.compile(
    r"hypertens|blood pressure|presión|diabet|insulin|glucos|sugar|azúcar|asthma|asma|copd|epoc"
    r"|mental|depress|opioid|addict|adicc|substance|sustancia|recovery|cardio|high.risk|medicaid"
    r"|medicare",
    re.IGNORECASE,
)


@letters
@languages
def test_no_letter_tells_a_condition_a_drug_or_a_program(name: str, language: str) -> None:
    assert TELLING.findall(words_of(name, language)) == []
    assert TELLING.findall("for your diabetes") != []


def test_numbers_are_isolated_only_where_the_text_runs_from_right_to_left() -> None:
    assert isolate("555-0134", rtl=True) == "\u2066555-0134\u2069"
    assert isolate("555-0134", rtl=False) == "555-0134"


def test_an_arabic_catalogue_would_isolate_its_numbers(tmp_path: Path) -> None:
    for name in ("words", "goodbye"):
        for language in ("en", "es"):
            source = LETTERS / f"{name}.{language}.yaml"
            (tmp_path / source.name).write_bytes(source.read_bytes())
        (tmp_path / f"{name}.ar.yaml").write_bytes((LETTERS / f"{name}.en.yaml").read_bytes())
    page = LetterWords(tmp_path).fill("goodbye", "ar", data())
    assert page["rtl"] is True
    assert "\u2066(740) 555-0134\u2069" in page["parts"][1]["steps"][0]
    assert "\u2066" not in str(page["taglines"])


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
    said = text(typesetter.note(note(medications=(MOUD,)), link=LINK))
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in said
    assert "Disclosed with the written consent" in said


def test_an_urgent_note_says_so_first(typesetter: Typesetter) -> None:
    said = text(typesetter.note(note(urgency=Urgency.URGENT), link=LINK))
    assert "URGENT: please answer by December 3, 2026" in said
    assert "URGENT" not in text(typesetter.note(NOTE, link=LINK))


def test_a_prescriber_known_by_number_only_still_gets_the_note(typesetter: Typesetter) -> None:
    said = text(typesetter.note(note(prescriber=PrescriberFace("1245319599")), link=LINK))
    assert "The prescriber NPI 1245319599" in said


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
