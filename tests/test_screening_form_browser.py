"""The form of a screening in a real browser: questions that follow answers, looked at by axe."""

from pathlib import Path

import make
import pytest
from browser import chromium, look, served, sign_in
from desk import Desk

from domain.program import Program
from runtime import programs


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path | None:
    folder = request.config.getoption("--basetemp")
    found = Path(folder).with_suffix(".pictures") if folder else None
    if found:
        found.mkdir(parents=True, exist_ok=True)
    return found


def test_a_form_that_follows_what_is_ticked(database_url: str, pictures: Path | None) -> None:
    medicaid: Program = programs.program("medicaid-high-risk")
    make.save(
        database_url, make.pharmacy(),
        make.member(language="es", first_name="<script>window.hit=1</script>"),
        make.phone(), make.contact_point(),
        make.enrollment(program=medicaid.id, conditions=["mental_health", "asthma"]),
        make.task(kind="screening_call", key="screening-phq-2", role="pharmacist",
                  detail={"instrument": "phq-2"}),
    )  # fmt: skip

    async def prepare(desk: Desk) -> None:
        desk.app.state.programs = programs.all_programs()
        await desk.account("maria", "pharmacist", make.NPI)

    with served(database_url, prepare) as address, chromium() as page:
        page.goto(f"{address}/sign-in")
        sign_in(page, address)
        page.goto(f"{address}/console/queue")
        page.get_by_role("link", name="Open the form").click()
        look(page, "phq-2", pictures)
        page.goto(f"{address}/console/screenings/e1")
        look(page, "screenings", pictures)
        page.locator("#screening-phq-9 a").click()
        page.get_by_label("On a live call").check()
        asked = page.locator("fieldset.question")
        before = asked.count()
        # The last question is asked only of somebody whom something bothers.
        page.locator("#q-44250-9 input").nth(2).check()
        asked.nth(before).wait_for()
        assert page.locator("#q-44250-9 input").nth(2).is_checked()
        look(page, "phq-9", pictures)
        page.get_by_role("button", name="Finish").click()
        page.get_by_text("Not finished yet").wait_for()
        page.complaints[:] = [c for c in page.complaints if "422" not in c]
        look(page, "phq-9-open", pictures)
        page.locator("#q-44260-8 input").nth(1).check()
        page.get_by_role("button", name="Keep, and go on later").click()
        page.get_by_text("A person must speak with the member now").wait_for()
        look(page, "screenings-danger", pictures)
