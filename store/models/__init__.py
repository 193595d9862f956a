"""The tables. Columns carry the field's terms; rules live in `domain`."""

from store.models.attributions import Attribution
from store.models.base import Base
from store.models.care import (
    Delivery,
    Letter,
    Need,
    Note,
    Reading,
    Referral,
    Screening,
    ScreeningAnswer,
)
from store.models.handovers import Handover
from store.models.identification import (
    CohortStart,
    IdentificationRun,
    NominationRow,
    RosterLine,
)
from store.models.journeys import Enrollment, Outcome, StaffAction, Stage, Task
from store.models.listening import ListeningRow
from store.models.members import (
    Consent,
    ContactPoint,
    Evidence,
    Medication,
    Member,
    Pharmacy,
    Phone,
)
from store.models.messages import GateDecision, InboundText, Intent, Receipt
from store.models.pacing import BreakerRelease, BreakerRow, BucketRow, ShareRow
from store.models.part2 import Disclosure, Part2Consent, Part2Revocation
from store.models.pharmacy_systems import PharmacyCall, PharmacyNews, PharmacySystem
from store.models.practices import Practice
from store.models.proposals import SyncPlan
from store.models.safe_contact import SafeContactRow
from store.models.sharing import Agreement, FhirKey
from store.models.staff import ClockRow, StaffMember, StaffSession

__all__ = [
    "Agreement",
    "Attribution",
    "Base",
    "BreakerRelease",
    "BreakerRow",
    "BucketRow",
    "ClockRow",
    "CohortStart",
    "Consent",
    "ContactPoint",
    "Delivery",
    "Disclosure",
    "Enrollment",
    "Evidence",
    "FhirKey",
    "GateDecision",
    "Handover",
    "IdentificationRun",
    "InboundText",
    "Intent",
    "Letter",
    "ListeningRow",
    "Medication",
    "Member",
    "Need",
    "NominationRow",
    "Note",
    "Outcome",
    "Part2Consent",
    "Part2Revocation",
    "Pharmacy",
    "PharmacyCall",
    "PharmacyNews",
    "PharmacySystem",
    "Phone",
    "Practice",
    "Reading",
    "Receipt",
    "Referral",
    "RosterLine",
    "SafeContactRow",
    "Screening",
    "ScreeningAnswer",
    "ShareRow",
    "StaffAction",
    "StaffMember",
    "StaffSession",
    "Stage",
    "SyncPlan",
    "Task",
]
