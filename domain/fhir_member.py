"""The member and the pharmacy as FHIR resources of US Core 6.1.0."""

from domain import fhir_base as fhir
from domain.fhir_base import US_CORE, Resource
from domain.fhir_facts import MemberFacts, PharmacyFacts

MEMBER_IDS = fhir.OURS + "member"
GENDERS = {"m": "male", "f": "female", "male": "male", "female": "female", "other": "other"}


def patient(member: MemberFacts, *, reachable: bool = True) -> Resource:
    """US Core Patient; a name that nobody told us is said to be unknown, as US Core wants it.

    Who must not be contacted by others (`reachable` False) has no phone and no address in it.
    """
    name = f"{member.first_name} {member.last_name}".strip()
    return fhir.resource(
        "Patient",
        member.id,
        US_CORE + "patient",
        name or "Name not known",
        identifier=[{"use": "secondary", "system": MEMBER_IDS, "value": member.id}],
        name=[_name(member)],
        telecom=[{"system": "phone", "value": phone} for phone in member.phones]
        if reachable
        else None,
        gender=GENDERS.get((member.gender or "").lower(), "unknown"),
        birthDate=fhir.day(member.birth_date),
        deceasedDateTime=fhir.day(member.death_date),
        address=_address(member) if reachable else None,
        communication=[
            {
                "language": fhir.concept(fhir.coding("urn:ietf:bcp:47", member.language)),
                "preferred": True,
            }
        ],
    )


def _name(member: MemberFacts) -> Resource:
    given = [member.first_name] if member.first_name else []
    named = {
        **({"family": member.last_name} if member.last_name else {}),
        **({"given": given} if given else {}),
    }
    if named:
        return {"use": "official", **named}
    absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    return {"extension": [{"url": absent, "valueCode": "unknown"}]}


def organization(pharmacy: PharmacyFacts) -> Resource:
    phone = [{"system": "phone", "value": pharmacy.phone}] if pharmacy.phone else []
    return fhir.resource(
        "Organization",
        f"pharmacy-{pharmacy.npi}",
        US_CORE + "organization",
        pharmacy.name,
        identifier=[{"system": fhir.NPI, "value": pharmacy.npi}],
        active=True,
        type=[fhir.concept(text="Community pharmacy")],
        name=pharmacy.name,
        telecom=phone,
        address=_address(pharmacy),
    )


def _address(place: MemberFacts | PharmacyFacts) -> list[Resource]:
    known = {
        "line": [place.address] if place.address else None,
        "city": place.city,
        "state": place.state,
        "postalCode": place.zip_code,
    }
    found = {name: value for name, value in known.items() if value}
    return [{**found, "country": "US"}] if found else []
