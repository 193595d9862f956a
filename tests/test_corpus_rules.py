"""How well revocations are told from what only looks like one, over some 1,200 texts.

On 2026-11-24 a fifth of the 740 texts then added (by crc32) was set aside unseen while the word
lists were tuned on the rest. Before: 65 of its 84 revocations heard, no false stop in 63, 10 of
19 doubtful ones marked. After: 80 of 84 (0.952), 0 of 63, 11 of 18 (two more were obeyed
unmarked, the other five left as text, which a person reads). The rest: 264 of 333 heard and 14
of 192 falsely before, all and none after. Then the lists learnt the set aside too; so what
follows is no estimate for texts nobody has seen, those two figures are.

The same day a second author wrote texts without having seen the lists; 134 revocations and 102
others were new. At first sight 128 were heard (0.955), and 4 of the 102 stopped, all marked as
doubtful. Then the lists learnt these too.
"""

import pytest
from reply_corpus import DOUBTFUL, NOT_STOPS, STOPS, lines
from reply_corpus_answers import MORE_NOT_STOPS
from reply_corpus_english import MORE_STOPS
from reply_corpus_others import MORE_DOUBTFUL, SPANISH_NOT_STOPS
from reply_corpus_second import SECOND_DOUBTFUL, SECOND_NOT_STOPS, SECOND_STOPS
from reply_corpus_spanish import SPANISH_STOPS
from test_replies_rules import WORDS

from domain.danger import Danger
from domain.replies import Reading, Stop, read_reply

ADDED_STOPS = lines(MORE_STOPS) + lines(SPANISH_STOPS)
ADDED_NOT_STOPS = lines(MORE_NOT_STOPS) + lines(SPANISH_NOT_STOPS)
ALL_STOPS = lines(STOPS) + ADDED_STOPS + lines(SECOND_STOPS)
ALL_NOT_STOPS = lines(NOT_STOPS) + ADDED_NOT_STOPS + lines(SECOND_NOT_STOPS)
ALL_DOUBTFUL = lines(DOUBTFUL) + lines(MORE_DOUBTFUL) + lines(SECOND_DOUBTFUL)


def stops(reading: Reading) -> bool:
    return isinstance(reading, Stop) or (isinstance(reading, Danger) and reading.stop)


def missed(bodies: list[str]) -> list[str]:
    return [body for body in bodies if not stops(read_reply(body, WORDS))]


def false_stops(bodies: list[str]) -> list[str]:
    return [body for body in bodies if stops(read_reply(body, WORDS))]


def test_the_corpus_is_large_and_no_text_is_in_it_twice() -> None:
    every = ALL_STOPS + ALL_NOT_STOPS + ALL_DOUBTFUL
    assert len(ALL_STOPS) >= 500
    assert len(set(every)) == len(every)


def test_of_a_hundred_revocations_at_least_ninety_nine_are_heard() -> None:
    unheard = missed(ALL_STOPS)
    assert len(unheard) <= 0.01 * len(ALL_STOPS), unheard


def test_of_a_hundred_other_texts_at_most_two_are_taken_for_one() -> None:
    taken = false_stops(ALL_NOT_STOPS)
    assert len(taken) <= 0.02 * len(ALL_NOT_STOPS), taken


@pytest.mark.parametrize("body", ALL_DOUBTFUL)
def test_a_doubtful_one_stops_and_goes_to_a_person(body: str) -> None:
    assert read_reply(body, WORDS) == Stop(doubtful=True)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("\U0001f6d1", id="a stop sign"),
        pytest.param("\U0001f6ab\U0001f6ab!!", id="two signs of no entry"),
    ],
)
def test_a_sign_alone_stops_and_goes_to_a_person(body: str) -> None:
    assert read_reply(body, WORDS) == Stop(doubtful=True)


@pytest.mark.parametrize("body", ["stopk", "ztop", "stpop", "unsubscribr", "cancelae", "Strop"])
def test_a_slip_of_the_thumb_stops_and_goes_to_a_person(body: str) -> None:
    assert read_reply(body, WORDS) == Stop(doubtful=True)


@pytest.mark.parametrize("body", ["shop", "step", "stow", "top", "stay", "slop"])
def test_words_that_are_only_like_stop_say_nothing(body: str) -> None:
    assert not stops(read_reply(body, WORDS))


@pytest.mark.parametrize("body", ["\U0001f44d", "..."])
def test_other_signs_say_nothing(body: str) -> None:
    assert not stops(read_reply(body, WORDS))
