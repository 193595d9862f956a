"""The invitation: its rungs, what it counts from, and what ends it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make_journeys import DAY, HOUR, NOW, accepted, days, facts, lost, waiting

from domain.effects import Effect, OpenTask, PrintLetter, Record, SendText
from domain.outbox import Status
from domain.outreach import Channel, Outreach, OutreachPlan, Rung, heard, next_step
from domain.stages import Do, Done, Facts, Wait

PLAN = OutreachPlan(
    rungs=(
        Rung(Channel.SMS, "welcome", days(0)),
        Rung(Channel.SMS, "reminder", days(2)),
        Rung(Channel.LETTER, "introduction", days(5)),
        Rung(Channel.CALL, "", days(7)),
    ),
    patience=days(14),
    call_within=72 * HOUR,
)
INVITED = Outreach(rung=1, used_at=NOW - HOUR)
REMINDED = Outreach(rung=2, used_at=NOW - HOUR)
WRITTEN = Outreach(rung=3, used_at=NOW)
CALLED = Outreach(rung=4, used_at=NOW)


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
            id="a letter counts from its printing",
        ),
        pytest.param(
            CALLED, facts(), days(1), Wait(NOW + days(14), "outreach_patience"),
            id="after the last rung an answer is awaited",
        ),
        pytest.param(
            CALLED, facts(), days(14), Done("unable_to_contact"),
            id="patience ends",
        ),
        pytest.param(
            CALLED, facts(tasks={"outreach-call": "reached"}), days(1), Done("reached"),
            id="a coordinator's call that reached the member counts",
        ),
        pytest.param(
            CALLED, facts(tasks={"outreach-call": "declined"}), days(1), Done("declined"),
            id="a coordinator's call may bring a no",
        ),
        pytest.param(
            CALLED, facts(tasks={"outreach-call": "no_answer"}), days(1),
            Wait(NOW + days(14), "outreach_patience"),
            id="a call nobody answered changes nothing",
        ),
        pytest.param(
            replace(INVITED, answer="declined"), facts(tasks={"outreach-call": "reached"}), days(1),
            Done("declined"), id="the member's own answer outranks the call",
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
            INVITED, facts(lost("outreach-1")), HOUR, SendText("outreach-2", "reminder"),
            id="an undelivered text is followed by the next rung at once",
        ),
        pytest.param(
            INVITED, facts(lost("outreach-1", Status.WITHHELD)), HOUR,
            SendText("outreach-2", "reminder"),
            id="so is a text the gate withheld for good",
        ),
        pytest.param(
            REMINDED, facts(accepted("outreach-2")), days(5),
            PrintLetter("outreach-3", "introduction"),
            id="then a letter",
        ),
        pytest.param(
            WRITTEN, facts(), days(7),
            OpenTask("outreach-call", "outreach_call", "coordinator", 72 * HOUR),
            id="then a coordinator calls",
        ),
        pytest.param(
            Outreach(), facts(has_number=False), days(0),
            Record("rung_skipped", "no number", {"rung": 1}),
            id="without a number a text is passed over",
        ),
        pytest.param(
            Outreach(rung=2, used_at=NOW), facts(has_number=False), HOUR,
            PrintLetter("outreach-3", "introduction"),
            id="and the letter goes at once when no number works",
        ),
    ],
)  # fmt: skip
def test_which_rung_is_climbed(
    state: Outreach, known: Facts, after: timedelta, effect: Effect
) -> None:
    step = next_step(state, PLAN, known, NOW + after)
    assert isinstance(step, Do)
    assert step.effects[0] == effect
    assert step.state == Outreach(rung=state.rung + 1, used_at=NOW + after)


def test_a_ladder_whose_last_text_was_lost_still_ends() -> None:
    plan = replace(PLAN, rungs=PLAN.rungs[:1])
    undelivered = facts(lost("outreach-1"))
    assert isinstance(next_step(INVITED, plan, undelivered, NOW + DAY), Wait)
    assert next_step(INVITED, plan, undelivered, NOW + days(15)) == Done("unable_to_contact")


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
