"""A real browser on a console served from this process, and what axe says of a page."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from desk import PASSWORD, Desk, open_desk

from runtime import programs

CHROMIUM = Path("/usr/bin/chromium")
AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip


async def prepare(desk: Desk) -> None:
    await desk.account("maria", "manager")
    desk.app.state.programs = programs.all_programs()


@contextmanager
def served(
    database_url: str, prepare: Callable[[Desk], Awaitable[None]] = prepare
) -> Iterator[str]:
    """The console on a free port of this machine, in a thread with a loop of its own."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # At once, so that a browser that is quicker than the server waits instead of being refused.
    listening.listen(64)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server: uvicorn.Server | None = None
    ready = threading.Event()

    async def serve() -> None:
        nonlocal server
        async with open_desk(database_url, sending_on=False, base_url=address) as desk:
            await prepare(desk)
            config = uvicorn.Config(
                desk.app, log_level="critical", timeout_graceful_shutdown=1, lifespan="off"
            )
            server = uvicorn.Server(config)
            ready.set()
            await server.serve(sockets=[listening])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield address
    finally:
        assert server is not None
        server.should_exit = True
        thread.join(30)
        listening.close()


@contextmanager
def chromium() -> Iterator[Any]:
    """A page of Debian's Chromium that may speak to this machine only."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed (apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        opened = browser.new_page(viewport={"width": 1180, "height": 900})
        opened.complaints = []
        opened.on(
            "console",
            lambda said: opened.complaints.append(said.text) if said.type == "error" else None,
        )
        opened.on(
            "request",
            lambda sent: (
                opened.complaints.append(f"asked {sent.url}")
                if not sent.url.startswith(("http://127.0.0.1", "data:"))
                else None
            ),
        )
        opened.on("pageerror", lambda raised: opened.complaints.append(str(raised)))
        yield opened
        browser.close()


def look(page: Any, name: str, pictures: Path | None = None) -> None:
    """No accessibility finding, no hostile script run, no error, no request to elsewhere."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "async rules => (await axe.run(document, {runOnly: rules})).violations", RULES
    )
    assert [(f["id"], [n["html"] for n in f["nodes"]]) for f in found] == [], name
    assert page.evaluate("window.hit") is None, name
    assert page.complaints == [], name
    if pictures:
        page.screenshot(path=str(pictures / f"{name}.png"), full_page=True)


def sign_in(page: Any, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Sign-in name").fill("maria")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="To do now").wait_for()
