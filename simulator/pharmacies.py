"""The pharmacies: each delivery in their queue is accepted, packed, sent, and brought or not."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import httpx

from simulator.clock import ProductClock
from simulator.clock_agenda import Agenda

HOURS = timedelta(hours=1)
QUEUE = "/api/pharmacy/deliveries"
FAILING = 0.05
"""Of those taken to the door: for good."""
IN_VAIN = 0.12
"""Nobody takes it this time."""
REASONS = ("address not found", "member refused the package", "package damaged")
NOBODY = ("nobody home", "nobody answered the bell")
WINDOWS = ("morning", "afternoon", "evening", None)


@dataclass(frozen=True, slots=True)
class Step:
    """What a pharmacy does with a delivery in some status, and how long that takes it."""

    action: str
    soonest: timedelta
    latest: timedelta


STEPS = {
    "ordered": Step("accept", 1 * HOURS, 8 * HOURS),
    "accepted": Step("pack", 12 * HOURS, 26 * HOURS),
    "packed": Step("send", 2 * HOURS, 20 * HOURS),
    "sent": Step("deliver", 3 * HOURS, 26 * HOURS),
    "attempted": Step("send", 20 * HOURS, 28 * HOURS),
    # Only what has been outside is still in the queue after it failed.
    "failed": Step("return", 4 * HOURS, 30 * HOURS),
}

SAME = {"new": "ordered", "requested": "ordered", "queued": "ordered", "out": "sent"}
"""Other words for a status that the product may use."""


class Pharmacies:
    """Looks at the queue of all pharmacies and moves each delivery on in its own time."""

    def __init__(
        self,
        product: httpx.AsyncClient,
        clock: ProductClock,
        agenda: Agenda,
        *,
        key: str,
        seed: int,
    ) -> None:
        self._product = product
        self._clock = clock
        self._agenda = agenda
        self._headers = {"Authorization": f"Bearer {key}"}
        self._seed = seed
        self._planned: dict[str, str] = {}
        """The status of each delivery for which a step is planned."""

    async def look(self) -> None:
        """Read the queue once and plan the next step of what is new in it."""
        for delivery in await self._open():
            name, status = str(delivery["id"]), str(delivery["status"])
            step = STEPS.get(SAME.get(status, status))
            if step is None or self._planned.get(name) == status:
                continue
            self._planned[name] = status
            tries = int(delivery.get("attempts") or 0)
            day = None if tries else delivery.get("due_on")
            due = self._due(f"{name}|{tries}" if tries else name, step, day)
            self._agenda.at(due, partial(self._do, name, status, step, tries))

    async def keep_looking(self, pause: float = 0.5) -> None:
        while True:
            await self.look()
            await asyncio.sleep(pause)

    def _due(self, name: str, step: Step, due_on: object) -> datetime:
        dice = Random(f"{self._seed}|{name}|{step.action}")
        due = self._clock.now() + step.soonest + (step.latest - step.soonest) * dice.random()
        if step.action != "send" or not isinstance(due_on, str):
            return due
        # A package goes out for its day, not weeks before it.
        day_before = datetime.fromisoformat(due_on[:10]).replace(tzinfo=due.tzinfo) - 24 * HOURS
        return max(due, day_before)

    async def _open(self) -> list[dict[str, Any]]:
        try:
            answer = await self._product.get(QUEUE, params={"open": "true"}, headers=self._headers)
            answer.raise_for_status()
            deliveries: list[dict[str, Any]] = answer.json()["deliveries"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return []
        return deliveries

    async def _do(self, name: str, status: str, step: Step, tries: int) -> None:
        if self._planned.get(name) != status:
            # A person moved it on meanwhile.
            return
        action, body = self._outcome(f"{name}|{tries}" if tries else name, step.action)
        once = {"Idempotency-Key": f"{name}/{action}/{tries}"}
        try:
            answer = await self._product.post(
                f"{QUEUE}/{name}/{action}", json=body, headers={**self._headers, **once}
            )
            moved = answer.is_success
        except httpx.HTTPError:
            moved = False
        if not moved:
            # Looked at again with the next look: the product may be away, or a person was faster.
            self._planned.pop(name, None)

    def _outcome(self, name: str, action: str) -> tuple[str, dict[str, str]]:
        """What is said to the product; chance is drawn from the seed, anew for each way there."""
        dice = Random(f"{self._seed}|{name}|outcome")
        chance = dice.random()
        if action == "deliver" and chance < FAILING:
            return "fail", {"reason": dice.choice(REASONS)}
        if action == "deliver" and chance < FAILING + IN_VAIN:
            return "attempt", {"reason": dice.choice(NOBODY)}
        window = dice.choice(WINDOWS) if action == "send" else None
        return action, {"window": window} if window else {}
