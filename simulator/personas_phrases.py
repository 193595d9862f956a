"""What members write, by language: data for the personas, free of any rule."""

from collections.abc import Mapping

STOP = {
    "en": ("STOP", "Stop", "stop please", "please stop texting me", "UNSUBSCRIBE", "take me off"),
    "es": ("STOP", "ALTO", "no mas mensajes", "No me manden mas mensajes", "PARAR"),
}

WRONG_NUMBER = {
    "en": ("wrong number", "You have the wrong number", "this is not my pharmacy, wrong number"),
    "es": ("numero equivocado", "Número equivocado"),
}

DANGER = {
    "en": (
        "I don't want to live anymore",
        "I have chest pain and can't breathe",
        "I want to kill myself",
        "I think I took too many pills",
    ),
    "es": ("ya no quiero vivir", "me duele el pecho y no puedo respirar", "quiero morirme"),
}

UNCLEAR = {
    "en": ("who is this?", "ok thx", "my dog ate it", "?", "I already told the doctor", "maybe"),
    "es": ("quien es?", "ok gracias", "no entiendo", "¿de parte de quien?", "luego"),
}

PRESSURE = {
    "en": ("{s}/{d}", "{s} over {d}", "BP {s}-{d}", "my bp was {s} / {d} this morning"),
    "es": ("{s}/{d}", "presion {s}/{d}", "presión {s}/{d}", "{s} sobre {d}"),
}

GLUCOSE = {
    "en": ("{g}", "sugar {g}", "{g} this morning", "it was {g}"),
    "es": ("{g}", "azucar {g}", "azúcar {g}", "salió {g}"),
}

SLIPS = ("1480", "9999", "15")
"""Glucose readings nobody can have: a slip of the thumb."""


def phrases(table: Mapping[str, tuple[str, ...]], language: str) -> tuple[str, ...]:
    """The member's language, or English for a language the personas do not write."""
    return table.get(language[:2], table["en"])
