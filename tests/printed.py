"""Letters to render and PDFs to read: what the tests of printed pages share."""

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pdfua
import pytest
from pypdf import PdfReader

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
