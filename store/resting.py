"""Who rests between two invitations is looked at when the payer's files tell something new."""

from datetime import datetime

from sqlalchemy import Connection, text

from domain.cool_off import FULL

# Only a rest that was not cut yet: the same fill, loaded every night, wakes nobody twice.
_NEWS = text("""
update enrollments e set nudged_at = coalesce(e.nudged_at, :now)
from stages s
where e.state = 'resting' and e.ended_at is null
    and s.enrollment_id = e.id and s.name = 'outreach' and s.why = :full
    and (
        (s.state #>> '{resting,since}')::timestamptz::date < (
            select max(last_fill_on) from medications m
            where m.member_id = e.member_id and not m.part2)
        or not (s.state #>> '{resting,other_number}')::boolean and exists (
            select from contact_points p where p.member_id = e.member_id and p.status = 'active'
            and not exists (
                select from intents i where i.enrollment_id = e.id and i.phone = p.phone)))
""").bindparams(full=FULL)


def wake_resting(connection: Connection, now: datetime) -> int:
    """Nudge those of whom a fill or a number is new; how many. The rules decide what it means."""
    return connection.execute(_NEWS, {"now": now}).rowcount
