"""`make chaos`: one seed against the real stack; exit code 1 when a promise was broken."""

import argparse
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from chaos.case import Violation
from chaos.checker import check
from chaos.evidence import Evidence
from chaos.nemesis import Nemesis, write_plan
from chaos.schedule import CARRIER, Schedule, schedule
from chaos.stack import Stack, StackFailed

FIRST_TEXT_SECONDS = 60.0
BOUND = timedelta(seconds=40)
"""How long a text may be in between: settle time, lease, the carrier's time-out and a restart."""
PATIENCE = 180.0
"""Seconds beyond the quiet in which a house that fell behind may catch up."""
MEMBERS_PER_JOURNEY = 1.4
"""Not everybody who is made up is found ill enough for a program, or has a pharmacy."""


def main() -> int:
    asked = _arguments()
    seconds = asked.minutes * 60 if asked.minutes else asked.faults * 6.0
    plan = schedule(asked.seed, faults=asked.faults, seconds=seconds)
    home = Path(tempfile.mkdtemp(prefix="doorway-chaos-")) / "home"
    replay = (
        f'make chaos ARGS="--journeys {asked.journeys} --faults {asked.faults} '
        f"--seed {asked.seed} --minutes {seconds / 60:g} --day-seconds {asked.day_seconds:g}"
        f'{" --bugs " + ",".join(asked.bugs) if asked.bugs else ""}"'
    )
    _say(f"Seed {asked.seed}: {asked.faults} faults in {seconds:.0f} s. Again: {replay}")
    try:
        seen, nemesis = run(
            home, plan, journeys=asked.journeys, day_seconds=asked.day_seconds,
            quiet=asked.quiet, bugs=asked.bugs,
        )  # fmt: skip
    except StackFailed as failed:
        _say(str(failed))
        return 1
    found = check(seen, bound=BOUND)
    if nemesis.under_fire < asked.faults:
        # Kills of a house in which nothing happens prove nothing.
        found.append(Violation("hollow", "run", f"{nemesis.under_fire} texts under fire"))
    _tell(seen, nemesis, found)
    if found:
        _say(f"Again: {replay}\nThe run's logs and tables are kept in {home}.")
        return 1
    if not asked.keep:
        shutil.rmtree(home.parent)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--journeys", type=int, default=120, help="about how many run")
    parser.add_argument("--faults", type=int, default=30, help="kills, stalls and fallen houses")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0.0, help="of faults; default 6 s each")
    parser.add_argument("--quiet", type=float, default=60.0, help="seconds to settle afterwards")
    parser.add_argument("--day-seconds", type=float, default=8.0, help="a day on the fast clock")
    parser.add_argument("--bugs", type=lambda words: words.split(","), default=[],
                        help="planted bugs by name: the run must then fail")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="keep the home of a clean run too")
    return parser.parse_args()


def run(
    home: Path, plan: Schedule, *, journeys: int, day_seconds: float, quiet: float,
    bugs: list[str],
) -> tuple[Evidence, Nemesis]:  # fmt: skip
    """The whole story: start, faults, one last fall of the house, quiet, stop, evidence."""
    members = round(journeys * MEMBERS_PER_JOURNEY)
    stack = Stack(
        home, members=members, day_seconds=day_seconds, seed=plan.seed, as_of=plan.as_of, bugs=bugs
    )
    nemesis = Nemesis(stack, plan, _say)
    try:
        stack.start(CARRIER)
        write_plan(plan, home / "schedule.jsonl")
        _await_first_text(stack)
        nemesis.strike()
        nemesis.under_fire = stack.accepted()
        stack.kill_all()
        _say(f"The last fall of the house; then at least {quiet:.0f} s of quiet.")
        # The carrier behaves from here on: whatever is still open must come to its end.
        stack.start({})
        stack.await_worker()
        _settle(stack, quiet)
    finally:
        stack.stop()
    return stack.evidence(), nemesis


def _settle(stack: Stack, quiet: float) -> None:
    """At least the quiet asked for, then until nobody waits too long: being late is no loss."""
    began = time.monotonic()
    time.sleep(quiet)
    while (behind := stack.behind(BOUND)) and time.monotonic() < began + quiet + PATIENCE:
        time.sleep(1.0)
    _say(f"After {time.monotonic() - began:.0f} s {behind} of its journeys and texts are behind.")


def _await_first_text(stack: Stack) -> None:
    deadline = time.monotonic() + FIRST_TEXT_SECONDS
    while time.monotonic() < deadline:
        if stack.accepted():
            return
        time.sleep(0.2)
    raise StackFailed(f"No text was accepted in {FIRST_TEXT_SECONDS:.0f} s.")


def _tell(seen: Evidence, nemesis: Nemesis, found: list[Violation]) -> None:
    dealt = ", ".join(f"{count} {name}" for name, count in sorted(nemesis.done.items()))
    missed = ", ".join(f"{count} {name}" for name, count in sorted(nemesis.passed_over.items()))
    _say(f"Dealt: {dealt}. Passed over: {missed or 'none'}.")
    statuses: dict[str, int] = {}
    for row in seen["intents"]:
        statuses[row["status"]] = statuses.get(row["status"], 0) + 1
    _say(f"Journeys {sum(bool(row['started_at']) for row in seen['enrollments'])}; intents "
         f"{len(seen['intents'])} ({', '.join(f'{n} {s}' for s, n in sorted(statuses.items()))}); "
         f"accepted by the carrier {len(seen.of('accepted'))}, {nemesis.under_fire} of them under "
         f"fire; members' texts "
         f"{len(seen.of('texted'))}; STOPs {len(seen['revocations'])}; letters "
         f"{len(seen.manifest)}.")  # fmt: skip
    for violation in found:
        _say(f"VIOLATION {violation}")
    _say(f"{len(found)} violations.")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
