"""The page of consents under 42 CFR Part 2 in a real browser, looked at by axe."""

import make
from browser import chromium, look, served, sign_in

from store.models import Disclosure, Part2Consent


def test_a_consent_can_be_recorded_and_revoked_by_everybody(database_url: str) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(last_name="<script>window.hit=1</script>"),
        make.enrollment(),
        Part2Consent(
            member_id="m1", form_id="f1", recipients="treating", npi=None, purpose="tpo",
            signed_on=make.NOW.date(), expires_on=None, at=make.NOW, actor="staff:s1",
        ),
        Disclosure(
            member_id="m1", consent_id=1, sink="note", item="n1", recipient_npi="1000000020",
            purpose="treatment", kinds=["medications", "conditions"], at=make.NOW,
        ),
    )  # fmt: skip
    with served(database_url) as address, chromium() as page:
        sign_in(page, address)
        page.goto(f"{address}/console/enrollments/e1")
        page.get_by_role("link", name="record or revoke it").click()
        for part in page.get_by_role("group").locator("summary").all():
            part.click()
        look(page, "part2")
        page.get_by_label("One practice, named on the paper").check()
        page.get_by_label("NPI of the practice named").fill("1000000020")
        page.get_by_label("For treatment only").check()
        page.get_by_label("Signed on").fill("2026-03-01")
        page.get_by_label("Ends on").fill("2026-12-31")
        page.get_by_role("button", name="Record this consent").click()
        page.get_by_text("The practice with the NPI").wait_for()
        first = page.locator("#consent-1")
        first.locator("summary").click()
        first.get_by_label("How did the member say so?").fill("By letter")
        first.get_by_role("button", name="Revoke this consent").click()
        page.get_by_text("revoked today").wait_for()
        look(page, "part2_revoked")
