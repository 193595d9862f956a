"""The connection to Temporal, with what client, worker, tests and replayer must agree on."""

import asyncio

from temporalio.client import Client
from temporalio.plugin import SimplePlugin
from temporalio.service import RPCError

from runtime.encryption import data_converter, temporal_key
from runtime.errors import Refusal
from runtime.sandbox import workflow_runner
from runtime.settings import Settings
from runtime.temporal_server import look_for_server, silent


def plugin(key: bytes) -> SimplePlugin:
    """Sealed payloads and the sandbox; a worker inherits it from its client."""
    return SimplePlugin(
        "doorway", data_converter=data_converter(key), workflow_runner=workflow_runner()
    )


async def connect(settings: Settings) -> Client:
    """A client of the settings' server and namespace."""
    address = settings.temporal_address
    if not address:
        raise Refusal(
            "No Temporal server is known: set DOORWAY_TEMPORAL_ADDRESS, or start `doorway up`, "
            "which runs one of its own."
        )
    api_key = settings.temporal_api_key.get_secret_value() or None
    await asyncio.to_thread(look_for_server, address)
    try:
        return await Client.connect(
            address,
            namespace=settings.temporal_namespace,
            tls=settings.temporal_tls or api_key is not None,
            api_key=api_key,
            plugins=[plugin(temporal_key(settings))],
        )
    except (RPCError, RuntimeError) as failed:
        raise silent(address) from failed
