"""The pages of messages in a real browser, walked by a manager and looked at by axe."""

from collections.abc import Iterator
from typing import Any

import make
import pytest
from browser import chromium, look, served, sign_in
from desk import TEMPLATES, Desk
from test_texts_console_api import furnish

from store.models import Consent

PHONE = "+16145550134"


@pytest.fixture
def people(database_url: str) -> str:
    make.save(
        database_url, make.pharmacy(), make.member(), make.phone(), make.contact_point(),
        make.enrollment(), make.stage(), make.member("m2", language="vi"),
        make.enrollment("e2", "m2", program="medicaid-high-risk"),
        Consent(phone=PHONE, given=True, at=make.NOW - make.DAY, how="contact file",
                actor="payer"),
        make.intent("i1", delivered_at=make.NOW), make.intent("i2"),
        make.intent("i3", status="failed", reason="bad_number", error_code=30006),
        make.intent("i4", "e2", status="withheld", reason="opted_out", accepted_at=None),
        make.intent("i5", "e2", status="unknown", accepted_at=None),
        make.intent("i6", status="pending", reason="quiet_hours", accepted_at=None, phone=None,
                    due_at=make.NOW + 20 * make.HOUR),
        make.gate_decision("i6"),
    )  # fmt: skip
    return database_url


async def prepare(desk: Desk) -> None:
    await desk.account("maria", "manager")
    furnish(desk, TEMPLATES)


@pytest.fixture
def page() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


def test_a_manager_follows_the_messages(people: str, page: Any) -> None:
    with served(people, prepare) as address:
        sign_in(page, address)
        page.get_by_role("link", name="Messages").click()
        page.get_by_text("It is not known whether these texts left", exact=True).wait_for()
        page.locator("#stuck-unknown summary").click()
        look(page, "messages")
        page.get_by_role("row", name="Did not arrive the number").get_by_role("link").first.click()
        page.get_by_text("carrier's code 30006").wait_for()
        look(page, "texts behind a count")
        page.get_by_role("link", name="Ana Lopez").click()
        revoke(page)
        page.goto(f"{address}/console/texts")
        page.get_by_text("every text", exact=True).first.wait_for()
        look(page, "what the texts say")


def revoke(page: Any) -> None:
    page.get_by_text("The ledger (1)").click()
    page.get_by_text("The member told somebody").click()
    look(page, "ledger of consent")
    page.get_by_label("No more texts.").check()
    page.get_by_label("By voice").check()
    page.get_by_label("Their words").fill("Please stop these texts")
    page.get_by_role("button", name="Record in the ledger").click()
    page.get_by_text("End of consent to texts recorded.").first.wait_for()
    page.get_by_text("The ledger (2)").click()
    page.get_by_text("“Please stop these texts”").wait_for()
    look(page, "revoked")
