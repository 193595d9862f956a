"""Finds the files of claims folders and says which layout each has, or what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from claims.errors import BadInput
from claims.layout import CANONICAL

ACCEPTED = (".csv", ".parquet")
_PACKED = (".zip", ".gz", ".bz2", ".xz", ".zst", ".7z", ".tar", ".tgz")


@dataclass(frozen=True, slots=True)
class Source:
    """The files of one kind, all of one format, and the canonical kinds taken from them."""

    kind: str
    files: tuple[Path, ...]
    layout: str = "canonical"
    gives: tuple[str, ...] = ()
    plan: object = None
    """What a layout needs to know to read the files; a column map, for example."""

    @property
    def where(self) -> str:
        """The file (or folder of files) to name in a sentence."""
        return str(self.files[0] if len(self.files) == 1 else self.files[0].parent)


Look = Callable[[Path, frozenset[Path]], Sequence[Source]]
"""What a layout finds in a folder, beside the files that are spoken for already."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the folders hold together: the first folder that has a kind gives it."""

    layout: str
    """The layouts of the first folder."""
    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    files: Mapping[str, Path] = field(default_factory=dict)
    """Every file that is read, by its place in its folder."""


def find(folders: Sequence[Path], looks: Sequence[Look]) -> Found:
    """Looks through the folders in order; raises BadInput when one is absent or holds nothing."""
    if not folders:
        raise BadInput("No claims folder was given; name a folder with medical_claim files.")
    taken: list[Source] = []
    layouts: list[str] = []
    given: set[str] = set()
    files: dict[str, Path] = {}
    for number, folder in enumerate(folders):
        found = _look_into(folder, looks)
        layouts.append(" + ".join(dict.fromkeys(source.layout for source in found)))
        wanted = [replace(s, gives=tuple(k for k in s.gives if k not in given)) for s in found]
        taken += [source for source in wanted if source.gives]
        given.update(kind for source in found for kind in source.gives)
        prefix = f"{number + 1}/" if number else ""
        for source in wanted:
            if source.gives:
                files |= {prefix + f.relative_to(folder).as_posix(): f for f in source.files}
    missing = tuple(kind for kind in CANONICAL if kind not in given)
    return Found(layouts[0], tuple(taken), missing, files)


def _look_into(folder: Path, looks: Sequence[Look]) -> list[Source]:
    if not folder.exists():
        raise BadInput(f"There is no folder {folder}; check the path of the claims folder.")
    if not folder.is_dir():
        raise BadInput(f"{folder} is a file; name the folder that holds the claims files.")
    found: list[Source] = []
    for look in looks:
        spoken_for = frozenset(file for source in found for file in source.files)
        found += look(folder, spoken_for)
    if not found:
        raise BadInput(_nothing(folder))
    _once_each(folder, found)
    return found


def _once_each(folder: Path, found: Sequence[Source]) -> None:
    """Two layouts that hold the same thing: neither is preferred, the reader is asked."""
    first: dict[str, Source] = {}
    for source in found:
        for kind in source.gives:
            other = first.setdefault(kind, source)
            if other.layout != source.layout:
                raise BadInput(
                    f"{folder} holds {kind} twice: in {other.files[0].name} ({other.layout}) and "
                    f"in {source.files[0].name} ({source.layout}); keep one of the two."
                )


def _nothing(folder: Path) -> str:
    packed = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in _PACKED)
    if packed:
        return f"{folder} holds the archive {packed[0]} and no claims files; unpack it there."
    return (
        f"{folder} holds no claims files; it needs medical_claim, pharmacy_claim and eligibility "
        "as .csv or .parquet, or files of another layout that docs/claims-in.md tells of."
    )


def look_for_canonical(folder: Path, spoken_for: frozenset[Path]) -> list[Source]:
    """Tuva's input layer and our own small tables, each by its name."""
    found = (files_of(folder, kind, spoken_for) for kind in CANONICAL)
    return [Source(kind, f, gives=(kind,)) for kind, f in zip(CANONICAL, found, strict=True) if f]


def files_of(
    folder: Path, kind: str, spoken_for: frozenset[Path], accepted: Sequence[str] = ACCEPTED
) -> tuple[Path, ...]:
    """The files called `kind`, or those in a folder called so; none when there is neither."""
    here = sorted(p for p in folder.iterdir() if p.stem.lower() == kind or p.name.lower() == kind)
    files = [p for p in here if p.is_file() and p.suffix.lower() in accepted]
    for inner in (p for p in here if p.is_dir()):
        files += sorted(p for p in inner.iterdir() if p.suffix.lower() in accepted)
    files = [file for file in files if file not in spoken_for]
    forms = sorted({p.suffix.lower() for p in files})
    if len(forms) > 1:
        raise BadInput(f"{folder} holds {kind} both as {forms[0]} and as {forms[1]}; keep one.")
    return tuple(files)


def literal(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A SQL string literal of a path, with the characters DuckDB would expand kept as they are."""
    kept = "".join(f"[{c}]" if c in "*?[" else c for c in str(path))
    return literal(kept)
