"""What one run of identification changed against the run before, in counts and examples."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.identification import Verdicts

EXAMPLES = 20
"""So many enrollments are kept per line of a run's diff, to look them up by."""


@dataclass(frozen=True, slots=True)
class ProgramDiff:
    """What one run changed in one program, against the run before it."""

    new: int = 0
    returned: int = 0
    """Fit again, having stopped fitting before their journey was over."""
    gone: Mapping[str, int] = field(default_factory=dict)
    """No longer fit since this run, by reason."""
    leaving: Mapping[str, int] = field(default_factory=dict)
    """Leave by this run, by reason: ended, or paused for the program's grace."""
    withheld: Mapping[str, int] = field(default_factory=dict)
    retiered: Mapping[str, int] = field(default_factory=dict)
    """Of another tier since this run, by the tier they have now."""
    examples: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Enrollment ids by `new`, `returned`, `gone`, `leaving`, `withheld` and `retiered`."""


def summarize(
    new: Mapping[str, Sequence[str]],
    verdicts: Verdicts,
    programs: Iterable[str],
    retiered: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({}),
) -> Mapping[str, ProgramDiff]:
    """The diff of a run, by program; `new` are the enrollments made by it, `retiered` those of
    another tier now, with the tier."""
    return {
        name: _of_program(name, new.get(name, ()), verdicts, retiered.get(name, ()))
        for name in programs
    }


def _of_program(
    name: str, new: Sequence[str], verdicts: Verdicts, retiered: Sequence[tuple[str, str]]
) -> ProgramDiff:
    changed = [each for each in verdicts.changed if each.program == name]
    parts = {
        "gone": [each for each in changed if each.misfit],
        "leaving": [each for each in verdicts.leaving if each.program == name],
        "withheld": [each for each in verdicts.withheld if each.program == name],
    }
    returned = [each.id for each in changed if each.misfit is None]
    ids = {"new": new, "returned": returned, "retiered": [id_ for id_, _ in retiered]} | {
        part: [each.id for each in found] for part, found in parts.items()
    }
    counts = {
        part: dict(Counter(str(each.misfit) for each in found)) for part, found in parts.items()
    }
    return ProgramDiff(
        new=len(new),
        returned=len(returned),
        **counts,
        retiered=dict(Counter(tier for _, tier in retiered)),
        examples={part: sorted(found)[:EXAMPLES] for part, found in ids.items() if found},
    )
