"""Supplies laid end to end, in numpy: millions of them, sorted as packed numbers.

A supply of one series begins when it is filled or when the one before it runs out, whichever is
later. With D the running sum of days supply, supplies reach to
D_i + max over j <= i of (start_j - D_(j-1)): running sums and maxima instead of a walk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]

BITS = 62
"""Of a packed number; sorting one number is several times faster than sorting rows."""
MOST_DAYS = (1 << 20) - 1
"""A supply that lasts longer than this outlasts every period anyway."""
CHUNK = 1 << 15
"""Persons at a time, so that memory does not grow with their number."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How wide each part of a packed number is, the last part lowest."""

    widths: tuple[int, ...]

    @classmethod
    def of(cls, *most: int) -> "Packing":
        """For parts from 0 to each of these."""
        return cls(tuple(max(1, int(n).bit_length()) for n in most))

    def pack(self, *parts: Ints) -> Ints:
        packed = parts[0]
        for width, part in zip(self.widths[1:], parts[1:], strict=True):
            packed = (packed << width) | part
        return packed

    def unpack(self, packed: Ints) -> list[Ints]:
        parts: list[Ints] = []
        for width in reversed(self.widths[1:]):
            parts.append(packed & ((1 << width) - 1))
            packed = packed >> width
        return [packed, *reversed(parts)]

    @property
    def fits(self) -> bool:
        return sum(self.widths) <= BITS


def chunks(
    con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]
) -> Iterator[list[Ints]]:
    """The columns of a table, some persons at a time, as whole numbers; never an empty chunk."""
    last = con.execute(f"select coalesce(max(person_no), -1) from {table}").fetchall()[0][0]
    chosen = ", ".join(f"{column}::bigint as {column}" for column in columns)
    for first in range(0, int(last) + 1, CHUNK):
        found = con.execute(
            f"select {chosen} from {table} where person_no between ? and ?",
            [first, first + CHUNK - 1],
        ).fetchnumpy()
        if len(found[columns[0]]):
            yield [np.asarray(found[column]) for column in columns]


def heads(*keys: Ints) -> Ints:
    """Where a new group begins in sorted keys; the groups are those of all keys together."""
    new = np.zeros(len(keys[0]), np.bool_)
    new[0] = True
    for key in keys:
        new[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(new)


def group_of(starts: Ints, size: int) -> Ints:
    """The number of each row's group."""
    flags = np.zeros(size, np.int64)
    flags[starts[1:]] = 1
    return np.cumsum(flags)


def running_most(values: Ints, group: Ints) -> Ints:
    """The greatest value so far within the group; values may be negative."""
    apart = int(values.max() - values.min()) + 1
    return np.maximum.accumulate(values + group * apart) - group * apart


def lay_end_to_end(group: Ints, starts: Ints, day: Ints, supply: Ints) -> Ints:
    """The day after each supply's last, in rows sorted by group and day."""
    reach = np.cumsum(supply)
    before = reach - supply
    reach = reach - before[starts][group]
    return reach + running_most(day - (reach - supply), group)
