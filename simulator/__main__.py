"""`python -m simulator --config FILE.json`: the simulated world, until it is told to stop."""

import argparse
import sys
from pathlib import Path

from simulator.app import run
from simulator.app_config import BadConfig, read_config
from simulator.members_contacts import BadContacts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="JSON file of settings")
    try:
        run(read_config(parser.parse_args().config))
    except (BadConfig, BadContacts) as bad:
        sys.stderr.write(f"{bad}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
