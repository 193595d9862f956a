"""`doorway` as the harness starts it: the same program, a carrier with faults, bugs where asked.

Run as `python -m chaos.house demo ...`. Both are put in at the root, by substitution: the product
has no switch for either.
"""

import json
import os
from pathlib import Path

from chaos.planted import plant
from runtime import cli
from runtime.rehearsal import Cast, Simulation
from runtime.supervisor import PythonPart
from runtime.up import House

FAULTS, BUGS = "CHAOS_FAULTS", "CHAOS_BUGS"
_write, _program = Simulation.write_config, House.program


def _write_with_faults(
    self: Simulation, home: Path, cast: Cast, product_url: str, notes: Path
) -> Path:
    path = _write(self, home, cast, product_url, notes)
    config = json.loads(path.read_text())
    config["faults"] = json.loads(os.environ.get(FAULTS, "{}"))
    path.write_text(json.dumps(config))
    return path


def _program_with_bugs(self: House, *words: object, **given: object) -> PythonPart:
    made = _program(self, *words, **given)  # type: ignore[arg-type]
    made._words = ("chaos.house", *made._words[1:])
    return made


def main() -> None:
    Simulation.write_config = _write_with_faults  # type: ignore[method-assign]
    House.program = _program_with_bugs  # type: ignore[method-assign]
    for bug in filter(None, os.environ.get(BUGS, "").split(",")):
        plant(bug)
    cli.main()


if __name__ == "__main__":
    main()
