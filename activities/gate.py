"""The gate at the door: an intent's facts gathered under the phone's lock, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from activities.letters import plain_phone
from activities.texts import MissingTranslation, Texts
from activities.time import Time
from domain.gate import GateFacts, GateRules, Verdict, judge
from domain.outbox import Purpose
from domain.program import Program
from domain.quiet_hours import zones_of_number
from store import gate
from store.consents import usable_numbers
from store.models import Enrollment, Intent, Member, Pharmacy, Phone


@dataclass(frozen=True, slots=True)
class Gate:
    programs: Mapping[str, Program]
    texts: Texts
    rules: GateRules
    area_codes: Mapping[str, Sequence[str]]
    time: Time

    async def phone_of(self, session: AsyncSession, intent: Intent) -> str | None:
        """The phone a text goes to: the one it answers, else the member's first that works."""
        if intent.phone is not None or intent.enrollment_id is None:
            return intent.phone
        enrollment = await session.get_one(Enrollment, intent.enrollment_id)
        numbers = await usable_numbers(session, enrollment.member_id, enrollment.program)
        return numbers.usable[0] if numbers.usable else None

    async def ask(
        self, session: AsyncSession, intent: Intent, phone: Phone | None, now: datetime
    ) -> tuple[Verdict, str | None]:
        """The verdict, and the text as it would be sent (None when there is none)."""
        enrollment = (
            await session.get(Enrollment, intent.enrollment_id) if intent.enrollment_id else None
        )
        member = await session.get(Member, enrollment.member_id) if enrollment else None
        body, sound = await self._body(session, intent, enrollment, member)
        facts = await self._facts(session, intent, phone, enrollment, member, body, sound, now)
        return judge(facts, self.rules_now(), now), body

    def rules_now(self) -> GateRules:
        """A rehearsal's clock runs on while a text is on its way: margins grow with its rate."""
        rate = self.time.clock.rate
        return GateRules(
            self.rules.hours,
            max(self.rules.margin, timedelta(seconds=0.35 * rate)),
            max(self.rules.look_again, timedelta(seconds=1.5 * rate)),
        )

    async def _facts(
        self,
        session: AsyncSession,
        intent: Intent,
        phone: Phone | None,
        enrollment: Enrollment | None,
        member: Member | None,
        body: str | None,
        sound: bool,
        now: datetime,
    ) -> GateFacts:
        number = phone.phone if phone else None
        program = self.programs[enrollment.program] if enrollment else None
        return GateFacts(
            purpose=Purpose(intent.purpose),
            expires_at=intent.expires_at,
            phone=number,
            number_usable=number is None or await gate.number_usable(session, number, member),
            consented=None
            if number is None
            else await gate.consented(session, number, intent, program.id if program else None),
            dead=bool(member and member.death_date and member.death_date <= now.date()),
            covered=_covered(member, program, now),
            journey_ended=bool(enrollment and enrollment.ended_at),
            held=bool(enrollment and enrollment.held_at)
            or await gate.closing_action(session, enrollment),
            zones=_zones(member, number, self.area_codes),
            state=member.state if member else None,
            segments=None if body is None else self.texts.count(body),
            max_segments=self.texts.kind(intent.template).max_segments,
            sound=sound,
            care_texts=await gate.care_texts(session, number, now) if number else [],
            open_until=await gate.other_question_until(session, phone, intent) if phone else None,
            asks=intent.asks is not None,
        )

    async def _body(
        self,
        session: AsyncSession,
        intent: Intent,
        enrollment: Enrollment | None,
        member: Member | None,
    ) -> tuple[str | None, bool]:
        """The filled text, and whether it may be said; (None, True) without a translation."""
        program = self.programs[enrollment.program] if enrollment else None
        sender = program.sender if program else next(iter(self.programs.values())).sender
        pharmacy = None
        if enrollment and enrollment.pharmacy_npi:
            pharmacy = await session.get(Pharmacy, enrollment.pharmacy_npi)
        facts = {
            "first_name": member.first_name if member else "",
            "pharmacy": pharmacy.name if pharmacy else sender,
            "sender": sender,
            "phone": plain_phone(
                program.phone if program else next(iter(self.programs.values())).phone
            ),
            **intent.facts,
        }
        try:
            body = self.texts.render(intent.template, intent.language, facts)
        except MissingTranslation:
            return None, True
        wrong = self.texts.problems(body, intent.template, intent.language, facts["pharmacy"])
        return body, not set(wrong) - {"too_long"}


def _covered(member: Member | None, program: Program | None, now: datetime) -> bool:
    if member is None or program is None or member.coverage_end is None:
        return True
    return member.coverage_end + program.grace >= now.date()


def _zones(
    member: Member | None, number: str | None, area_codes: Mapping[str, Sequence[str]]
) -> tuple[str, ...]:
    """Address and number may lie in different zones: the hours must hold in both."""
    zones = [member.time_zone] if member and member.time_zone else []
    if number:
        zones += [zone for zone in zones_of_number(number, area_codes) if zone not in zones]
    return tuple(zones)
