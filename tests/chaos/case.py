"""Evidence with the indexes the rules share, and what a rule says when a promise was broken."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from chaos.evidence import Evidence, Row, Rows

STOPS = ("stop", "stop_doubtful")
STOP_WORDS = {"stop", "stopall", "unsubscribe", "end", "quit", "alto"}


@dataclass(frozen=True, slots=True)
class Violation:
    """`about` is an id, never a phone or a word of a member."""

    rule: str
    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.about}: {self.what}"


@dataclass(frozen=True)
class Case:
    """Evidence with the indexes the rules share; `bound`: how long anything may be in between."""

    seen: Evidence
    bound: timedelta

    @cached_property
    def accepted(self) -> Rows:
        return self.seen.of("accepted")

    @cached_property
    def intents(self) -> Mapping[str, Row]:
        return {row["id"]: row for row in self.seen["intents"]}

    def purpose(self, intent: str) -> str | None:
        row = self.intents.get(intent)
        return None if row is None else str(row["purpose"])

    def old(self, business: datetime | None) -> bool:
        """Whether business time has been past this for longer than the bound of wall time."""
        waited = self.bound * self.seen.rate
        return business is not None and business + waited < self.seen.now

    def overdue(self, wall: datetime | None) -> bool:
        return wall is None or wall + self.bound < self.seen.wall


def intent_of(event: Row) -> str:
    return str(event["status_callback"]).rpartition("/")[2]


Rule = Callable[[Case], Iterator[Violation]]
