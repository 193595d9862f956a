"""Coordination notes on their way to providers: page, FHIR document and, last, their manifest."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.passage import Channel
from gateways.durable_files import open_spool, require_opaque, sole_writer, write_durably
from gateways.note_transport import Address, Answer, Left, NotTaken, OutgoingNote, Result, UnderWay

REQUIRED = ("link", "reply_by", "requests")


class NoteConflict(Exception):
    """Another note left under this id already; nothing was replaced."""


@dataclass(frozen=True, slots=True)
class SpooledNote:
    pdf_path: Path
    bundle_path: Path
    manifest_path: Path
    sha256: str
    """Of the PDF."""


class NoteSpool:
    """`<note_id>.pdf`, `<note_id>.fhir.json`, `<note_id>.json`. Blocking: call it from a thread.

    Whoever watches for `*.json` and passes over `*.fhir.json` sees complete notes only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = open_spool(folder)

    def put(
        self, note_id: str, pdf: bytes, bundle: Mapping[str, Any], manifest: Mapping[str, Any]
    ) -> SpooledNote:
        """Idempotent: the same note gives the same answer; what a crash left half is made whole.

        `manifest`: link, reply_by (ISO date), requests [{id, text}], and second_factor where the
        reply page asks for one; note_id and sha256 are added. Raises NoteConflict when another
        note has left under this id, ValueError when the id or the manifest cannot be used.
        """
        require_opaque(note_id, "note id")
        if missing := [key for key in REQUIRED if key not in manifest]:
            raise ValueError(f"The manifest of a note lacks {', '.join(missing)}.")
        spooled, document = self._paths(note_id, pdf), _json(bundle)
        sums = {"pdf": spooled.sha256, "fhir": hashlib.sha256(document).hexdigest()}
        last = _json({**manifest, "note_id": note_id, "sha256": sums})
        with sole_writer(self._folder):
            if spooled.manifest_path.exists():
                if spooled.manifest_path.read_bytes() != last:
                    raise NoteConflict(
                        f"Note {note_id} has left with other content: give the new note a new id."
                    )
                return spooled
            # Without its manifest nobody has seen the note: halves are written over.
            write_durably(spooled.pdf_path, pdf)
            write_durably(spooled.bundle_path, document)
            write_durably(spooled.manifest_path, last)
        return spooled

    def found(self, note_id: str) -> tuple[Path, Path] | None:
        """Page and document of a note that lies here complete; None for half a note or none."""
        paths = self._paths(require_opaque(note_id, "note id"), b"")
        return (paths.pdf_path, paths.bundle_path) if paths.manifest_path.exists() else None

    def _paths(self, note_id: str, pdf: bytes) -> SpooledNote:
        return SpooledNote(
            pdf_path=self._folder / f"{note_id}.pdf",
            bundle_path=self._folder / f"{note_id}.fhir.json",
            manifest_path=self._folder / f"{note_id}.json",
            sha256=hashlib.sha256(pdf).hexdigest(),
        )


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


class SpoolTransport:
    """The spool as a way to practices: what lies there complete has left."""

    channel = Channel.SPOOL

    def __init__(self, spool: NoteSpool) -> None:
        self._spool = spool

    async def send(self, note: OutgoingNote) -> Answer:
        try:
            spooled = await asyncio.to_thread(
                self._spool.put, note.id, note.pdf, note.bundle, note.manifest
            )
        except NoteConflict:
            # Another writing of this very copy lies there complete: that one has left.
            return await self._found(note.id)
        return _left(spooled.pdf_path, spooled.bundle_path)

    async def find(self, transmission: str, to: Address, since: datetime) -> Answer:
        return await self._found(transmission)

    async def _found(self, transmission: str) -> Answer:
        found = await asyncio.to_thread(self._spool.found, transmission)
        return _left(*found) if found else NotTaken("not_spooled")

    async def result(self, ref: str) -> Result:
        return UnderWay()


def _left(pdf_path: Path, bundle_path: Path) -> Left:
    return Left(pdf_path.stem, False, str(pdf_path), str(bundle_path))
