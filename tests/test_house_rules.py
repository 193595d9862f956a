"""House rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from pydantic import BaseModel

from runtime.settings import Settings

ROOT = Path(__file__).parents[1]
ROOMS = (
    "workflows", "activities", "api", "domain", "claims", "store", "gateways", "simulator",
    "runtime",
)  # fmt: skip
FILE_LINES = 250
FUNCTION_LINES = 40
EXEMPT = "# long because "
"""Followed by the reason, on the line of the `def`, or on the file's second line."""
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@cache
def modules() -> dict[str, str]:
    """The text of every module, by its path from the root."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sorted(found)}
    return {name: text for name, text in texts.items() if "migrations/versions" not in name}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in modules().items()}


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_no_dependency_ships_a_package_with_the_name_of_a_room() -> None:
    owners = packages_distributions()
    strangers = {room: set(owners.get(room, [])) - {"doorway"} for room in ROOMS}
    assert {room: names for room, names in strangers.items() if names} == {}


def test_a_module_says_at_its_head_what_is_in_it() -> None:
    assert [
        name for name, tree in trees().items() if tree.body and not ast.get_docstring(tree)
    ] == []


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in modules().items()
        if len(text.splitlines()) > FILE_LINES and EXEMPT not in text.splitlines()[1]
    }
    assert long == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield name, node


def test_a_function_is_short_enough_to_be_held_in_mind() -> None:
    long = {
        f"{name}:{function.name}": lines
        for name, function in functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
        and EXEMPT not in modules()[name].splitlines()[function.lineno - 1]
    }
    assert long == {}


def calls() -> Iterator[tuple[str, str]]:
    """Module and `owner.name` of every call of that form."""
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if isinstance(owner, ast.Name | ast.Attribute):
                    of = owner.id if isinstance(owner, ast.Name) else owner.attr
                    yield module, f"{of}.{node.func.attr}"


def test_two_modules_ask_the_machine_for_the_time() -> None:
    asked = {module for module, call in calls() if call in CLOCKS}
    assert asked == {"runtime/clock.py", "simulator/clock.py"}


def test_only_runtime_reads_the_environment() -> None:
    reading = re.compile(r"\bos\.(environ|getenv)\b")
    readers = {name.partition("/")[0] for name, text in modules().items() if reading.search(text)}
    assert readers == {"runtime"}


def test_every_link_in_the_docs_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if not target.startswith(("#", "mailto:"))
        and "://" not in target
        and not (page.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


def test_locks_name_no_host() -> None:
    locks = sorted((ROOT / "requirements").glob("*.lock"))
    assert locks
    assert [lock.name for lock in locks if "://" in lock.read_text()] == []


def settings_names() -> set[str]:
    names = set()
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            names |= {f"DOORWAY_{name}__{each}".upper() for each in group.model_fields}
        else:
            names.add(f"DOORWAY_{name}".upper())
    return names


def test_the_page_of_settings_lists_each_and_no_other() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    rows = set(re.findall(r"^\| `(DOORWAY_[A-Z_]+)` \|", page, re.M))
    launcher = {"DOORWAY_PG_BIN"}
    assert rows == settings_names() | launcher


def test_no_document_names_a_setting_that_does_not_exist() -> None:
    known = settings_names() | {"DOORWAY_PG_BIN", "DOORWAY_PG_NO_NAMESPACE"}
    named = {
        name for page in PAGES for name in re.findall(r"\bDOORWAY_[A-Z_]+\b", page.read_text())
    }
    assert {name for name in named - known if not name.endswith("_")} == set()
