"""Another pharmacy for a member: chosen by them, after a refusal, or because one has fallen away.

Open orders follow: what the pharmacy before has only been asked for goes to the new one; what it
has accepted it finishes, unless its licence has expired: then only what is on its way stays there.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from activities import exits
from domain.attribution import Answer, RerouteRules, Rule, attribute, chosen
from domain.exits import WAYS, Exit, Way
from domain.pharmacies import ENDS_IT, Lack, Offer, Place, Want, lacks
from domain.program import Program
from store import attributions, deliveries, enrollments, outcomes, tasks
from store.attributions import Seeker
from store.models import Attribution, Enrollment

Places = Callable[[], Mapping[str, Place]]
"""Where ZIP codes lie, as far as known; slow the first time."""

LACKS = {
    Lack.LICENCE: "its licence has expired",
    Lack.NETWORK: "it is not in the program's network on this day",
    Lack.CPESN: "it is not in CPESN on this day",
    Lack.SERVICE: "it lacks a service the program needs",
}
FOUND, LOST = "pharmacy_found", ("no_pharmacy", "new_pharmacy")
NO_PHARMACY_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Rerouting:
    programs: Mapping[str, Program]
    rules: RerouteRules
    places: Places

    async def choose(
        self,
        session: AsyncSession,
        enrollment_id: str,
        npi: str,
        *,
        words: str,
        actor: str,
        form_id: str,
        now: datetime,
    ) -> str:
        """The member wants this pharmacy: `done`, or a sentence why it cannot be.

        Theirs to choose though it is full, far, or speaks another language; not what the program
        cannot work with. The same form again is `done` again.
        """
        enrollment = await enrollments.lock(session, enrollment_id)
        if await attributions.by_form(session, enrollment_id, form_id):
            return "done"
        if enrollment.ended_at is not None:
            return "The journey has ended."
        if enrollment.pharmacy_npi == npi and enrollment.leaving is None:
            return "The member has this pharmacy already."
        found = await attributions.offers(session, self._weeks(enrollment.program), npi=npi)
        if not found:
            return f"No pharmacy with the NPI {npi} is known; check the number."
        want = await self.want(await self._seeker(session, enrollment_id))
        lacking = [LACKS[lack] for lack in lacks(found[0], want, now.date()) if lack in ENDS_IT]
        if lacking:
            return f"This pharmacy cannot serve the program: {' and '.join(lacking)}."
        others = await self._next(session, enrollment, Rule.CHOSEN, now, but_not=(npi,))
        answer = chosen(found[0], want, now.date(), others)
        await self._decide(
            session, enrollment, answer, Rule.CHOSEN, now,
            actor=actor, words=words, form_id=form_id,
        )  # fmt: skip
        return "done"

    async def refuse(
        self,
        session: AsyncSession,
        enrollment_id: str,
        npi: str,
        *,
        words: str,
        actor: str,
        now: datetime,
    ) -> str:
        """The pharmacy cannot take the member: `done`, also when said again, or a sentence.

        The next in rank that qualifies today is asked; after the second refusal a person.
        """
        enrollment = await enrollments.lock(session, enrollment_id)
        history = await attributions.of_enrollment(session, enrollment_id)
        refused = list(attributions.refusals(history))
        if enrollment.pharmacy_npi != npi or npi in refused:
            return "done" if npi in refused else "The member is not with this pharmacy."
        if enrollment.ended_at is not None:
            return "The journey has ended."
        answer = await self._next(session, enrollment, Rule.REFUSED, now, but_not=(*refused, npi))
        if len(refused) + 1 >= self.rules.refusals:
            said = f"{len(refused) + 1} pharmacies could not take the member: a person decides"
            answer = Answer(None, None, "refused", said, answer.alternatives)
        await self._decide(session, enrollment, answer, Rule.REFUSED, now, actor=actor, words=words)
        return "done"

    async def again(
        self, session: AsyncSession, enrollment_id: str, rule: Rule, answer: Answer, now: datetime
    ) -> None:
        """Carry out what was found for an enrollment whose pharmacy fell away or appeared."""
        enrollment = await enrollments.lock(session, enrollment_id)
        if enrollment.ended_at is None:
            await self._decide(session, enrollment, answer, rule, now, actor=outcomes.JOURNEY)

    async def want(self, seeker: Seeker) -> Want:
        program = self.programs[seeker.program]
        places = await asyncio.to_thread(self.places)
        return Want(
            seeker.state, places.get((seeker.zip_code or "")[:5]), seeker.language,
            program.networks, program.cpesn, program.services,
        )  # fmt: skip

    def answer(
        self,
        offers: Sequence[Offer],
        want: Want,
        rule: Rule,
        now: datetime,
        history: Sequence[Attribution],
        but_not: Collection[str],
    ) -> Answer:
        told = history[0].alternatives if history else []
        known = {str(other["npi"]): float(other["km"]) for other in told}
        return attribute(
            offers, want, now.date(), self.rules, rule, but_not=but_not, known_km=known
        )

    async def _next(
        self,
        session: AsyncSession,
        enrollment: Enrollment,
        rule: Rule,
        now: datetime,
        but_not: Collection[str],
    ) -> Answer:
        seeker = await self._seeker(session, enrollment.id)
        weeks = self._weeks(enrollment.program)
        offers = await attributions.offers(session, weeks, state=seeker.state or "")
        history = await attributions.of_enrollment(session, enrollment.id)
        return self.answer(offers, await self.want(seeker), rule, now, history, but_not)

    async def _decide(
        self,
        session: AsyncSession,
        enrollment: Enrollment,
        answer: Answer,
        rule: Rule,
        now: datetime,
        *,
        actor: str,
        words: str | None = None,
        form_id: str | None = None,
    ) -> None:
        """Record which pharmacy was found, or that none was, and carry it out."""
        attributions.add(
            session, enrollment, answer, rule, at=now, actor=actor,
            left_npi=enrollment.pharmacy_npi, words=words, form_id=form_id,
        )  # fmt: skip
        enrollment.pharmacy_reason = answer.reason
        if answer.npi is None:
            await self._nobody(session, enrollment, now, actor)
        else:
            await self._serve(session, enrollment, answer, rule, now, actor)

    async def _serve(
        self,
        session: AsyncSession,
        enrollment: Enrollment,
        answer: Answer,
        rule: Rule,
        now: datetime,
        actor: str,
    ) -> None:
        before = enrollment.pharmacy_npi
        enrollment.pharmacy_npi, enrollment.distance_km = answer.npi, answer.km
        if before != answer.npi:
            outcomes.record(
                session, enrollment, "pharmacy_changed" if before else FOUND, at=now, rule=rule,
                actor=actor, detail={"from": before, "to": answer.npi},
            )  # fmt: skip
        await tasks.close_kinds(session, enrollment.id, LOST, now, actor=actor, resolution=FOUND)
        if before and answer.npi and before != answer.npi:
            await deliveries.follow(session, enrollment, before, answer.npi, now)
            if rule is not Rule.CHOSEN and enrollment.reached_at is not None:
                await self._tell(session, enrollment, now)
        if enrollment.leaving and WAYS[Exit(enrollment.leaving)] is Way.REROUTES:
            await exits.stay(session, enrollment.id, now, source=actor)
        enrollments.nudge(enrollment, now)

    async def _nobody(
        self, session: AsyncSession, enrollment: Enrollment, now: datetime, actor: str
    ) -> None:
        """A journey under way keeps its place and waits; a person looks."""
        if enrollment.started_at is None:
            enrollment.pharmacy_npi = enrollment.distance_km = None
            kind, within = "no_pharmacy", NO_PHARMACY_WITHIN
        else:
            await exits.leave(session, enrollment.id, Exit.PHARMACY_LEFT, now, source=actor)
            kind, within = "new_pharmacy", self.programs[enrollment.program].reroute_within
        # The key under which a journey that waits for a pharmacy asks too (activities/turn.py).
        key = f"reroute-{enrollment.leaving_at or now:%Y%m%d}"
        await tasks.open_task(
            session, enrollment.id, key=key, kind=kind, role="coordinator", within=within, now=now
        )

    async def _tell(self, session: AsyncSession, enrollment: Enrollment, now: datetime) -> None:
        await tasks.open_task(
            session, enrollment.id, key=f"tell-pharmacy-{enrollment.pharmacy_npi}-{now:%Y%m%d}",
            kind="tell_pharmacy", role="coordinator", within=self.rules.tell_within, now=now,
        )  # fmt: skip

    async def _seeker(self, session: AsyncSession, enrollment_id: str) -> Seeker:
        found = await attributions.seeker(session, enrollment_id)
        assert found is not None, "the enrollment is locked"
        return found

    def _weeks(self, program: str) -> int:
        return self.programs[program].capacity_weeks
