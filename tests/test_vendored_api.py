"""Files that came from elsewhere, and pages that ask for nothing from elsewhere."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from desk import TEMPLATES

STATIC = Path(__file__).parents[1] / "api" / "static"


@pytest.mark.parametrize("folder", [STATIC / "vendor", Path(__file__).parent / "vendor"],
                         ids=["the console's", "the tests'"])  # fmt: skip
def test_vendored_files_are_those_their_lists_name(folder: Path) -> None:
    listed = {
        folder / package["folder"] / file["file"]: file["sha256"]
        for package in json.loads((folder / "vendor.json").read_text())
        for file in package["files"]
    }
    found = {path for path in folder.rglob("*") if path.is_file() and path.parent != folder}
    assert found == set(listed)
    for path, known in listed.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == known, path.name


def test_no_page_asks_for_anything_from_elsewhere_or_runs_a_script_of_its_own() -> None:
    pages = [*TEMPLATES.glob("console/*.html"), *TEMPLATES.glob("provider/*.html")]
    assert pages
    for page in pages:
        words = page.read_text()
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", words), page.name
        assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+=|style=|\|\s*safe\b", words), (
            page.name
        )
        forms = re.findall(r"<form method=\"post\".*?</form>", words, re.S)
        for form in forms:
            assert 'name="csrf"' in form or page.name == "sign_in.html", page.name
