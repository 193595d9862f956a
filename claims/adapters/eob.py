"""One FHIR ExplanationOfBenefit, as BFD, BCDA and CARIN write it, told as canonical rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claims.adapters.staging import spread

Json = Mapping[str, Any]

_KINDS = {
    "PDE": "pharmacy", "CARRIER": "professional", "INPATIENT": "inpatient", "SNF": "snf",
    "OUTPATIENT": "outpatient", "HHA": "hha", "HOSPICE": "hospice", "DME": "dme",
    "01": "pharmacy", "02": "pharmacy", "10": "hha", "20": "snf", "30": "snf", "40": "outpatient",
    "50": "hospice", "60": "inpatient", "61": "inpatient", "71": "professional",
    "72": "professional", "81": "dme", "82": "dme",
}  # fmt: skip
"""CMS's eob-type and NCH claim type codes."""
_GENERIC = {
    "pharmacy": "pharmacy", "professional": "professional", "institutional": "institutional",
    "oral": "dental", "vision": "vision",
}  # fmt: skip
_BILLS = {"inpatient": "111", "outpatient": "131", "snf": "211", "hha": "329", "hospice": "811"}
_HCPCS = ("codesystem/hcpcs", "HCPCSReleaseCodeSets", "ama-assn.org/go/cpt", "113883.6.285")
_NDC = "sid/ndc"


@dataclass(slots=True)
class Told:
    """Rows of one resource, or the reason why there are none."""

    claim_id: str
    kind: str = "medical_claim"
    rows: list[dict[str, object]] = field(default_factory=list)
    reason: str | None = None
    takes_back: list[str] = field(default_factory=list)
    """Ids of claims that this one replaces."""


def tell(eob: Json) -> Told:
    """Never raises on a resource of another shape: what is missing is blank and dropped later."""
    told = Told(str(eob.get("id") or ""))
    kind = kind_of(eob)
    info = _information(eob)
    told.kind = "pharmacy_claim" if kind == "pharmacy" else "medical_claim"
    told.reason = _refused(eob, kind, info)
    if told.reason:
        return told
    for related in _dicts(eob.get("related")):
        if _code(related.get("relationship")) in ("prior", "replaces"):
            told.takes_back.append(_reference(related.get("claim")))
    person = _reference(eob.get("patient"))
    rows = _fills(eob, info) if kind == "pharmacy" else _lines(eob, kind, info)
    told.rows = [{"claim_id": told.claim_id, "person_id": person, **row} for row in rows]
    return told


def kind_of(eob: Json) -> str:
    """Pharmacy, professional, a kind of facility, dme, dental, vision, or '' when not told."""
    generic = ""
    for coding in _codings(eob.get("type")):
        code, system = str(coding.get("code")), str(coding.get("system"))
        if system.endswith(("eob-type", "nch_clm_type_cd")) and code in _KINDS:
            return _KINDS[code]
        generic = generic or _GENERIC.get(code, "")
    if generic != "institutional":
        return generic
    told = _code(eob.get("subType")) + " ".join(map(str, _dict(eob, "meta").get("profile") or ()))
    if "npatient" in told:
        return "inpatient"
    return "outpatient" if "utpatient" in told else "institutional"


def _refused(eob: Json, kind: str, info: Mapping[str, Json]) -> str | None:
    if eob.get("status") not in (None, "active"):
        return "the claim is cancelled or not final"
    if eob.get("use") not in (None, "claim"):
        return "a request for authorization, not a claim"
    if _code(_dict(info.get("adjstmt_dltn_cd", {}), "code")) == "D":
        return "a reversal or deletion itself"
    if any(
        _code(r.get("relationship")) in ("replacedby", "replaced")
        for r in _dicts(eob.get("related"))
    ):
        return "replaced by a later claim"
    if kind in ("", "dme", "dental", "vision"):
        return f"{kind or 'unknown kinds of'} claims are not read"
    return None


def _fills(eob: Json, info: Mapping[str, Json]) -> Iterator[dict[str, object]]:
    pharmacy = _npi(_dict(eob, "facility")) or _npi(_dict(eob, "provider"))
    for n, item in enumerate(_dicts(eob.get("item")), start=1):
        quantity = _dict(item, "quantity")
        v1 = {
            _tail(e.get("url")): _dict(e, "valueQuantity").get("value")
            for e in _dicts(quantity.get("extension"))
        }
        supply = _dict(info.get("dayssupply", {}), "valueQuantity").get("value")
        yield {
            "claim_line_number": str(item.get("sequence") or n),
            "ndc_code": _coded(item.get("productOrService") or item.get("service"), _NDC),
            "dispensing_date": _day(item.get("servicedDate"))
            or _day(_dict(item, "servicedPeriod").get("start"))
            or _day(_dict(eob, "billablePeriod").get("start")),
            "days_supply": supply if supply is not None else v1.get("days_suply_num"),
            "quantity": quantity.get("value"),
            "dispensing_provider_npi": pharmacy,
            "prescribing_provider_npi": _team(eob, ("prescribing", "prescribe", "primary")),
            "paid_amount": _paid(item),
        }


def _lines(eob: Json, kind: str, info: Mapping[str, Json]) -> Iterator[dict[str, object]]:
    period = _dict(eob, "billablePeriod")
    stay = _dict(eob, "hospitalization") or _dict(info.get("admissionperiod", {}), "timingPeriod")
    version, codes = _diagnoses(eob)
    procedures = [
        c for p in _dicts(eob.get("procedure"))
        if (c := _coded(p.get("procedureCodeableConcept"), "icd-10", "icd-9", "ICD10", "ICD9"))
    ]  # fmt: skip
    professional = kind == "professional"
    shared: dict[str, object] = {
        "claim_type": "professional" if professional else "institutional",
        "claim_end_date": _day(period.get("end")),
        "bill_type_code": "" if professional else _bill(eob, kind, info),
        "admission_date": _day(stay.get("start")),
        "discharge_date": _day(stay.get("end")),
        "diagnosis_code_type": version,
        "rendering_npi": _team(eob, ("performing", "rendering", "attending", "primary", "other")),
        "billing_npi": _npi(_dict(eob, "provider")),
    }
    start = _day(period.get("start"))
    for n, item in enumerate(_dicts(eob.get("item")) or [{}], start=1):
        served = _day(_dict(item, "servicedPeriod").get("start")) or _day(item.get("servicedDate"))
        line = {
            **shared,
            "claim_start_date": served if professional and served else start or served,
            "hcpcs_code": _coded(item.get("productOrService") or item.get("service"), *_HCPCS),
            "revenue_center_code": _code(item.get("revenue")).zfill(4)
            if item.get("revenue") else "",
            "place_of_service_code": _code(item.get("locationCodeableConcept")),
        }  # fmt: skip
        for row in spread(str(item.get("sequence") or n), codes, procedures if n == 1 else ()):
            yield {**line, **row}


def _diagnoses(eob: Json) -> tuple[str, list[str]]:
    """The version and the codes in it; a claim has one version, that of its first code."""
    found: list[tuple[str, str]] = []
    for diagnosis in _dicts(eob.get("diagnosis")):
        for coding in _codings(diagnosis.get("diagnosisCodeableConcept")):
            system = str(coding.get("system")).lower()
            version = "icd-10-cm" if "icd-10" in system else "icd-9-cm" if "icd-9" in system else ""
            if version and coding.get("code"):
                found.append((version, str(coding["code"])))
                break
    version = found[0][0] if found else ""
    return version, list(dict.fromkeys(code for v, code in found if v == version))


def _bill(eob: Json, kind: str, info: Mapping[str, Json]) -> str:
    bill = _code(_dict(info.get("typeofbill", {}), "code"))
    if bill:
        return bill
    facility = next(
        (
            str(_dict(e, "valueCoding").get("code") or "")
            for e in _dicts(_dict(eob, "facility").get("extension"))
            if _tail(e.get("url")) == "clm_fac_type_cd"
        ),
        "",
    )
    service = _coded(eob.get("type"), "clm_srvc_clsfctn_type_cd")
    frequency = _code(_dict(info.get("clm_freq_cd", {}), "code")) or "1"
    return f"{facility}{service}{frequency}" if facility and service else _BILLS.get(kind, "")


def _paid(item: Json) -> object:
    for part in _dicts(item.get("adjudication")):
        codes = {_tail(c.get("code")) for c in _codings(part.get("category"))}
        if codes & {"cvrd_d_plan_pd_amt", "benefit", "paidtoprovider"}:
            return _dict(part, "amount").get("value")
    return None


def _information(eob: Json) -> dict[str, Json]:
    """Supporting information by the last part of its category's code."""
    found: dict[str, Json] = {}
    for entry in _dicts(eob.get("supportingInfo") or eob.get("information")):
        for coding in _codings(entry.get("category")):
            found.setdefault(_tail(coding.get("code")), entry)
    return found


def _team(eob: Json, roles: Sequence[str]) -> str:
    """The NPI of the care team's first member in the first of these roles that has one."""
    held: dict[str, str] = {}
    for member in _dicts(eob.get("careTeam")):
        npi = _npi(_dict(member, "provider"))
        if npi:
            held.setdefault(_code(member.get("role")), npi)
    return next((held[role] for role in roles if role in held), "")


def _npi(reference: Json) -> str:
    value = str(_dict(reference, "identifier").get("value") or "")
    return value if len(value) == 10 and value.isdigit() else ""


def _coded(concept: Any, *systems: str) -> str:
    for coding in _codings(concept):
        if any(part in str(coding.get("system")) for part in systems):
            return str(coding.get("code") or "")
    return ""


def _code(concept: Any) -> str:
    return next((str(c["code"]) for c in _codings(concept) if c.get("code")), "")


def _codings(concept: Any) -> list[Json]:
    return _dicts(concept.get("coding")) if isinstance(concept, dict) else []


def _dicts(value: Any) -> list[Json]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _dict(value: Json, key: str) -> Json:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def _reference(value: Any) -> str:
    told = value if isinstance(value, dict) else {}
    return str(told.get("reference") or _dict(told, "identifier").get("value") or "").split("/")[-1]


def _tail(url: Any) -> str:
    return str(url or "").rsplit("/", 1)[-1]


def _day(value: Any) -> str:
    """The day of a FHIR date or instant, in its own time zone."""
    return str(value)[:10] if value else ""
