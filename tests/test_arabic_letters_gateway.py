"""Arabic letters as pages: right to left, with numbers, addresses and Latin names the right way."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from printed import TEMPLATES, assert_accessible, data, letters, prints, reader, spans, text

from gateways.typesetting import Typesetter

READS = pytest.mark.skipif(
    not shutil.which("pdftotext"), reason="pdftotext (poppler-utils) is not installed"
)


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(TEMPLATES, drafts=True)


@letters
@prints
def test_an_arabic_letter_is_tagged_and_titled_for_screen_readers(
    typesetter: Typesetter, tmp_path: Path, name: str, large_print: bool
) -> None:
    pdf = typesetter.letter(name, "ar", data(), large_print=large_print)
    assert_accessible(pdf, tmp_path / "letter.pdf", "ar")


def shown(pdf: bytes, path: Path) -> str:
    """The page as it is read, by another program; marks of direction taken out."""
    path.write_bytes(pdf)
    said = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    return " ".join(re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", said).split())


@READS
@letters
@prints
def test_numbers_addresses_and_names_are_not_turned_round(
    typesetter: Typesetter, tmp_path: Path, name: str, large_print: bool
) -> None:
    pdf = typesetter.letter(name, "ar", data(), large_print=large_print)
    said = shown(pdf, tmp_path / "letter.pdf")
    for whole in ("(740) 555-0134", "12 Putnam Ave, Zanesville, OH 43701", "Muskingum Family"):
        assert whole in said


@READS
def test_words_come_out_with_each_letter_once(typesetter: Typesetter, tmp_path: Path) -> None:
    said = shown(typesetter.letter("introduction", "ar", data(), large_print=False), tmp_path / "a")
    for word in ("صيدلية", "مساعدتكم", "نوفمبر", "تبدؤون", "أدويتكم"):
        assert word in said


@READS
def test_without_isolates_the_address_would_be_turned_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for mark in ("isolate", "isolate_name"):
        monkeypatch.setattr(f"gateways.letter_words.{mark}", lambda text, **_: text)
    pdf = Typesetter(TEMPLATES, drafts=True).letter("goodbye", "ar", data(), large_print=False)
    assert "12 Putnam Ave, Zanesville, OH 43701" not in shown(pdf, tmp_path / "letter.pdf")


def test_the_envelope_still_reads_from_left_to_right(typesetter: Typesetter) -> None:
    pdf = typesetter.letter("introduction", "ar", data(), large_print=True)
    found = [(words, left, top) for words, _, left, top in spans(pdf) if 2.0 < top < 3.7]
    assert " ".join(" ".join(words for words, _, _ in found).split()) == (
        "Maria Lopez-Hernandez 1450 Old Mill Road Apartment 12B Zanesville, OH 43701"
    )
    assert all(0.875 <= left <= 4.3 for _, left, _ in found)


def test_an_english_letter_shows_an_arabic_name(typesetter: Typesetter) -> None:
    pdf = typesetter.letter("goodbye", "en", data(member={"name": "ليلى"}), large_print=False)
    assert "ليلى" in text(pdf)


@prints
def test_arabic_print_is_as_large_as_asked(typesetter: Typesetter, large_print: bool) -> None:
    pdf = typesetter.letter("goodbye", "ar", data(), large_print=large_print)
    below = [round(size, 1) for _, size, _, top in spans(pdf) if 3.7 < top < 10.2]
    assert min(below) >= (18 if large_print else 12)
    assert len(reader(pdf).pages) <= 2
