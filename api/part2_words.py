"""The console's words for consents and disclosures under 42 CFR Part 2."""

PART2_WORDS: dict[str, dict[str, str]] = {
    "part2_recipients": {
        "treating": "Treating providers, health plans, payers and helpers of this program",
        "named": "The practice with the NPI",
    },
    "part2_purpose": {
        "treatment": "for treatment only",
        "payment": "for payment only",
        "operations": "for health care operations only",
        "tpo": "for treatment, payment and health care operations",
    },
    "part2_sink": {
        "note": "a note to the prescriber",
        "export": "an export",
        "page": "the practice's page of a note",
    },
}
