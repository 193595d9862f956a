"""What a carrier's own log must show, whatever the product says of itself."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

EARLIEST, LATEST = time(8), time(21)
"""47 CFR 64.1200(c)(1), at the called party's location."""
STOP_WORDS = {"stop", "stopall", "unsubscribe", "end", "quit", "alto"}
ANY_HOUR = ("988", "911", "START")
"""The fixed answers to a cry for help and the one confirmation of a STOP go at any hour."""


@dataclass(frozen=True)
class CarrierLog:
    events: Sequence[Mapping[str, Any]]

    @classmethod
    def read(cls, path: Path) -> "CarrierLog":
        lines = path.read_text("utf-8").splitlines(keepends=True)
        return cls([json.loads(line) for line in lines if line.endswith("\n")])

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        return [event for event in self.events if event["kind"] == kind]

    def sent_twice(self) -> dict[str, int]:
        """Accepted texts by what they were sent for, where there is more than one."""
        times = Counter(event["status_callback"] for event in self.of("accepted"))
        return {name: count for name, count in times.items() if count > 1}

    def after_stop(self) -> list[str]:
        """Sids accepted after a STOP was answered for, but for one confirmation each."""
        found = []
        for stop in self.of("inbound"):
            if stop["body"].strip().lower() not in STOP_WORDS or stop["acked"] != 200:
                continue
            said = datetime.fromisoformat(stop["acked_at"])
            again = self._started_again(stop["from"], said)
            later = [
                event
                for event in self.of("accepted")
                if event["to"] == stop["from"]
                and said < datetime.fromisoformat(event["at"])
                and (again is None or datetime.fromisoformat(event["at"]) < again)
            ]
            unexpected = [event for event in later if "START" not in event["body"]]
            found += [event["sid"] for event in unexpected]
            found += [event["sid"] for event in later if "START" in event["body"]][1:]
        return found

    def out_of_hours(self, zones: Mapping[str, Sequence[str]]) -> list[str]:
        """Sids accepted outside the hours of any zone the phone may be in."""
        return [
            event["sid"]
            for event in self.of("accepted")
            if not any(word in event["body"] for word in ANY_HOUR)
            and not all(
                EARLIEST <= _local(event["at"], zone) < LATEST for zone in zones[event["to"]]
            )
        ]

    def answered_inbound(self) -> set[str]:
        """Sids of members' texts that the product said it has."""
        return {event["sid"] for event in self.of("inbound") if event["acked"] == 200}

    def _started_again(self, phone: str, after: datetime) -> datetime | None:
        starts = [
            datetime.fromisoformat(event["at"])
            for event in self.of("inbound")
            if event["from"] == phone and event["body"].strip().upper() in ("START", "UNSTOP")
        ]
        return min((at for at in starts if at > after), default=None)


def _local(at: str, zone: str) -> time:
    return datetime.fromisoformat(at).astimezone(ZoneInfo(zone)).time()
