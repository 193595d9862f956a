"""Letters waiting for the printer: one PDF each and a manifest that names each exactly once."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from gateways.durable_files import (
    open_spool,
    require_opaque,
    sole_writer,
    sync_folder,
    write_durably,
)

MANIFEST = "manifest.jsonl"


class LetterConflict(Exception):
    """Other pages are in the spool under this id already; nothing was replaced."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the printer and an auditor need to know; nothing about the member."""

    template: str
    version: str
    language: str
    large_print: bool
    pages: int


@dataclass(frozen=True, slots=True)
class SpooledLetter:
    path: Path
    sha256: str
    pages: int


class PrintSpool:
    """`<letter_id>.pdf` and `manifest.jsonl` in one folder. Blocking: call it from a thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = open_spool(folder)
        self._manifest = folder / MANIFEST
        self._listed: dict[str, SpooledLetter] = {}
        self._read_to = 0

    def put(self, letter_id: str, pdf: bytes, facts: LetterFacts) -> SpooledLetter:
        """Idempotent: the same pages under the same id give the same answer, however often.

        A letter that a crash left between its file and its line in the manifest is completed.
        Raises LetterConflict when the id has other pages, ValueError when it is no file name.
        """
        require_opaque(letter_id, "letter id")
        letter = SpooledLetter(
            self._folder / f"{letter_id}.pdf", hashlib.sha256(pdf).hexdigest(), facts.pages
        )
        with sole_writer(self._folder):
            self._catch_up()
            # A listed letter may have been taken away by the printer: its file is not made again.
            if listed := self._listed.get(letter_id):
                self._same_or_refuse(letter_id, listed.sha256, letter.sha256)
                return listed
            if letter.path.exists():
                found = hashlib.sha256(letter.path.read_bytes()).hexdigest()
                self._same_or_refuse(letter_id, found, letter.sha256)
            else:
                write_durably(letter.path, pdf)
            self._list(letter_id, letter, facts)
        return letter

    def take_back(self, letter_id: str) -> bool:
        """Whether the printer will never see it; False when the manifest names it already.

        A file that a crash left without its line is taken away.
        """
        require_opaque(letter_id, "letter id")
        with sole_writer(self._folder):
            self._catch_up()
            if letter_id in self._listed:
                return False
            (self._folder / f"{letter_id}.pdf").unlink(missing_ok=True)
        return True

    @staticmethod
    def _same_or_refuse(letter_id: str, found: str, wanted: str) -> None:
        if found != wanted:
            raise LetterConflict(
                f"Letter {letter_id} is spooled with other pages: give the new pages a new id."
            )

    def _catch_up(self) -> None:
        """Reads what other writers added; a line that a crash tore is cut off."""
        if not self._manifest.exists():
            return
        with self._manifest.open("r+b") as file:
            file.seek(self._read_to)
            added = file.read()
            whole = added.rfind(b"\n") + 1
            if whole < len(added):
                file.truncate(self._read_to + whole)
        for line in added[:whole].splitlines():
            entry = json.loads(line)
            path = self._folder / entry["file"]
            letter = SpooledLetter(path, entry["sha256"], entry["pages"])
            self._listed[entry["letter_id"]] = letter
        self._read_to += whole

    def _list(self, letter_id: str, letter: SpooledLetter, facts: LetterFacts) -> None:
        entry = {"letter_id": letter_id, "file": letter.path.name, "sha256": letter.sha256}
        line = (json.dumps({**entry, **asdict(facts)}) + "\n").encode()
        with self._manifest.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self._folder)
        self._read_to += len(line)
        self._listed[letter_id] = letter
