"""`make mutants` at its end: how many changes of the gate a test noticed; fails below the line."""

import json
import sys
from pathlib import Path

STATS = Path("mutants/mutmut-cicd-stats.json")
LINE = 0.95
"""Of changes that make a difference. The rest are mostly ones that make none, and are listed."""


def main() -> int:
    stats = json.loads(STATS.read_text())
    noticed = stats["killed"] + stats["timeout"]
    score = noticed / stats["total"]
    sys.stdout.write(
        f"{noticed} of {stats['total']} changes were noticed: {score:.3f} (at least {LINE}). "
        "The others: mutmut results; one of them: mutmut show NAME.\n"
    )
    return 0 if score >= LINE else 1


if __name__ == "__main__":
    sys.exit(main())
