"""How many segments a carrier makes of a text, and the folding that keeps them few."""

import unicodedata
from dataclasses import dataclass
from typing import Literal

# 3GPP TS 23.038, 6.2.1: the default alphabet and its extension table.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_FOLDED = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"',
        "\u00ab": '"', "\u00bb": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-",
        "\u2014": "-", "\u2212": "-", "\u2026": "...", "\u2022": "-", "\u00b7": "-", "\t": " ",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "", "\ufeff": "", "\u00ba": "o",
        "\u00aa": "a", "\u00d7": "x",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets (gsm7) or 16-bit units (ucs2); `count` is what the carrier bills."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    count: int


def is_gsm7(text: str) -> bool:
    return all(char in _BASIC or char in _EXTENSION for char in text)


def segments(text: str) -> Segments:
    """Count as the carrier does; an empty text still takes one segment."""
    if is_gsm7(text):
        sizes = [2 if char in _EXTENSION else 1 for char in text]
        return _counted("gsm7", sizes, single=160, joined=153)
    return _counted("ucs2", [2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67)


def to_gsm7(text: str) -> str:
    """Fold accents, quotes and dashes that are not GSM-7; what has no fold stays as it is."""
    return "".join(map(_fold, unicodedata.normalize("NFC", text).translate(_FOLDED)))


def _fold(char: str) -> str:
    if is_gsm7(char):
        return char
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
    )
    return plain if plain and is_gsm7(plain) else char


def _counted(
    encoding: Literal["gsm7", "ucs2"], sizes: list[int], single: int, joined: int
) -> Segments:
    units = sum(sizes)
    if units <= single:
        return Segments(encoding, units, 1)
    count, room = 1, joined
    for size in sizes:
        # An escaped character or a surrogate pair is never split over two segments.
        if size > room:
            count, room = count + 1, joined
        room -= size
    return Segments(encoding, units, count)
