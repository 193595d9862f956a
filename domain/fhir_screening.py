"""A finished screening as QuestionnaireResponse and Observations."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain import fhir_base as fhir
from domain.fhir_base import SDOHCC, TERMINOLOGY, US_CORE, US_CORE_CATEGORY, Resource
from domain.fhir_facts import Record, ScreeningFacts
from domain.fhir_needs import answer_id
from domain.instruments import Instrument, Item, Option
from domain.needs_words import NeedsBook, NeedWords

CHANNEL = fhir.OURS + "StructureDefinition/channel"


@dataclass(frozen=True, slots=True)
class Asked:
    """A screening with the instrument it was asked by."""

    screening: ScreeningFacts
    record: Record
    instrument: Instrument
    book: NeedsBook


def questionnaire_response(asked: Asked) -> Resource:
    """Every question, answered or declined; the channel it came by is said beside it."""
    screening = asked.screening
    done = screening.completed
    status = "in-progress" if screening.ended_at is None else "completed" if done else "stopped"
    answered = asked.screening.answers
    made = fhir.resource(
        "QuestionnaireResponse",
        f"screening-{screening.id}",
        US_CORE + "questionnaireresponse",
        f"Screening {asked.instrument.code}, {status}, by {screening.channel}",
        extension=[{"url": CHANNEL, "valueCode": screening.channel}],
        questionnaire=fhir.OURS + f"Questionnaire/{asked.instrument.code}",
        status=status,
        subject=fhir.ref("Patient", asked.record.member.id),
        authored=fhir.instant(screening.ended_at or screening.started_at),
        source=fhir.ref("Patient", asked.record.member.id),
        item=[
            _item(item, answered[item.code])
            for item in asked.instrument.enabled(answered)
            if item.code in answered
        ],
    )
    return made


def _item(item: Item, codes: tuple[str, ...]) -> Resource:
    options = {option.code: option for option in item.options}
    return {
        "linkId": item.code,
        "text": item.text["en"],
        **(
            {"answer": [{"valueCoding": _coding(options[c])} for c in codes if c in options]}
            if codes
            else {}
        ),
    }


def _coding(option: Option) -> Resource:
    return fhir.coding(option.system, option.code, option.display["en"])


def observations(asked: Asked) -> list[Resource]:
    """One for each answered item and one for the score; `interpretation` is POS or left out."""
    known: Mapping[str, tuple[str, ...]] = asked.screening.answers
    answered = [
        _observation(item, known[item.code], asked)
        for item in asked.instrument.enabled(known)
        if item.code in known
    ]
    return [*answered, *_score(asked, answered)]


def _score(asked: Asked, answered: list[Resource]) -> list[Resource]:
    """The total of a finished screening, or its result where that is an answer of its own."""
    screening, instrument = asked.screening, asked.instrument
    rule = instrument.rule
    score = instrument.score(screening.answers, asked.record.member.gender)
    if rule is None or score is None or screening.ended_at is None:
        return []
    codes = [fhir.coding(fhir.LOINC, rule.code)] if rule.code else []
    result = rule.result_codes.get("positive" if score.positive else "negative")
    words = f"{instrument.title}: {score.total} of {rule.highest}"
    pos = fhir.coding(f"{TERMINOLOGY}v3-ObservationInterpretation", "POS", "Positive")
    return [
        fhir.resource(
            "Observation",
            f"screening-{screening.id}-score",
            US_CORE + "observation-screening-assessment",
            f"{words}, {score.band}" if score.band else words,
            status="final",
            category=[fhir.concept(fhir.coding(f"{TERMINOLOGY}observation-category", "survey"))],
            code=fhir.concept(*codes, text=f"Score of {instrument.title}"),
            subject=fhir.ref("Patient", asked.record.member.id),
            effectiveDateTime=fhir.instant(screening.ended_at),
            performer=[fhir.ref("Patient", asked.record.member.id)],
            valueCodeableConcept=fhir.concept(fhir.coding(fhir.LOINC, result)) if result else None,
            valueQuantity=None if result else _points(score.total),
            interpretation=[fhir.concept(pos)] if score.positive else None,
            note=[{"text": f"Band: {score.band}. Limits: {rule.source}"}] if score.band else None,
            hasMember=[fhir.ref("Observation", each["id"]) for each in answered],
            derivedFrom=[fhir.ref("QuestionnaireResponse", f"screening-{screening.id}")],
        )
    ]


def _points(total: int) -> Resource:
    ucum = "http://unitsofmeasure.org"
    return {"value": total, "unit": "{score}", "system": ucum, "code": "{score}"}


def _social(domain: NeedWords | None) -> list[Resource]:
    """Only a question about a social need has a category of that need."""
    if domain is None:
        return []
    return [
        fhir.concept(fhir.coding(US_CORE_CATEGORY, "sdoh", "SDOH")),
        fhir.concept(fhir.coding(fhir.SDOHCC_CODES, domain.category), text=domain.condition.text),
    ]


def _observation(item: Item, codes: tuple[str, ...], asked: Asked) -> Resource:
    given = [option for option in item.options if option.code in codes]
    positive = any(option.positive for option in given)
    domain = asked.book.words(item.domain) if item.domain else None
    at = asked.screening.answered_at.get(item.code, asked.screening.started_at)
    pos = fhir.coding(f"{TERMINOLOGY}v3-ObservationInterpretation", "POS", "Positive")
    declined = fhir.coding(f"{TERMINOLOGY}data-absent-reason", "asked-declined")
    # A question with several answers has a component for each: `value` holds only one.
    several = len(given) > 1
    code = fhir.concept(fhir.coding(item.system, item.code), text=item.text["en"])
    answers = [fhir.concept(_coding(option)) for option in given]
    return fhir.resource(
        "Observation",
        answer_id(asked.screening.id, item.code),
        [
            US_CORE + "observation-screening-assessment",
            *((SDOHCC + "ObservationScreeningResponse",) if domain else ()),
        ],
        f"{item.text['en']} {', '.join(o.display['en'] for o in given) or 'declined'}",
        status="final",
        category=[
            fhir.concept(fhir.coding(f"{TERMINOLOGY}observation-category", "survey")),
            *_social(domain),
        ],
        code=code,
        subject=fhir.ref("Patient", asked.record.member.id),
        effectiveDateTime=fhir.instant(at),
        performer=[fhir.ref("Patient", asked.record.member.id)],
        valueCodeableConcept=None if several or not answers else answers[0],
        dataAbsentReason=None if answers else fhir.concept(declined),
        interpretation=[fhir.concept(pos)] if positive else None,
        derivedFrom=[fhir.ref("QuestionnaireResponse", f"screening-{asked.screening.id}")],
        component=[{"code": code, "valueCodeableConcept": answer} for answer in answers]
        if several
        else None,
    )
