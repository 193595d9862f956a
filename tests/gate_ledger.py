"""The sending lane without its database: consents, holds, intents and a carrier, in memory.

It asks the real gate and the real rules of the outbox; what it keeps for itself is what the rows
would be. `Ledger.bug` plants one mistake by name, so that what watches it can be tested too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.gate import GateFacts, GateRules, Later, Never, Send, judge
from domain.outbox import Purpose, Status, lifetime, newer

LEASE = timedelta(seconds=4)
SETTLE = timedelta(minutes=10)
QUESTION = timedelta(days=2)
UNSETTLED = (Status.SENDING, Status.UNKNOWN)


@dataclass(frozen=True)
class Journey:
    name: str
    phone: str
    zones: tuple[str, ...]
    state: str | None
    safe_hours: None = None


@dataclass(eq=False)
class Text:
    """An intent, with what its carrier is known to have said."""

    journey: Journey
    purpose: Purpose
    due_at: datetime
    expires_at: datetime
    asks: bool = False
    status: Status = Status.PENDING
    until: datetime | None = None
    lease_until: datetime | None = None
    accepted_at: datetime | None = None
    carrier_status: str | None = None
    taken: int = 0
    """The number of the event at which the gate last let it through."""


@dataclass(frozen=True)
class Accepted:
    """A line of the carrier's own log, which no mistake of ours can change."""

    text: Text
    at: datetime
    event: int


@dataclass
class Ledger:
    now: datetime
    rules: GateRules
    bug: str = ""
    events: int = 0
    consents: dict[str, bool] = field(default_factory=dict)
    wrong: set[Journey] = field(default_factory=set)
    held: set[Journey] = field(default_factory=set)
    open_prompts: dict[str, tuple[Journey, datetime]] = field(default_factory=dict)
    texts: list[Text] = field(default_factory=list)
    carrier: list[Accepted] = field(default_factory=list)

    def intend(self, journey: Journey, purpose: Purpose, *, asks: bool = False) -> Text:
        text = Text(journey, purpose, self.now, self.now + lifetime(purpose, 1), asks)
        self.texts.append(text)
        return text

    def stop(self, phone: str, journey: Journey) -> None:
        already = self.consents.get(phone) is False and self.bug != "confirms every stop"
        self.consents[phone] = False
        self._cancel(text for text in self.texts if text.journey.phone == phone)
        if not already:
            self.intend(journey, Purpose.STOP)

    def wrong_number(self, journey: Journey) -> None:
        self.wrong.add(journey)
        self._cancel(text for text in self.texts if text.journey is journey)

    def _cancel(self, texts: Iterable[Text]) -> None:
        for text in texts:
            if text.status is Status.PENDING:
                text.status = Status.CANCELLED

    def take(self) -> None:
        """Pass the most urgent due text through the gate, unless one is on its way there."""
        due = [t for t in self.texts if t.status is Status.PENDING and t.due_at <= self.now]
        free = [t for t in due if not self.in_flight(t.journey.phone)]
        if not free:
            return
        text = min(free, key=lambda t: (t.purpose is Purpose.CARE, t.due_at))
        match judge(self.facts(text), self.rules, self.now):
            case Send(until):
                text.status, text.until, text.taken = Status.SENDING, until, self.events
                text.lease_until = self.now + LEASE
            case Later(at):
                text.due_at = at
            case Never():
                text.status = Status.WITHHELD

    def in_flight(self, phone: str) -> list[Text]:
        if self.bug == "several in flight":
            return []
        return [t for t in self.texts if t.journey.phone == phone and t.status in UNSETTLED]

    def facts(self, text: Text) -> GateFacts:
        journey, bug = text.journey, self.bug
        asked = self.open_prompts.get(journey.phone)
        theirs = asked is not None and asked[0] is not journey
        return GateFacts(
            purpose=text.purpose, expires_at=text.expires_at, phone=journey.phone,
            number_usable=journey not in self.wrong or bug == "forgets wrong numbers",
            consented=True if bug == "forgets consent" else self.consents.get(journey.phone),
            dead=False, covered=True, journey_ended=False,
            held=journey in self.held and bug != "forgets holds",
            zones=journey.zones[:1] if bug == "one zone is enough" else journey.zones,
            state=journey.state, segments=1, max_segments=2, sound=True,
            care_texts=[
                each.accepted_at for each in self.texts
                if each.accepted_at and each.purpose is Purpose.CARE
                and (each.journey is journey or (
                    each.journey.phone == journey.phone and bug != "caps by journey"))
            ],
            open_until=asked[1] if asked and theirs and bug != "asks over others" else None,
            asks=text.asks,
            confirms_stop=text.purpose is Purpose.STOP and bug != "confirms after a start",
        )  # fmt: skip

    def write(self, text: Text, *, arrives: bool, answered: bool) -> None:
        """Hand it to the carrier, or put it back when it was let through too long ago."""
        assert text.until
        assert text.lease_until
        late = self.now >= min(text.lease_until, text.until)
        if late and self.bug != "no lease":
            text.status = Status.PENDING
            return
        if arrives:
            self.carrier.append(Accepted(text, self.now, self.events))
        if arrives and answered:
            self._accepted(text, self.now)
        elif answered:
            text.status = Status.FAILED
        else:
            text.status = Status.PENDING if self.bug == "tries again" else Status.UNKNOWN

    def _accepted(self, text: Text, at: datetime) -> None:
        text.status, text.accepted_at = Status.ACCEPTED, at
        if text.asks:
            self.open_prompts[text.journey.phone] = (text.journey, at + QUESTION)

    def receipt(self, line: Accepted, status: str) -> None:
        """A callback: it proves acceptance, and moves the status on, never back."""
        text = line.text
        if text.status is Status.UNKNOWN:
            self._accepted(text, line.at)
        if newer(text.carrier_status, status) or self.bug == "last receipt wins":
            text.carrier_status = status

    def settle(self, text: Text) -> None:
        """By the carrier's list; what it does not list, long after, a person looks into."""
        assert text.lease_until
        line = next((line for line in self.carrier if line.text is text), None)
        if line:
            self._accepted(text, line.at)
        elif self.now >= text.lease_until + SETTLE:
            text.status = Status.FAILED
