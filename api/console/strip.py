"""Now, next and why: where every stage of a journey stands, in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.words import say
from domain.journey import ENDED, State
from store.models import Stage
from store.pages.enrollments import MemberView


@dataclass(frozen=True, slots=True)
class Line:
    """One running stage; `at` is when it acts next by itself."""

    stage: str
    next: str
    why: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Strip:
    now: str
    next: str
    why: str
    at: datetime | None
    """Of what comes next; None: it waits for somebody."""
    running: Sequence[Line]
    ended: Sequence[tuple[str, str]]


def strip(view: MemberView, now: datetime) -> Strip:
    enrollment = view.enrollment
    running = [_line(stage) for stage in view.stages if stage.done is None]
    ended = [
        (say(stage.name, "stage"), say(stage.done, "done")) for stage in view.stages if stage.done
    ]
    standing = say(enrollment.state, "state")
    if State(enrollment.state) in ENDED or enrollment.ended_at is not None:
        why = say(enrollment.ended_because, "done") if enrollment.ended_because else standing
        return Strip(standing, "Nothing: the journey is over.", why, None, (), ended)
    if enrollment.held_at is not None:
        why = say(enrollment.hold, "hold")
        return Strip(f"{standing}, paused", "Nothing until it is resumed.", why, None,
                     running, ended)  # fmt: skip
    if enrollment.ready_since is not None:
        return Strip(standing, "The cohort is started by a coordinator.",
                     "It waits with its cohort.", None, running, ended)  # fmt: skip
    if enrollment.started_at is None:
        return Strip(standing, "The journey starts.", "It has not been started yet.", None,
                     running, ended)  # fmt: skip
    first = next((line for line in running if line.at is not None), None)
    if first is None:
        why = running[0].why if running else "Every stage has ended; the program runs on."
        return Strip(standing, "Nothing by itself.", why, None, running, ended)
    return Strip(standing, first.next, first.why, max(first.at or now, now), running, ended)


def _line(stage: Stage) -> Line:
    """Stages come ordered by when they act next."""
    return Line(
        say(stage.name, "stage"), say(stage.why, "next"), say(stage.why, "why"), stage.due_at
    )
