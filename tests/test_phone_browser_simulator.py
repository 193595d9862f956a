"""The phone page in a real browser: played by keyboard, fresh without a reload, clean for axe."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright
from simulated import MEMBER, Simulated, contacts_file, forever, serving, simulated

from simulator.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
AXE = next(Path(__file__).parent.glob("vendor/axe-core-*/axe.min.js"), None)
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed"),
    pytest.mark.skipif(AXE is None, reason="axe-core is not vendored"),
]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulated]:
    contacts = contacts_file(tmp_path, [(MEMBER, "mobile", "en")])
    async with simulated(tmp_path, contacts=[contacts]) as made:
        yield made


@pytest.fixture
async def address(world: Simulated) -> AsyncIterator[str]:
    async with serving(create_app(world.world, forever)) as served:
        yield served


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM))
        yield await browser.new_page()
        await browser.close()


async def findings(page: Page) -> list[str]:
    assert AXE is not None
    await page.evaluate(AXE.read_text("utf-8"))
    violations = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        violations += (await page.evaluate("axe.run()"))["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations]


async def test_a_person_plays_a_member(world: Simulated, address: str, page: Page) -> None:
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    await world.send("Oak Pharmacy: hello. Reply 1 to start, 2 for not now.")
    await page.goto(f"{address}/phone")
    assert await findings(page) == []
    await page.get_by_role("link", name=MEMBER).press("Enter")
    await page.get_by_label("Text as the member").fill("who is this?")
    await page.keyboard.press("Enter")
    await page.get_by_text("who is this?").wait_for()
    await page.get_by_role("button", name="2", exact=True).press("Enter")
    await page.get_by_text("A person plays this phone now").wait_for()
    await world.send("a newer text")
    await page.get_by_text("a newer text").wait_for()
    assert await findings(page) == []
    assert problems == []
    thread = world.world.carrier.book.threads[MEMBER]
    assert [m.body for m in thread if m.inbound] == ["who is this?", "2"]
