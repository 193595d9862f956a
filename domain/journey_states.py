"""The states of a journey as data: every move with its timer, checked against the code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.exits import WAYS, Way
from domain.journey import ENDED, State
from domain.program import Program

PAUSES = ("hold", "take_over", "safety", *(way.value for way in (Way.GRACE, Way.REROUTES)))
ANYWHERE = "anywhere"
"""Of a move: from every state that is no end."""


@dataclass(frozen=True, slots=True)
class Move:
    source: str
    target: str
    when: str
    after: str
    """The program's setting that times it; empty: it happens when it happens."""

    def time(self, program: Program) -> timedelta | None:
        """None without a timer, or where the program has none of the kind.
        AttributeError: there is no such setting."""
        if not self.after:
            return None
        found: Any = program
        for name in self.after.split("."):
            if found is None:
                return None
            found = found.get(name) if isinstance(found, Mapping) else getattr(found, name)
        return timedelta(days=found) if isinstance(found, int) else found


@dataclass(frozen=True, slots=True)
class JourneyStates:
    says: Mapping[str, str]
    moves: tuple[Move, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "JourneyStates":
        """`data` is programs/journey_states.yaml; ValueError says in one sentence what is wrong.

        The ways out that are reported from outside are added from domain.exits.
        """
        says = {str(name): str(words) for name, words in data["states"].items()}
        known = {*State, *PAUSES}
        if set(says) != {str(name) for name in known}:
            odd = ", ".join(sorted(set(says) ^ {str(name) for name in known}))
            raise ValueError(f"journey states: the file and the code differ in {odd}.")
        moves = tuple(_move(row, says) for row in data["moves"])
        return cls(says, (*moves, *_reported()))

    def ends(self) -> frozenset[str]:
        return frozenset(str(state) for state in ENDED)

    def by_silence(self, program: Program) -> Mapping[str, tuple[tuple[str, timedelta], ...]]:
        """Where each state goes by time alone, and after how long."""
        found: dict[str, list[tuple[str, timedelta]]] = {name: [] for name in self.says}
        for move in self.moves:
            time = move.time(program)
            if time is not None:
                found[move.source].append((move.target, time))
        return {name: tuple(moves) for name, moves in found.items()}


def _move(row: Mapping[str, Any], says: Mapping[str, str]) -> Move:
    move = Move(str(row["from"]), str(row["to"]), str(row["when"]), str(row.get("after", "")))
    for name in (move.source, move.target):
        if name not in says and name != ANYWHERE:
            raise ValueError(f"journey states: a move names {name!r}, which is no state.")
    if move.source in {str(state) for state in ENDED}:
        raise ValueError(f"journey states: {move.source} is an end, nothing leads on from it.")
    return move


def _reported() -> tuple[Move, ...]:
    """What follows a report: at once the end, or a pause."""
    return tuple(
        Move(ANYWHERE, exit_.value if way is Way.ENDS else way.value, f"reported: {exit_}", "")
        for exit_, way in sorted(WAYS.items())
    )
