"""Letters as pages: tagged, of the right size, in the window, and the same to the byte."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from note_make import NOTE, note
from printed import (
    LINK,
    TEMPLATES,
    assert_accessible,
    data,
    languages,
    letters,
    prints,
    reader,
    spans,
    text,
)

from domain.notes import Finding, Request
from gateways.typesetting import AddressTooLong, Typesetter, UnprintableText, pages


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES)


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
    for tagline in ("Free language help and aids", "Intérprete y apoyos gratis"):
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


@pytest.mark.parametrize("phone", ["(740) 555-0134", "740-555-0134"])
def test_a_telephone_number_never_breaks_across_lines(typesetter: Typesetter, phone: str) -> None:
    for length in range(8, 24):
        pharmacy = {**data()["pharmacy"], "name": "P" * length, "phone": phone}
        pdf = typesetter.letter("introduction", "es", data(pharmacy=pharmacy), large_print=True)
        assert phone in reader(pdf).pages[0].extract_text()


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
