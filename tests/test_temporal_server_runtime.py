"""The embedded Temporal server keeps what it is told, for a month, on loopback, where it was."""

import socket
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from runtime.errors import Refusal
from runtime.processes import answers
from runtime.settings import Settings
from runtime.temporal import connect
from runtime.temporal_server import EmbeddedTemporal


@workflow.defn(name="Waiting")
class Waiting:
    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(timedelta(days=90))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedTemporal]:
    made = EmbeddedTemporal(tmp_path)
    started(made)
    yield made
    made.stop()


def started(server: EmbeddedTemporal) -> None:
    server.start()
    while not server.is_ready():
        sleep(0.02)


async def test_a_restart_keeps_address_journeys_and_a_month_of_what_ended(
    server: EmbeddedTemporal, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, temporal_address=server.address)
    client = await connect(settings)
    known = uuid.uuid4().hex
    await client.start_workflow(Waiting.run, id=known, task_queue="nobody")
    server.stop()
    again = EmbeddedTemporal(tmp_path)
    try:
        started(again)
        assert again.address == server.address
        later = await connect(settings)
        assert (await later.get_workflow_handle(known).describe()).id == known
        space = await later.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace="default")
        )
        kept = space.config.workflow_execution_retention_ttl.ToTimedelta()
        assert kept == timedelta(days=30)
    finally:
        again.stop()


async def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    nowhere = Settings(home=tmp_path, temporal_address="127.0.0.1:1")
    with pytest.raises(Refusal, match=r"The Temporal server at 127\.0\.0\.1:1 does not answer"):
        await connect(nowhere)


def test_two_servers_never_share_one_file(server: EmbeddedTemporal, tmp_path: Path) -> None:
    second = EmbeddedTemporal(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runtime.temporal_server.PREDECESSOR_SECONDS", 0.1)
        with pytest.raises(Refusal, match=r"Another Temporal server .* still works in"):
            second.start()
    assert second.port != server.port


def test_a_port_lost_between_choosing_and_opening_it_is_replaced(tmp_path: Path) -> None:
    server = EmbeddedTemporal(tmp_path)
    chosen = server.port
    with socket.socket() as faster:
        faster.bind(("127.0.0.1", chosen))
        try:
            started(server)
            assert server.port != chosen
            assert answers("127.0.0.1", server.port)
        finally:
            server.stop()


def test_a_server_that_cannot_start_says_so_once(tmp_path: Path) -> None:
    (tmp_path / "temporal" / "temporal.db").mkdir(parents=True)
    with pytest.raises(Refusal, match=r"did not start; .*temporal\.log says why"):
        started(EmbeddedTemporal(tmp_path))
