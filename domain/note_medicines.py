"""Which of the medicines that claims know belong on a note's list."""

from collections.abc import Iterable
from datetime import date, timedelta

from domain.notes import MedicationLine


def in_use(
    lines: Iterable[MedicationLine], *, today: date, window: timedelta
) -> tuple[MedicationLine, ...]:
    """One line a medicine, its newest fill; none whose supply ended longer than `window` ago.

    The newest fill comes first.
    """
    newest: dict[str, MedicationLine] = {}
    for line in sorted(lines, key=lambda line: (line.last_fill, line.days_supply, line.ndc or "")):
        newest[line.ingredient.casefold()] = line
    kept = [line for line in newest.values() if line.runs_out >= today - window]
    return tuple(sorted(kept, key=lambda line: (-line.last_fill.toordinal(), line.ingredient)))


def is_late(line: MedicationLine, today: date) -> bool:
    return line.long_term and line.runs_out < today
