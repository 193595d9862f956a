"""What the carrier knows, as the fold of its log: old lines and new ones go one way."""

from collections import Counter, defaultdict
from datetime import datetime

from simulator.carrier_log import Event
from simulator.carrier_messages import Message, keyword

STOP_WORDS = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
)
START_WORDS = frozenset({"START", "YES", "UNSTOP"})
BY_PERSON = "person"


class Book:
    """Messages by sid and by the member's phone, blocked pairs, and counts."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.threads: dict[str, list[Message]] = defaultdict(list)
        self.received: list[Message] = []
        self.blocked: set[tuple[str, str]] = set()
        self.played: set[str] = set()
        """Phones on which a person has typed; their persona is silent from then on."""
        self.unposted: set[str] = set()
        """Inbound texts whose webhook has no end yet."""
        self.counts: Counter[str] = Counter()

    def apply(self, event: Event) -> None:
        match event["kind"]:
            case "accepted":
                self._accepted(event)
            case "status":
                self._status(event)
            case "texted":
                self._texted(event)
            case "inbound":
                self._inbound(event)
            case "refused":
                self.counts["refused"] += 1

    def _accepted(self, event: Event) -> None:
        message = _message(event, phone=event["to"], number=event["from"])
        message.status = "accepted" if message.service else "queued"
        message.status_callback = event["status_callback"]
        self._keep(message)
        self.counts["accepted"] += 1

    def _status(self, event: Event) -> None:
        message = self.messages[event["sid"]]
        message.status = event["status"]
        message.error_code = event["error_code"]
        message.updated = datetime.fromisoformat(event["at"])
        message.sent_at = message.sent_at or message.updated
        self.counts[message.status] += 1

    def _texted(self, event: Event) -> None:
        message = _message(event, phone=event["from"], number=event["to"])
        message.inbound, message.status, message.by = True, "received", event["by"]
        message.sent_at = message.at
        self._keep(message)
        self.received.append(message)
        self.unposted.add(message.sid)
        self.counts["inbound"] += 1
        if message.by == BY_PERSON:
            self.played.add(message.phone)
        pair = (message.number, message.phone)
        if keyword(message.body) in STOP_WORDS:
            self.blocked.add(pair)
        elif keyword(message.body) in START_WORDS:
            self.blocked.discard(pair)

    def _inbound(self, event: Event) -> None:
        self.unposted.discard(event["sid"])
        acked = event["acked"]
        self.counts["acknowledged" if acked and 200 <= acked < 300 else "unacknowledged"] += 1

    def _keep(self, message: Message) -> None:
        self.messages[message.sid] = message
        self.threads[message.phone].append(message)


def _message(event: Event, *, phone: str, number: str) -> Message:
    at = datetime.fromisoformat(event["at"])
    return Message(
        sid=event["sid"],
        phone=phone,
        number=number,
        body=event["body"],
        inbound=False,
        at=at,
        wall=datetime.fromisoformat(event["wall"]),
        status="queued",
        updated=at,
        service=event.get("service"),
    )
