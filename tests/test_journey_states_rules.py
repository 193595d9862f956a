"""States, exits and timers as data: true to the code, drawn as they are, and everybody ends."""

import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_journeys import DAY, NOW, facts, program

from domain import journey
from domain.effects import MoveReferral, OpenTask, SendNote, SendText
from domain.exits import WAYS
from domain.journey import ENDED, State
from domain.journey_states import ANYWHERE, JourneyStates
from domain.outbox import SentText, Status
from domain.program import Program
from domain.stages import Do, Done, Facts, NoteFact, ReferralFact, Wait
from runtime import programs, states_page

STATES = programs.journey_states()
PROGRAMS = list(programs.all_programs().values())
BY_A_PERSON = {"hold", "take_over", "safety"}
"""These wait for a person, however long: each has a task or a name beside it on the console."""
AGAIN = {"identified"}
"""Not begun: the nightly run finds a pharmacy, or that the member no longer fits."""


def test_the_page_is_as_the_code_is() -> None:
    assert states_page.PAGE.read_text("utf-8") == states_page.page(), "run `make states`"


def test_every_way_out_that_can_be_reported_is_drawn() -> None:
    reported = {move.when for move in STATES.moves if move.when.startswith("reported: ")}
    assert reported == {f"reported: {exit_}" for exit_ in WAYS}


@pytest.mark.parametrize("at", PROGRAMS, ids=lambda each: each.id)
def test_every_time_is_a_setting_of_the_program(at: Program) -> None:
    timed = [move.time(at) for move in STATES.moves if move.after]
    assert len(timed) >= 5
    assert all(time and time > timedelta() for time in timed)


@pytest.mark.parametrize("at", PROGRAMS, ids=lambda each: each.id)
@pytest.mark.parametrize("name", sorted({*STATES.says} - STATES.ends() - BY_A_PERSON - AGAIN))
def test_from_every_state_time_alone_leads_to_an_end_or_to_a_person(at: Program, name: str) -> None:
    moves = {**STATES.by_silence(at)}
    if name == "reroutes":
        # A coordinator's task; nothing is sent meanwhile.
        assert at.reroute_within > timedelta()
        return
    seen, here = set(), name
    while here not in STATES.ends():
        assert here not in seen, "time goes round in a ring"
        seen.add(here)
        assert moves[here], f"{here} is never left by itself"
        if here == "resting":
            # Back to an invitation, as often as the program says; the last leads on to an end.
            assert [to for to, _ in moves[here]] == ["outreach"]
            here = next(to for to, _ in moves["outreach"] if to != "resting")
        else:
            here = moves[here][0][0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda d: d["states"].pop("slipping"), "differ in slipping", id="one missing"),
        pytest.param(lambda d: d["states"].update(lost="x"), "differ in lost", id="one too many"),
        pytest.param(lambda d: d["moves"].append({"from": "active", "to": "lost", "when": "x"}),
                     "no state", id="a move to nowhere"),
        pytest.param(lambda d: d["moves"].append({"from": "deceased", "to": "active", "when": "x"}),
                     "is an end", id="a move out of an end"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_true_to_the_code_is_refused(change: Any, says: str) -> None:
    data = copy.deepcopy(dict(programs.read("journey_states.yaml")))
    change(data)
    with pytest.raises(ValueError, match=says):
        JourneyStates.from_data(data)


YEAR = program(length_days=365)


@pytest.mark.parametrize(
    ("at", "heard", "day", "state"),
    [
        pytest.param(YEAR, None, 59, State.ACTIVE, id="59 days of silence are none yet"),
        pytest.param(YEAR, None, 60, State.SLIPPING, id="60 are slipping"),
        pytest.param(YEAR, None, 89, State.SLIPPING, id="a person has 30 days to reach them"),
        pytest.param(YEAR, None, 90, State.UNABLE_TO_CONTACT, id="then it is over"),
        pytest.param(YEAR, 70, 75, State.ACTIVE, id="a word brings them back"),
        pytest.param(YEAR, 70, 130, State.SLIPPING, id="and is counted from"),
        pytest.param(program(), None, 90, State.GRADUATED, id="the program's last day comes first"),
        pytest.param(replace(YEAR, slipping=None), None, 364, State.ACTIVE,
                     id="a program that does not say"),
    ],
)  # fmt: skip
def test_who_is_slipping(at: Program, heard: int | None, day: int, state: State) -> None:
    done = {"outreach": "reached", **dict.fromkeys(at.stages, "completed")}
    heard_at = None if heard is None else NOW + heard * DAY
    known = facts(done=done, reached_at=NOW, heard_at=heard_at)
    assert journey.state_of(at, known, NOW + day * DAY) is state


class Silence:
    """A member who says nothing, staff who do nothing, and a practice that does not answer."""

    def __init__(self, at: Program, reached: bool, lost: bool, referrals: int) -> None:
        self.program, self.lost, self.now = at, lost, NOW
        self.states = {name: rules.begins for name, rules in journey.STAGES.items()}
        self.texts: dict[tuple[str, int], SentText] = {}
        self.tasks: dict[str, str | None] = {}
        self.done: dict[str, str] = {"outreach": "reached"} if reached else {}
        self.reached_at = NOW if reached else None
        self.note: NoteFact | None = None
        self.referrals = {
            n: ReferralFact(n, "food", "requested", NOW) for n in range(1, referrals + 1)
        }

    def known(self) -> Facts:
        return Facts(
            created_at=NOW, reached_at=self.reached_at, texts=self.texts, tasks=self.tasks,
            done=self.done, note=self.note, conditions=("hypertension",),
            referrals=tuple(self.referrals.values()),
        )  # fmt: skip

    def carry_out(self, effect: object) -> None:
        match effect:
            case SendText(step, _, _, _, attempt):
                status = Status.FAILED if self.lost else Status.ACCEPTED
                self.texts[(step, attempt)] = SentText(step, attempt, status, self.now, self.now)
            case OpenTask(key):
                self.tasks.setdefault(key, None)
            case SendNote(reply_within):
                self.note = NoteFact(self.now, self.now + reply_within, None)
            case MoveReferral(id_, to):
                self.referrals[id_] = replace(self.referrals[id_], status=to)

    def turn(self) -> datetime | None:
        """Until all stages wait; when the first of them goes on."""
        for _ in range(200):
            waits, acted = [], False
            for name in journey.running(self.program, self.known()):
                found = journey.next_step(
                    self.program, name, self.states[name], self.known(), self.now
                )
                match found:
                    case Do(state, effects):
                        self.states[name], acted = state, True
                        for effect in effects:
                            self.carry_out(effect)
                    case Done(how):
                        self.done[name], acted = how, True
                    case Wait(until):
                        waits.append(until)
            if not acted:
                waits += journey.state_changes(self.program, self.known(), self.now)
                return min((each for each in waits if each), default=None)
        raise AssertionError("a stage never comes to rest")


def longest(at: Program) -> timedelta:
    """By silence: the whole ladder, then all days of the program and what is still awaited."""
    outreach = at.plans["outreach"]
    ladder = sum((rung.after for rung in outreach.ladder("")), timedelta())
    ladder += len(outreach.ends("")) * outreach.patience + outreach.later * outreach.again.rest
    return ladder + timedelta(days=at.length_days) + 60 * DAY


@settings(max_examples=30, deadline=None)
@given(
    at=st.sampled_from([*PROGRAMS, YEAR]), reached=st.booleans(), lost=st.booleans(),
    referrals=st.integers(0, 2), jump=st.integers(0, 200),
)  # fmt: skip
def test_every_member_ends_somewhere(
    at: Program, reached: bool, lost: bool, referrals: int, jump: int
) -> None:
    """Whatever was begun, and after a pause of any length: silence leads to an end."""
    member = Silence(at, reached, lost, referrals)
    paused = NOW + jump * DAY
    for moment in range(600):
        upcoming = member.turn()
        state = journey.state_of(at, member.known(), member.now)
        if state in ENDED:
            break
        assert upcoming is not None, f"{state} waits for nothing"
        assert upcoming > member.now
        member.now = max(upcoming, paused) if moment == 3 else upcoming
    assert state in ENDED
    assert member.now - NOW <= longest(at) + jump * DAY
    assert (
        all(each.status == "failed" for each in member.referrals.values())
        or not reached
        or (member.now - NOW < 60 * DAY)
    )


def test_the_ways_from_anywhere_lead_to_an_end_or_a_pause() -> None:
    targets = {move.target for move in STATES.moves if move.source == ANYWHERE}
    assert targets <= STATES.ends() | BY_A_PERSON | {"grace", "reroutes"}
