"""Matching under capacity: never worse than greedy, proven optimal, within room, repeatable."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from make_claims import PROGRAMS

from claims import attribution_match
from claims.attribution_answers import NO_ROOM
from claims.attribution_flow import OPTIMAL, Flow, greedy, optimum, share_out, total
from claims.attribution_match import Ground, Matched, Members, match
from claims.attribution_nearest import COST_OF_KM, Choice, Ints, State, candidates, tenths, vectors
from claims.attribution_rules import TIERS, AttributionRules
from claims.errors import BadInput

RULES = AttributionRules.from_data(
    yaml.safe_load((PROGRAMS / "attribution.yaml").read_text()), None
)
UNSERVED = COST_OF_KM * np.asarray(RULES.unserved_km)
EACH = settings(max_examples=150, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def random_state(seed: int) -> tuple[State, Ints, Ints]:
    """A state, the members of each group by tier, and the room, from easy to hopeless."""
    dice = np.random.default_rng(seed)
    groups, pharmacies, places = dice.integers(1, 30), dice.integers(1, 12), dice.integers(1, 10)
    wants = 3
    fits = dice.random((wants, pharmacies)) < 0.7
    state = State(
        vectors(dice.uniform(38, 41, places), dice.uniform(-84, -81, places)),
        vectors(dice.uniform(38, 41, pharmacies), dice.uniform(-84, -81, pharmacies)),
        np.sort(dice.integers(0, places, groups)),
        dice.integers(0, wants, groups),
        dice.integers(-1, pharmacies, (groups, 3)),
        fits & (dice.random((wants, pharmacies)) < 0.8),
        dice.random((wants, pharmacies)) < 0.5,
        fits,
    )
    return state, dice.integers(0, 5, (groups, len(TIERS))), dice.integers(0, 20, pharmacies)


def members_of(sizes: Ints) -> tuple[Ints, Ints]:
    """Group and tier of every member, by group and then by tier."""
    groups, tiers = np.indices(sizes.shape)
    return np.repeat(groups.ravel(), sizes.ravel()), np.repeat(tiers.ravel(), sizes.ravel())


def in_turn(tier: Ints) -> Ints:
    return np.argsort(tier, kind="stable")


def use_of(choice: Choice, group: Ints, found: Ints, pharmacies: int) -> Ints:
    served = found >= 0
    return np.bincount(choice.pharmacy[group[served], found[served]], minlength=pharmacies)


@EACH
@given(seeds, st.integers(3, 8))
def test_the_optimum_costs_no_more_than_greedy_and_keeps_to_the_room(seed: int, near: int) -> None:
    state, sizes, room = random_state(seed)
    choice = candidates(state, near, RULES)
    flow = optimum(choice, sizes, room, UNSERVED)
    assert flow.status == OPTIMAL
    group, tier = members_of(sizes)
    found = share_out(choice, flow.taken, sizes)
    by_turn = greedy(choice, group, in_turn(tier), room)
    assert total(choice, group, tier, found, UNSERVED) == flow.cost
    assert flow.cost <= total(choice, group, tier, by_turn, UNSERVED)
    for answer in (found, by_turn):
        assert (use_of(choice, group, answer, len(room)) <= room).all()
        served = answer >= 0
        assert (choice.pharmacy[group[served], answer[served]] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(seeds)
def test_of_all_ways_to_share_out_none_is_cheaper(seed: int) -> None:
    state, sizes, room = random_state(seed)
    few = np.zeros_like(sizes)
    dice = np.random.default_rng(seed)
    for _ in range(4):
        few[dice.integers(0, len(sizes)), dice.integers(0, 3)] += 1
    room = np.minimum(room, 2)
    choice = candidates(state, 3, RULES)
    group, tier = members_of(few)
    ways = [[-1, *np.flatnonzero(choice.pharmacy[g] >= 0)] for g in group]
    costs = [
        total(choice, group, tier, np.asarray(way), UNSERVED)
        for way in product(*ways)
        if (use_of(choice, group, np.asarray(way), len(room)) <= room).all()
    ]
    assert optimum(choice, few, room, UNSERVED).cost == min(costs)


@EACH
@given(seeds, st.integers(3, 8))
def test_candidates_are_the_nearest_that_qualify(seed: int, near: int) -> None:
    state, _, _ = random_state(seed)
    choice = candidates(state, near, RULES)
    km = tenths(state.places[:, None], state.pharmacies[None])
    for nth, (place, want) in enumerate(zip(state.place, state.want, strict=True)):
        able = np.flatnonzero(state.qualifies[want])
        foreign = np.where(state.speaks[want, able], 0, 10 * RULES.foreign_km)
        expected = able[np.lexsort((able, km[place, able] + foreign))][:near]
        listed = choice.pharmacy[nth, :near]
        assert listed[listed >= 0].tolist() == expected.tolist()
        may = (state.fits, state.fits, state.qualifies)
        stays = zip(state.stays[nth].tolist(), may, strict=True)
        belongs = {p for p, able in stays if p >= 0 and able[want, p]}
        assert belongs <= set(choice.pharmacy[nth].tolist())
        assert choice.of_all[nth] == len(able)


@pytest.mark.parametrize(
    ("a", "b", "km"),
    [
        pytest.param((40.6413, -73.7781), (51.4700, -0.4543), 5540, id="New York to London"),
        pytest.param((39.97, -83.00), (39.97, -83.00), 0, id="the same point"),
        pytest.param((0.0, 0.0), (0.0, 180.0), 20015, id="the other side of the earth"),
    ],
)
def test_distances_are_those_of_a_globe(
    a: tuple[float, float], b: tuple[float, float], km: int
) -> None:
    one, other = (vectors(np.asarray(p[0]), np.asarray(p[1])) for p in (a, b))
    assert abs(int(tenths(one, other)) / 10 - km) <= 1


def a_world(size: int) -> tuple[Members, Ground]:
    """Members and pharmacies in two states, each pharmacy with room for a tenth."""
    dice = np.random.default_rng(7)
    places, pharmacies = 40, 16
    ground = Ground(
        np.arange(places) % 2,
        vectors(dice.uniform(38, 41, places), dice.uniform(-84, -81, places)),
        np.arange(pharmacies) % 2,
        vectors(dice.uniform(38, 41, pharmacies), dice.uniform(-84, -81, pharmacies)),
        np.full(pharmacies, size // 20), fits := dice.random((2, pharmacies)) < 0.8,
        np.ones((2, pharmacies), np.bool_), fits,
    )  # fmt: skip
    members = Members(
        dice.integers(0, places, size), dice.integers(0, 2, size),
        np.sort(dice.integers(0, 3, size)), np.full((size, 3), -1), np.arange(size),
    )  # fmt: skip
    return members, ground


def served_by_tier(members: Members, matched: Matched) -> list[float]:
    return [float((matched.pharmacy[members.tier == t] >= 0).mean()) for t in range(3)]


def test_when_room_is_short_low_tiers_go_without_first() -> None:
    members, ground = a_world(400)
    matched, solved = match(members, ground, RULES)
    high, rising, low = served_by_tier(members, matched)
    assert high == 1
    assert rising > low
    assert [s.status for s in solved] == [OPTIMAL, OPTIMAL]


def test_the_same_members_get_the_same_answer() -> None:
    first, _ = match(*a_world(400), RULES)
    second, _ = match(*a_world(400), RULES)
    assert (first.kind == second.kind).all()
    assert all((a == b).all() for a, b in zip(first.kinds, second.kinds, strict=True))


def test_who_has_a_pharmacy_keeps_it_though_another_would_shorten_the_ways() -> None:
    members, ground = a_world(400)
    before, _ = match(members, ground, RULES)
    moved = ground._replace(places=np.roll(ground.places, 2, axis=0))
    members.stays[:, 0] = before.pharmacy
    after, _ = match(members, moved, RULES)
    had = before.pharmacy >= 0
    assert (after.pharmacy[had] == before.pharmacy[had]).mean() > 0.99


def test_alternatives_are_the_next_nearest_that_are_not_the_chosen() -> None:
    members, ground = a_world(60)
    matched, _ = match(members, ground, RULES)
    served = matched.pharmacy >= 0
    others, km = matched.kinds.others[matched.kind], matched.kinds.others_km[matched.kind]
    assert (others[served] != matched.pharmacy[served, None]).all()
    assert (np.diff(km[served], axis=1) >= 0).all()
    assert (others[served] >= 0).all()


def test_who_is_left_out_hears_of_the_nearest_and_that_they_have_no_room() -> None:
    members, ground = a_world(400)
    matched, _ = match(members, ground, RULES)
    without = matched.kind[matched.pharmacy < 0]
    assert len(without)
    assert (matched.kinds.others_why[without] == NO_ROOM).all()
    assert (matched.kinds.others[without] >= 0).all()


@pytest.fixture
def unsolvable(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(choice: Choice, sizes: Ints, room: Ints, unserved: Ints) -> Flow:
        return Flow("bad_cost_range", np.zeros_like(choice.pharmacy), 0)

    monkeypatch.setattr(attribution_match, "optimum", fails)


@pytest.mark.usefixtures("unsolvable")
def test_a_state_that_cannot_be_solved_is_shared_out_in_turn_and_says_so() -> None:
    members, ground = a_world(400)
    matched, solved = match(members, ground, RULES)
    assert [s.status for s in solved] == ["bad_cost_range"] * 2
    use = np.bincount(matched.pharmacy[matched.pharmacy >= 0], minlength=len(ground.room))
    assert (use <= ground.room).all()
    assert served_by_tier(members, matched)[0] == 1


def test_a_crowded_state_is_looked_at_again_with_a_longer_list() -> None:
    members, ground = a_world(400)
    short = replace(RULES, narrow=4, wide=8, places_for_wide=0, widen_when_unserved=0.0)
    never = replace(short, widen_when_unserved=1.0)
    _, widened = match(members, ground, short)
    _, kept = match(members, ground, never)
    assert [s.nearest for s in widened] == [8, 8]
    assert [s.nearest for s in kept] == [4, 4]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda d: d.pop("usual_share"), "usual_share", id="a number is missing"),
        pytest.param(
            lambda d: d["unserved_km"].update(low=9000), "fall from high", id="tiers cost alike"
        ),
        pytest.param(
            lambda d: d["language"].update(rule="perhaps"), "perhaps", id="another language rule"
        ),
        pytest.param(lambda d: d["language"].update(unless=["once"]), "unless", id="another stay"),
        pytest.param(lambda d: d["candidates"].update(narrow=3), "narrow", id="too few candidates"),
    ],
)
def test_rules_that_cannot_be_used_are_refused(
    change: Callable[[dict[str, object]], object], says: str
) -> None:
    data = yaml.safe_load((PROGRAMS / "attribution.yaml").read_text())
    change(data)
    with pytest.raises(BadInput, match=says):
        AttributionRules.from_data(data, None)
