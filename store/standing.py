"""Tier, points and reasons of running enrollments follow what the newest claims say."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, text


def renew(connection: Connection, now: datetime) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Of each program, the enrollments of another tier now, with the tier; also in the timeline.

    Asks `stage_enrollments`. What somebody nominated stays as they put it; the conditions a journey
    began with stay, since its coaching goes by them.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for program, id_, tier in connection.execute(text(_RENEWED), {"now": now}):
        found.setdefault(program, []).append((id_, tier))
    return found


_RENEWED = """
with before as (
    select e.id, e.tier as was, s.tier, s.points, s.reasons
    from enrollments e join stage_enrollments s on s.id = e.id
    where e.ended_at is null and e.entry = 'claims'
        and (e.tier, e.points, e.reasons) is distinct from (s.tier, s.points, s.reasons)),
renewed as (
    update enrollments e set tier = b.tier, points = b.points, reasons = b.reasons
    from before b where b.id = e.id
    returning e.id, e.program, e.program_version, e.tier, e.points, b.was),
told as (
    insert into outcomes (enrollment_id, at, kind, actor, rule, program_version, detail)
    select id, cast(:now as timestamptz), 'tier_changed', 'identification', 'claims criteria',
        program_version, jsonb_build_object('from', was, 'to', tier, 'points', points)
    from renewed where tier <> was)
select program, id, tier from renewed where tier <> was order by program, id
"""
