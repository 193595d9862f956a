"""The console's words for deliveries and their way to the door."""

DELIVERY_WORDS: dict[str, dict[str, str]] = {
    "delivery": {
        "ordered": "Ordered",
        "accepted": "Accepted",
        "packed": "Packed",
        "out": "On its way",
        "attempted": "Brought in vain",
        "delivered": "Delivered",
        "failed": "Failed",
        "returned": "Back at the pharmacy",
    },
    "window": {
        "morning": "in the morning",
        "afternoon": "in the afternoon",
        "evening": "in the evening",
    },
    "address_check": {
        "zip": "The member confirmed the ZIP code",
        "house_number": "The member confirmed the house number",
        "mismatch": "What the member said is not the address on file: call them first",
        "unchecked": "The address is not confirmed yet",
    },
    "confirmed": {
        "received": "The member has it",
        "not_received": "The member says it did not come",
        "wrong": "The member says something was wrong",
    },
}
