"""Another pharmacy: chosen, refused, fallen away, appeared; and no journey is lost by it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import make
import pytest_asyncio
from fakes import House, ana, open_house
from make_journeys import DAY, NOW

from activities.attribution import Rerouting
from activities.reattribution import Reattribution
from domain.attribution import RerouteRules
from runtime import programs
from store.models import Attribution, Base, Delivery, Enrollment, Outcome, Pharmacy, Task

NEAR, MIDDLE, FAR = make.NPI, make.OTHER_NPI, "1000000020"
PLACES = {"43215": (40.0, -83.0)}
RULES = RerouteRules(True, 2, 3 * DAY)


def pharmacy(npi: str, latitude: float, **given: Any) -> Pharmacy:
    return make.pharmacy(
        npi, latitude=latitude, longitude=-83.0, cpesn_from=date(2020, 1, 1),
        services=["medication_management"], **given,
    )  # fmt: skip


@dataclass
class Town:
    house: House
    rerouting: Rerouting
    nightly: Reattribution

    async def refuse(self, npi: str, enrollment_id: str = "e1") -> str:
        async with self.house.transaction() as session:
            return await self.rerouting.refuse(
                session, enrollment_id, npi, words="no pharmacist", actor="pharmacy-api",
                now=self.house.time.now(),
            )  # fmt: skip

    async def choose(self, npi: str, form_id: str = "f1") -> str:
        async with self.house.transaction() as session:
            return await self.rerouting.choose(
                session, "e1", npi, words="near her work", actor="staff:s1", form_id=form_id,
                now=self.house.time.now(),
            )  # fmt: skip

    async def enrollment(self, id: str = "e1") -> Enrollment:
        return await self.house.one(Enrollment, id)

    async def tasks(self) -> list[tuple[str, bool]]:
        return [(t.kind, t.done_at is not None) for t in await self.house.all(Task)]

    async def ends(self, npi: str, **dates: Any) -> None:
        await self.house.change(Pharmacy, npi, **dates)
        self.house.time.pass_by(DAY)
        await self.nightly.check()


@pytest_asyncio.fixture
async def town(database_url: str) -> AsyncIterator[Town]:
    """Ana is served by the nearest of three."""
    async with open_house(database_url) as house:
        _, *rest = ana(reached_at=NOW)
        house.given(pharmacy(NEAR, 40.1), pharmacy(MIDDLE, 40.2), pharmacy(FAR, 40.3), *rest)
        rerouting = Rerouting(programs.all_programs(), RULES, lambda: PLACES)
        nightly = Reattribution(house.transaction, rerouting, house.time)
        yield Town(house, rerouting, nightly)


def unserved(**given: Any) -> list[Base]:
    return [
        make.member("m2"),
        make.enrollment(
            "e2", "m2", pharmacy_npi=None, started_at=None, reached_at=None, state="identified",
            **given,
        ),
        make.task("e2", kind="no_pharmacy"),
    ]  # fmt: skip


async def test_a_refusal_goes_to_the_next_in_rank(town: Town) -> None:
    assert await town.refuse(NEAR) == "done"
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.distance_km, row.leaving) == (MIDDLE, 22.2, None)
    kept = await town.house.only(Attribution)
    assert (kept.rule, kept.left_npi, kept.words, kept.actor) == (
        "refused", NEAR, "no pharmacist", "pharmacy-api",
    )  # fmt: skip
    assert [other["npi"] for other in kept.alternatives] == [FAR]
    assert await town.tasks() == [("tell_pharmacy", False)]
    assert row.nudged_at is not None
    assert [o.kind for o in await town.house.all(Outcome)] == ["pharmacy_changed"]


async def test_a_refusal_said_twice_is_one(town: Town) -> None:
    await town.refuse(NEAR)
    assert await town.refuse(NEAR) == "done"
    assert (await town.enrollment()).pharmacy_npi == MIDDLE
    assert await town.refuse(FAR) == "The member is not with this pharmacy."


async def test_the_next_must_qualify_on_that_day(town: Town) -> None:
    yesterday = (NOW - DAY).date()
    await town.house.change(Pharmacy, MIDDLE, networks=[f"express-scripts@..{yesterday}"])
    await town.refuse(NEAR)
    assert (await town.enrollment()).pharmacy_npi == FAR


async def test_the_next_must_have_room(town: Town) -> None:
    await town.house.change(Pharmacy, MIDDLE, weekly_capacity=0)
    await town.refuse(NEAR)
    assert (await town.enrollment()).pharmacy_npi == FAR


async def test_after_two_refusals_a_person_decides_and_the_journey_waits(town: Town) -> None:
    await town.refuse(NEAR)
    await town.refuse(MIDDLE)
    row = await town.enrollment()
    assert (row.leaving, row.hold) == ("pharmacy_left", "reroutes")
    assert await town.tasks() == [("tell_pharmacy", False), ("new_pharmacy", False)]
    await town.house.advance()
    town.house.time.pass_by(DAY)
    await town.nightly.check()
    assert (await town.enrollment()).leaving == "pharmacy_left", "nothing goes on by itself"
    assert len(await town.tasks()) == 2, "and nobody is asked twice"
    assert await town.choose(FAR) == "done"
    await town.house.advance()
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.leaving, row.hold) == (FAR, None, None)
    assert ("new_pharmacy", True) in await town.tasks()


async def test_two_refusals_before_the_journey_leave_it_unbegun(town: Town) -> None:
    await town.house.change(Enrollment, "e1", started_at=None, reached_at=None)
    await town.refuse(NEAR)
    await town.refuse(MIDDLE)
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.leaving, row.started_at) == (None, None, None)
    assert await town.tasks() == [("no_pharmacy", False)]


async def test_a_choice_is_kept_with_who_wrote_it_and_why(town: Town) -> None:
    assert await town.choose(FAR) == "done"
    assert await town.choose(FAR) == "done", "a double click"
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.pharmacy_reason) == (FAR, "chosen by the member, 33.4 km")
    kept = await town.house.only(Attribution)
    assert (kept.actor, kept.words) == ("staff:s1", "near her work")
    assert [other["npi"] for other in kept.alternatives] == [NEAR, MIDDLE]
    assert await town.tasks() == [], "whoever chooses need not be told"


async def test_a_choice_that_the_program_cannot_work_with_is_refused(town: Town) -> None:
    await town.house.change(Pharmacy, FAR, licence_expires=(NOW - DAY).date())
    assert "its licence has expired" in await town.choose(FAR)
    assert await town.choose("1999999984") == (
        "No pharmacy with the NPI 1999999984 is known; check the number."
    )
    assert "already" in await town.choose(NEAR)
    assert (await town.enrollment()).pharmacy_npi == NEAR


async def test_a_pharmacy_whose_network_ends_loses_its_members_to_the_next(town: Town) -> None:
    await town.nightly.check()
    assert (await town.enrollment()).pharmacy_npi == NEAR
    await town.ends(NEAR, networks=[f"express-scripts@..{NOW.date()}"])
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.leaving, row.ended_at) == (MIDDLE, None, None)
    assert (await town.house.only(Attribution)).rule == "left"
    assert await town.tasks() == [("tell_pharmacy", False)]


async def test_where_nobody_else_qualifies_the_journey_waits_and_goes_on(town: Town) -> None:
    for npi in (MIDDLE, FAR):
        await town.house.change(Pharmacy, npi, services=[])
    await town.ends(NEAR, licence_expires=NOW.date())
    await town.house.advance()
    row = await town.enrollment()
    assert (row.hold, row.leaving, row.ended_at) == ("reroutes", "pharmacy_left", None)
    assert await town.tasks() == [("new_pharmacy", False)]
    await town.ends(FAR, services=["medication_management"])
    await town.house.advance()
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.hold, row.leaving) == (FAR, None, None)
    assert ("new_pharmacy", True) in await town.tasks()
    assert [a.code for a in await town.house.all(Attribution)] == ["none_qualifies", "nearest"]


async def test_a_pharmacy_that_is_back_keeps_its_member_whoever_is_nearer(town: Town) -> None:
    await town.house.change(Enrollment, "e1", pharmacy_npi=FAR)
    for npi in (NEAR, MIDDLE):
        await town.house.change(Pharmacy, npi, weekly_capacity=0)
    await town.ends(FAR, cpesn_to=NOW.date())
    assert (await town.enrollment()).leaving == "pharmacy_left"
    await town.house.change(Pharmacy, NEAR, weekly_capacity=None)
    await town.ends(FAR, cpesn_to=None)
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.leaving) == (FAR, None)
    assert row.pharmacy_reason == "the member's pharmacy, in the program again, 33.4 km"
    assert [o.kind for o in await town.house.all(Outcome)] == ["leaves", "stays"]


async def test_orders_follow_and_what_was_accepted_is_finished(town: Town) -> None:
    town.house.given(
        *(make.delivery(ndc11=f"9999900010{n}", status=status)
          for n, status in enumerate(("ordered", "accepted", "out", "delivered")))
    )  # fmt: skip
    await town.refuse(NEAR)
    found = [(d.status, d.pharmacy_npi) for d in await town.house.all(Delivery)]
    assert found == [("ordered", MIDDLE), ("accepted", NEAR), ("out", NEAR), ("delivered", NEAR)]


async def test_without_a_licence_only_what_is_on_its_way_stays(town: Town) -> None:
    town.house.given(
        *(make.delivery(ndc11=f"9999900010{n}", status=status)
          for n, status in enumerate(("ordered", "accepted", "packed", "out")))
    )  # fmt: skip
    await town.ends(NEAR, licence_expires=NOW.date())
    found = [(d.status, d.pharmacy_npi) for d in await town.house.all(Delivery)]
    assert found == [("ordered", MIDDLE)] * 3 + [("out", NEAR)]


async def test_who_had_no_pharmacy_gets_one_when_it_appears(town: Town) -> None:
    for npi in (NEAR, MIDDLE, FAR):
        await town.house.change(Pharmacy, npi, weekly_capacity=0)
    town.house.given(*unserved())
    await town.nightly.check()
    assert (await town.enrollment("e2")).pharmacy_npi is None
    await town.house.change(Pharmacy, FAR, weekly_capacity=1, renewed_at=NOW)
    await town.nightly.check()
    row = await town.enrollment("e2")
    assert (row.pharmacy_npi, row.leaving) == (FAR, None)
    assert await town.tasks() == [("no_pharmacy", True)]
    await town.house.relay.start_and_tell()
    assert town.house.journeys.started == ["e2"]


async def test_room_is_not_given_twice_in_one_night(town: Town) -> None:
    for npi in (NEAR, MIDDLE, FAR):
        await town.house.change(Pharmacy, npi, weekly_capacity=0)
    await town.house.change(Pharmacy, MIDDLE, weekly_capacity=1)
    weeks = programs.program("medicare-cardiometabolic").capacity_weeks
    for n in range(weeks + 2):
        town.house.given(
            make.member(f"x{n}"),
            make.enrollment(f"x{n}", f"x{n}", pharmacy_npi=None, started_at=None),
        )
    await town.nightly.check()
    assert len(await town.house.all(Enrollment, pharmacy_npi=MIDDLE)) == weeks


async def test_a_member_who_moved_is_served_where_they_live_now(town: Town) -> None:
    await town.house.change(
        Enrollment, "e1", leaving="moved", leaving_at=NOW, hold="reroutes", held_at=NOW,
        pharmacy_npi=FAR,
    )  # fmt: skip
    await town.nightly.check()
    await town.house.advance()
    row = await town.enrollment()
    assert (row.pharmacy_npi, row.leaving, row.hold) == (NEAR, None, None)


async def test_one_member_who_cannot_be_helped_does_not_stop_the_others(town: Town) -> None:
    town.house.given(*unserved(program="a-program-of-old"), make.member("m3"))
    town.house.given(make.enrollment("e3", "m3", pharmacy_npi=None, started_at=None))
    await town.nightly.check()
    assert (await town.enrollment("e3")).pharmacy_npi == NEAR
