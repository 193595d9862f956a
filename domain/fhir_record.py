"""All FHIR resources of one enrollment, and which of them may be told to whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from domain import fhir_care, fhir_needs, fhir_screening
from domain.fhir_base import PART2_LABELS, Entry, Resource
from domain.fhir_facts import Record
from domain.fhir_member import organization, patient
from domain.fhir_screening import Asked
from domain.instruments import Instrument
from domain.needs_words import NeedsBook
from domain.part2 import Permission


@dataclass(frozen=True, slots=True)
class Told:
    """What may be told, and why something is missing from it."""

    entries: Sequence[Entry]
    withheld: Sequence[tuple[str, str]]
    """(what, why) of each kind of thing that was kept back."""
    released: "Released | None" = None
    part2_kinds: Sequence[str] = ()
    """Which kinds of records under 42 CFR Part 2 are in it, for the account of disclosures."""

    @property
    def notice(self) -> str:
        """What goes with it by 42 CFR 2.32; empty when no such record is in it."""
        return self.released.notice if self.released and self.part2_kinds else ""

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


@dataclass(frozen=True, slots=True)
class Released:
    """Records under 42 CFR Part 2 may be told: to whom the permission says, with the notice."""

    permission: Permission
    notice: str


def tell(
    record: Record,
    instruments: Mapping[str, Instrument],
    book: NeedsBook,
    *,
    inside: bool,
    released: Released | None = None,
) -> Told:
    """`inside`: for staff of the program, who see needs at the console anyway.

    Outside, needs are told only when the member's newest word allows it. Records under 42 CFR
    Part 2 are told where they are `released` only: each with its label and the notice.
    """
    drawn = list(_all(record, instruments, book))
    kept: list[Entry] = []
    withheld: dict[tuple[str, str], None] = {}
    for entry in drawn:
        why = _why_not(entry, record, inside=inside, released=released)
        if why:
            withheld[why] = None
        elif entry.part2 and released:
            kept.append(replace(entry, resource=labelled(entry.resource, released.notice)))
        else:
            kept.append(entry)
    kinds = sorted({entry.resource["resourceType"] for entry in kept if entry.part2})
    return Told([*kept, fhir_care.care_plan(record, kept)], list(withheld), released, kinds)


def labelled(resource: Resource, notice: str) -> Resource:
    """Restricted, named as 42 CFR Part 2, and with the notice in the words of its narrative."""
    meta, text = resource.get("meta", {}), resource["text"]
    div = text["div"].removesuffix("</div>") + f"<p>{escape(notice)}</p></div>"
    return {
        **resource,
        "meta": {**meta, "security": list(PART2_LABELS)},
        "text": {**text, "div": div},
    }


def _why_not(
    entry: Entry, record: Record, *, inside: bool, released: Released | None
) -> tuple[str, str] | None:
    if entry.part2 and released is None:
        return "records under 42 CFR Part 2", "no consent that names the recipient is on file"
    if entry.safety and not record.safe.tell_safety:
        return "answers about safety at home", "the member has not agreed that they are told"
    if entry.about_needs and not inside and not record.shares_needs:
        return "social needs", "the member has not agreed that they are told outside"
    return None


def _all(record: Record, instruments: Mapping[str, Instrument], book: NeedsBook) -> Iterable[Entry]:
    yield Entry(patient(record.member, reachable=record.safe.by_services))
    if record.pharmacy is not None:
        yield Entry(organization(record.pharmacy))
    by_code: Mapping[str, Any] = {found.code: found for found in instruments.values()}
    for screening in record.screenings:
        instrument = instruments.get(screening.instrument) or by_code.get(screening.instrument)
        if instrument is None:
            continue
        asked = Asked(screening, record, instrument, book)
        # A label the instrument bears by now counts for what was asked before.
        safety = screening.safety or instrument.label == "safety"
        yield Entry(fhir_screening.questionnaire_response(asked), True, screening.part2, safety)
        for made in fhir_screening.observations(asked):
            yield Entry(made, True, screening.part2, safety)
    yield from fhir_needs.entries(record, book)
    yield from fhir_care.entries(record)
