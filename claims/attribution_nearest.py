"""The nearest pharmacies that qualify, for groups who ask for the same from one place."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.attribution_rules import STAYS, AttributionRules
from claims.pharmacies import EARTH_KM

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

COST_OF_KM = 80
"""Costs are whole numbers. Below the tenth of a kilometre they tell the place in the list, so that
of two pharmacies equally far the one with the lower NPI is taken."""

_PLACES_IN_COST = COST_OF_KM // 10
_FARTHEST = round(10 * math.pi * EARTH_KM) + 1
"""No way is longer: half the globe, in tenths of a kilometre."""
_BLOCK = 4_000_000
"""So many distances are held at one time."""


class State(NamedTuple):
    """One state: places, pharmacies, and groups sorted by place. Pharmacies go by their NPI."""

    places: Floats
    """Unit vectors, one a place (see `vectors`)."""
    pharmacies: Floats
    place: Ints
    """Of each group."""
    want: Ints
    """Of each group: the row of `qualifies` and `speaks`."""
    stays: Ints
    """Per group the current, usual and recent pharmacy; -1 for none or one elsewhere."""
    qualifies: Flags
    speaks: Flags
    fits: Flags
    """Like `qualifies`, whatever is spoken there."""


class Choice(NamedTuple):
    """Per group its candidates, nearest first; the last three columns are for farther stays.

    Distances in tenths of a kilometre, costs in `COST_OF_KM`ths; pharmacy -1 is no candidate.
    """

    pharmacy: Ints
    km: Ints
    cost: Ints
    """Distance, and more for a language not spoken, less for a pharmacy one belongs to."""
    of_all: Ints
    """How many qualify in the state."""


def vectors(latitude: Floats, longitude: Floats) -> Floats:
    """Points on the unit sphere; NaN stays NaN."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def tenths(a: Floats, b: Floats) -> Ints:
    """Great-circle distances in tenths of a kilometre between broadcast unit vectors."""
    dot = a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]
    chord = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * dot))
    # Chords of near points carry the rounding of the dot product: some centimetres.
    return np.rint(20 * EARTH_KM * np.arcsin(np.minimum(1.0, chord / 2))).astype(np.int64)


def candidates(state: State, nearest: int, rules: AttributionRules) -> Choice:
    """The `nearest` that qualify for each group, and the pharmacies its members belong to."""
    groups = len(state.place)
    shape = (groups, nearest + state.stays.shape[1])
    choice = Choice(
        np.full(shape, -1, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64),
        state.qualifies.sum(axis=1)[state.want],
    )  # fmt: skip
    alike = _alike(state)
    block = max(1, _BLOCK // max(1, len(state.pharmacies)))
    for start in range(0, len(state.places), block):
        distances = tenths(state.places[start : start + block, None], state.pharmacies[None])
        first, last = np.searchsorted(state.place, (start, start + block))
        wants = alike[state.want[first:last]]
        order = np.argsort(wants, kind="stable")
        for run in np.split(order, np.flatnonzero(np.diff(wants[order])) + 1):
            if len(run):
                _fill(choice, state, first + run, distances, start, nearest, rules)
    _belong(choice, state, nearest, rules)
    return choice


def _fill(
    choice: Choice, state: State, groups: Ints, distances: Ints, start: int, nearest: int,
    rules: AttributionRules,
) -> None:  # fmt: skip
    """Groups of wants alike. Cost and pharmacy are sorted as one number: ties go by NPI."""
    want = state.want[groups[0]]
    able = np.flatnonzero(state.qualifies[want])
    if not len(able):
        return
    km = distances[np.ix_(state.place[groups] - start, able)]
    farther = _language(state, want, able, rules)
    # Short numbers are sorted twice as fast, and nearly always do.
    short = (_FARTHEST + int(farther.max())) * len(able) < 2**31
    key: Ints = (km + farther) * len(able) + np.arange(len(able))
    if short:
        key = key.astype(np.int32)
    if len(able) > nearest:
        key = np.partition(key, nearest - 1, axis=1)[:, :nearest]
    key.sort(axis=1)
    column = key % len(able)
    taken = slice(0, key.shape[1])
    choice.pharmacy[groups, taken] = able[column]
    choice.km[groups, taken] = np.take_along_axis(km, column, axis=1)
    choice.cost[groups, taken] = _PLACES_IN_COST * (key // len(able)) + np.minimum(
        np.arange(key.shape[1]), _PLACES_IN_COST - 1
    )


def _alike(state: State) -> Ints:
    """Of each want, the first for which the same pharmacies qualify and speak."""
    asked = np.concatenate([state.qualifies, state.speaks], axis=1)
    _, first, of = np.unique(asked, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[of.reshape(-1)])


def _language(state: State, want: int, able: Ints, rules: AttributionRules) -> Ints:
    return np.where(state.speaks[want, able], 0, 10 * rules.foreign_km)


def _belong(choice: Choice, state: State, nearest: int, rules: AttributionRules) -> None:
    """Makes the pharmacies that members belong to cheaper, and adds those that lie farther."""
    groups = np.arange(len(state.place))
    for nth, (stay, worth) in enumerate(zip(STAYS, rules.worth_km, strict=True)):
        pharmacy = state.stays[:, nth]
        able = pharmacy >= 0
        may = state.fits if stay in rules.language_unless else state.qualifies
        able[able] = may[state.want[able], pharmacy[able]]
        listed = able[:, None] & (choice.pharmacy == pharmacy[:, None])
        choice.cost[listed] -= COST_OF_KM * worth
        added = groups[able & ~listed.any(axis=1)]
        chosen = pharmacy[added]
        km = tenths(state.places[state.place[added]], state.pharmacies[chosen])
        spoken = state.speaks[state.want[added], chosen]
        choice.pharmacy[added, nearest + nth] = chosen
        choice.km[added, nearest + nth] = km
        way = km * _PLACES_IN_COST + _PLACES_IN_COST - 1
        foreign = np.where(spoken, 0, rules.foreign_km)
        choice.cost[added, nearest + nth] = way + COST_OF_KM * (foreign - worth)
