"""Who goes where when room is short: the optimum by min-cost flow, and the greedy way beside it."""

from typing import NamedTuple

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow  # type: ignore[import-untyped]

from claims.attribution_nearest import Choice, Ints

OPTIMAL = "optimal"


class Flow(NamedTuple):
    """How many of each group go to each of its candidates; a status other than OPTIMAL: nobody."""

    status: str
    taken: Ints
    cost: int
    """What the solver says it all costs, the unserved included (see `COST_OF_KM`)."""


def optimum(choice: Choice, sizes: Ints, room: Ints, unserved: Ints) -> Flow:
    """The cheapest way to serve everybody within room.

    `sizes` counts a group's members of each tier, `unserved` is what one of each tier costs when
    left out; it must fall from tier to tier. All members of a group have the same candidates at
    the same costs, so who of them is left out is the tier's alone: one arc for each tier.
    """
    groups, pharmacies = len(sizes), len(room)
    row, column = np.nonzero(choice.pharmacy >= 0)
    left, tier = np.nonzero(sizes > 0)
    members = sizes.sum(axis=1)
    sink = groups + pharmacies
    tails = np.concatenate([row, left, groups + np.arange(pharmacies)])
    heads = np.concatenate(
        [groups + choice.pharmacy[row, column], np.full(len(left) + pharmacies, sink)]
    )
    caps = np.concatenate([members[row], sizes[left, tier], np.minimum(room, members.sum())])
    costs = np.concatenate([choice.cost[row, column], unserved[tier], np.zeros(pharmacies)])
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32),
        caps.astype(np.int64), costs.astype(np.int64),
    )  # fmt: skip
    flow.set_nodes_supplies(
        np.append(np.arange(groups), sink).astype(np.int32), np.append(members, -members.sum())
    )
    status = flow.solve()
    taken = np.zeros(choice.pharmacy.shape, np.int64)
    if status != flow.OPTIMAL:
        return Flow(status.name.lower(), taken, 0)
    flows = np.asarray(flow.flows(np.asarray(arcs, dtype=np.int32)))
    taken[row, column] = flows[: len(row)]
    return Flow(OPTIMAL, taken, flow.optimal_cost())


def share_out(choice: Choice, taken: Ints, sizes: Ints) -> Ints:
    """The candidate of each member, -1 for none: in a group, most risk goes the shortest way.

    Members are expected by group, then by risk.
    """
    order = np.argsort(choice.cost, axis=1, kind="stable")
    counts = np.take_along_axis(taken, order, axis=1)
    left = sizes.sum(axis=1) - counts.sum(axis=1)
    columns = np.column_stack([order, np.full(len(order), -1)])
    return np.repeat(columns.ravel(), np.column_stack([counts, left]).ravel())


def greedy(choice: Choice, group: Ints, turns: Ints, room: Ints) -> Ints:
    """The candidate of each member, -1 for none: one by one, each takes the cheapest with room.

    `group` is each member's, `turns` the order in which the members (by index) choose.
    """
    order = np.argsort(choice.cost, axis=1, kind="stable")
    ranked = np.take_along_axis(choice.pharmacy, order, axis=1).tolist()
    free = room.tolist()
    found = np.full(len(group), -1, np.int64)
    for member in turns.tolist():
        of = group[member]
        for nth, pharmacy in enumerate(ranked[of]):
            if pharmacy >= 0 and free[pharmacy] > 0:
                free[pharmacy] -= 1
                found[member] = order[of, nth]
                break
    return found


def total(choice: Choice, group: Ints, tier: Ints, found: Ints, unserved: Ints) -> int:
    """What an answer costs, told like the flow's cost."""
    served = found >= 0
    ways = choice.cost[group[served], found[served]].sum()
    return int(ways + unserved[tier[~served]].sum())
