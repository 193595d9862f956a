"""Numbers spelled out, "one forty two" and "ciento cincuenta", as the digits a meter shows."""

import re


def _list(words: str) -> list[str]:
    return words.split()


_ONES = _list("one two three four five six seven eight nine")
_TEENS = _list("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_TENS = _list("twenty thirty forty fifty sixty seventy eighty ninety")
_UNOS = _list("uno dos tres cuatro cinco seis siete ocho nueve")
_DIEZ = _list("diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve")
_VEINTI = _list(
    "veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho "
    "veintinueve"
)
_VEINTE = _list("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_CIENTOS = _list("ciento doscientos trescientos cuatrocientos quinientos seiscientos")

_VALUE = {
    **{word: at for words in (_ONES, _UNOS) for at, word in enumerate(words, 1)},
    **{word: at for words in (_TEENS, _DIEZ) for at, word in enumerate(words, 10)},
    **{word: at for at, word in enumerate(_VEINTI, 21)},
    **{word: 10 * at for words in (_TENS, _VEINTE) for at, word in enumerate(words, 2)},
    **{word: 100 * at for at, word in enumerate(_CIENTOS, 1)},
    "cien": 100,
    "fourty": 40,
    "ninty": 90,
}


def _any(words: list[str]) -> str:
    return f"(?:{'|'.join(words)})"


_GAP = r"[\s-]+"
_ENGLISH_TWO = rf"(?:{_any([*_TENS, 'fourty', 'ninty'])}(?:{_GAP}{_any(_ONES)}\b)?|{_any(_TEENS)})"
_ENGLISH = (
    rf"(?:{_any(['a', *_ONES])}{_GAP}hundred"
    rf"(?:{_GAP}(?:and{_GAP})?(?:{_ENGLISH_TWO}|{_any(_ONES)}))?"
    rf"|{_any(_ONES)}{_GAP}(?:{_ENGLISH_TWO}|(?:oh|o|zero){_GAP}{_any(_ONES)})|{_ENGLISH_TWO})"
)
_SPANISH_TWO = rf"(?:{_any(_VEINTI)}|{_any(_VEINTE)}(?:\s+y\s+{_any(_UNOS)}\b)?|{_any(_DIEZ)})"
_SPANISH = (
    rf"(?:{_any([*_CIENTOS, 'cien'])}(?:\s+(?:{_SPANISH_TWO}|{_any(_UNOS)}))?|{_SPANISH_TWO})"
)
_SPELLED = re.compile(rf"\b(?:{_ENGLISH}|{_SPANISH})\b")


def digits(folded: str) -> str:
    """`folded` (lower case, no accents) with every number of ten or more in digits.

    "One" to "nine" alone stay words: they are answers and articles more often than readings.
    """
    return _SPELLED.sub(lambda found: str(_worth(found[0])), folded)


def _worth(spelled: str) -> int:
    total, before = 0, ""
    for word in re.findall(r"[a-z]+", spelled):
        value = _VALUE.get(word, 0)
        if word == "hundred":
            total = 100 * max(total, 1)
        elif before in _ONES and before != "hundred" and total < 10:
            # "One forty": what is said before the tens are the hundreds; "one oh five" too.
            total = 100 * total + value
        else:
            total += value
        before = word
    return total
