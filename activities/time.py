"""The two times activities are handed: the members' calendar and the watch on the wall."""

from datetime import datetime
from typing import Protocol

from domain.clock import Clock


class Time(Protocol):
    """Business time for every rule, wall time for leases and settling; both aware UTC."""

    def now(self) -> datetime: ...
    def wall(self) -> datetime: ...
    @property
    def clock(self) -> Clock: ...
