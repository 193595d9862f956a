"""A web server whose lines can be cut in the middle of a request, as networks do."""

import asyncio

import uvicorn
from fastapi import Request
from fastapi.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

_lines: dict[tuple[str, int], asyncio.Transport] = {}


class CuttableProtocol(H11Protocol):
    """Keeps each open connection where a fault can find it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self.client:
            _lines[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _lines.pop(self.client, None)
        super().connection_lost(exc)


async def cut_line(request: Request) -> Response:
    """Close the caller's connection without an answer; what is returned reaches nobody."""
    client = request.client
    line = _lines.get((client.host, client.port)) if client else None
    if line is None:
        raise ConnectionAbortedError
    line.abort()
    # The loop tells the server on its next turn that the line is gone.
    await asyncio.sleep(0)
    return Response()


def server(app: object, port: int) -> uvicorn.Server:
    """On loopback only; SIGTERM stops it within a second."""
    return uvicorn.Server(
        uvicorn.Config(
            app,  # type: ignore[arg-type]
            host="127.0.0.1",
            port=port,
            http=CuttableProtocol,
            ws="none",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=1,
            # A carrier that hangs up on idle lines would look like the faults that are off.
            timeout_keep_alive=75,
        )
    )
