"""The members behind the phones: each reads what arrives and answers as its persona does."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import takewhile
from random import Random

from simulator.carrier import Carrier, Line
from simulator.carrier_messages import Message
from simulator.clock import ProductClock
from simulator.clock_agenda import Agenda
from simulator.members_contacts import Contact
from simulator.personas import STRANGER, Persona, persona_of
from simulator.personas_answers import Said, Someone, answer
from simulator.personas_reading import Asks, read

QUICKEST_WALL_SECONDS = 0.3
"""However fast the demo's days pass, nobody types faster than this."""

LINES = {"landline": Line.LANDLINE}


class Members:
    """Plans at most one reply to the newest text of each phone."""

    def __init__(self, contacts: Mapping[str, Contact], *, seed: int) -> None:
        self.contacts = contacts
        self._seed = seed

    def someone(self, phone: str) -> Someone:
        contact = self.contacts.get(phone)
        if contact is None:
            return Someone(phone, STRANGER, "en", self._seed)
        persona = persona_of(
            phone, seed=self._seed, line_type=contact.line_type, language=contact.language
        )
        return Someone(phone, persona, contact.language, self._seed)

    def persona(self, phone: str) -> Persona:
        return self.someone(phone).persona

    def line(self, phone: str) -> Line:
        """How the number takes a text: half of the bad numbers are refused at once."""
        name = self.persona(phone).name
        if name == "bad_number":
            refused = Random(f"{self._seed}|refused|{phone}").random() < 0.5
            return Line.INVALID if refused else Line.UNREACHABLE
        return LINES.get(name, Line.MOBILE)

    def join(self, carrier: Carrier, clock: ProductClock, agenda: Agenda) -> "Replies":
        return Replies(self, carrier, clock, agenda)


class Replies:
    """The personas at work on one carrier."""

    def __init__(
        self, members: Members, carrier: Carrier, clock: ProductClock, agenda: Agenda
    ) -> None:
        self._members = members
        self._carrier = carrier
        self._clock = clock
        self._agenda = agenda
        carrier.on_delivered = self.consider

    def consider(self, message: Message) -> bool:
        """A text arrived on a phone; plan what its owner answers, if anything."""
        phone = message.phone
        if self._carrier.is_played(phone):
            return False
        thread = self._carrier.book.threads[phone]
        planned = answer(self._members.someone(phone), list(_said(thread, message)))
        if planned is None:
            return False
        quickest = self._clock.business(QUICKEST_WALL_SECONDS)
        due = self._clock.now() + max(planned.after, quickest)
        self._agenda.at(due, partial(self._reply, message, planned.body))
        return True

    def resume(self) -> None:
        """Plan again what a restart forgot: phones whose newest text waits for an answer."""
        for thread in self._carrier.book.threads.values():
            for message in _unanswered(thread):
                if message.status == "delivered" and self.consider(message):
                    break

    async def _reply(self, message: Message, body: str) -> None:
        thread = self._carrier.book.threads[message.phone]
        if not _moot(message, thread):
            self._carrier.text_in(message.phone, body, by="persona")


def _unanswered(thread: Sequence[Message]) -> Iterator[Message]:
    """The product's texts since the member last wrote, newest first."""
    return takewhile(lambda m: not m.inbound, reversed(thread))


def _moot(message: Message, thread: Sequence[Message]) -> bool:
    """Whether the member wrote since, or was asked something newer."""
    since = list(takewhile(lambda m: m is not message, reversed(thread)))
    return any(m.inbound or read(m.body).asks is not Asks.NOTHING for m in since)


def _said(thread: Sequence[Message], upto: Message) -> Iterator[Said]:
    for message in thread:
        yield Said(message.inbound, message.body)
        if message is upto:
            return
