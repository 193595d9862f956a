"""Nothing a workflow says is legible in what Temporal keeps."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from runtime.encryption import SealedPayloads, temporal_key
from runtime.errors import Refusal
from runtime.settings import Settings

CANARY = "Canaria Quetzal"
KEY = bytes(range(32))


@workflow.defn(name="SealedProbe", sandboxed=False)
class SealedProbe:
    @workflow.run
    async def run(self, name: str) -> str:
        await workflow.sleep(timedelta(days=90))
        if name == "fail":
            raise ApplicationError(CANARY)
        return name


async def test_payloads_and_failures_are_sealed_in_the_history(
    temporal: WorkflowEnvironment,
) -> None:
    async with Worker(temporal.client, task_queue="sealed", workflows=[SealedProbe]):
        answer = await temporal.client.execute_workflow(
            SealedProbe.run, CANARY, id="sealed-1", task_queue="sealed"
        )
        with pytest.raises(WorkflowFailureError) as failed:
            await temporal.client.execute_workflow(
                SealedProbe.run, "fail", id="sealed-2", task_queue="sealed"
            )
    assert answer == CANARY
    assert str(failed.value.cause) == CANARY
    for workflow_id in ("sealed-1", "sealed-2"):
        history = await temporal.client.get_workflow_handle(workflow_id).fetch_history()
        assert all(CANARY.encode() not in event.SerializeToString() for event in history.events)


async def test_another_key_is_refused_in_a_sentence() -> None:
    sealed = await SealedPayloads(KEY).encode([Payload(data=b"x")])
    with pytest.raises(Refusal, match="sealed with another key"):
        await SealedPayloads(bytes(32)).decode(sealed)


async def test_a_changed_payload_is_refused() -> None:
    (sealed,) = await SealedPayloads(KEY).encode([Payload(data=b"x")])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    with pytest.raises(Refusal):
        await SealedPayloads(KEY).decode([sealed])


def test_the_home_makes_its_key_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    first = temporal_key(settings)
    path = tmp_path / "keys" / "temporal.key"
    assert temporal_key(settings) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["temporal.key"]


@pytest.mark.parametrize("key", ["abc", "zz" * 32, "00" * 31])
def test_a_key_of_the_wrong_shape_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(Refusal, match="DOORWAY_TEMPORAL_KEY must hold 32 bytes"):
        temporal_key(Settings(home=tmp_path, temporal_key=SecretStr(key)))


def test_two_at_their_first_start_agree_on_the_key(tmp_path: Path) -> None:
    async def both() -> list[bytes]:
        make = asyncio.to_thread
        return await asyncio.gather(
            *(make(temporal_key, Settings(home=tmp_path)) for _ in range(8))
        )

    assert len(set(asyncio.run(both()))) == 1
