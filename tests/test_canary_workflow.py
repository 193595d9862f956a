"""A member who can be told from all others leaves no trace in Temporal or in the log."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import KEY
from fakes import PHONE
from journey_runs import SkippedSteps
from scripted_journey import Stage, performed
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.testing import WorkflowEnvironment
from whole_journey import Persona, World, member

from activities.letters import PrintLetterRequest
from runtime.encryption import SealedPayloads
from store.models import InboundText, Letter

WORDS = "zanzibar quokka"
MEMBER = {
    "first_name": "Quetzalina", "last_name": "Xochitlsson", "birth_date": date(1931, 2, 17),
    "address": "4711 Ptarmigan Ct",
}  # fmt: skip
TRACES = (
    "Quetzalina", "Xochitlsson", "1931", "Ptarmigan", PHONE, PHONE.removeprefix("+1"), "quokka",
    "hypertension", "P-m1",
)  # fmt: skip
PERSONA = Persona({"welcome": WORDS})


class FailingOnce(SkippedSteps):
    """Its first letter fails, and says whose it is."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.failed = False

    @activity.defn(name="print_letter")
    async def print_letter(self, request: PrintLetterRequest) -> None:
        if not self.failed:
            self.failed = True
            raise OSError(f"no room for the letter to {MEMBER['first_name']}, {PHONE}")
        await super().print_letter(request)


def payloads(message: Any) -> Iterator[Payload]:
    """Every payload in a message, however deep."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if field.message_type.GetOptions().map_entry:
            inner = [each for each in value.values() if hasattr(each, "ListFields")]
        else:
            inner = list(value) if field.is_repeated else [value]
        for each in inner:
            yield from payloads(each)


def traces(text: str | bytes) -> list[str]:
    kept = text if isinstance(text, bytes) else text.encode()
    return [trace for trace in TRACES if trace.lower().encode() in kept.lower()]


async def stored(stage: Stage) -> tuple[bytes, bytes]:
    """What Temporal keeps of a journey, as it keeps it and unsealed."""
    events = [event for run in await stage.runs() for event in run]
    sealed = [payload for event in events for payload in payloads(event)]
    opened = await SealedPayloads(KEY).decode(sealed)
    assert sealed
    assert opened != sealed
    as_kept = b"".join(event.SerializeToString() for event in events)
    return as_kept, b"".join(payload.data for payload in opened)


async def test_neither_history_nor_log_knows_the_member(
    temporal: WorkflowEnvironment,
    database_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The payloads hold ids and codes only, so that the seal is a second wall, not the only one."""
    async with member(database_url, PERSONA, tmp_path, **MEMBER) as world:
        async with performed(temporal, SkippedSteps(world), skipping=True) as stage:
            await stage.result()
            as_kept, unsealed = await stored(stage)
        assert (await world.house.only(InboundText)).body == WORDS
        assert (await world.house.only(Letter)).spooled_at
    assert traces(as_kept) == []
    assert traces(unsealed) == []
    assert b"e1" in unsealed
    assert traces(stage.journey.id) == []
    printed = capfd.readouterr()
    assert "journey_advanced" in printed.out + caplog.text
    assert traces(printed.out + printed.err + caplog.text) == []


async def test_an_error_that_names_the_member_is_sealed(
    temporal: WorkflowEnvironment, database_url: str, tmp_path: Path
) -> None:
    async with member(database_url, PERSONA, tmp_path, **MEMBER) as world:
        steps = FailingOnce(world)
        async with performed(temporal, steps, skipping=True) as stage:
            await stage.result()
            as_kept, unsealed = await stored(stage)
    assert steps.failed
    assert traces(as_kept) == []
    assert "Quetzalina" in traces(unsealed)
