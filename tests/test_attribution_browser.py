"""Pharmacies in a real browser: the picture by state, another pharmacy for a member, axe."""

from datetime import date

import make
from browser import chromium, look, prepare, served, sign_in
from desk import Desk

from activities.attribution import Rerouting
from runtime import programs


async def with_places(desk: Desk) -> None:
    await prepare(desk)
    desk.app.state.rerouting = Rerouting(
        programs.all_programs(), programs.reroute_rules(), lambda: {"43215": (40.0, -83.0)}
    )


def test_pharmacies_can_be_seen_and_changed(database_url: str) -> None:
    make.save(
        database_url,
        *(
            make.pharmacy(
                npi, name=name, latitude=latitude, longitude=-83.0, weekly_capacity=2,
                cpesn_from=date(2020, 1, 1), services=["medication_management"],
            )
            for npi, name, latitude in (
                (make.NPI, "Corner Pharmacy", 40.1), (make.OTHER_NPI, "Hill Drugs", 40.2),
            )
        ),
        make.member(), make.enrollment(),
        make.member("m2", state="IN"), make.enrollment("e2", "m2", pharmacy_npi=None),
    )  # fmt: skip
    with served(database_url, with_places) as address, chromium() as page:
        sign_in(page, address)
        page.goto(f"{address}/console/enrollments/e1")
        page.get_by_text("The pharmacy cannot take them").click()
        page.get_by_text("The member wants another").click()
        look(page, "the member's page")
        form = page.locator("form[action$='/pharmacy']")
        form.get_by_label("NPI").fill(make.OTHER_NPI)
        form.get_by_label("Why?").fill("near her work")
        form.get_by_role("button").click()
        assert "Hill Drugs" in page.locator("#pharmacy + p").inner_text()
        page.goto(f"{address}/console/queue")
        look(page, "the queue with a new member")
        page.goto(f"{address}/console/members")
        page.get_by_role("link", name="Pharmacies by state").click()
        page.get_by_role("link", name="OH").click()
        look(page, "pharmacies by state")
