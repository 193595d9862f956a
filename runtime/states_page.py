"""Makes docs/journey-states.md: one picture of all states and moves, with the programs' times."""

from datetime import timedelta
from pathlib import Path

from domain.journey_states import ANYWHERE, JourneyStates, Move
from domain.program import Program
from runtime import programs

PAGE = Path(__file__).parents[1] / "docs" / "journey-states.md"
HEAD = """# Journey states

Made by `make states` from `programs/journey_states.yaml`, `domain/exits.py` and the programs;
change those, not this page. A test fails while it is out of date.

What is *reported from anywhere* is said once below the picture, so that the picture stays readable.
"""


def page() -> str:
    states = programs.journey_states()
    known = list(programs.all_programs().values())
    return "\n".join([HEAD, *_picture(states, known), "", *_tables(states, known)]) + "\n"


def _picture(states: JourneyStates, known: list[Program]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> identified"]
    for move in states.moves:
        if move.source != ANYWHERE:
            said = _timed(move, known).replace(":", ",")
            lines.append(f"    {move.source} --> {move.target}: {said}")
    drawn = {move.target for move in states.moves if move.source != ANYWHERE}
    lines += [f"    {end} --> [*]" for end in sorted(states.ends() & drawn)]
    return [*lines, "```"]


def _timed(move: Move, known: list[Program]) -> str:
    times = {_days(move.time(each)) for each in known}
    found = ", ".join(sorted(filter(None, times)))
    return f"{move.when} ({found})" if found else move.when


def _days(time: timedelta | None) -> str:
    return "" if time is None else f"{time.days} days"


def _tables(states: JourneyStates, known: list[Program]) -> list[str]:
    lines = ["## From anywhere", "", "| to | when |", "|---|---|"]
    lines += [f"| `{m.target}` | {m.when} |" for m in states.moves if m.source == ANYWHERE]
    lines += ["", "## What each state means", "", "| state | what it means | |", "|---|---|---|"]
    ends = states.ends()
    for name, words in states.says.items():
        lines.append(f"| `{name}` | {words} | {'an end' if name in ends else ''} |")
    names = " | ".join(each.id for each in known)
    lines += ["", "## Times", "", f"| from | to | setting | {names} |"]
    lines.append("|---|---|---|" + "---|" * len(known))
    for move in states.moves:
        if move.after:
            times = " | ".join(_days(move.time(each)) for each in known)
            lines.append(f"| `{move.source}` | `{move.target}` | `{move.after}` | {times} |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
