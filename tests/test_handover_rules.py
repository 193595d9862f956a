"""Handing over a task: what may be offered to whom, who may accept, and until when."""

from dataclasses import replace
from datetime import datetime

import pytest
from make_journeys import HOUR, NOW

from domain.handover import Given, Who, answer_by, refusal

CALL = Given("slipping_call", "coordinator")
SAM, KIM = Who("staff:sam", "coordinator"), Who("staff:kim", "pharmacist")
MAX = Who("staff:max", "manager")


@pytest.mark.parametrize(
    ("task", "who", "to", "to_role"),
    [
        pytest.param(CALL, SAM, "pharmacist", "pharmacist", id="a coordinator to the pharmacists"),
        pytest.param(CALL, SAM, "staff:eva", "coordinator", id="a coordinator to another"),
        pytest.param(CALL, MAX, "pharmacist", "pharmacist", id="a manager, whosever it is"),
        pytest.param(replace(CALL, role="pharmacist"), KIM, "coordinator", "coordinator",
                     id="a pharmacist to the coordinators"),
        pytest.param(replace(CALL, has_member=False), SAM, "manager", "manager",
                     id="a stranger's text to a manager"),
    ],
)  # fmt: skip
def test_may_be_offered(task: Given, who: Who, to: str, to_role: str) -> None:
    assert refusal(task, who, to, to_role) is None


@pytest.mark.parametrize(
    ("task", "who", "to", "to_role", "says"),
    [
        pytest.param(replace(CALL, done=True), SAM, "pharmacist", "pharmacist", "closed",
                     id="what is done"),
        pytest.param(replace(CALL, kind="danger_self_harm"), SAM, "pharmacist", "pharmacist",
                     "reads it first acts", id="a cry for help"),
        pytest.param(replace(CALL, kind="crisis_escalation"), SAM, "pharmacist", "pharmacist",
                     "reads it first acts", id="a cry that was passed on"),
        pytest.param(CALL, KIM, "pharmacist", "pharmacist", "another role's",
                     id="somebody else's task"),
        pytest.param(CALL, SAM, "coordinator", "coordinator", "somebody else",
                     id="to the role that has it"),
        pytest.param(CALL, SAM, "staff:sam", "coordinator", "somebody else", id="to oneself"),
        pytest.param(CALL, SAM, "staff:gone", "", "somebody else", id="to a closed account"),
        pytest.param(replace(CALL, offered=True), SAM, "pharmacist", "pharmacist", "already",
                     id="while an offer is open"),
        pytest.param(replace(CALL, has_member=False), SAM, "pharmacist", "pharmacist",
                     "no pharmacist could see it", id="a stranger's text to a pharmacist"),
        pytest.param(replace(CALL, role="pharmacist", part2=True), KIM, "coordinator",
                     "coordinator", "protected", id="protected records to a coordinator"),
    ],
)  # fmt: skip
def test_may_not_be_offered(task: Given, who: Who, to: str, to_role: str, says: str) -> None:
    assert says in (refusal(task, who, to, to_role) or "")


@pytest.mark.parametrize(
    ("who", "to", "may"),
    [
        pytest.param(KIM, "pharmacist", True, id="one of the role"),
        pytest.param(KIM, "coordinator", False, id="nobody of another role"),
        pytest.param(replace(SAM, actor="staff:eva"), "staff:eva", True, id="whom it names"),
        pytest.param(KIM, "staff:eva", False, id="nobody whom it does not name"),
        pytest.param(SAM, "coordinator", False, id="not whoever offers it"),
    ],
)
def test_who_may_accept(who: Who, to: str, may: bool) -> None:
    assert who.may_answer(to, "staff:sam") is may


@pytest.mark.parametrize(
    ("due", "until"),
    [
        pytest.param(NOW + 48 * HOUR, NOW + 4 * HOUR, id="within the hours of the program"),
        pytest.param(NOW + 2 * HOUR, NOW + 2 * HOUR, id="never beyond the task's own deadline"),
        pytest.param(NOW - HOUR, NOW + 4 * HOUR, id="unless that has passed already"),
    ],
)
def test_until_when(due: datetime, until: datetime) -> None:
    assert answer_by(NOW, 4 * HOUR, due) == until
