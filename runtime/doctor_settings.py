"""What `doorway doctor` says of the files settings name, and of variables that are none."""

import difflib
import os
from collections.abc import Iterator, Mapping

from pydantic import BaseModel, SecretStr

from runtime import programs
from runtime.errors import Refusal
from runtime.findings import Finding, fail, ok, warn
from runtime.settings import Settings

PREFIX = "DOORWAY_"
OTHERS = ("DOORWAY_PG_BIN", "DOORWAY_PG_NO_NAMESPACE", "DOORWAY_PARENT_PID")
"""Read where they are needed, because no room is handed them."""


def named(settings: Settings) -> Iterator[Finding]:
    """One finding for each file or account a setting names, and for each unknown variable."""
    yield _services(settings)
    if settings.instruments is not None:
        yield _instruments(settings)
    if settings.claims_dir is not None:
        yield _claims(settings)
    yield from _half_set("Fax", "DOORWAY_FAX__", settings.fax)
    yield from _half_set("Mail", "DOORWAY_MAIL__", settings.mail, "host", "sender")
    yield from _unknown(os.environ)


def refuse_unusable_files(settings: Settings) -> None:
    """Refusal, before any server starts, for a file that API or worker would stumble over."""
    programs.directory(settings.resources)
    programs.instruments()


def _services(settings: Settings) -> Finding:
    try:
        found = len(programs.directory(settings.resources).services)
    except Refusal as refused:
        return fail("Services", f"{_sentence(refused)} DOORWAY_RESOURCES names it.")
    where = settings.resources or "the fictional sample in programs/resources"
    return (ok if found else warn)("Services", f"{found} community services, from {where}.")


def _instruments(settings: Settings) -> Finding:
    folder = settings.instruments
    if folder is None or not folder.is_dir():
        return fail("Instruments", f"DOORWAY_INSTRUMENTS names {folder}, which is no folder.")
    try:
        found = programs.licensed()
    except Refusal as refused:
        return fail("Instruments", _sentence(refused))
    names = ", ".join(sorted(found)) or "none, so that none of them can be asked"
    return (ok if found else warn)("Instruments", f"found in {folder}: {names}.")


def _claims(settings: Settings) -> Finding:
    folder = settings.claims_dir
    if folder is None or not folder.is_dir():
        return fail(
            "Nightly run",
            f"DOORWAY_CLAIMS_DIR names {folder}, which is no folder; no night will find anybody.",
        )
    return ok("Nightly run", f"from {folder}, at {settings.claims_hour}:00 UTC.")


def _half_set(about: str, prefix: str, group: BaseModel, *needed: str) -> Iterator[Finding]:
    """A group of settings of which some are there: the rest was probably forgotten."""
    values = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in group
        if not needed or name in needed
    }
    given = [name for name, value in values.items() if value and name != "api_base"]
    lacking = [f"{prefix}{name.upper()}" for name, value in values.items() if not value]
    if given and lacking:
        verb = "is" if len(lacking) == 1 else "are"
        yield warn(about, f"not used because {' and '.join(lacking)} {verb} not set.")


def _unknown(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Values are never repeated: a misspelled name may carry a password."""
    known = settings_names()
    for name in sorted(environment):
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), sorted(known), 1, 0.85)
            meant = f"; did you mean {near[0]}?" if near else "; unset it."
            yield warn("Settings", f"{name} is set and is no setting of Doorway{meant}")


def settings_names() -> set[str]:
    """Every variable that is read."""
    names = set(OTHERS)
    for name, field in Settings.model_fields.items():
        whole, group = f"{PREFIX}{name.upper()}", field.annotation
        if isinstance(group, type) and issubclass(group, BaseModel):
            names |= {f"{whole}__{inner.upper()}" for inner in group.model_fields}
        else:
            names.add(whole)
    return names


def _sentence(refused: Refusal) -> str:
    text = str(refused)
    return text if text.endswith(".") else f"{text}."
