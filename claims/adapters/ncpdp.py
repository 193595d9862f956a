"""NCPDP telecommunication fields by their ids: where each goes when a map says `ncpdp: true`.

The standard's text is its owner's; ids, forms and implied decimals here are those in common use.
A payer's own sheet goes before them: any column named in the map replaces the one here.
"""

from typing import Any

_FILL = ["201-B1", "402-D2", "403-D3", "401-D1"]
"""Pharmacy, prescription number, fill number, date of service: one fill, whatever is done to it."""

COLUMNS: dict[str, Any] = {
    "claim_id": {"join": _FILL, "with": "-"},
    "person_id": "302-C2",
    "dispensing_date": {"from": "401-D1", "date": "CCYYMMDD"},
    "ndc_code": "407-D7",
    "quantity": {"from": "442-E7", "number": "overpunch", "decimals": 3},
    "days_supply": {"from": "405-D5", "number": "plain"},
    "dispensing_provider_npi": "201-B1",
    "prescribing_provider_npi": "411-DB",
    "paid_amount": {"from": "509-F9", "number": "overpunch", "decimals": 2},
}

NET: dict[str, Any] = {
    "action": {"from": "103-A3", "words": {"B1": "bill", "B2": "reverse", "B3": "rebill"}},
    "by": _FILL,
}
