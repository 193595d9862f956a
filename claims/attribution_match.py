"""From members, pharmacies and what they ask of each other to one pharmacy each, state by state."""

from typing import NamedTuple

import numpy as np

from claims.attribution_answers import Kinds, tell, tell_nobody
from claims.attribution_flow import OPTIMAL, greedy, optimum, share_out
from claims.attribution_nearest import COST_OF_KM, Choice, Flags, Floats, Ints, State, candidates
from claims.attribution_rules import TIERS, AttributionRules

ELSEWHERE = -2
"""Of a member's usual pharmacy: there is one, and it is not among those known."""

_MOST = 2**62


class Members(NamedTuple):
    """One entry a member, in the order of their names."""

    place: Ints
    want: Ints
    tier: Ints
    stays: Ints
    """Three columns: current, usual and recent pharmacy, -1 for none."""
    risk: Ints
    """The members' indices, the one of most risk first."""


class Ground(NamedTuple):
    """What members are matched to. States are numbers; -1 is none."""

    place_state: Ints
    places: Floats
    """Unit vectors, NaN where the place is unknown."""
    pharmacy_state: Ints
    pharmacies: Floats
    room: Ints
    qualifies: Flags
    """A row for each want, a column for each pharmacy."""
    speaks: Flags
    fits: Flags
    """Like `qualifies`, whatever is spoken there."""


class Matched(NamedTuple):
    """Which of the kinds of answers each member got; see `Kinds`."""

    kind: Ints
    kinds: Kinds

    @property
    def pharmacy(self) -> Ints:
        """Of each member; -1 is none."""
        return self.kinds.pharmacy[self.kind]


class Solved(NamedTuple):
    """How a state was solved: its number, a status of the solver, how many candidates."""

    state: int
    status: str
    nearest: int


class _Groups(NamedTuple):
    """Members of one state put together; `order` lists them by group, then by risk."""

    order: Ints
    of: Ints
    first: Ints
    sizes: Ints


def match(
    members: Members, ground: Ground, rules: AttributionRules
) -> tuple[Matched, list[Solved]]:
    """Every member's pharmacy. A state's room is used as well as can be; see `optimum`."""
    kind = np.zeros(len(members.place), np.int64)
    told: list[Kinds] = []
    solved = []
    place_state = np.where(np.isnan(ground.places[:, 0]), -1, ground.place_state)
    state = place_state[members.place][members.risk]
    by_state = np.argsort(state.astype(np.int16), kind="stable")
    of_state = state[by_state]
    for run in np.split(by_state, np.flatnonzero(np.diff(of_state)) + 1):
        if not len(run):
            continue
        number, who = int(state[run[0]]), members.risk[run]
        here = np.flatnonzero(ground.pharmacy_state == number) if number >= 0 else run[:0]
        if len(here):
            kinds, of, status, nearest = _one_state(who, here, members, ground, rules)
            solved.append(Solved(number, status, nearest))
        else:
            kinds, of = tell_nobody(members.place[who], members.want[who])
        kind[who] = of + sum(len(each.pharmacy) for each in told)
        told.append(kinds)
    return Matched(kind, Kinds.together(told)), solved


def _one_state(
    who: Ints, here: Ints, members: Members, ground: Ground, rules: AttributionRules
) -> tuple[Kinds, Ints, str, int]:
    """The kinds of answers, which of them each of `who` got, and how it was solved."""
    groups, state = _group(who, here, members, ground)
    wide = len(groups.first) <= rules.places_for_wide
    nearest = rules.wide if wide else rules.narrow
    choice, found, status = _solve(state, groups, who, here, members, ground, nearest, rules)
    # Some groups had more to choose from than they were shown.
    more = choice.of_all[groups.of] > nearest
    if not wide and ((found < 0) & more).mean() > rules.widen_when_unserved:
        nearest = rules.wide
        choice, found, status = _solve(state, groups, who, here, members, ground, nearest, rules)
    first = who[groups.order][groups.first]
    # A usual pharmacy that is not one of these does not qualify here.
    has_usual = members.stays[first, 1] != -1
    kinds, of = tell(choice, state, groups.of, found, nearest, has_usual)
    kinds = kinds.over_all(here, members.place[first], members.want[first])
    back = np.empty_like(of)
    back[groups.order] = of
    return kinds, back, status, nearest


def _group(who: Ints, here: Ints, members: Members, ground: Ground) -> tuple[_Groups, State]:
    """Members who may be exchanged for one another, but for their tier."""
    # The last two entries answer for -1 and ELSEWHERE.
    local = np.full(len(ground.pharmacy_state) + 2, -1, np.int64)
    local[here] = np.arange(len(here))
    stays, place = members.stays[who], members.place[who]
    mine = local[stays] + 1
    # A usual pharmacy elsewhere is told of in the reason; none is not.
    mine[(stays[:, 1] == ELSEWHERE) | ((mine[:, 1] == 0) & (stays[:, 1] >= 0)), 1] = len(here) + 1
    key = place * len(ground.qualifies) + members.want[who]
    for column in mine.T:
        if column.any():
            key = _paired(key, column, len(here) + 2)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    of = np.zeros(len(order), np.int64)
    of[starts[1:]] = 1
    of = np.cumsum(of)
    first = order[starts]
    tiers = len(TIERS)
    sizes = np.bincount(of * tiers + members.tier[who[order]], minlength=len(first) * tiers)
    places, at = np.unique(place[first], return_inverse=True)
    state = State(
        ground.places[places], ground.pharmacies[here], at, members.want[who][first],
        local[stays[first]], ground.qualifies[:, here], ground.speaks[:, here],
        ground.fits[:, here],
    )  # fmt: skip
    return _Groups(order, of, starts, sizes.reshape(-1, tiers)), state


def _paired(key: Ints, other: Ints, base: int) -> Ints:
    """One number for two; `other` is below `base`."""
    if key.max() >= _MOST // base:
        key = np.unique(key, return_inverse=True)[1]
    return key * base + other


def _solve(
    state: State, groups: _Groups, who: Ints, here: Ints, members: Members, ground: Ground,
    nearest: int, rules: AttributionRules,
) -> tuple[Choice, Ints, str]:  # fmt: skip
    """The candidate of every member by group, and how it was found."""
    choice = candidates(state, nearest, rules)
    room = ground.room[here]
    flow = optimum(choice, groups.sizes, room, COST_OF_KM * np.asarray(rules.unserved_km))
    if flow.status == OPTIMAL:
        return choice, share_out(choice, flow.taken, groups.sizes), OPTIMAL
    # `who` is in the order of risk, so a member's index there is its turn.
    turns = np.argsort(groups.order, kind="stable")
    return choice, greedy(choice, groups.of, turns, room), flow.status
