"""The console's words for social needs and referrals."""

NEEDS_WORDS: dict[str, dict[str, str]] = {
    "referral": {
        "requested": "help is looked for",
        "accepted": "a service has taken it on",
        "completed": "help was given",
        "failed": "ended without help",
        "cancelled": "no longer wanted",
    },
}
