"""The console's words for screenings and their results."""

SCREENING_WORDS: dict[str, dict[str, str]] = {
    "channel": {"sms": "by text", "phone": "on a call", "form": "in person"},
    "band": {
        "minimal": "Minimal",
        "mild": "Mild",
        "moderate": "Moderate",
        "moderately_severe": "Moderately severe",
        "severe": "Severe",
        "negative": "Negative",
        "positive": "Positive",
        "low": "Low",
        "raised": "Raised",
    },
    "instrument": {
        "ahc-hrsn": "Social needs (AHC)",
        "ahc-hrsn-safety": "Safety (HITS)",
        "hunger-vital-sign": "Hunger Vital Sign",
        "phq-2": "PHQ-2",
        "phq-9": "PHQ-9",
        "gad-2": "GAD-2",
        "audit-c": "AUDIT-C",
        "asthma-check-in": "Asthma check-in",
        "copd-check-in": "COPD check-in",
    },
}
