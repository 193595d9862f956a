import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.segments import Segments, is_gsm7, segments, to_gsm7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Segments("gsm7", 0, 1), id="nothing still takes one"),
        pytest.param("a" * 160, Segments("gsm7", 160, 1), id="160 letters fit one"),
        pytest.param("a" * 161, Segments("gsm7", 161, 2), id="161 take two"),
        pytest.param("a" * 306, Segments("gsm7", 306, 2), id="two hold 153 each"),
        pytest.param("a" * 307, Segments("gsm7", 307, 3), id="the third begins"),
        pytest.param("€" * 80, Segments("gsm7", 160, 1), id="an extension sign takes two units"),
        pytest.param("a" * 152 + "€" + "a" * 153, Segments("gsm7", 307, 3), id="and is not split"),
        pytest.param("ñ¿¡éü" * 32, Segments("gsm7", 160, 1), id="Spanish letters of GSM-7"),
        pytest.param("á" * 70, Segments("ucs2", 70, 1), id="a-acute flips the encoding"),
        pytest.param("á" * 71, Segments("ucs2", 71, 2), id="71 take two"),
        pytest.param("á" * 135, Segments("ucs2", 135, 3), id="67 each"),
        pytest.param("😀" * 35, Segments("ucs2", 70, 1), id="an emoji takes two units"),
        pytest.param("á" * 66 + "😀" + "á" * 66, Segments("ucs2", 134, 3), id="and is not split"),
        pytest.param("line\nline", Segments("gsm7", 9, 1), id="a new line is a letter"),
    ],
)
def test_segments(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("áíóúÁÍÓÚ", "aiouAIOU", id="accents outside the alphabet go"),
        pytest.param("ñÑéüÜ¿¡", "ñÑéüÜ¿¡", id="letters of the alphabet stay"),
        pytest.param("n\u0303", "ñ", id="a composed letter first"),
        pytest.param("\u201chi\u201d \u2018x\u2019", "\"hi\" 'x'", id="curly quotes"),
        pytest.param("a\u2013b\u2014c\u2026", "a-b-c...", id="dashes and dots"),
        pytest.param("a\u00a0b\u200b", "a b", id="odd blanks"),
        pytest.param("漢", "漢", id="what has no fold stays"),
    ],
)
def test_to_gsm7(text: str, expected: str) -> None:
    assert to_gsm7(text) == expected


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=["Cc", "Sk"])))
def test_folding_is_done_at_once_and_never_costs_more(text: str) -> None:
    folded = to_gsm7(text)
    assert to_gsm7(folded) == folded
    if is_gsm7(folded):
        assert segments(folded).encoding == "gsm7"


@given(st.text(alphabet="aé€[", max_size=700))
def test_segments_hold_all_units(text: str) -> None:
    found = segments(text)
    room = 160 if found.count == 1 else 153 * found.count
    # A segment may stay one unit short so as not to split an escaped sign.
    assert found.units <= room
    assert found.count == 1 or found.units > 152 * (found.count - 1)
