"""The one line a demo is watched by."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.models import Delivery, Enrollment, InboundText, Intent, Task


@dataclass(frozen=True)
class Progress:
    """Counts of this moment."""

    enrolled: int
    ended: int
    accepted: int
    delivered: int
    replies: int
    deliveries: int
    open_tasks: int

    def line(self, now: datetime) -> str:
        return (
            f"{now:%a %Y-%m-%d %H:%M} UTC  "
            f"journeys {self.enrolled - self.ended}/{self.enrolled} · "
            f"texts {self.accepted} sent, {self.delivered} arrived · replies {self.replies} · "
            f"deliveries {self.deliveries} · open tasks {self.open_tasks}"
        )


def look(connection: Connection) -> Progress:
    """All counts in one statement, so that they fit together."""
    counts = (
        select(func.count(Enrollment.id)),
        select(func.count(Enrollment.ended_at)),
        select(func.count(Intent.accepted_at)),
        select(func.count(Intent.delivered_at)),
        select(func.count(InboundText.sid)),
        select(func.count(Delivery.id)),
        select(func.count(Task.id)).where(Task.done_at.is_(None)),
    )
    row = connection.execute(select(*(count.scalar_subquery() for count in counts))).one()
    return Progress(*row)
