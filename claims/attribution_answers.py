"""The kinds of answers: members of a group who went the same way share one, and its words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from claims.attribution_nearest import Choice, Flags, Ints, State

ALTERNATIVES = 3

NO_ROOM, BELONGS, LANGUAGE, FARTHER = 1, 2, 3, 4
"""Why an alternative was not the first: others have its room, the member belongs to the first, the
member's language is not spoken there, or it is farther."""


class Kinds(NamedTuple):
    """One entry a kind of answer. Distances in tenths of a kilometre; pharmacy -1 is none."""

    place: Ints
    want: Ints
    pharmacy: Ints
    km: Ints
    nth: Ints
    """1 is the nearest; 0 is a pharmacy beyond the candidates, which the member belongs to."""
    of_all: Ints
    """How many qualify in the state."""
    fit: Ints
    """How many would, whatever is spoken there."""
    spoken: Flags
    belongs: Ints
    """To the chosen one: 0 not, 1 as the current, 2 the usual, 3 the recent one."""
    usual: Ints
    """0 none is known, 1 it does not qualify, 2 it does."""
    others: Ints
    """The next in rank, a column each, -1 for none."""
    others_km: Ints
    others_why: Ints

    @classmethod
    def together(cls, parts: Sequence["Kinds"]) -> "Kinds":
        if not parts:
            nobody = np.zeros(0, np.int64)
            return tell_nobody(nobody, nobody)[0]
        return cls(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def over_all(self, here: Ints, place: Ints, want: Ints) -> "Kinds":
        """With numbers of all states instead of one's; `place` and `want` are the groups'."""
        everywhere = np.append(here, -1)
        return self._replace(
            place=place[self.place], want=want[self.want],
            pharmacy=everywhere[self.pharmacy], others=everywhere[self.others],
        )  # fmt: skip


def tell_nobody(place: Ints, want: Ints) -> tuple[Kinds, Ints]:
    """Of members without a single pharmacy in their state, or without a place."""
    both = np.stack([place, want], axis=1).reshape(-1, 2)
    kinds, of = np.unique(both, axis=0, return_inverse=True)
    none = np.zeros(len(kinds), np.int64)
    others = np.full((len(kinds), ALTERNATIVES), -1)
    told = Kinds(
        kinds[:, 0], kinds[:, 1], none - 1, none, none, none, none, np.ones(len(kinds), np.bool_),
        none, none, others, np.zeros_like(others), np.zeros_like(others),
    )  # fmt: skip
    return told, of.reshape(-1)


def tell(
    choice: Choice, state: State, group: Ints, found: Ints, nearest: int, has_usual: Flags
) -> tuple[Kinds, Ints]:
    """What to tell members of `group` who found the candidate `found`; `has_usual` is the groups'.

    Places and wants of the kinds are numbers of groups here; see `over_all`.
    """
    columns = choice.pharmacy.shape[1]
    number = group * (columns + 1) + found + 1
    used = np.zeros(len(choice.pharmacy) * (columns + 1), np.bool_)
    used[number] = True
    kinds = np.flatnonzero(used)
    of, column = kinds // (columns + 1), kinds % (columns + 1) - 1
    served, pharmacy = column >= 0, choice.pharmacy[of, column]
    pharmacy[~served] = -1
    want, stays = state.want[of], state.stays[of]
    mine = served[:, None] & (stays == pharmacy[:, None])
    usual = np.where(stays[:, 1] >= 0, 1 + state.fits[want, stays[:, 1]], 1)
    kept = np.zeros((3, len(kinds), ALTERNATIVES), np.int64)
    kept[0] = -1
    told = Kinds(
        of, of, pharmacy, np.where(served, choice.km[of, column], 0),
        np.where(served & (column < nearest), column + 1, 0), choice.of_all[of],
        state.fits.sum(axis=1)[want], ~served | state.speaks[want, pharmacy],
        np.where(mine.any(axis=1), mine.argmax(axis=1) + 1, 0),
        np.where(has_usual[of], usual, 0), *kept,
    )  # fmt: skip
    _alternatives(told, choice, state, of, column)
    return told, (np.cumsum(used) - 1)[number]


def _alternatives(told: Kinds, choice: Choice, state: State, of: Ints, column: Ints) -> None:
    """The next in rank beside the chosen one, and why each was not the first."""
    missing = np.iinfo(np.int64).max
    rank = np.where(choice.pharmacy >= 0, choice.cost, missing)
    best = np.argsort(rank, axis=1, kind="stable")[:, : ALTERNATIVES + 1][of]
    # The chosen one makes room for those behind it.
    taken = best == column[:, None]
    at = np.where(taken.any(axis=1), taken.argmax(axis=1), ALTERNATIVES)
    cost = np.where(column >= 0, choice.cost[of, column], missing)
    for nth in range(ALTERNATIVES):
        other = np.take_along_axis(best, (nth + (at <= nth))[:, None], axis=1)[:, 0]
        pharmacy = choice.pharmacy[of, other]
        km = choice.km[of, other]
        told.others[:, nth] = pharmacy
        told.others_km[:, nth] = np.where(pharmacy >= 0, km, 0)
        speaks = state.speaks[state.want[of], pharmacy]
        why = np.select(
            [pharmacy < 0, choice.cost[of, other] < cost, km >= told.km, told.belongs > 0, ~speaks],
            [0, NO_ROOM, FARTHER, BELONGS, LANGUAGE],
            FARTHER,
        )
        told.others_why[:, nth] = why
