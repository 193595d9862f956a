"""The practices: most open the note's secure page after some days and answer its requests."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx

from simulator.carrier_log import Log
from simulator.clock import ProductClock
from simulator.clock_agenda import Agenda
from simulator.providers_form import Form, posted_form

ANSWERING = 0.65
ANSWERS = ("accept", "modify", "decline")
WEIGHTS = (55, 20, 25)
COMMENTS = {
    "modify": ("Half the dose first, then recheck in 4 weeks.", "Will discuss at the next visit."),
    "decline": ("Followed by another practice.", "Seen last week, no change needed."),
}
SCREENS = 3
"""A first screen may ask for the practice's second factor; more than this is no answer page."""

TRIES = 30
AGAIN = timedelta(hours=4)
AGAIN_WALL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Note:
    note_id: str
    link: str
    second_factor: str
    requests: tuple[str, ...]


class Providers:
    """Watches the note spool; what was seen and answered outlives a restart."""

    def __init__(
        self,
        notes: Path,
        log: Log,
        browser: Callable[[], httpx.AsyncClient],
        clock: ProductClock,
        agenda: Agenda,
        *,
        seed: int,
    ) -> None:
        self._notes = notes
        self._log = log
        self._browser = browser
        self._clock = clock
        self._agenda = agenda
        self._seed = seed
        self._seen: dict[str, datetime] = {}
        self._answered: set[str] = set()
        self._planned: set[str] = set()
        for event in log.events():
            if event["kind"] == "seen":
                self._seen[event["note_id"]] = datetime.fromisoformat(event["at"])
            else:
                self._answered.add(event["note_id"])

    async def look(self) -> None:
        """Plan an answer to each note that is new and that its practice will answer."""
        for file in self._manifests():
            if file.stem in self._planned or (note := read_note(file)) is None:
                continue
            self._planned.add(file.stem)
            if note.note_id not in self._seen:
                self._record("seen", note.note_id)
                self._seen[note.note_id] = self._clock.now()
            dice = Random(f"{self._seed}|{note.note_id}")
            if dice.random() < ANSWERING and note.note_id not in self._answered:
                days = dice.uniform(1, 5)
                due = after_business_days(self._seen[note.note_id], days)
                self._agenda.at(due, partial(self._answer, note, TRIES))

    def _manifests(self) -> list[Path]:
        # Beside each manifest lies the note's own document, as *.fhir.json.
        found = self._notes.glob("*.json") if self._notes.is_dir() else ()
        return sorted(f for f in found if not f.name.endswith(".fhir.json"))

    async def keep_looking(self, pause: float = 0.5) -> None:
        while True:
            await self.look()
            await asyncio.sleep(pause)

    async def _answer(self, note: Note, tries: int) -> None:
        try:
            done = await self._fill_in(note)
        except httpx.HTTPError:
            if tries > 1:
                pause = max(AGAIN, self._clock.business(AGAIN_WALL_SECONDS))
                self._agenda.after(pause, partial(self._answer, note, tries - 1))
            return
        if done:
            self._answered.add(note.note_id)
            self._record("answered", note.note_id)

    async def _fill_in(self, note: Note) -> bool:
        """Walk the screens as a browser with cookies of its own; True when the answer was taken."""
        async with self._browser() as browser:
            page = _well(await browser.get(note.link))
            for _ in range(SCREENS):
                form = posted_form(page.text) if page.is_success else None
                if form is None:
                    return False
                last = any(name.startswith("answer-") for name in form.names)
                url = page.url.join(form.action) if form.action else page.url
                # Browsers say where a form was shown, and products ask for it.
                origin = {"Origin": f"{page.url.scheme}://{page.url.netloc.decode()}"}
                values = self._values(note, form)
                page = _well(await browser.post(url, data=values, headers=origin))
                if last:
                    return page.is_success
        return False

    def _values(self, note: Note, form: Form) -> dict[str, str]:
        values = dict(form.values)
        if "second_factor" in form.names:
            values["second_factor"] = note.second_factor
        for request in note.requests:
            dice = Random(f"{self._seed}|{note.note_id}|{request}")
            choice = dice.choices(ANSWERS, WEIGHTS)[0]
            if f"answer-{request}" in form.names:
                values[f"answer-{request}"] = choice
                values[f"comment-{request}"] = dice.choice(COMMENTS.get(choice, ("",)))
        return values

    def _record(self, kind: str, note_id: str) -> None:
        at = self._clock.now().isoformat()
        self._log.append({"kind": kind, "note_id": note_id, "at": at})


def _well(page: httpx.Response) -> httpx.Response:
    """A page that failed on the server's side is worth another try later."""
    return page.raise_for_status() if page.is_server_error else page


def read_note(file: Path) -> Note | None:
    """The manifest beside a note; None for a file that is none (yet)."""
    try:
        manifest: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return Note(
            note_id=str(manifest["note_id"]),
            link=str(manifest["link"]),
            second_factor=str(manifest.get("second_factor") or ""),
            requests=tuple(str(r["id"]) for r in manifest.get("requests", ())),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def after_business_days(start: datetime, days: float) -> datetime:
    """`days` later, with Saturdays and Sundays not counted."""
    at, whole = start, int(days)
    while whole:
        at += timedelta(days=1)
        whole -= at.weekday() < 5
    at += timedelta(days=days - int(days))
    while at.weekday() >= 5:
        at += timedelta(days=1)
    return at
