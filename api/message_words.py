"""The console's words about messages: what became of them, what is stuck, who consented how."""

MESSAGE_WORDS: dict[str, dict[str, str]] = {
    "text_view": {
        "accepted": "Sent (the carrier took them)",
        "delivered": "Arrived",
        "failed": "Did not arrive",
        "withheld": "Withheld by the gate",
        "waiting": "Waiting to be sent",
    },
    "stuck": {
        "unknown": "It is not known whether these texts left",
        "sending": "These texts were being sent when their sender went silent",
        "overdue": "These texts are due and nobody takes them",
        "letter": "These letters cannot be printed",
        "note": "These notes to prescribers cannot be sent",
        "nudge": "These journeys have not heard what is new",
    },
    "stuck_means": {
        "unknown": "The carrier did not answer. They may have arrived, so they are never sent "
        "again by guess: the carrier's receipts and its list decide.",
        "sending": "The process that held them stopped. Their fate is looked up as soon as the "
        "worker runs.",
        "overdue": "Their time came minutes ago, yet the gate has not looked at them.",
        "letter": "Something of the letter is missing or does not fit, so it was held back.",
        "note": "Something of the note is missing or may not be told, so it was held back.",
        "nudge": "A reply, a receipt or a click of staff is stored and safe, but the journey has "
        "not taken note of it within a minute.",
    },
    "stuck_do": {
        "unknown": "Usually nothing: most settle within a minute. After half an hour a task "
        "appears; then ask the member, or look in the carrier's own log.",
        "sending": "See that the worker is running (doorway doctor, /health). Do not text the "
        "member by another way meanwhile.",
        "overdue": "See that the worker and the carrier answer (/health). They leave by "
        "themselves, inside the permitted hours.",
        "letter": "Open the member, correct what is missing or reach them by phone, then close "
        "the task.",
        "note": "Open the member, find the prescriber or call the practice, then close the task.",
        "nudge": "See that the worker and Temporal are running (/health). Nothing is lost: it is "
        "told again until the journey has heard.",
    },
    "held": {
        "slow_down": "the carrier asked us to slow down.",
        "day_limit": "the carrier takes no more of our texts today.",
        "not_allowed": "the carrier says that our number, campaign or account may not send.",
        "filtered": "the networks take these words for spam.",
        "no_answer": "the carrier does not answer.",
        "day_used": "what our number may send in a day is used, but for answers.",
    },
    "held_do": {
        "slow_down": "Nothing: they leave by themselves, each wait longer than the one before. If "
        "it goes on, put the rate of your registration into programs/sending.yaml.",
        "day_limit": "Nothing today. If it comes again, have the brand vetted for more a day, and "
        "see who else sends for it.",
        "not_allowed": "Look at the account at the carrier: credentials, the number, the "
        "registration of the campaign. No member's text is lost meanwhile.",
        "filtered": "Compare the words with the samples the campaign was registered with; change "
        "the words, or ask the carrier why.",
        "no_answer": "See the carrier's status page and our own network. What nobody answered for "
        "is settled by evidence, never sent again by guess.",
        "day_used": "Nothing: the rest leaves tomorrow. programs/sending.yaml holds the figure.",
    },
    "deaf": {
        "no_webhooks": "nothing takes the carrier's webhooks just now.",
        "list_awaited": "waiting for the carrier's list of what members texted.",
        "list_old": "the carrier's list of what members texted cannot be read.",
    },
    "deaf_do": {
        "no_webhooks": "See that the API is running (doorway doctor, /health). Texts leave some "
        "seconds after it is up.",
        "list_awaited": "Usually nothing: it takes some seconds after a start. If it stays, see "
        "the carrier's status page and our own network.",
        "list_old": "See the carrier's status page, the account and our own network. Texts leave "
        "as soon as the list has been read.",
    },
    "purpose": {
        "care": "begun by us: hours and caps hold",
        "reply": "answers the member's own text",
        "safety": "safety: goes at any hour",
    },
    "lint": {
        "residue": "a blank was not filled in",
        "html_entity": "it holds a sign written for web pages",
        "not_gsm7": "it holds a letter that makes it twice as long",
        "too_long": "it is longer than it may be",
        "pharmacy_not_named": "it does not name the pharmacy",
        "banned_term": "it holds a word that may not be in a text",
        "no_opt_out": "it does not say how to opt out",
        "too_hard": "it is harder to read than it may be",
        "language_unknown": "its words cannot be checked in this language",
    },
    "how": {
        "text": "By text",
        "voice": "By voice",
        "letter": "By letter",
        "counter": "At the counter",
        "carrier": "Reported by the carrier",
        "contact file": "Number given to the plan",
    },
}
