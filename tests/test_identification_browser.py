"""Runs, a cohort before its start, and nominations, in a browser: readable, and clean to axe."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import make
import pytest
from browser import chromium, look, prepare, served, sign_in
from desk import Desk
from fakes import Watch
from make_journeys import consent

from domain.identification_diff import ProgramDiff
from runtime.nominate import nominating
from runtime.wiring import receiver
from store.models import IdentificationRun

CARDIO = "medicare-cardiometabolic"
REPORT = {
    "as_of": "2026-03-03", "identified": {CARDIO: 31}, "rows": {"medical_claim": 900},
    "attributed": 30, "unattributed": 1, "dropped": {"medical_claim: date in the future": 4},
    "examples": {"medical_claim: date in the future": ["c17", "c18"]}, "peak_rss_mb": 412,
    "timings": {"reading claims": 0.25}, "excluded": {CARDIO: {"hospice": 5}},
}  # fmt: skip
DIFF = ProgramDiff(
    new=12, gone={"hospice": 3}, leaving={"hospice": 2}, withheld={"not_listed": 1},
    examples={"gone": ["e1"], "withheld": ["e1"]},
)  # fmt: skip


async def everything(desk: Desk) -> None:
    await prepare(desk)
    desk.app.state.nominating = nominating()
    desk.app.state.receiver = receiver(Watch())


def test_a_coordinator_reads_a_run_starts_a_cohort_and_nominates(
    database_url: str, request: pytest.FixtureRequest
) -> None:
    base = request.config.getoption("--basetemp")
    pictures = Path(base).with_suffix(".pictures") if base else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    make.save(
        database_url, make.pharmacy(), make.member(first_name="Ana", last_name="Lopez"),
        make.member("m2"), make.phone(), make.contact_point(), consent(),
        make.enrollment(misfit="not_listed", misfit_since=date(2026, 3, 1)),
        make.enrollment(
            "e2", "m2", started_at=None, reached_at=None, state="identified",
            pharmacy_npi=None, ready_since=make.NOW,
        ),
        IdentificationRun(
            at=make.NOW, report=REPORT, finished_at=make.NOW, diff={CARDIO: asdict(DIFF)},
            endings={"withheld": [["e1", "disenrolled"]]}, how="nightly",
        ),
    )  # fmt: skip
    with served(database_url, everything) as address, chromium() as page:
        sign_in(page, address)
        page.goto(f"{address}/console/runs")
        look(page, "runs", pictures)
        page.get_by_role("link", name="UTC").first.click()
        page.get_by_text("would leave, which is more than usual").wait_for()
        look(page, "run", pictures)
        page.goto(f"{address}/console/preflight/{CARDIO}")
        look(page, "preflight", pictures)
        page.get_by_label("Why now?").fill("The letters are printed")
        page.get_by_role("button", name="Start this cohort").click()
        page.get_by_text("Nobody waits to begin").wait_for()
        look(page, "started", pictures)
        page.goto(f"{address}/console/nominations")
        page.get_by_label("Member id of the payer").fill("P9")
        page.get_by_label("Date of birth").fill("1951-05-06")
        page.get_by_label("Why?").fill("Asked for help")
        page.get_by_role("button", name="Nominate").click()
        page.get_by_text("nobody with this id").first.wait_for()
        look(page, "nominations", pictures)
