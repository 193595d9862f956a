"""The note spool: a watcher sees complete notes only, and each note leaves once."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gateways import note_spool
from gateways.durable_files import write_durably
from gateways.note_spool import NoteConflict, NoteSpool

PDF = b"%PDF-1.7 a note"
BUNDLE = {"resourceType": "Bundle", "type": "document"}
MANIFEST: dict[str, Any] = {
    "link": "https://doorway.example.org/answer/x1",
    "second_factor": "43701",
    "reply_by": "2026-12-03",
    "requests": [{"id": "review-blood-pressure", "text": "Review antihypertensive therapy."}],
}


def watched(folder: Path) -> list[str]:
    """What a watcher of manifests sees."""
    return sorted(p.name for p in folder.glob("*.json") if not p.name.endswith(".fhir.json"))


def test_a_note_is_three_files_and_its_manifest_proves_the_other_two(tmp_path: Path) -> None:
    spooled = NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST)
    assert spooled.pdf_path.read_bytes() == PDF
    assert json.loads(spooled.bundle_path.read_text()) == BUNDLE
    manifest = json.loads(spooled.manifest_path.read_text())
    sums = manifest.pop("sha256")
    assert manifest == {"note_id": "note-1", **MANIFEST}
    assert sums == {
        "pdf": hashlib.sha256(spooled.pdf_path.read_bytes()).hexdigest(),
        "fhir": hashlib.sha256(spooled.bundle_path.read_bytes()).hexdigest(),
    }
    assert spooled.sha256 == sums["pdf"]
    assert watched(tmp_path) == ["note-1.json"]


@pytest.mark.parametrize("written", [0, 1, 2], ids=["no file", "one file", "two files"])
def test_a_crash_before_the_manifest_shows_nothing_and_the_next_put_completes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    left = [written]

    def write(path: Path, content: bytes) -> None:
        if not left[0]:
            raise OSError("the machine stops here")
        left[0] -= 1
        write_durably(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(note_spool, "write_durably", write)
        with pytest.raises(OSError, match="stops"):
            NoteSpool(tmp_path).put("note-1", b"an older rendering", BUNDLE, MANIFEST)
    assert watched(tmp_path) == []
    spooled = NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST)
    assert spooled.pdf_path.read_bytes() == PDF
    assert watched(tmp_path) == ["note-1.json"]


def test_the_manifest_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    def write(path: Path, content: bytes) -> None:
        order.append(path.name)
        write_durably(path, content)

    monkeypatch.setattr(note_spool, "write_durably", write)
    NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST)
    assert order[-1] == "note-1.json"


def test_the_same_note_again_gets_the_same_answer_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST)
    monkeypatch.setattr(note_spool, "write_durably", lambda *_: pytest.fail("written twice"))
    assert NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST) == first


@pytest.mark.parametrize(
    ("pdf", "bundle", "manifest"),
    [
        pytest.param(b"other", BUNDLE, MANIFEST, id="other pages"),
        pytest.param(PDF, {**BUNDLE, "id": "x"}, MANIFEST, id="another document"),
        pytest.param(PDF, BUNDLE, {**MANIFEST, "reply_by": "2026-12-09"}, id="another reply date"),
    ],
)
def test_another_note_under_a_used_id_is_refused(
    tmp_path: Path, pdf: bytes, bundle: dict[str, Any], manifest: dict[str, Any]
) -> None:
    spooled = NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, MANIFEST)
    with pytest.raises(NoteConflict, match="note-1"):
        NoteSpool(tmp_path).put("note-1", pdf, bundle, manifest)
    assert spooled.pdf_path.read_bytes() == PDF


def test_a_manifest_without_a_way_to_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lacks link, requests"):
        NoteSpool(tmp_path).put("note-1", PDF, BUNDLE, {"reply_by": "2026-12-03"})
    assert list(tmp_path.glob("note-1*")) == []


@pytest.mark.parametrize("name", ["../up", "note-1.fhir", "a/b", ""])
def test_an_id_that_would_confuse_a_watcher_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="note id"):
        NoteSpool(tmp_path).put(name, PDF, BUNDLE, MANIFEST)
