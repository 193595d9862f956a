"""A social need from finding to outcome, as HL7 SDOH Clinical Care has it, over US Core 6.1.0."""

from collections.abc import Iterable

from domain import fhir_base as fhir
from domain.fhir_base import (
    SDOHCC,
    SDOHCC_CODES,
    SNOMED,
    TERMINOLOGY,
    US_CORE,
    US_CORE_CATEGORY,
    Entry,
    Resource,
)
from domain.fhir_facts import AgreementFacts, NeedFacts, Record, ReferralFacts
from domain.needs_words import NeedsBook, NeedWords

SDOH = fhir.concept(fhir.coding(US_CORE_CATEGORY, "sdoh", "SDOH"))
NOT_CONTACTED = fhir.coding(
    SDOHCC_CODES, "contacting-subject-prohibited", "Contacting Subject Prohibited"
)
SOCIAL_SERVICE = fhir.coding(SNOMED, "410606002", "Social service procedure")


def entries(record: Record, book: NeedsBook) -> Iterable[Entry]:
    """Condition, Goal, ServiceRequest, Task and Procedure of every need; the Consents to tell."""
    for agreement in record.agreements:
        # Whether they agreed tells nothing of what they need.
        yield Entry(consent(agreement, record))
    needs = {need.id: need for need in record.needs}
    for need in record.needs:
        words = book.words(need.domain, need.z_code)
        yield Entry(condition(need, record, words), about_needs=True)
        if need.refuted_at is None:
            yield Entry(goal(need, record, words), about_needs=True)
    for referral in record.referrals:
        need = needs[referral.need_id]
        words = book.words(need.domain, need.z_code)
        yield Entry(service_request(referral, record, words), about_needs=True)
        yield Entry(task(referral, record, words, book), about_needs=True)
        if referral.status == "completed":
            yield Entry(procedure(referral, record, words), about_needs=True)


def category(words: NeedWords) -> Resource:
    return fhir.concept(fhir.coding(SDOHCC_CODES, words.category), text=words.condition.text)


def condition(need: NeedFacts, record: Record, words: NeedWords) -> Resource:
    """Unconfirmed until a pharmacist has signed: Z55-Z65 rest on the member's own words."""
    signed = "confirmed" if need.confirmed_at else "refuted" if need.refuted_at else "unconfirmed"
    codes = [fhir.coding(fhir.ICD10, need.z_code)] if need.z_code else []
    state = fhir.coding(f"{TERMINOLOGY}condition-clinical", "active")
    if _resolved(need, record):
        state = fhir.coding(f"{TERMINOLOGY}condition-clinical", "resolved")
    return fhir.resource(
        "Condition",
        f"need-{need.id}",
        [US_CORE + "condition-problems-health-concerns", SDOHCC + "Condition"],
        f"{words.condition.text}, {signed}",
        clinicalStatus=fhir.concept(state) if not need.refuted_at else None,
        verificationStatus=fhir.concept(fhir.coding(f"{TERMINOLOGY}condition-ver-status", signed)),
        category=[
            fhir.concept(
                fhir.coding(
                    "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
                    "health-concern",
                    "Health Concern",
                )
            ),
            SDOH,
            category(words),
        ],
        code=words.condition.concept(*codes),
        subject=fhir.ref("Patient", record.member.id),
        onsetDateTime=fhir.instant(need.found_at),
        recordedDate=fhir.instant(need.found_at),
        asserter={"display": need.confirmed_by} if need.confirmed_by else None,
        evidence=[{"detail": [answer]} for answer in _evidence(need, record)],
    )


def _resolved(need: NeedFacts, record: Record) -> bool:
    """The newest referral got the member what was needed."""
    own = [referral for referral in record.referrals if referral.need_id == need.id]
    return bool(own) and max(own, key=lambda r: r.id).status == "completed"


def _evidence(need: NeedFacts, record: Record) -> list[Resource]:
    """The Observation of the answer that the need was found in: one a screening at most."""
    found = [s for s in record.screenings if s.answers.get(need.item)]
    if not found:
        return []
    return [fhir.ref("Observation", answer_id(max(found, key=lambda s: s.id).id, need.item))]


def answer_id(screening_id: int, item: str) -> str:
    """The id of one answer's Observation."""
    return f"screening-{screening_id}-{item}"


def goal(need: NeedFacts, record: Record, words: NeedWords) -> Resource:
    done = _resolved(need, record)
    reached = fhir.coding(f"{TERMINOLOGY}goal-achievement", "achieved" if done else "in-progress")
    return fhir.resource(
        "Goal",
        f"goal-{need.id}",
        [US_CORE + "goal", SDOHCC + "Goal"],
        words.goal.text,
        lifecycleStatus="completed" if done else "active" if need.confirmed_at else "proposed",
        achievementStatus=fhir.concept(reached),
        category=[category(words)],
        description=words.goal.concept(),
        subject=fhir.ref("Patient", record.member.id),
        startDate=fhir.day(need.found_at.date()),
        addresses=[fhir.ref("Condition", f"need-{need.id}")],
    )


def service_request(referral: ReferralFacts, record: Record, words: NeedWords) -> Resource:
    ended = {"completed": "completed", "failed": "revoked", "cancelled": "revoked"}
    return fhir.resource(
        "ServiceRequest",
        f"referral-{referral.id}",
        [US_CORE + "servicerequest", SDOHCC + "ServiceRequest"],
        words.help.text,
        status=ended.get(referral.status, "active"),
        intent="order",
        category=[fhir.concept(SOCIAL_SERVICE), SDOH, category(words)],
        code=words.help.concept(),
        orderDetail=None if record.safe.by_services else [fhir.concept(NOT_CONTACTED)],
        subject=fhir.ref("Patient", record.member.id),
        occurrenceDateTime=fhir.instant(referral.requested_at),
        authoredOn=fhir.instant(referral.requested_at),
        requester=_pharmacy(record),
        performer=[{"display": referral.resource}] if referral.resource else None,
        reasonReference=[fhir.ref("Condition", f"need-{referral.need_id}")],
        supportingInfo=[
            fhir.ref("Consent", f"agreement-{agreement.id}") for agreement in record.agreements[-1:]
        ],
    )


def task(referral: ReferralFacts, record: Record, words: NeedWords, book: NeedsBook) -> Resource:
    """What became of the request; its reason is in words, since the IG asks for text."""
    reason = book.reasons.get(referral.reason or "", referral.reason)
    done = referral.status == "completed"
    ended = referral.closed_at is not None
    return fhir.resource(
        "Task",
        f"referral-{referral.id}",
        [SDOHCC + "TaskForReferralManagement"],
        f"{words.help.text}: {referral.status}",
        status=referral.status,
        statusReason=fhir.concept(text=reason) if reason else None,
        intent="order",
        code=fhir.concept(fhir.coding("http://hl7.org/fhir/CodeSystem/task-code", "fulfill")),
        focus=fhir.ref("ServiceRequest", f"referral-{referral.id}"),
        **{"for": fhir.ref("Patient", record.member.id)},
        executionPeriod={
            "start": fhir.instant(referral.requested_at),
            **({"end": fhir.instant(referral.closed_at)} if ended else {}),
        },
        authoredOn=fhir.instant(referral.requested_at),
        lastModified=fhir.instant(referral.changed_at),
        requester=_pharmacy(record),
        owner={"display": referral.resource} if referral.resource else None,
        output=[_activity(referral)] if done else None,
    )


def _activity(referral: ReferralFacts) -> Resource:
    return {
        "type": fhir.concept(fhir.coding(SDOHCC_CODES, "resulting-activity")),
        "valueReference": fhir.ref("Procedure", f"referral-{referral.id}"),
    }


def procedure(referral: ReferralFacts, record: Record, words: NeedWords) -> Resource:
    """The help itself, as the service or the member told us of it."""
    return fhir.resource(
        "Procedure",
        f"referral-{referral.id}",
        [US_CORE + "procedure", SDOHCC + "Procedure"],
        f"{words.help.text}: given",
        basedOn=[fhir.ref("ServiceRequest", f"referral-{referral.id}")],
        status="completed",
        category=fhir.concept(SOCIAL_SERVICE, text=words.condition.text),
        code=words.help.concept(),
        subject=fhir.ref("Patient", record.member.id),
        performedDateTime=fhir.instant(referral.closed_at or referral.changed_at),
        reasonReference=[fhir.ref("Condition", f"need-{referral.need_id}")],
    )


def consent(agreement: AgreementFacts, record: Record) -> Resource:
    """The member's word on telling needs outside; a refusal is kept as one."""
    said = "may be told" if agreement.given else "may not be told"
    return fhir.resource(
        "Consent",
        f"agreement-{agreement.id}",
        [SDOHCC + "Consent"],
        f"Social needs {said} to those who can help",
        status="active" if agreement.given else "rejected",
        scope=fhir.concept(fhir.coding(f"{TERMINOLOGY}consentscope", "patient-privacy")),
        category=[fhir.concept(fhir.coding(f"{TERMINOLOGY}v3-ActCode", "IDSCL"))],
        patient=fhir.ref("Patient", record.member.id),
        dateTime=fhir.instant(agreement.at),
        organization=[_pharmacy(record)],
        sourceReference={"display": f"recorded from the member's own words, by {agreement.how}"},
        policyRule=fhir.concept(fhir.coding(f"{TERMINOLOGY}v3-ActCode", "OPTIN")),
    )


def _pharmacy(record: Record) -> Resource:
    if record.pharmacy is None:
        return {"display": record.program}
    return fhir.ref("Organization", f"pharmacy-{record.pharmacy.npi}")
