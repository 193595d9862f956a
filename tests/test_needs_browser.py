"""The pages of social needs in a real browser, looked at by axe."""

import make
from browser import chromium, look, served, sign_in

from store.models import Agreement


def test_the_pages_of_needs_can_be_used_by_everybody(database_url: str) -> None:
    make.save(
        database_url, make.pharmacy(), make.member(first_name="<script>window.hit=1</script>"),
        make.enrollment(), make.need(), make.need(domain="utilities", z_code="Z59.12"),
        make.referral(1), make.referral(2, status="failed", reason="no_capacity"),
        Agreement(member_id="m1", given=True, at=make.NOW, how="text", actor="member"),
    )  # fmt: skip
    with served(database_url) as address, chromium() as page:
        sign_in(page, address)
        page.goto(f"{address}/console/needs")
        look(page, "needs")
        page.get_by_role("main").get_by_role("link").first.click()
        for part in page.get_by_role("group").locator("summary").all():
            part.click()
        look(page, "needs_member")
        page.get_by_label("Taken on by").select_option(label="Sample Pantry Downtown")
        page.get_by_role("button", name="Accepted").click()
        page.get_by_text("a service has taken it on").wait_for()
        look(page, "needs_accepted")
