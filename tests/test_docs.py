"""The pages say what is so: what they name exists, and what must be on them is."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from runtime.settings import Lob, Settings, Twilio
from store.models import Base

ROOT = Path(__file__).parents[1]
DECISIONS = ROOT / "docs" / "decisions"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
ROOMS = sorted(path.name for path in ROOT.iterdir() if (path / "__init__.py").exists())
DATA = ("programs", "templates", "tests", "requirements", "bench", "docs")
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)
FILE = re.compile(r"[\w./-]+\.(?:py|yaml|yml|json|md|toml|lock|txt|typ|html|css|sh)")
SYMBOL = re.compile(r"_?[A-Za-z]\w*(?:\.\w+)?(?:\(\))?")
MADE_LATER = {"report.json", "programs/medicaid-breathing.yaml"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=name_of)


@EACH_PAGE
def test_files_named_in_a_page_exist(page: Path) -> None:
    named = {name for name in CODE.findall(prose(page)) if FILE.fullmatch(name)}
    assert sorted(name for name in named if not exists(name, page)) == []


def exists(name: str, page: Path) -> bool:
    if name in MADE_LATER or (ROOT / name).exists() or (page.parent / name).exists():
        return True
    # Under a heading that names the room a file goes by its bare name.
    return "/" not in name and any(name == path.name for room in ROOMS for path in code(room))


@cache
def code(room: str) -> tuple[Path, ...]:
    return tuple((ROOT / room).rglob("*.py"))


@cache
def words_of(file: Path) -> frozenset[str]:
    """Every name that a file defines or uses, and every word of its texts."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        for name in ("name", "id", "attr", "arg", "value"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                found |= set(re.findall(r"\w+", value))
    return frozenset(found)


# The ways in which the pages put a name into a file.
SAID_OF_A_FILE = [
    r"`(?P<name>[\w.]+)`(?: [a-z]+){0,2} (?:in|of) `(?P<file>[\w/]+\.py)`",
    r"`(?P<file>[\w/]+\.py)`: `(?P<name>[\w.]+)`",
    r"`(?P<name>[\w.]+)`,? \(`(?P<file>[\w/]+\.py)`\)",
    r"\(`(?P<file>[\w/]+\.py)`, `(?P<name>[\w.]+)`\)",
    r"\(`(?P<name>[\w.]+)`, `(?P<file>[\w/]+\.py)`\)",
]


def claimed(page: Path) -> set[tuple[str, str]]:
    """(name, file) wherever a page says that a name is in a file."""
    text = " ".join(prose(page).split())
    said = (found for how in SAID_OF_A_FILE for found in re.finditer(how, text))
    return {(found["name"], found["file"]) for found in said}


CLAIMS = [(page, *claim) for page in PAGES for claim in sorted(claimed(page))]


def test_the_pages_say_of_many_names_where_they_are() -> None:
    assert len(CLAIMS) > 40


@pytest.mark.parametrize(
    ("page", "name", "file"),
    [pytest.param(*c, id=f"{name_of(c[0])} says {c[1]} is in {c[2]}") for c in CLAIMS],
)
def test_a_name_is_in_the_file_where_a_page_puts_it(page: Path, name: str, file: str) -> None:
    assert set(name.split(".")) <= words_of(ROOT / file)


@cache
def all_words() -> frozenset[str]:
    """Every word of the product, its data and its build files."""
    found: set[str] = set(Base.metadata.tables)
    for room in ROOMS:
        for file in code(room):
            found |= words_of(file)
    for file in [*ROOT.glob("*.*"), *(ROOT / "programs").rglob("*.*"), ROOT / "Makefile"]:
        if file.is_file() and file.suffix != ".md":
            found |= set(re.findall(r"\w+", file.read_text()))
    return frozenset(found)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=name_of
)
def test_names_that_look_like_code_occur_in_the_code(page: Path) -> None:
    looks = {
        name
        for name in CODE.findall(prose(page))
        if SYMBOL.fullmatch(name) and not FILE.fullmatch(name)
        if "_" in name or re.search(r"[a-z][A-Z]", name)
    }
    unknown = {name for name in looks if not set(re.findall(r"\w+", name)) <= all_words()}
    assert sorted(name for name in unknown if not name.startswith("DOORWAY_")) == []


@EACH_PAGE
def test_a_link_to_a_heading_finds_it(page: Path) -> None:
    missing = []
    for target in LINK.findall(prose(page)):
        path, _, heading = target.partition("#")
        if heading and "://" not in target:
            there = page if not path else (page.parent / path).resolve()
            if heading not in headings(there):
                missing.append(target)
    assert missing == []


def headings(page: Path) -> set[str]:
    """As code hosts make anchors of headings."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("room", [*ROOMS, *DATA])
def test_every_room_is_on_the_map(room: str) -> None:
    assert f"| `{room}/` |" in (ROOT / "docs" / "map.md").read_text()


def test_every_table_is_on_the_map_and_no_other() -> None:
    chapter = (ROOT / "docs" / "map.md").read_text().split("## Tables")[1].split("\n## ")[0]
    listed = {name for name in CODE.findall(chapter) if "." not in name and "/" not in name}
    assert listed == set(Base.metadata.tables)


@pytest.mark.parametrize("page", sorted(DECISIONS.glob("[0-9]*.md")), ids=name_of)
def test_every_decision_is_indexed_and_has_its_three_parts(page: Path) -> None:
    title = page.read_text().splitlines()[0].removeprefix("# ")
    number, _, words = title.partition(". ")
    assert page.name.startswith(f"{int(number):04}-")
    assert f"| [{number}]({page.name}) | {words} |" in (DECISIONS / "README.md").read_text()
    parts = ["Context", "Decision", "Consequences"]
    assert re.findall(r"^## (.+)$", page.read_text(), re.M) == parts


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in sorted(DECISIONS.glob("[0-9]*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_settings_named_in_the_readme_exist() -> None:
    plain = {f"DOORWAY_{name.upper()}" for name in Settings.model_fields}
    groups = {"TWILIO": Twilio, "LOB": Lob}
    known = plain | {
        f"DOORWAY_{group}__{name.upper()}"
        for group, kind in groups.items()
        for name in kind.model_fields
    }
    named = set(re.findall(r"DOORWAY_[A-Z_]+", (ROOT / "README.md").read_text()))
    assert named - known == set()
    assert len(named) > 5


def test_make_targets_and_commands_named_in_the_readme_exist() -> None:
    page = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)\b", page)) & set(targets) >= {"demo", "test"}
    commands = set(re.findall(r"`doorway ([a-z]+)", page))
    functions = words_of(ROOT / "runtime" / "cli.py")
    assert commands - functions == set()
    assert commands
