"""How well revocations are told from what only looks like one, over some 2,000 texts.

On 2026-11-24 a fifth of the 740 texts then added (by crc32) was set aside unseen while the word
lists were tuned on the rest. Before: 65 of its 84 revocations heard, no false stop in 63, 10 of
19 doubtful ones marked. After: 80 of 84 (0.952), 0 of 63, 11 of 18 (two more were obeyed
unmarked, the other five left as text, which a person reads). The rest: 264 of 333 heard and 14
of 192 falsely before, all and none after. Then the lists learnt the set aside too; so what
follows is no estimate for texts nobody has seen, those two figures are.

The same day a second author wrote texts without having seen the lists; 134 revocations and 102
others were new. At first sight 128 were heard (0.955), and 4 of the 102 stopped, all marked as
doubtful. Then the lists learnt these too.

Later that day a third author wrote four sets, each unseen when it was first measured. Their texts
that are none were all made to look like one, so their share of false stops says how it is at worst.
At first sight, by the lists alone as they were:

    third   225 of 252 heard (0.893), 25 of 271 falsely (0.092), 6 of these not marked as doubtful
    fourth   45 of  70 heard (0.643),  9 of  75 falsely (0.120), 3 not marked
    fifth    44 of  64 heard (0.688),  4 of  68 falsely
    unseen   51 of  65 heard (0.785),  8 of  64 falsely

Then spelling, phrases that hold for whole classes, and a model were added (domain/spelling.py,
domain/stop_model.py). At first sight by these, the sets before it learnt:

    fifth    58 of  64 heard (0.906),  8 of  68 falsely (0.118), 1 not marked
    unseen   63 of  65 heard (0.969), 11 of  64 falsely (0.172), 2 not marked

Two phrases were mended after that, and "baja" alone, which says "low" too, left the third. Nothing
was ever trained on the last set; keep it so. 0.99 and 0.02 are reached on texts that were learnt,
not on unseen ones.
"""

from dataclasses import replace

import pytest
from reply_corpus import DOUBTFUL, NOT_STOPS, STOPS, lines
from reply_corpus_answers import MORE_NOT_STOPS
from reply_corpus_english import MORE_STOPS
from reply_corpus_fifth import FIFTH_NOT_STOPS, FIFTH_STOPS
from reply_corpus_fourth import FOURTH_NOT_STOPS, FOURTH_STOPS
from reply_corpus_others import MORE_DOUBTFUL, SPANISH_NOT_STOPS
from reply_corpus_second import SECOND_DOUBTFUL, SECOND_NOT_STOPS, SECOND_STOPS
from reply_corpus_spanish import SPANISH_STOPS
from reply_corpus_third import THIRD_NOT_STOPS, THIRD_STOPS
from reply_corpus_unseen import UNSEEN_NOT_STOPS, UNSEEN_STOPS
from test_replies_rules import MODEL, WORDS

from domain.danger import Danger
from domain.replies import Reading, Stop, Text, read_reply
from domain.stop_model import StopModel

ADDED_STOPS = lines(MORE_STOPS) + lines(SPANISH_STOPS)
ADDED_NOT_STOPS = lines(MORE_NOT_STOPS) + lines(SPANISH_NOT_STOPS)
ALL_STOPS = lines(STOPS) + ADDED_STOPS + lines(SECOND_STOPS)
ALL_NOT_STOPS = lines(NOT_STOPS) + ADDED_NOT_STOPS + lines(SECOND_NOT_STOPS)
LATER_STOPS = [each for text in (THIRD_STOPS, FOURTH_STOPS, FIFTH_STOPS) for each in lines(text)]
LATER_NOT_STOPS = [
    each for text in (THIRD_NOT_STOPS, FOURTH_NOT_STOPS, FIFTH_NOT_STOPS) for each in lines(text)
]
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
    unheard, every = missed(ALL_STOPS + LATER_STOPS), len(ALL_STOPS + LATER_STOPS)
    assert len(unheard) <= 0.01 * every, unheard


def test_of_a_hundred_other_texts_at_most_two_are_taken_for_one() -> None:
    taken, every = false_stops(ALL_NOT_STOPS + LATER_NOT_STOPS), ALL_NOT_STOPS + LATER_NOT_STOPS
    assert len(taken) <= 0.02 * len(every), taken


def test_of_unseen_revocations_as_many_are_heard_as_were_measured() -> None:
    assert len(missed(lines(UNSEEN_STOPS))) <= 2


def test_of_unseen_texts_that_look_like_one_no_more_stop_than_were_measured() -> None:
    taken = false_stops(lines(UNSEEN_NOT_STOPS))
    assert len(taken) <= 9
    assert all(read_reply(body, WORDS) == Stop(doubtful=True) for body in taken)


def test_the_model_only_ever_adds_a_doubtful_one_or_takes_one_back() -> None:
    bare = replace(WORDS, model=None)
    for body in LATER_STOPS[::3] + LATER_NOT_STOPS[::3] + ALL_DOUBTFUL:
        without, within = read_reply(body, bare), read_reply(body, WORDS)
        if without != within:
            assert {type(without), type(within)} == {Stop, Text}
            assert Stop(doubtful=True) in (without, within)


@pytest.mark.parametrize(
    ("body", "hears"),
    [
        pytest.param("dnt txt me", True, id="short forms"),
        pytest.param("stoooop texting me", True, id="a letter held down"),
        pytest.param("stop the mesages", True, id="one slip in a long word"),
        pytest.param("testing my sugar, all good", False, id="a word that only looks like a slip"),
        pytest.param("cancel my refill reminders", True, id="care, but its messages"),
        pytest.param("cancel my refill", False, id="care alone"),
    ],
)
def test_spelling_and_what_is_cancelled(body: str, hears: bool) -> None:
    assert bool(missed([body])) is not hears


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"weights": None}, "weights", id="no weights"),
        pytest.param({"veto": None}, "veto", id="no veto"),
        pytest.param({"source": ""}, "source", id="no source"),
        pytest.param({"bias": float("nan")}, "not a number", id="a bias that is none"),
        pytest.param({"concepts": {"cease": "stop"}}, "list of words", id="a word for a list"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_a_sentence(
    change: dict[str, object], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        StopModel.from_data({**MODEL, **change})


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
