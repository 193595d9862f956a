"""Reads a folder's mapping.yaml: which column of whose file is which column of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from claims.adapters.ncpdp import COLUMNS, NET
from claims.errors import BadInput
from claims.layout import CANONICAL

ENCODINGS = ("utf-8", "latin-1", "utf-16")
NUMBERS = ("plain", "overpunch")
DATES = {
    "YYYYMMDD": "%Y%m%d", "CCYYMMDD": "%Y%m%d", "YYYY-MM-DD": "%Y-%m-%d", "MMDDYYYY": "%m%d%Y",
    "MMDDCCYY": "%m%d%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y", "YYYYDDD": "%Y%j",
    "DD-MON-YYYY": "%d-%b-%Y",
}  # fmt: skip
_FILE_KEYS = {
    "file", "gives", "form", "delimiter", "header", "names", "fields", "encoding", "keep", "ncpdp",
    "columns", "net",
}  # fmt: skip
_COLUMN_KEYS = {"from", "join", "with", "constant", "date", "number", "decimals", "words"}


@dataclass(frozen=True, slots=True)
class Take:
    """Where one canonical column comes from and how it is written there."""

    fields: tuple[str, ...] = ()
    parted_by: str = ""
    constant: str | None = None
    date: str | None = None
    number: str | None = None
    decimals: int = 0
    words: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Net:
    """How a file tells a reversal: the action of a row and what makes two rows one fill."""

    action: Take
    by: tuple[str, ...]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileMap:
    """One entry of a mapping: files of one form that give rows of one kind."""

    where: str
    pattern: str
    gives: str
    delimiter: str | None
    """None for fixed width."""
    header: bool
    names: tuple[str, ...]
    fields: Mapping[str, tuple[int, int]]
    """Fixed width only: name to (start, width), counted from 1."""
    encoding: str
    keep: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Take]
    net: Net | None


def read_mapping(file: Path) -> list[FileMap]:
    """Every entry of a mapping.yaml; BadInput says which entry and what about it."""
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError):
        raise BadInput(f"{file} is not YAML; see programs/mappings for examples.") from None
    entries = told.get("files") if isinstance(told, dict) else None
    if not isinstance(entries, list) or not entries:
        raise BadInput(f"{file} names no files; give it a list called files.")
    return [_entry(f"{file}, entry {n}", entry) for n, entry in enumerate(entries, start=1)]


def _entry(where: str, told: Any) -> FileMap:
    if not isinstance(told, dict) or not isinstance(told.get("file"), str):
        raise BadInput(f"{where} has no file; name the file, or a pattern with *.")
    where = f"{where} ({told['file']})"
    _known(where, told, _FILE_KEYS, "file")
    gives = _one_of(where, "gives", told.get("gives"), tuple(CANONICAL))
    fixed = _one_of(where, "form", told.get("form", "delimited"), ("delimited", "fixed")) == "fixed"
    fields = _fields(where, told.get("fields"), fixed)
    ncpdp = bool(told.get("ncpdp"))
    if ncpdp and gives != "pharmacy_claim":
        raise BadInput(
            f"{where}: ncpdp is for pharmacy_claim files only; name the columns instead."
        )
    columns = {**(COLUMNS if ncpdp else {}), **_mapping(where, "columns", told.get("columns"))}
    net = told.get("net", NET if ncpdp else None)
    if net and gives != "pharmacy_claim":
        raise BadInput(f"{where}: net is for pharmacy_claim files only; map what was paid instead.")
    names = tuple(str(name) for name in told.get("names") or ())
    return FileMap(
        where=where,
        pattern=told["file"],
        gives=gives,
        delimiter=None if fixed else _delimiter(where, told.get("delimiter", ",")),
        header=bool(told.get("header", not names)) and not fixed,
        names=names,
        fields=fields,
        encoding=_one_of(where, "encoding", told.get("encoding", "utf-8"), ENCODINGS),
        keep={str(k): _words(v) for k, v in _mapping(where, "keep", told.get("keep")).items()},
        columns=_columns(where, gives, columns),
        net=_net(where, net) if net else None,
    )


def _columns(where: str, gives: str, told: Mapping[str, Any]) -> dict[str, Take]:
    known = {n for c in CANONICAL[gives] for n in (c.numbered or [c.name])}
    unknown = sorted(set(told) - known)
    if unknown:
        raise BadInput(
            f"{where}: {unknown[0]} is no column of {gives}; see docs/claims-in.md for its columns."
        )
    needed = [c.numbered[0] if c.repeat else c.name for c in CANONICAL[gives] if c.required]
    lacking = [name for name in needed if name not in told]
    if lacking:
        raise BadInput(f"{where} gives no {', '.join(lacking)}; map every column {gives} needs.")
    return {name: _take(f"{where}: {name}", spec) for name, spec in told.items()}


def _take(where: str, told: Any) -> Take:
    if isinstance(told, str | int):
        return Take((str(told),))
    if not isinstance(told, dict):
        raise BadInput(f"{where} is neither a field's name nor a map with from, join or constant.")
    _known(where, told, _COLUMN_KEYS, "column")
    if sum(key in told for key in ("from", "join", "constant")) != 1:
        raise BadInput(f"{where} needs exactly one of from, join and constant.")
    if "constant" in told:
        return Take(constant=str(told["constant"]))
    date, number = told.get("date"), told.get("number")
    if date is not None:
        _one_of(where, "date", date, tuple(DATES))
    if number is not None:
        _one_of(where, "number", number, NUMBERS)
    decimals = told.get("decimals", 0)
    if not isinstance(decimals, int) or not 0 <= decimals <= 9:
        raise BadInput(f"{where}: decimals is a whole number from 0 to 9.")
    if decimals and number is None:
        raise BadInput(f"{where}: decimals needs number: plain or number: overpunch beside it.")
    words = told.get("words")
    return Take(
        _words(told.get("from", told.get("join"))), str(told.get("with", "-")), None, date, number,
        decimals,
        {str(k): str(v) for k, v in _mapping(where, "words", words).items()} if words else None,
    )  # fmt: skip


def _net(where: str, told: Any) -> Net:
    if not isinstance(told, dict) or not {"action", "by"} <= set(told):
        raise BadInput(f"{where}: net needs action (with its words) and by (the fields of a fill).")
    _known(f"{where}: net", told, {"action", "by", "order"}, "net")
    action = _take(f"{where}: net action", told["action"])
    if not action.words or not set(action.words.values()) <= {"bill", "rebill", "reverse"}:
        raise BadInput(f"{where}: the words of net action are bill, rebill and reverse.")
    return Net(action, _words(told["by"]), _words(told.get("order", ())))


def _fields(where: str, told: Any, fixed: bool) -> dict[str, tuple[int, int]]:
    if not fixed:
        return {}
    found = _mapping(where, "fields", told)
    for name, place in found.items():
        whole = isinstance(place, list) and len(place) == 2
        if not whole or not all(isinstance(n, int) and n > 0 for n in place):
            raise BadInput(f"{where}: field {name} is not [start, width], both counted from 1.")
    if not found:
        raise BadInput(f"{where} is of fixed width and has no fields; give each [start, width].")
    return {str(name): (place[0], place[1]) for name, place in found.items()}


def _delimiter(where: str, told: Any) -> str:
    if not isinstance(told, str) or len(told) != 1:
        raise BadInput(f"{where}: delimiter is one character.")
    return told


def _mapping(where: str, key: str, told: Any) -> dict[str, Any]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise BadInput(f"{where}: {key} is not a map of names.")
    return {str(name): value for name, value in told.items()}


def _words(told: Any) -> tuple[str, ...]:
    return tuple(str(t) for t in told) if isinstance(told, Sequence | tuple) and not isinstance(
        told, str
    ) else (str(told),)  # fmt: skip


def _one_of(where: str, key: str, told: Any, known: Sequence[str]) -> str:
    if told not in known:
        raise BadInput(f"{where}: {key} is not one of {', '.join(known)}.")
    return str(told)


def _known(where: str, told: Mapping[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(str(key) for key in told if key not in known)
    if unknown:
        raise BadInput(
            f"{where}: {unknown[0]} is no setting of a {what}; use {', '.join(sorted(known))}."
        )
