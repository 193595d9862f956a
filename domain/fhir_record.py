"""All FHIR resources of one enrollment, and which of them may be told to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import fhir_care, fhir_needs, fhir_screening
from domain.fhir_base import Entry, Resource
from domain.fhir_facts import Record
from domain.fhir_member import organization, patient
from domain.fhir_screening import Asked
from domain.instruments import Instrument
from domain.needs_words import NeedsBook


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told, and why something is missing from it."""

    entries: Sequence[Entry]
    withheld: Sequence[tuple[str, str]]
    """(what, why) of each kind of thing that was kept back."""

    def of(self, *kinds: str) -> list[Resource]:
        return [e.resource for e in self.entries if e.resource["resourceType"] in kinds]

    def around(self, *roots: Resource) -> list[Resource]:
        """These and all they refer to, however far, so that every reference resolves."""
        known = {entry.key: entry.resource for entry in self.entries}
        found: dict[str, Resource] = {}
        left = list(roots)
        while left:
            item = left.pop(0)
            key = f"{item['resourceType']}/{item['id']}"
            if key not in found:
                found[key] = item
                left += [known[name] for name in references(item) if name in known]
        return list(found.values())


def references(value: Any) -> Iterable[str]:
    """Every reference inside a resource, in its order."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def tell(
    record: Record, instruments: Mapping[str, Instrument], book: NeedsBook, *, inside: bool
) -> Told:
    """`inside`: for staff of the program, who see needs at the console anyway.

    Outside, needs are told only when the member's newest word allows it. Records under 42 CFR
    Part 2 are told to nobody here: no consent that names this way of telling is on file.
    """
    drawn = list(_all(record, instruments, book))
    kept: list[Entry] = []
    withheld: dict[tuple[str, str], None] = {}
    for entry in drawn:
        why = _why_not(entry, record, inside=inside)
        if why:
            withheld[why] = None
        else:
            kept.append(entry)
    return Told([*kept, fhir_care.care_plan(record, kept)], list(withheld))


def _why_not(entry: Entry, record: Record, *, inside: bool) -> tuple[str, str] | None:
    if entry.part2:
        return "records under 42 CFR Part 2", "no consent that names the recipient is on file"
    if entry.about_needs and not inside and not record.shares_needs:
        return "social needs", "the member has not agreed that they are told outside"
    return None


def _all(record: Record, instruments: Mapping[str, Instrument], book: NeedsBook) -> Iterable[Entry]:
    yield Entry(patient(record.member))
    if record.pharmacy is not None:
        yield Entry(organization(record.pharmacy))
    by_code: Mapping[str, Any] = {found.code: found for found in instruments.values()}
    for screening in record.screenings:
        instrument = instruments.get(screening.instrument) or by_code.get(screening.instrument)
        if instrument is None:
            continue
        asked = Asked(screening, record, instrument, book)
        yield Entry(fhir_screening.questionnaire_response(asked), True, screening.part2)
        for made in fhir_screening.observations(asked):
            yield Entry(made, True, screening.part2)
    yield from fhir_needs.entries(record, book)
    yield from fhir_care.entries(record)
