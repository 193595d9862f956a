"""Letters and notes set by typst as tagged PDF (PDF/UA-1)."""

import json
import re
import threading
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import typst

from domain.notes import CoordinationNote
from gateways.letter_words import LetterWords
from gateways.note_words import FITS, note_page, part2_notice, read_notices

FONT_PACKAGES = ("fontpkg_atkinson_hyperlegible", "fontpkg_noto_sans", "fontpkg_almarai")
PLAIN_PT, LARGE_PT = 12, 18
"""Large print begins at 18 point (plans' accessibility rules; see the taglines in letter.typ)."""

_PAGE = re.compile(rb"/Type */Page\b")
_UNSHOWN = re.compile(r"the text `\"(.)")


class UnprintableText(Exception):
    """No font has a letter that the page needs; the message names its script, not the text."""


class AddressTooLong(Exception):
    """The address does not fit the window of the envelope."""


class NoteTooLong(Exception):
    """The note asks too much for one page: split it."""


class Typesetter:
    """Safe to share between threads; the same data give the same bytes."""

    def __init__(self, templates: Path, *, drafts: bool = False) -> None:
        """`drafts`: set unapproved words too, for those who are to approve them."""
        self._templates = templates
        self._words = LetterWords(templates / "letters", drafts=drafts)
        self._lock = threading.Lock()
        self._likely: dict[tuple[str, str, bool], int] = {}
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(files(package) / "files") for package in FONT_PACKAGES],
        )
        self._notices = read_notices(templates / "notes" / "notices.yaml")
        self._letter = self._compiler("letters/letter.typ", fonts)
        self._note = self._compiler("notes/note.typ", fonts)
        self._export = self._compiler("exports/document.typ", fonts)

    def letter(
        self, name: str, language: str, data: Mapping[str, object], *, large_print: bool
    ) -> bytes:
        """A letter to a member.

        `data`: letter_id, date (a `date`), sender {name, address [lines], phone}, recipient {name,
        address [lines]}, member {name}, pharmacy {name, phone, address [lines]}. Raises
        MissingTranslation, UnapprovedWording, MissingData, UnprintableText, AddressTooLong.
        """
        page = self._words.fill(name, language, data)
        page["size"] = LARGE_PT if large_print else PLAIN_PT
        day = data["date"]
        assert isinstance(day, date)
        kind = (name, language, large_print)
        page["pages"] = self._likely.get(kind, 1)
        pdf = self._set(self._letter, page, day)
        if pages(pdf) != page["pages"]:
            # The footer says how many pages there are: another letter of the kind told us wrong.
            self._likely[kind] = page["pages"] = pages(pdf)
            pdf = self._set(self._letter, page, day)
        return pdf

    def version(self, name: str, language: str) -> str:
        """Which words and layout a letter was set from: the declared version and a short hash."""
        return self._words.version(name, language)

    def note(self, note: CoordinationNote, *, link: str, second_factor: str = "") -> bytes:
        """A coordination note on one page; `link` is the secure page on which it is answered, and
        `second_factor` the code which that page asks for.

        Pass what `disclosable` returned. Smaller print and fewer lines of evidence are tried before
        NoteTooLong is raised; what is left out is counted on the page.
        """
        words = note_page(note, self._notices) | {"link": link, "second_factor": second_factor}
        for size, most in FITS:
            page = words | {"size": size, "most": most}
            pdf = self._set(self._note, page, note.written_at.date())
            if pages(pdf) == 1:
                return pdf
        raise NoteTooLong(f"A note with {len(note.requests)} requests does not fit on one page.")

    def export(self, page: Mapping[str, object], on: date, *, large_print: bool) -> bytes:
        """A document of an export: title, about [lines], sections [{heading, lines}], footer.

        Raises UnprintableText.
        """
        size = LARGE_PT if large_print else PLAIN_PT
        return self._set(self._export, {**page, "size": size, "on": on.isoformat()}, on)

    def part2_notice(self, note: CoordinationNote) -> str:
        """What must go with the note wherever it goes (42 CFR 2.32); empty when nothing must."""
        return part2_notice(note, self._notices)

    def _compiler(self, layout: str, fonts: typst.Fonts) -> typst.Compiler:
        return typst.Compiler(
            str(self._templates / layout), root=str(self._templates), font_paths=fonts
        )

    def _set(self, compiler: typst.Compiler, page: Mapping[str, object], day: date) -> bytes:
        data = json.dumps(page)
        # The page's own date, not the moment of printing: a second rendering has the same hash.
        stamp = datetime(day.year, day.month, day.day, tzinfo=UTC)
        try:
            with self._lock:
                pdf = compiler.compile(
                    sys_inputs={"data": data}, pdf_standards=["ua-1"], timestamp=stamp
                )
        except typst.TypstError as refused:
            # The compiler quotes what it could not set, which may be a name: none of it is kept.
            raise _in_our_words(refused) from None
        assert isinstance(pdf, bytes)
        return pdf


def pages(pdf: bytes) -> int:
    """How many pages a PDF of this typesetter has."""
    return len(_PAGE.findall(pdf))


def _in_our_words(refused: typst.TypstError) -> Exception:
    if "address-too-long" in refused.message:
        return AddressTooLong("The address does not fit the envelope's window: shorten it.")
    if letter := _UNSHOWN.search(refused.message):
        script = unicodedata.name(letter[1], "UNKNOWN").split()[0]
        return UnprintableText(f"No font has the letters of this script: {script}. Add a font.")
    return RuntimeError("The layout does not compile with these data.")
