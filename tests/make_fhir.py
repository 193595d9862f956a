"""A member of whom everything is known, as the FHIR resources are drawn from them."""

from dataclasses import replace
from datetime import date
from typing import Any

from make import NOW, NPI

from domain.fhir_facts import (
    AgreementFacts,
    ClaimFacts,
    FillFacts,
    MemberFacts,
    NeedFacts,
    NoteFacts,
    PharmacyFacts,
    ReadingFacts,
    Record,
    ReferralFacts,
    ScreeningFacts,
)
from domain.fhir_record import Told, tell
from runtime import programs

ANSWERS = {
    "71802-3": ("LA31993-1",),
    "96778-6": ("LA31996-4", "LA28580-1"),
    "88122-7": ("LA28397-0",),
    "88123-5": (),
}
_INSTRUMENTS = programs.instruments()
PHQ_9 = {item.code: ("LA6570-1",) for item in _INSTRUMENTS["phq-9"].items[:9]}
HUNGRY = {"88122-7": ("LA28397-0",), "88123-5": ("LA28398-8",)}
CALM = {item.code: ("LA6568-5",) for item in _INSTRUMENTS["gad-2"].items}
FOOD = NeedFacts(1, "food", "88122-7", "Z59.41", NOW)
HOME = NeedFacts(2, "inadequate-housing", "96778-6", "Z59.19", NOW, NOW, "Pat Pharmacist")
NOTHING = NeedFacts(3, "a-domain-nobody-described", "88123-5", None, NOW, refuted_at=NOW)
ANA = Record(
    enrollment_id="e1",
    program="Pharmacy care",
    begun_at=NOW,
    ended_at=None,
    member=MemberFacts(
        "m1", "Ana", "Lopez", date(1951, 5, 6), None, "female", "12 Oak Ave", "Columbus", "OH",
        "43215", "es", phones=("+16145550134",),
    ),
    pharmacy=PharmacyFacts(NPI, "Corner Pharmacy", "+16145550100", "1 High St", "Columbus", "OH"),
    screenings=(
        ScreeningFacts(1, "96777-8", NOW, NOW, True, "sms", ANSWERS),
        ScreeningFacts(2, "phq-9", NOW, NOW, True, "phone", PHQ_9),
        ScreeningFacts(3, "hunger-vital-sign", NOW, NOW, True, "form", HUNGRY),
        ScreeningFacts(4, "gad-2", NOW, NOW, True, "form", CALM),
    ),
    needs=(FOOD, HOME, NOTHING),
    referrals=(
        ReferralFacts(1, 1, "requested", NOW, NOW),
        ReferralFacts(2, 2, "completed", NOW, NOW, NOW, resource="Home Menders"),
        ReferralFacts(3, 1, "failed", NOW, NOW, NOW, "no_capacity", "Pantry"),
    ),
    readings=(ReadingFacts(1, "bp", NOW, 150, 95), ReadingFacts(2, "glucose", NOW, mg_dl=90)),
    fills=(
        FillFacts(1, "99999000101", "lisinopril", date(2026, 2, 4), 30, 30.0, NPI),
        FillFacts(2, "99999000102", None, date(2026, 2, 4), 30, None, None),
        FillFacts(3, "99999000103", "buprenorphine", date(2026, 2, 4), 30, None, None, part2=True),
    ),
    claims=(ClaimFacts(1, "hypertension", "2025-06-01"), ClaimFacts(2, "oud", None, part2=True)),
    notes=(NoteFacts("n1", "1000000020", NOW, NOW, NOW, NOW, ("Please consider a statin.",)),),
    agreements=(AgreementFacts(1, True, NOW, "text"),),
)  # fmt: skip
"""Every kind of thing once, also the odd ones."""


def told(record: Record = ANA, *, inside: bool = False, **changes: Any) -> Told:
    changed = replace(record, **changes)
    return tell(changed, programs.instruments(), programs.needs_book(), inside=inside)
