import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reply_corpus import DOUBTFUL, NOT_STOPS, STOPS, lines
from reply_corpus_others import HELPS, STARTS, WRONG_NUMBERS

from domain.danger import Danger
from domain.replies import (
    Help,
    ReplyWords,
    Start,
    Stop,
    Text,
    WrongNumber,
    normalise,
    read_reply,
)

PROGRAMS = Path(__file__).parents[1] / "programs"
REPLIES: dict[str, Any] = yaml.safe_load((PROGRAMS / "replies.yaml").read_text("utf-8"))
DANGER: dict[str, Any] = yaml.safe_load((PROGRAMS / "danger.yaml").read_text("utf-8"))
MODEL: dict[str, Any] = json.loads((PROGRAMS / "stop_model.json").read_text("utf-8"))
WORDS = ReplyWords.from_data(REPLIES, DANGER, MODEL)


@pytest.mark.parametrize("body", lines(STOPS))
def test_revokes(body: str) -> None:
    assert read_reply(body, WORDS) == Stop()


@pytest.mark.parametrize("body", lines(DOUBTFUL))
def test_revokes_and_a_person_looks(body: str) -> None:
    assert read_reply(body, WORDS) == Stop(doubtful=True)


@pytest.mark.parametrize("body", lines(NOT_STOPS))
def test_is_left_for_an_answer(body: str) -> None:
    assert read_reply(body, WORDS) == Text(normalise(body))


@pytest.mark.parametrize("body", lines(STARTS))
def test_asks_for_texts_again(body: str) -> None:
    assert read_reply(body, WORDS) == Start()
    assert read_reply(body, WORDS, opted_out=True) == Start()


@pytest.mark.parametrize("body", lines(HELPS))
def test_asks_who_this_is(body: str) -> None:
    assert read_reply(body, WORDS) == Help()


@pytest.mark.parametrize("body", lines(WRONG_NUMBERS))
def test_says_it_is_a_wrong_number(body: str) -> None:
    assert read_reply(body, WORDS) == WrongNumber()


@pytest.mark.parametrize("body", ["YES", "yes please", "Sí", "si"])
def test_yes_resumes_only_after_an_opt_out(body: str) -> None:
    assert read_reply(body, WORDS, opted_out=True) == Start()
    assert isinstance(read_reply(body, WORDS), Text)


@pytest.mark.parametrize("body", ["1", "no", "maybe", "150/95"])
def test_an_answer_does_not_resume(body: str) -> None:
    assert isinstance(read_reply(body, WORDS, opted_out=True), Text)


@pytest.mark.parametrize("body", ["wrong number stop", "Stop, you have the wrong number"])
def test_stranger_who_says_stop_is_both(body: str) -> None:
    assert read_reply(body, WORDS) == Stop(wrong_number=True)


@pytest.mark.parametrize(
    ("body", "stops"),
    [
        pytest.param("stop texting me, I want to die", True, id="danger with a request to stop"),
        pytest.param("I want to die", False, id="danger alone"),
        pytest.param("end it all", False, id="danger whose words hold a stop word"),
        pytest.param("I took too many pills. STOP", True, id="danger, then the keyword"),
        pytest.param("this is harassment, chest pain", False, id="danger with a doubtful one"),
    ],
)
def test_danger_is_read_before_a_sentence_that_stops(body: str, stops: bool) -> None:
    found = read_reply(body, WORDS)
    assert isinstance(found, Danger)
    assert found.stop is stops


@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read(body: str, opted_out: bool) -> None:
    read_reply(body, WORDS, opted_out=opted_out)


@given(
    st.sampled_from(["stop", "unsubscribe", "cancel", "alto", "opt out", "revoke"]),
    st.text(" \t\n.,!?¡'\"-", max_size=6),
    st.text(" \t\n.,!?¡'\"-", max_size=6),
)
def test_keyword_stops_in_any_case_and_punctuation(word: str, before: str, after: str) -> None:
    assert read_reply(before + word + after, WORDS) == Stop()
    assert read_reply(before + word.upper() + after, WORDS) == Stop()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("Número 1, 3!", "numero 1,3", id="signs between digits stay"),
        pytest.param("150 / 95", "150/95", id="blanks around them go"),
        pytest.param("I can't.", "i cant", id="other punctuation goes"),
        pytest.param("¡Sí!", "si", id="accents go"),
    ],
)
def test_normalised(body: str, expected: str) -> None:
    assert normalise(body) == expected


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"source": None}, "'source' is missing", id="no source"),
        pytest.param({"fillers": None}, "fillers", id="a list is missing"),
        pytest.param(
            {"wrong_number": {"phrases": ["wrong ["]}}, "plain lower-case", id="a bad sign"
        ),
        pytest.param({"stop": {**REPLIES["stop"], "signs": None}}, "pictures", id="no signs"),
        pytest.param({"spelling": None}, "spelling", id="no spelling"),
        pytest.param({"help": {"keywords": [True], "requests": ["who"]}}, "quotes", id="bare YES"),
    ],
)
def test_wrong_word_lists_are_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ReplyWords.from_data({**REPLIES, **change}, DANGER)
