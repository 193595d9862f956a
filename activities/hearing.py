"""A member's words reach the stage that asked; what nobody understands reaches a person."""

from dataclasses import replace
from datetime import timedelta

import structlog

from activities.effects import carry_out
from activities.turn import Turn
from domain import journey
from domain.effects import OpenTask, SendText
from domain.outbox import Purpose
from domain.stages import Heard
from store import inbound, outbox, outcomes
from store.models import InboundText, Intent

log = structlog.get_logger()

# Two machines that thank each other would never stop: one acknowledgement a day.
ACKNOWLEDGE_EVERY = timedelta(hours=24)
DANGER = "danger_"
"""Begins the reading of a cry for help (activities.receiving.name)."""


async def hear_all(turn: Turn) -> None:
    """Apply every text of this journey that was not yet applied, in the order they came."""
    for text in await inbound.unapplied(turn.session, turn.enrollment.id):
        understood = await _hear(turn, text)
        text.applied_at, text.understood = turn.now, understood
        outcomes.record(
            turn.session,
            turn.enrollment,
            "reply",
            at=turn.now,
            rule=text.reading,
            actor="member",
            detail={"message": text.sid, "understood": int(understood)},
        )


async def _hear(turn: Turn, text: InboundText) -> bool:
    if text.reading != inbound.PLAIN_TEXT:
        # The webhook's own transaction has acted on it already.
        if text.reading.startswith(DANGER):
            await _keep_reading(turn, text)
        return True
    if turn.enrollment.ended_at is not None or turn.enrollment.held_at is not None:
        await _to_a_person(turn, text, acknowledge=False)
        return False
    found = await _stage_that_hears(turn, text)
    if found is None:
        await _to_a_person(turn, text, acknowledge=True)
        return False
    stage, heard = found
    turn.states[stage] = heard.state
    turn.save(stage)
    for effect in heard.effects:
        await carry_out(turn.scene(stage, text), effect)
    if heard.understood and text.answers:
        await outbox.close_prompt(turn.session, text.phone, text.answers)
    if not heard.understood:
        await _to_a_person(turn, text, acknowledge=not heard.effects)
    return heard.understood


async def _keep_reading(turn: Turn, text: InboundText) -> None:
    """A reading beside a cry for help is kept and judged; nothing is answered.

    Only one spelled as a reading: beside such words a bare number may be anything.
    """
    if turn.enrollment.ended_at is not None:
        return
    known = await turn.facts()
    found = journey.heard_unasked(turn.program, turn.states, text.body, known, turn.now)
    if found is None:
        return
    stage, heard = found
    turn.states[stage] = heard.state
    turn.save(stage)
    for effect in heard.effects:
        if not isinstance(effect, SendText):
            await carry_out(turn.scene(stage, text), effect)


async def _stage_that_hears(turn: Turn, text: InboundText) -> tuple[str, Heard] | None:
    known = await turn.facts()
    running = journey.running(turn.program, known)
    asked = await turn.session.get(Intent, text.answers) if text.answers else None
    first: tuple[str, Heard] | None = None
    if asked is not None and asked.stage != "coaching":
        # A reading spelled as one is a reading, whatever was asked last.
        reading = journey.heard_unasked(turn.program, turn.states, text.body, known, turn.now)
        if reading is not None:
            return reading
    if asked is not None and asked.stage in running and _current(turn, asked):
        stage, answering = asked.stage, replace(known, answering=asked.step)
        state = turn.states[stage]
        heard = journey.heard(turn.program, stage, state, text.body, answering, turn.now)
        if heard.understood:
            return stage, heard
        first = stage, heard
    return journey.heard_unasked(turn.program, turn.states, text.body, known, turn.now) or first


def _current(turn: Turn, asked: Intent) -> bool:
    """An answer to an earlier question, sent again, answers none that was not read yet."""
    awaited = journey.awaited(asked.stage, turn.states[asked.stage])
    return awaited is None or asked.step in awaited


async def _to_a_person(turn: Turn, text: InboundText, *, acknowledge: bool) -> None:
    scene = turn.scene("hearing", text)
    key = f"unclear-{text.sid}"
    await carry_out(scene, OpenTask(key, "unclear_reply", "coordinator", turn.program.read_within))
    lately = turn.now - ACKNOWLEDGE_EVERY
    if acknowledge and not await inbound.acknowledged_since(
        turn.session, turn.enrollment.id, lately
    ):
        await carry_out(scene, SendText(key, "unclear_ack", Purpose.REPLY))
    log.info("reply_to_a_person", enrollment_id=turn.enrollment.id, message_id=text.sid)
