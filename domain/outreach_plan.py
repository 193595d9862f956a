"""The plan of an invitation: its ladder, its patience, and the ladder after a rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.cool_off import CoolOff
from domain.outreach_rungs import Rung

COUNTER_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OutreachPlan:
    rungs: Sequence[Rung]
    patience: timedelta
    """How long after the last rung an answer is awaited."""
    call_within: timedelta
    counter_within: timedelta = COUNTER_WITHIN
    earlier: Mapping[str, Sequence[Rung]] = field(default_factory=dict)
    """By program version: the ladder that journeys begun under it keep."""

    again: CoolOff | None = None
    """How those are invited again who were not reached; None: nobody is."""

    def ladder(self, version: str) -> Sequence[Rung]:
        """All rungs, those of a later invitation behind those of the first."""
        if version in self.earlier:
            return self.earlier[version]
        again = tuple(self.again.rungs) if self.again else ()
        return (*self.rungs, *(again * self.later))

    def ends(self, version: str) -> Sequence[int]:
        """After which rungs an invitation is over; after the last of them no other follows."""
        if version in self.earlier:
            return (len(self.earlier[version]),)
        more = len(self.again.rungs) if self.again else 0
        return tuple(len(self.rungs) + n * more for n in range(self.later + 1))

    @property
    def later(self) -> int:
        return self.again.times if self.again else 0
