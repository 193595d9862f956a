"""`doorway export`: what is in the folder, what is kept back, and what it refuses in a sentence."""

import hashlib
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import make
import pypdf
import pytest
from fhir.resources.R4B.bundle import Bundle
from rich.console import Console

from runtime.errors import Refusal
from runtime.export import export
from runtime.settings import Settings
from store.models import Agreement, Base


def agreement(*, given: bool = True, **more: Any) -> Agreement:
    defaults = {"member_id": "m1", "given": given, "at": make.NOW, "how": "text", "actor": "member"}
    return Agreement(**{**defaults, **more})


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> str:
    """Ana with everything: screening, needs, referral, readings, fills, note and letter."""
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    make.save(
        database_url,
        make.pharmacy(), make.member(language="es", alt_format="large_print"), make.phone(),
        make.contact_point(), make.enrollment(), make.screening(instrument="96777-8"),
        make.answer(1, item="71802-3", answers=["LA31993-1"]),
        make.answer(1, item="88122-7", answers=["LA28397-0"]),
        make.need(), make.need(domain="utilities", item="96779-4", z_code="Z59.12"),
        make.referral(1), make.medication(), make.reading(),
        make.medication(ndc11="00000000002", ingredient="buprenorphine", part2=True),
        make.evidence(), make.evidence(condition="oud", part2=True), make.note(),
        make.letter(path=str(letter), large_print=True, language="es"),
    )  # fmt: skip
    return database_url


def run(database_url: str, out: Path, enrollment: str = "e1") -> str:
    console = Console(file=io.StringIO(), width=200)
    export(Settings(database_url=database_url), enrollment, out, console)
    said = console.file
    assert isinstance(said, io.StringIO)
    return said.getvalue()


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return found


def test_everything_is_written_and_listed_with_its_hash(house: str, tmp_path: Path) -> None:
    make.save(house, agreement())
    out = tmp_path / "out"
    run(house, out)
    lines = manifest(out)["files"]
    assert sorted(line["file"] for line in lines) == [
        "care-plan.json", "care-plan.pdf", "ecare-plan.json", "ecare-plan.pdf",
        "letter-1.pdf", "needs.json", "needs.pdf", "note-1.json", "note-1.pdf",
        "referral-1.json", "referral-1.pdf", "screening-1.json", "screening-1.pdf",
    ]  # fmt: skip
    for line in lines:
        content = (out / line["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
    by_name = {line["file"]: line for line in lines}
    assert by_name["screening-1.json"]["channel"] == "sms"
    assert by_name["screening-1.json"]["language"] == "es"
    assert (by_name["letter-1.pdf"]["language"], by_name["letter-1.pdf"]["large_print"]) == (
        "es", True,
    )  # fmt: skip
    assert by_name["care-plan.pdf"]["large_print"] is True
    assert {path.stat().st_mode & 0o077 for path in out.iterdir()} == {0}


def test_every_reference_in_a_bundle_resolves_in_it(house: str, tmp_path: Path) -> None:
    make.save(house, agreement())
    run(house, tmp_path / "out")
    for path in (tmp_path / "out").glob("*.json"):
        if path.name == "manifest.json":
            continue
        entries = json.loads(path.read_text())["entry"]
        inside = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}
        inside |= {e["fullUrl"] for e in entries}
        assert set(named(entries)) <= inside, path.name


def named(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + [name for part in value.values() for name in named(part)]
    return [name for part in value for name in named(part)] if isinstance(value, list) else []


def test_the_ecare_plan_is_a_document_with_all_five_sections(house: str, tmp_path: Path) -> None:
    make.save(house, agreement())
    run(house, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "ecare-plan.json").read_text())
    Bundle.model_validate(document)
    composition = document["entry"][0]["resource"]
    assert (document["type"], composition["resourceType"]) == ("document", "Composition")
    assert composition["type"]["coding"][0]["code"] == "52521-2"
    assert [part["code"]["coding"][0]["code"] for part in composition["section"]] == [
        "75310-3", "61146-7", "62387-6", "11383-7", "48768-6",
    ]  # fmt: skip
    words = words_of(tmp_path / "out" / "ecare-plan.pdf")
    for said in ("lisinopril", "Food", "Utilities", "150/95", "For the prescriber, NPI"):
        assert said in words
    assert "buprenorphine" not in words


def test_an_ecare_plan_needs_no_note_that_was_sent(database_url: str, tmp_path: Path) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(), make.enrollment(),
        make.medication(prescriber_npi="1000000020"),
    )  # fmt: skip
    run(database_url, tmp_path / "out")
    assert "NPI 1000000020" in words_of(tmp_path / "out" / "ecare-plan.pdf")


def test_without_anybody_to_be_for_the_plan_is_said_to_be_missing(
    database_url: str, tmp_path: Path
) -> None:
    make.save(database_url, make.pharmacy(), make.member(), make.enrollment())
    assert "Not in it: the eCare plan; no prescriber" in run(database_url, tmp_path / "out")


WITHHELD = "the member has not agreed that they are told outside"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], id="nobody has asked"),
        pytest.param([agreement(given=False)], id="the member said no"),
        pytest.param([agreement(), agreement(given=False)], id="the member took their yes back"),
    ],
)
def test_without_the_members_yes_no_need_leaves(
    house: str, tmp_path: Path, words: list[Base]
) -> None:
    make.save(house, *words)
    said = run(house, tmp_path / "out")
    assert WITHHELD in said
    assert {"what": "social needs", "why": WITHHELD} in manifest(tmp_path / "out")["withheld"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "out").glob("*.json"))
    for tells in (b"Z59", b"food", b"88122-7", b"utilities", b"QuestionnaireResponse"):
        assert tells not in everything
    assert words_of(tmp_path / "out" / "care-plan.pdf").find("food") == -1


def test_nothing_of_a_part_2_record_is_in_it(house: str, tmp_path: Path) -> None:
    make.save(house, agreement())
    run(house, tmp_path / "out")
    for path in (tmp_path / "out").iterdir():
        text = words_of(path) if path.suffix == ".pdf" else path.read_text()
        assert "buprenorphine" not in text, path.name
        assert "oud" not in text.split(), path.name
        assert '"oud"' not in text, path.name


def words_of(pdf: Path) -> str:
    if pdf.name.startswith("letter"):
        return ""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)


def test_the_pages_say_what_the_bundles_say(house: str, tmp_path: Path) -> None:
    make.save(house, agreement())
    run(house, tmp_path / "out")
    assert "Food insecurity, unconfirmed" in words_of(tmp_path / "out" / "needs.pdf")
    plan = words_of(tmp_path / "out" / "care-plan.pdf")
    assert "Blood pressure at home 150/95 mmHg" in plan
    assert "lisinopril" in plan
    assert "Please consider a statin." in words_of(tmp_path / "out" / "note-1.pdf")
    assert "Help with food" in words_of(tmp_path / "out" / "referral-1.pdf")


def test_an_unknown_enrollment_is_refused_in_a_sentence_and_nothing_is_left(
    house: str, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="There is no enrollment 'e9'; its id is in the address"):
        run(house, tmp_path / "sub" / "out", "e9")
    assert not (tmp_path / "sub").exists()


def test_a_folder_that_holds_something_is_never_written_over(house: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    kept = tmp_path / "out" / "kept.txt"
    kept.write_text("mine")
    with pytest.raises(Refusal, match="is there already and is no empty folder"):
        run(house, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kept.txt"]


def test_a_write_that_fails_half_way_leaves_nothing(
    house: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("runtime.export.os.fsync", fail)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Refusal, match="could not be written: No space left on device"):
        run(house, tmp_path / "out")
    assert sorted(tmp_path.iterdir()) == before


def test_a_letter_that_left_the_spool_is_said_to_be_missing(house: str, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").unlink()
    run(house, tmp_path / "out")
    assert {"what": "letter 1", "why": "its file is no longer in the print spool"} in manifest(
        tmp_path / "out"
    )["withheld"]


def test_the_newest_word_counts_for_every_enrollment_of_the_member(
    house: str, tmp_path: Path
) -> None:
    make.save(house, agreement(given=False), agreement(at=make.NOW + timedelta(days=1)))
    run(house, tmp_path / "out")
    assert (tmp_path / "out" / "needs.json").exists()
