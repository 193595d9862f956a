"""The gate at the door: an intent's facts gathered under the phone's lock, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from activities.letters import plain_phone
from activities.receiving_acts import CONFIRMS_STOP
from activities.texts import MissingTranslation, Texts
from activities.time import Time
from domain.gate import GateFacts, GateRules, Send, Verdict, judge
from domain.outbox import Purpose
from domain.program import Program
from domain.quiet_hours import zones_of_number
from store import consents
from store.gate import Situation, situations
from store.models import Intent, Phone
from store.outbox import CLOSING

# How long a text may take from the gate to the carrier, in wall time: where a rehearsal's clock
# runs fast, that much of the window is left free before it closes.
ON_THE_WAY_SECONDS = 0.1
ON_THE_WIRE_SECONDS = 0.03
LOOK_AGAIN_SECONDS = 1.5


Asked = tuple[Intent, Phone | None]
"""A text, and the phone it would go to."""


class ReassignedNumbers(Protocol):
    """Whoever knows that a number has changed hands: the FCC's Reassigned Numbers Database."""

    async def since(self, phone: str, consented_on: date) -> bool | None:
        """Whether it was given up after that day; None when that cannot be told now."""
        ...


@dataclass(frozen=True, slots=True)
class Gate:
    programs: Mapping[str, Program]
    texts: Texts
    rules: GateRules
    area_codes: Mapping[str, Sequence[str]]
    time: Time
    reassigned: ReassignedNumbers | None = None
    """None: nobody is asked, and a number is the member's until a text says otherwise."""

    async def look(
        self, session: AsyncSession, asked: Sequence[Asked], now: datetime
    ) -> Mapping[str, Situation]:
        """How each text stands, by intent; each to a phone of its own, which is locked."""
        return await situations(session, asked, now) if asked else {}

    async def ask(
        self,
        session: AsyncSession,
        intent: Intent,
        phone: Phone | None,
        found: Situation,
        now: datetime,
    ) -> tuple[Verdict | None, str | None]:
        """The verdict, and the text as it would be sent (None when there is none).

        No verdict while another text to the phone is on its way.
        """
        if found.in_flight:
            return None, None
        body, sound = self._body(intent, found)
        facts = replace(
            self._facts(intent, phone, found, body, sound, now),
            unsafe=not found.safe.text_is_safe(phone.phone if phone else None),
            safe_hours=found.safe.hours,
        )
        verdict = judge(facts, self.rules_now(), now)
        if isinstance(verdict, Send) and phone and facts.purpose is Purpose.CARE:
            # Asked last, for each question may cost: only of a text that would otherwise leave.
            gone = await self._has_gone(session, phone.phone, found.program)
            if gone is not False:
                verdict = judge(replace(facts, reassigned=gone), self.rules_now(), now)
        return verdict, body

    async def _has_gone(
        self, session: AsyncSession, phone: str, program: str | None
    ) -> bool | None:
        if self.reassigned is None:
            return False
        given = await consents.given_on(session, phone, program)
        return None if given is None else await self.reassigned.since(phone, given)

    def on_the_wire(self) -> timedelta:
        """How long the carrier may take to accept, as business time of a fast clock."""
        rate = self.time.clock.rate
        return timedelta(seconds=ON_THE_WIRE_SECONDS * rate) if rate > 1 else timedelta(0)

    def rules_now(self) -> GateRules:
        rate = self.time.clock.rate
        return GateRules(
            self.rules.hours,
            max(self.rules.margin, timedelta(seconds=ON_THE_WAY_SECONDS * rate)),
            max(self.rules.look_again, timedelta(seconds=LOOK_AGAIN_SECONDS * rate)),
        )

    def _facts(
        self,
        intent: Intent,
        phone: Phone | None,
        found: Situation,
        body: str | None,
        sound: bool,
        now: datetime,
    ) -> GateFacts:
        purpose = Purpose(intent.purpose)
        # Somebody we do not know who texts us may be answered once, though no ledger knows them.
        stranger = intent.enrollment_id is None and purpose is Purpose.REPLY
        return GateFacts(
            purpose=purpose,
            expires_at=intent.expires_at,
            phone=phone.phone if phone else None,
            number_usable=found.number_usable,
            consented=True if stranger and found.consented is None else found.consented,
            dead=found.death_date is not None and found.death_date <= now.date(),
            covered=self._covered(found, now),
            journey_ended=found.journey_ended and intent.stage != CLOSING,
            held=found.held,
            zones=_zones(found, phone, self.area_codes),
            state=found.state,
            segments=None if body is None else self.texts.count(body),
            max_segments=self.texts.kind(intent.template).max_segments,
            sound=sound,
            care_texts=found.care_texts,
            open_until=phone.open_until if phone and found.other_question else None,
            asks=intent.asks is not None,
            part2=self.texts.kind(intent.template).part2,
            confirms_stop=intent.template == CONFIRMS_STOP,
        )

    def _body(self, intent: Intent, found: Situation) -> tuple[str | None, bool]:
        """The filled text, and whether it may be said; (None, True) without a translation."""
        # Somebody in no program is answered in the name of the first.
        program = self.programs[found.program or next(iter(self.programs))]
        facts = {
            "first_name": found.first_name or "",
            "pharmacy": found.pharmacy or program.sender,
            "sender": program.sender,
            "phone": plain_phone(program.phone),
            **intent.facts,
        }
        try:
            body = self.texts.render(intent.template, intent.language, facts)
        except MissingTranslation:
            return None, True
        wrong = self.texts.problems(body, intent.template, intent.language, facts["pharmacy"])
        return body, not set(wrong) - {"too_long"}

    def _covered(self, found: Situation, now: datetime) -> bool:
        if found.program is None or found.coverage_end is None:
            return True
        return found.coverage_end + self.programs[found.program].grace >= now.date()


def _zones(
    found: Situation, phone: Phone | None, area_codes: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Address and number may lie in different zones: the hours must hold in both."""
    zones = [found.time_zone] if found.time_zone else []
    if phone:
        number = zones_of_number(phone.phone, area_codes)
        zones += [zone for zone in number if zone not in zones]
    return tuple(zones)
