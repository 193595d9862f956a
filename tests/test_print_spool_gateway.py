"""The print spool: every letter once, whatever moment the machine stops at."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateways.print_spool import LetterConflict, LetterFacts, PrintSpool

FACTS = LetterFacts("introduction", "1-0a1b2c3d", "es", large_print=True, pages=2)
PDF = b"%PDF-1.7 pages of a letter"


class Crash(Exception):
    """The machine stops here."""


def crash(*_: object) -> None:
    raise Crash


def manifest(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]


def pdfs(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.pdf"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool" / "letters"


def test_a_letter_lies_under_its_opaque_id_and_the_manifest_says_what_it_is(folder: Path) -> None:
    letter = PrintSpool(folder).put("ltr-1", PDF, FACTS)
    assert letter.path == folder / "ltr-1.pdf"
    assert letter.path.read_bytes() == PDF
    assert manifest(folder) == [
        {
            "letter_id": "ltr-1",
            "file": "ltr-1.pdf",
            "sha256": letter.sha256,
            "template": "introduction",
            "version": "1-0a1b2c3d",
            "language": "es",
            "large_print": True,
            "pages": 2,
        }
    ]


def test_only_the_owner_reads_the_spool(folder: Path) -> None:
    letter = PrintSpool(folder).put("ltr-1", PDF, FACTS)
    assert folder.stat().st_mode & 0o077 == 0
    assert letter.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("again", ["same spool", "spool opened anew"])
def test_the_same_letter_again_gets_the_same_answer_and_no_second_line(
    folder: Path, again: str
) -> None:
    spool = PrintSpool(folder)
    first = spool.put("ltr-1", PDF, FACTS)
    second = (spool if again == "same spool" else PrintSpool(folder)).put("ltr-1", PDF, FACTS)
    assert second == first
    assert len(manifest(folder)) == 1


@pytest.mark.parametrize("again", ["same spool", "spool opened anew"])
def test_other_pages_under_a_used_id_are_refused_and_nothing_is_replaced(
    folder: Path, again: str
) -> None:
    spool = PrintSpool(folder)
    letter = spool.put("ltr-1", PDF, FACTS)
    with pytest.raises(LetterConflict, match="ltr-1"):
        (spool if again == "same spool" else PrintSpool(folder)).put("ltr-1", b"other", FACTS)
    assert letter.path.read_bytes() == PDF
    assert len(manifest(folder)) == 1


def test_a_crash_before_the_file_is_whole_leaves_nothing_a_printer_would_take(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = PrintSpool(folder)
    with monkeypatch.context() as patched:
        patched.setattr("gateways.durable_files.os.replace", crash)
        with pytest.raises(Crash):
            spool.put("ltr-1", PDF, FACTS)
    assert pdfs(folder) == []
    assert not (folder / "manifest.jsonl").exists()
    PrintSpool(folder).put("ltr-1", PDF, FACTS)
    assert len(manifest(folder)) == 1


def test_a_crash_between_file_and_manifest_is_repaired_by_the_next_put(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(PrintSpool, "_list", crash)
        with pytest.raises(Crash):
            PrintSpool(folder).put("ltr-1", PDF, FACTS)
    assert pdfs(folder) == ["ltr-1.pdf"]
    PrintSpool(folder).put("ltr-1", PDF, FACTS)
    PrintSpool(folder).put("ltr-1", PDF, FACTS)
    assert [entry["letter_id"] for entry in manifest(folder)] == ["ltr-1"]


def test_after_such_a_crash_other_pages_are_still_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(PrintSpool, "_list", crash)
        with pytest.raises(Crash):
            PrintSpool(folder).put("ltr-1", PDF, FACTS)
    with pytest.raises(LetterConflict):
        PrintSpool(folder).put("ltr-1", b"other pages", FACTS)


def test_a_manifest_line_torn_by_a_crash_is_written_again_whole(folder: Path) -> None:
    spool = PrintSpool(folder)
    spool.put("ltr-1", PDF, FACTS)
    spool.put("ltr-2", PDF, FACTS)
    lines = (folder / "manifest.jsonl").read_bytes()
    (folder / "manifest.jsonl").write_bytes(lines[:-20])
    PrintSpool(folder).put("ltr-2", PDF, FACTS)
    assert [entry["letter_id"] for entry in manifest(folder)] == ["ltr-1", "ltr-2"]


def test_a_letter_the_printer_took_away_is_not_printed_again(folder: Path) -> None:
    spool = PrintSpool(folder)
    letter = spool.put("ltr-1", PDF, FACTS)
    letter.path.unlink()
    assert spool.put("ltr-1", PDF, FACTS) == letter
    assert pdfs(folder) == []


def test_two_writers_on_one_folder_list_every_letter_once(folder: Path) -> None:
    spools = [PrintSpool(folder), PrintSpool(folder)]
    ids = [f"ltr-{n}" for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        puts = [pool.submit(spool.put, name, PDF, FACTS) for name in ids for spool in spools]
        answers = [put.result() for put in puts]
    assert len(set(answers)) == len(ids)
    assert sorted(str(entry["letter_id"]) for entry in manifest(folder)) == sorted(ids)
    assert len(pdfs(folder)) == len(ids)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "Maria Lopez", "a" * 101, "a\n"])
def test_an_id_that_is_no_opaque_file_name_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="letter id") as refused:
        PrintSpool(folder).put(name, PDF, FACTS)
    assert not name or name not in str(refused.value)
    assert pdfs(folder) == []
