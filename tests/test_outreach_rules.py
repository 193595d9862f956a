"""The invitation: its rungs, what it counts from, what jumps a rung, and what came of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from make_journeys import DAY, HOUR, NOW, accepted, days, facts, lost, program, waiting

from domain.effects import CloseTask, Effect, OpenTask, PrintLetter, Record, SendText
from domain.outbox import Status
from domain.outreach import Outreach, heard, next_step
from domain.outreach_plan import OutreachPlan
from domain.outreach_rungs import Channel, Ending, Rung
from domain.stages import Do, Done, Facts, LetterFact, MedicationFact, Wait
from domain.state import load

PLAN = OutreachPlan(
    rungs=(
        Rung(Channel.SMS, "welcome", days(0)),
        Rung(Channel.SMS, "reminder", days(2)),
        Rung(Channel.SECOND_NUMBER, "welcome", days(1)),
        Rung(Channel.CALL, "", days(2)),
        Rung(Channel.LETTER, "introduction", days(5)),
        Rung(Channel.COUNTER, "", days(7)),
    ),
    patience=days(14),
    call_within=72 * HOUR,
    counter_within=days(14),
)
INVITED = Outreach(rung=1, used_at=NOW - HOUR)
REMINDED = Outreach(rung=2, used_at=NOW - HOUR, told=1)
TRIED_OTHER = Outreach(rung=3, used_at=NOW - HOUR, told=2)
CALLED = Outreach(rung=4, used_at=NOW, told=3)
WRITTEN = Outreach(rung=5, used_at=NOW, told=4)
PROMPTED = Outreach(rung=6, used_at=NOW, told=6)
CALL = OpenTask("outreach-call", "outreach_call", "coordinator", 72 * HOUR)


@pytest.mark.parametrize(
    ("state", "known", "after", "expected"),
    [
        pytest.param(
            INVITED, facts(accepted("outreach-1")), days(1),
            Wait(NOW + days(2), "outreach_next_rung"),
            id="the next rung counts from the carrier's acceptance, not from the decision",
        ),
        pytest.param(
            INVITED, facts(waiting("outreach-1", NOW + days(3))), days(1),
            Wait(NOW + days(5), "outreach_next_rung"),
            id="a text still waiting for its hour counts from that hour",
        ),
        pytest.param(
            WRITTEN, facts(), days(1), Wait(NOW + days(7), "outreach_next_rung"),
            id="a letter that is not printed yet counts from the decision",
        ),
        pytest.param(
            WRITTEN, facts(letters={"outreach-5": LetterFact(NOW + days(2))}), days(3),
            Wait(NOW + days(9), "outreach_next_rung"),
            id="a letter counts from its printing",
        ),
        pytest.param(
            PROMPTED, facts(), days(1), Wait(NOW + days(14), "outreach_patience"),
            id="after the last rung an answer is awaited",
        ),
        pytest.param(
            PROMPTED, facts(), days(14), Done("unable_to_contact"), id="patience ends",
        ),
        pytest.param(
            replace(CALLED, told=4), facts(tasks={"outreach-call": "reached"}), days(1),
            Done("reached"), id="a coordinator's call that reached the member counts",
        ),
        pytest.param(
            replace(CALLED, told=4), facts(tasks={"outreach-call": "declined"}), days(1),
            Done("declined"), id="a coordinator's call may bring a no",
        ),
        pytest.param(
            PROMPTED, facts(tasks={"outreach-counter": "reached"}), days(1), Done("reached"),
            id="so does a word at the counter",
        ),
        pytest.param(
            CALLED, facts(tasks={"outreach-call": "not_reached"}), days(1),
            Wait(NOW + days(5), "outreach_next_rung"),
            id="a call nobody answered changes nothing",
        ),
        pytest.param(
            replace(INVITED, answer="declined", told=1), facts(tasks={"outreach-call": "reached"}),
            days(1), Done("declined"), id="the member's own answer outranks the call",
        ),
        pytest.param(
            replace(INVITED, used_at=NOW + days(10)), facts(accepted("outreach-1")), days(11),
            Wait(NOW + days(12), "outreach_next_rung"),
            id="a hold of ten days moves the next rung by ten days",
        ),
    ],
)  # fmt: skip
def test_what_a_rung_waits_for(
    state: Outreach, known: Facts, after: timedelta, expected: Wait | Done
) -> None:
    assert next_step(state, PLAN, known, NOW + after) == expected


@pytest.mark.parametrize(
    ("state", "known", "after", "effect"),
    [
        pytest.param(
            Outreach(), facts(), days(0), SendText("outreach-1", "welcome"),
            id="the first rung goes at once",
        ),
        pytest.param(
            INVITED, facts(accepted("outreach-1")), days(2), SendText("outreach-2", "reminder"),
            id="two days after acceptance the reminder",
        ),
        pytest.param(
            INVITED, facts(lost("outreach-1", Status.WITHHELD)), HOUR,
            SendText("outreach-2", "reminder"),
            id="a text the gate withheld for good is followed by the next rung at once",
        ),
        pytest.param(
            INVITED, facts(lost("outreach-1")), HOUR,
            Record("rung_skipped", "not delivered", {"rung": 2, "channel": "sms"}),
            id="an undelivered text jumps the next text to the same number",
        ),
        pytest.param(
            REMINDED, facts(lost("outreach-1"), other_number=True), HOUR,
            SendText("outreach-3", "welcome", other_number=True),
            id="and the second number takes over at once",
        ),
        pytest.param(
            REMINDED, facts(lost("outreach-1")), HOUR,
            Record("rung_skipped", "no other number", {"rung": 3, "channel": "second_number"}),
            id="a member with one number has no second number",
        ),
        pytest.param(
            REMINDED, facts(accepted("outreach-2"), other_number=True), days(1),
            SendText("outreach-3", "welcome", other_number=True),
            id="a day after the reminder the second number",
        ),
        pytest.param(
            TRIED_OTHER, facts(lost("outreach-3")), HOUR, CALL,
            id="an undelivered text to it is followed by the call at once",
        ),
        pytest.param(
            Outreach(), facts(has_number=False), days(0),
            Record("rung_skipped", "no number", {"rung": 1, "channel": "sms"}),
            id="without a number (a landline is none) a text is passed over",
        ),
        pytest.param(
            Outreach(rung=3, used_at=NOW, told=2), facts(has_number=False), HOUR, CALL,
            id="and the call is asked for at once when no number works",
        ),
        pytest.param(
            CALLED, facts(tasks={"outreach-call": None}), days(5),
            PrintLetter("outreach-5", "introduction"),
            id="then a letter, though the call is not made yet",
        ),
        pytest.param(
            WRITTEN, facts(letters={"outreach-5": LetterFact(problem="AddressTooLong")}), HOUR,
            OpenTask("outreach-counter", "outreach_counter", "pharmacist", days(14)),
            id="a letter nobody can print is not waited for",
        ),
        pytest.param(
            WRITTEN, facts(letters={"outreach-5": LetterFact(NOW, returned=True)}), days(2),
            OpenTask("outreach-counter", "outreach_counter", "pharmacist", days(14)),
            id="nor is one that came back",
        ),
        pytest.param(
            WRITTEN, facts(has_pharmacy=False), days(7),
            Record("rung_skipped", "no pharmacy", {"rung": 6, "channel": "counter"}),
            id="nobody is prompted where no pharmacy serves the member",
        ),
    ],
)  # fmt: skip
def test_which_rung_is_climbed(
    state: Outreach, known: Facts, after: timedelta, effect: Effect
) -> None:
    step = next_step(state, PLAN, known, NOW + after)
    assert isinstance(step, Do)
    assert step.effects[0] == effect
    assert step.state == Outreach(rung=state.rung + 1, used_at=NOW + after, told=state.rung)


def test_a_ladder_without_a_rung_for_it_gives_an_undelivered_text_to_the_other_number() -> None:
    plan = replace(PLAN, rungs=(*PLAN.rungs[:2], PLAN.rungs[4]))
    step = next_step(INVITED, plan, facts(lost("outreach-1"), other_number=True), NOW)
    assert isinstance(step, Do)
    assert step.effects[0] == SendText("outreach-2", "reminder", other_number=True)


def test_a_text_after_a_letter_is_tried_again_though_the_first_did_not_arrive() -> None:
    plan = replace(PLAN, rungs=(PLAN.rungs[0], PLAN.rungs[4], PLAN.rungs[1]))
    step = next_step(Outreach(2, NOW, told=1), plan, facts(lost("outreach-1")), NOW + days(2))
    assert isinstance(step, Do)
    assert step.effects[0] == SendText("outreach-3", "reminder")


@pytest.mark.parametrize(
    ("part2", "hint"),
    [
        pytest.param(False, {"next_refill": "2026-03-12"}, id="the next refill is a hint"),
        pytest.param(True, {}, id="a protected medicine gives none"),
    ],
)
def test_when_the_member_is_likely_at_the_counter(part2: bool, hint: dict[str, str]) -> None:
    medicine = MedicationFact("99999000101", date(2026, 3, 12), 30, part2=part2)
    past = MedicationFact("99999000102", date(2026, 3, 1), 30)
    known = facts(medications=(past, medicine))
    step = next_step(WRITTEN, PLAN, known, NOW + days(7))
    assert isinstance(step, Do)
    assert isinstance(step.effects[0], OpenTask)
    assert step.effects[0].detail == hint


def climb_all(known: Facts, changes: dict[int, Any]) -> Sequence[Effect]:
    """The whole ladder, days apart; `changes` says what is known from a rung on."""
    state, effects, now = Outreach(), [], NOW
    for _ in range(40):
        known = replace(known, **changes.get(state.rung, {}))
        match next_step(state, PLAN, known, now):
            case Do(state, more):
                effects += more
            case Wait(until):
                now = until or now
            case Done():
                break
    return effects


def endings(effects: Sequence[Effect]) -> list[tuple[int | str, str]]:
    return [
        (effect.detail["rung"], effect.rule)
        for effect in effects
        if isinstance(effect, Record) and effect.kind == "rung_ended"
    ]


def test_what_came_of_each_rung_is_recorded_once() -> None:
    known = facts(
        lost("outreach-1"), accepted("outreach-3"), other_number=True,
        letters={"outreach-5": LetterFact(NOW)},
    )  # fmt: skip
    changes = {
        4: {"tasks": {"outreach-call": "not_reached"}},
        6: {"tasks": {"outreach-call": "not_reached", "outreach-counter": None}},
    }
    effects = climb_all(known, changes)
    assert endings(effects) == [
        (1, "not_delivered"), (3, "no_answer"), (4, "not_reached"), (5, "no_answer"),
        (6, "still_open"),
    ]  # fmt: skip
    assert effects[-1] == CloseTask("outreach-counter", Ending.OVERTAKEN)


@pytest.mark.parametrize(
    ("state", "known", "told"),
    [
        pytest.param(
            replace(REMINDED, answer="reached"),
            facts(accepted("outreach-1"), accepted("outreach-2")),
            [(2, "reached")],
            id="an answer by text belongs to the last text",
        ),
        pytest.param(
            replace(CALLED, answer="declined"),
            facts(accepted("outreach-2"), lost("outreach-3"), tasks={"outreach-call": None}),
            [(4, "overtaken"), (2, "declined")],
            id="though a call was asked for since, which nobody need make now",
        ),
        pytest.param(
            WRITTEN, facts(tasks={"outreach-call": "reached"}),
            [(5, "overtaken"), (4, "reached")],
            id="an answer on the telephone belongs to the call",
        ),
        pytest.param(
            replace(WRITTEN, told=0, rung=2, answer="reached"),
            facts(lost("outreach-1"), accepted("outreach-2")),
            [(1, "not_delivered"), (2, "reached")],
            id="a journey begun before rungs were told tells the earlier ones too",
        ),
    ],
)  # fmt: skip
def test_which_rung_an_answer_is_told_of(
    state: Outreach, known: Facts, told: list[tuple[int, str]]
) -> None:
    step = next_step(state, PLAN, known, NOW + DAY)
    assert isinstance(step, Do)
    assert endings(step.effects) == told
    open_ = [key for key, said in known.tasks.items() if said is None]
    assert [e.key for e in step.effects if isinstance(e, CloseTask)] == open_
    assert isinstance(next_step(step.state, PLAN, known, NOW + DAY), Done)


def test_a_ladder_whose_last_text_was_lost_still_ends() -> None:
    plan = replace(PLAN, rungs=PLAN.rungs[:1])
    undelivered, told = facts(lost("outreach-1")), replace(INVITED, told=1)
    assert isinstance(next_step(told, plan, undelivered, NOW + DAY), Wait)
    assert next_step(told, plan, undelivered, NOW + days(15)) == Done("unable_to_contact")


def test_a_second_call_has_a_task_of_its_own() -> None:
    plan = replace(PLAN, rungs=(PLAN.rungs[3], PLAN.rungs[3]))
    first = facts(tasks={"outreach-call": "not_reached"})
    step = next_step(Outreach(1, NOW, told=0), plan, first, NOW + days(2))
    assert isinstance(step, Do)
    assert step.effects[0] == replace(CALL, key="outreach-call-2")
    reached = facts(tasks={"outreach-call": "not_reached", "outreach-call-2": "reached"})
    assert next_step(Outreach(2, NOW, told=2), plan, reached, NOW + days(3)) == Done("reached")


SHIPPED = ["medicare-cardiometabolic", "medicaid-high-risk"]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_ladders_use_every_way(name: str) -> None:
    plan = program(name).plans["outreach"]
    assert {rung.channel for rung in plan.rungs} == set(Channel)
    assert plan.rungs[-1].channel is Channel.COUNTER


@pytest.mark.parametrize("name", SHIPPED)
def test_a_journey_goes_on_by_the_ladder_it_began_with(name: str) -> None:
    plan = program(name).plans["outreach"]
    assert len(plan.ladder("2026-11")) == 5
    # As the row of a journey begun before: four rungs used, nothing told.
    state = load(Outreach, {"rung": 4, "used_at": NOW.isoformat(), "answer": None, "unclear": 0})
    known = facts(accepted("outreach-4"), program_version="2026-11")
    step = next_step(state, plan, known, NOW + days(7))
    assert isinstance(step, Do)
    assert isinstance(step.effects[0], OpenTask)
    assert step.effects[0].key == "outreach-call"
    over = facts(tasks={"outreach-call": "not_reached"}, program_version="2026-11")
    assert next_step(replace(step.state, told=5), plan, over, NOW + days(40)) == Done(
        "unable_to_contact"
    )


def test_a_ladder_that_became_shorter_under_a_journey_only_waits_for_its_answer() -> None:
    plan = replace(PLAN, rungs=PLAN.rungs[:2])
    step = next_step(PROMPTED, plan, facts(accepted("outreach-2")), NOW + DAY)
    assert isinstance(step, Wait)
    assert step.why == "outreach_patience"


@pytest.mark.parametrize(
    ("body", "answer", "understood"),
    [
        pytest.param("1", "reached", True, id="the digit for yes"),
        pytest.param("Sí, claro", None, False, id="more words than one"),
        pytest.param("Sí!", "reached", True, id="yes in Spanish"),
        pytest.param("2", "declined", True, id="the digit for no"),
        pytest.param("no gracias", "declined", True, id="no in words"),
        pytest.param("3", None, False, id="a digit nobody asked for"),
        pytest.param("who dis", None, False, id="other words"),
    ],
)
def test_how_an_invitation_is_answered(body: str, answer: str | None, understood: bool) -> None:
    found = heard(INVITED, body, PLAN, facts(), NOW)
    assert (found.state.answer, found.understood) == (answer, understood)
    assert found.state.unclear == int(not understood)
