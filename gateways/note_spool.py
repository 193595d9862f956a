"""Coordination notes on their way to providers: page, FHIR document and, last, their manifest."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateways.durable_files import open_spool, require_opaque, sole_writer, write_durably

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

    def _paths(self, note_id: str, pdf: bytes) -> SpooledNote:
        return SpooledNote(
            pdf_path=self._folder / f"{note_id}.pdf",
            bundle_path=self._folder / f"{note_id}.fhir.json",
            manifest_path=self._folder / f"{note_id}.json",
            sha256=hashlib.sha256(pdf).hexdigest(),
        )


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
