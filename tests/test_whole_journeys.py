"""Whole journeys on a real database: how each kind of member ends, and what left on the way.

They step without a workflow; one is told of everything by signals and updates on the real Temporal.
In skipped time they are lived in `test_long_journeys.py`.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import make
import pytest
from fakes import PHONE
from journey_runs import RealSteps, Told
from law import kept_within_the_law
from make_journeys import DAY, HOUR, consent
from scripted_journey import performed
from temporalio.testing import WorkflowEnvironment
from whole_journey import WILLING, Persona, World, member

from runtime import programs
from store.models import Delivery, Enrollment, Intent, Letter, Note, Outcome, Task

MOST_EVENTS_OF_A_RUN = 150
WILLING_MEMBER = Persona(WILLING, provider="accept", runs_out=date(2026, 3, 20))
PERSONAS = {
    "answers everything": (WILLING_MEMBER, "graduated"),
    "says nothing": (Persona(), "unable_to_contact"),
    "stops at the second text": (Persona({"reminder": "STOP"}), "opted_out"),
    "declines": (Persona({"welcome": "no"}), "declined"),
    "is reached by the coordinator's call": (Persona(call="reached"), "graduated"),
    "agrees and falls silent": (Persona({"welcome": "1"}), "graduated"),
    "is put on hold for three weeks": (
        Persona(WILLING, staff=((10 * DAY, "hold"), (31 * DAY, "resume"))), "graduated",
    ),
    "is stopped by a coordinator": (Persona(WILLING, staff=((20 * DAY, "stop"),)), "stopped"),
    "cries for help and is not texted again": (
        Persona({"welcome": "I want to die"}, staff=((9 * DAY, "stop"),)), "stopped",
    ),
}  # fmt: skip


async def sent(world: World) -> Sequence[Intent]:
    found = [each for each in await world.house.all(Intent) if each.accepted_at]
    return sorted(found, key=lambda intent: str(intent.accepted_at))


async def ended_as(world: World, state: str) -> None:
    enrollment = await world.house.one(Enrollment, "e1")
    assert (enrollment.state, enrollment.ended_because) == (state, state)
    kept_within_the_law(await sent(world))
    unsettled = await world.house.all(Intent, status="pending")
    assert [intent.template for intent in unsettled] == []


def spooled(folder: Path) -> str:
    """The names of all that lies in a spool."""
    return " ".join(path.name for path in folder.rglob("*.pdf"))


@pytest.mark.parametrize(("persona", "end"), PERSONAS.values(), ids=PERSONAS)
async def test_a_member_who(database_url: str, tmp_path: Path, persona: Persona, end: str) -> None:
    async with member(database_url, persona, tmp_path) as world:
        await world.live(world.step_directly)
        await ended_as(world, end)


async def test_what_a_willing_member_gets_in_ninety_days(database_url: str, tmp_path: Path) -> None:
    async with member(database_url, WILLING_MEMBER, tmp_path) as world:
        await world.live(world.step_directly)
        templates = Counter(intent.template for intent in await sent(world))
        asked = sum(count for name, count in templates.items() if name.startswith("bp_prompt"))
        assert asked == len(programs.coaching_shelf().curricula["hypertension"].steps)
        assert templates["screening_question"] == len(programs.instruments()["ahc-hrsn"].items)
        deliveries = await world.house.all(Delivery)
        assert len(deliveries) >= 3
        assert {each.status for each in deliveries} == {"delivered"}
        assert deliveries[0].confirmed == "received"
        note = await world.house.only(Note)
        assert note.answered_at
        assert note.id in spooled(tmp_path / "notes")
        tasks = {task.kind for task in await world.house.all(Task)}
        assert {"note_answer", "referral"} <= tasks
        enrollment = await world.house.one(Enrollment, "e1")
        assert enrollment.ended_at
        assert enrollment.reached_at
        assert enrollment.ended_at - enrollment.reached_at >= 90 * DAY


async def test_a_silent_member_is_invited_by_every_rung_twice(
    database_url: str, tmp_path: Path
) -> None:
    other = "+16145550188"
    async with member(database_url, Persona(), tmp_path) as world:
        world.house.given(
            make.phone(other), make.contact_point(number=other, rank=2), consent(other)
        )
        await world.live(world.step_directly)
        texts = [(intent.template, intent.phone) for intent in await sent(world)]
        assert texts == [
            ("welcome", PHONE), ("reminder", PHONE), ("welcome", other), ("final_reminder", PHONE),
            ("invited_again", PHONE),
        ]  # fmt: skip
        letter = await world.house.only(Letter)
        assert letter.id in spooled(tmp_path / "letters")
        tasks = [(task.kind, task.resolution) for task in await world.house.all(Task)]
        assert tasks == [
            ("outreach_call", "overtaken"), ("outreach_counter", "overtaken"),
        ] * 2  # fmt: skip
        told = [o for o in await world.house.all(Outcome) if o.kind == "rung_ended"]
        assert [(o.detail["rung"], o.rule) for o in told] == [
            (1, "no_answer"), (2, "no_answer"), (3, "no_answer"), (4, "still_open"),
            (5, "no_answer"), (6, "no_answer"), (7, "still_open"),
            (8, "still_open"), (9, "no_answer"), (10, "still_open"),
        ]  # fmt: skip
        states = [(o.rule, o.at) for o in await world.house.all(Outcome) if o.kind == "state"]
        assert [state for state, _ in states] == ["outreach", "resting", "outreach"]
        assert states[2][1] - states[1][1] == 90 * DAY


async def test_nothing_leaves_after_stop_but_its_confirmation(
    database_url: str, tmp_path: Path
) -> None:
    async with member(database_url, Persona({"reminder": "STOP"}), tmp_path) as world:
        await world.live(world.step_directly)
        texts = [intent.template for intent in await sent(world)]
        assert texts == ["welcome", "reminder", "stop_confirmed"]


async def test_a_hold_moves_everything_by_its_length(database_url: str, tmp_path: Path) -> None:
    persona = Persona(WILLING, staff=((10 * DAY, "hold"), (31 * DAY, "resume")))
    async with member(database_url, persona, tmp_path) as world:
        await world.live(world.step_directly)
        held = [o.at for o in await world.house.all(Outcome) if o.kind == "staff_hold"]
        assert len(held) == 1
        during = [
            text for text in await sent(world)
            if text.accepted_at and held[0] < text.accepted_at < held[0] + 21 * DAY
        ]  # fmt: skip
        assert during == []
        prompts = [t for t in await sent(world) if t.template.startswith("bp_prompt")]
        assert len(prompts) >= 8


async def test_a_willing_member_on_temporal(
    temporal: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> None:
    """Told of all that happens in ninety days, and held and resumed in between by updates."""
    persona = Persona(
        WILLING, after=HOUR, provider="accept", runs_out=date(2026, 3, 20),
        staff=((10 * DAY, "hold"), (12 * DAY, "resume"), (13 * DAY, "resume")),
    )  # fmt: skip
    async with member(database_url, persona, tmp_path) as world:
        steps = RealSteps(world)
        async with performed(temporal, steps) as stage:
            told = Told(stage, steps)
            world.act = told.act
            await world.live(told.step)
            runs = await stage.runs()
        await ended_as(world, "graduated")
        assert told.answers == ["done", "done", "refused: the journey is not on hold"]
        assert len(runs) > 1
        assert max(map(len, runs)) <= MOST_EVENTS_OF_A_RUN
