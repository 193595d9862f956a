"""Short answers: digits, and the words people send instead."""

import pytest

from domain.answers import choice, fold


@pytest.mark.parametrize(
    ("body", "digits", "expected"),
    [
        pytest.param("1", "12", "1", id="the digit"),
        pytest.param(" 1. ", "12", "1", id="with blanks and a full stop"),
        pytest.param("YES!", "12", "1", id="yes, shouted"),
        pytest.param("Sí", "12", "1", id="yes with an accent"),
        pytest.param("ok", "12", "1", id="ok"),
        pytest.param("one", "12", "1", id="a number in words"),
        pytest.param("no gracias", "12", "2", id="no, politely, in Spanish"),
        pytest.param("Not now", "12", "2", id="not now"),
        pytest.param("3", "12", None, id="a digit that was not offered"),
        pytest.param("tres", "123", "3", id="three, where three was offered"),
        pytest.param("12", "12", None, id="two digits are not one"),
        pytest.param("1/2", "12", None, id="nor are two with a sign"),
        pytest.param("yes but call me", "12", None, id="yes with a condition"),
        pytest.param("", "12", None, id="an empty text"),
        pytest.param("¹", "12", "1", id="a raised digit"),
        pytest.param("٣", "123", None, id="a digit of another script"),
    ],
)
def test_what_a_short_answer_means(body: str, digits: str, expected: str | None) -> None:
    assert choice(body, digits) == expected


def test_folding_leaves_plain_words() -> None:
    assert fold("  ¡Sí,  CLARO que sí!  ") == "si claro que si"
