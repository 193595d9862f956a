"""Stories of a carrier that says no for a while: how often it is asked, and what still leaves."""

import make
from make_journeys import consent, due

from chaos.stage import Stage
from store.models import Enrollment


def _members(stage: Stage, first: int, number: int, **text: object) -> None:
    for n in range(first, first + number):
        phone = f"+1614555{n:04d}"
        stage.given(
            make.member(f"m{n}-", person_id=f"P{n}"), make.phone(phone),
            make.contact_point(f"m{n}-", phone), consent(phone),
            make.enrollment(f"e{n}-", f"m{n}-"), due(f"i{n}-", f"e{n}-", asks=None, **text),
        )  # fmt: skip


async def a_while_of_no(stage: Stage) -> None:
    """429 to whatever is asked; then the carrier takes texts again."""
    _members(stage, 300, 3)
    for _ in range(20):
        stage.carrier.moods.extend([20429] * 4)
        await stage.house.send_all()
        stage.carrier.moods.clear()
        stage.pass_by(minutes=1)
    for _ in range(4):
        stage.pass_by(minutes=15)
        await stage.house.send_all()


async def one_no_and_many_due(stage: Stage) -> None:
    """The carrier slows us down once; all that is due leaves soon after."""
    _members(stage, 300, 6)
    stage.carrier.moods.append(20429)
    await stage.house.send_all()
    for _ in range(3):
        stage.pass_by(minutes=1)
        await stage.house.send_all()


async def a_wording_is_taken_for_spam(stage: Stage) -> None:
    """Three of its texts are filtered; texts in other words still leave."""
    _members(stage, 300, 3, template="delivery_sent")
    await stage.house.send_all()
    for accepted in stage.carrier.accepted():
        await stage.call_back(accepted, "undelivered", 30007)
    _members(stage, 310, 1, template="goodbye")
    for _ in range(3):
        await stage.house.send_all()
        stage.pass_by(minutes=1)
    # What their journeys make of the news is not asked here.
    for n in range(300, 303):
        await stage.house.change(Enrollment, f"e{n}-", nudged_at=None)
