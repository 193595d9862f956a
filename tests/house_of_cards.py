"""A house with real servers and programs that only sleep, for tests to knock over.

`python -m house_of_cards HOME` opens it; HOME/pids names everyone in it as soon as all are.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path

from runtime.settings import Settings
from runtime.supervisor import PythonPart, Supervisor
from runtime.up import House, house


class HouseOfCards(House):
    def program(
        self, name: str, env: Mapping[str, str], *, port: int | None = None, patience: float = 5.0
    ) -> PythonPart:
        log = self.home / "logs" / f"{name}.log"
        return PythonPart(name, ["sleeping_card"], log=log, env=env, patience=patience)


def pids(supervisor: Supervisor) -> dict[str, int]:
    return {part.name: part.process.pid for part in supervisor.parts if part.process}


def main(home: Path) -> None:
    settings = Settings(home=home)
    with house(settings, print) as plain:
        made = HouseOfCards(plain.settings, plain.supervisor)
        made.start_servers()
        made.start_programs(4.0)
        written: dict[str, int] = {}

        def moment() -> bool:
            nonlocal written
            made.keep_clock()
            if pids(made.supervisor) != written:
                written = pids(made.supervisor)
                (home / "pids.new").write_text(json.dumps(written))
                (home / "pids.new").replace(home / "pids")
            return False

        made.supervisor.run(moment)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
