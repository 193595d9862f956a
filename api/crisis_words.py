"""The console's words for cries for help and the calls that answer them."""

CRISIS_WORDS: dict[str, dict[str, str]] = {
    "call": {
        "safe": "Spoke with the member; they are safe for now",
        "handed_over": "Stayed on the line until 988, 911 or a clinician took over",
        "sent_help": "Not reached; emergency services were asked to look after them",
        "misread": "Spoke with the member; nothing of that kind was meant",
        "not_reached": "Not reached yet: the task stays open and is passed on",
    },
}
