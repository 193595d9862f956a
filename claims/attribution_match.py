"""From members, pharmacies and what they ask of each other to one pharmacy each, state by state."""

from typing import NamedTuple

import numpy as np

from claims.attribution_flow import OPTIMAL, greedy, optimum, share_out
from claims.attribution_nearest import COST_OF_KM, Choice, Flags, Floats, Ints, State, candidates
from claims.attribution_rules import TIERS, AttributionRules

ALTERNATIVES = 2


class Members(NamedTuple):
    """One entry a member, in the order of their risk."""

    place: Ints
    want: Ints
    tier: Ints
    stays: Ints
    """Three columns: current, usual and recent pharmacy, -1 for none."""


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


class Matched(NamedTuple):
    """One entry a member; pharmacy -1 is none. Distances in tenths of a kilometre."""

    pharmacy: Ints
    km: Ints
    nth: Ints
    """1 is the nearest; 0 is a pharmacy beyond the candidates, which the member belongs to."""
    of_all: Ints
    others: Ints
    others_km: Ints


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
    size = len(members.place)
    matched = Matched(
        np.full(size, -1), np.zeros(size, np.int64), np.zeros(size, np.int64),
        np.zeros(size, np.int64), np.full((size, ALTERNATIVES), -1),
        np.zeros((size, ALTERNATIVES), np.int64),
    )  # fmt: skip
    state = np.where(np.isnan(ground.places[:, 0]), -1, ground.place_state)[members.place]
    by_state = np.argsort(state, kind="stable")
    solved = []
    for run in np.split(by_state, np.flatnonzero(np.diff(state[by_state])) + 1):
        here = np.flatnonzero(ground.pharmacy_state == state[run[0]]) if len(run) else run
        if len(run) and state[run[0]] >= 0 and len(here):
            solved.append(
                _one_state(int(state[run[0]]), run, here, members, ground, rules, matched)
            )
    return matched, solved


def _one_state(
    number: int, run: Ints, here: Ints, members: Members, ground: Ground, rules: AttributionRules,
    matched: Matched,
) -> Solved:  # fmt: skip
    groups, state = _group(run, here, members, ground)
    wide = len(groups.first) <= rules.places_for_wide
    nearest = rules.wide if wide else rules.narrow
    choice, found, status = _solve(state, groups, run, here, members, ground, nearest, rules)
    # Some groups had more to choose from than they were shown.
    more = choice.of_all[groups.of] > nearest
    if not wide and ((found < 0) & more).mean() > rules.widen_when_unserved:
        nearest = rules.wide
        choice, found, status = _solve(state, groups, run, here, members, ground, nearest, rules)
    _write(matched, run[groups.order], choice, groups.of, found, here, nearest)
    return Solved(number, status, nearest)


def _group(run: Ints, here: Ints, members: Members, ground: Ground) -> tuple[_Groups, State]:
    """Members who may be exchanged for one another, but for their tier."""
    local = np.full(len(ground.pharmacy_state) + 1, -1, np.int64)
    local[here] = np.arange(len(here))
    stays = local[members.stays[run]]
    places, place = np.unique(members.place[run], return_inverse=True)
    key = place * len(ground.qualifies) + members.want[run]
    for nth in range(stays.shape[1]):
        key = np.unique(key, return_inverse=True)[1] * (len(here) + 1) + stays[:, nth] + 1
    _, first, of = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(of, kind="stable")
    tiers = len(TIERS)
    sizes = np.bincount(of * tiers + members.tier[run], minlength=len(first) * tiers)
    state = State(
        ground.places[places], ground.pharmacies[here], place[first], members.want[run][first],
        stays[first], ground.qualifies[:, here], ground.speaks[:, here],
    )  # fmt: skip
    return _Groups(order, of[order], first, sizes.reshape(-1, tiers)), state


def _solve(
    state: State, groups: _Groups, run: Ints, here: Ints, members: Members, ground: Ground,
    nearest: int, rules: AttributionRules,
) -> tuple[Choice, Ints, str]:  # fmt: skip
    """The candidate of every member by group, and how it was found."""
    choice = candidates(state, nearest, rules)
    room = ground.room[here]
    flow = optimum(choice, groups.sizes, room, COST_OF_KM * np.asarray(rules.unserved_km))
    if flow.status == OPTIMAL:
        return choice, share_out(choice, flow.taken, groups.sizes), OPTIMAL
    # `run` is in the order of risk, so a member's index there is its turn.
    turns = np.argsort(groups.order, kind="stable")
    return choice, greedy(choice, groups.of, turns, room), flow.status


def _write(
    matched: Matched, rows: Ints, choice: Choice, of: Ints, found: Ints, here: Ints, nearest: int
) -> None:
    served = found >= 0
    who, group, column = rows[served], of[served], found[served]
    matched.of_all[rows] = choice.of_all[of]
    matched.pharmacy[who] = here[choice.pharmacy[group, column]]
    matched.km[who] = choice.km[group, column]
    matched.nth[who] = np.where(column < nearest, column + 1, 0)
    # The next two by distance are among the first three, one of which may be the chosen.
    for nth in range(ALTERNATIVES):
        other = nth + (column <= nth)
        pharmacy = choice.pharmacy[group, other]
        there = (pharmacy >= 0) & (other < nearest)
        matched.others[who[there], nth] = here[pharmacy[there]]
        matched.others_km[who[there], nth] = choice.km[group[there], other[there]]
