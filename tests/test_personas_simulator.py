"""What each persona reads in a text and answers to it."""

import re
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import yaml
from jinja2 import Template

from simulator.personas import BY_NAME, PERSONAS, persona_of
from simulator.personas_answers import Said, Someone, answer
from simulator.personas_phrases import DANGER, STOP, UNCLEAR, WRONG_NUMBER
from simulator.personas_reading import Asks, offered, read

START = "Oak Pharmacy: we can help with your medicines. Reply 1 to start, 2 for not now."
FOOD = "3/6 You worried that your food would run out.\n1 Often true\n2 Sometimes true\n3 Never true"
PROBLEMS = "2/6 Do you have problems with any of these?\n1 Pests\n2 Mold\n3 None of the above\n"
PRESSURE = "Oak Pharmacy: please send your blood pressure, like 120/80."
GLUCOSE = "Oak Pharmacy: please reply with your blood sugar today."
REFILL = "Oak Pharmacy: a refill is due. 1 deliver it 2 I will pick it up 3 not now"
GOT_IT = "Oak Pharmacy: did you get your delivery? 1 yes 2 no 3 something is wrong"
THANKS = "Oak Pharmacy: thank you, we wrote it down. Reply STOP to opt out."
PHONES = [f"+1614555{n:04d}" for n in range(400)]

READINGS = [
    pytest.param(START, Asks.START, id="an invitation"),
    pytest.param("Responda 1 para comenzar, 2 para ahora no.", Asks.START, id="in Spanish"),
    pytest.param("OK to ask a few short questions? 1 yes 2 no", Asks.CONSENT, id="consent"),
    pytest.param("¿Le gustaria ayuda con esto? 1 si 2 no", Asks.CONSENT, id="an offer of help"),
    pytest.param(FOOD, Asks.QUESTION, id="a question with its answers"),
    pytest.param(PRESSURE, Asks.PRESSURE, id="a blood pressure prompt"),
    pytest.param("Envíe su presión de hoy.", Asks.PRESSURE, id="a Spanish pressure prompt"),
    pytest.param(GLUCOSE, Asks.GLUCOSE, id="a glucose prompt"),
    pytest.param("¿Cuánto tiene de azúcar hoy?", Asks.GLUCOSE, id="a Spanish glucose prompt"),
    pytest.param(REFILL, Asks.REFILL, id="a refill that is due"),
    pytest.param(GOT_IT, Asks.RECEIVED, id="whether it came"),
    pytest.param("How are you doing? 1 good 2 so-so 3 call me", Asks.CHECK_IN, id="a check-in"),
    pytest.param("Reply with the year you were born.", Asks.IDENTITY, id="who is there"),
    pytest.param(THANKS, Asks.NOTHING, id="thanks with the small print"),
    pytest.param("You will get no more texts. Reply START to resume.", Asks.NOTHING, id="goodbye"),
    pytest.param("Your blood pressure was saved.", Asks.NOTHING, id="a remark on a reading"),
    pytest.param("Your sugar was saved. Reply STOP to opt out.", Asks.NOTHING, id="small print"),
    pytest.param("Your order is on its way. Call +1 614-555-0100.", Asks.NOTHING, id="a phone"),
]


@pytest.mark.parametrize(("body", "asks"), READINGS)
def test_a_text_is_read_for_what_it_asks(body: str, asks: Asks) -> None:
    assert read(body).asks is asks


@pytest.mark.parametrize(
    ("body", "digits"),
    [
        pytest.param("1 yes 2 no", "12", id="in one line"),
        pytest.param("2/6 Which?\n1 a\n2 b\n3 c", "123", id="after a position"),
        pytest.param("Question 1 of 3: which? 1 = yes, 2 = no", "12", id="after a counter"),
        pytest.param("take 1 pill at 2/3 of the day", "", id="digits that are no answers"),
        pytest.param("only 1 choice", "", id="one alone"),
    ],
)
def test_the_numbered_answers_are_found(body: str, digits: str) -> None:
    assert "".join(o.digit for o in offered(body)) == digits


def someone(persona: str, phone: str = PHONES[0], language: str = "en") -> Someone:
    return Someone(phone, BY_NAME[persona], language, seed=1)


def first_answers(persona: str, body: str, language: str = "en") -> list[str]:
    """What 400 members of a persona answer to a first text; the silent are left out."""
    thread = [Said(False, body)]
    found = (answer(someone(persona, phone, language), thread) for phone in PHONES)
    return [a.body for a in found if a]


ANSWERED = [
    pytest.param(START, r"[12]", id="an invitation with a digit"),
    pytest.param(FOOD, r"[123]", id="a question with one of its digits"),
    pytest.param(PROBLEMS + "Send all that fit, like 1,3", r"[123](,[123])*", id="with several"),
    pytest.param(PRESSURE, r"\D*\d{2,3}(/|-| over | / )\d{2,3}\D*", id="pressure with two numbers"),
    pytest.param(GLUCOSE, r"\D*\d{2,4}\D*", id="glucose with a number"),
    pytest.param(REFILL, r"[123]", id="a refill with a digit"),
    pytest.param(GOT_IT, r"[12]", id="a delivery with a digit"),
]


@pytest.mark.parametrize(("body", "pattern"), ANSWERED)
def test_a_prompt_member_answers(body: str, pattern: str) -> None:
    answers = first_answers("prompt", body)
    assert len(answers) == len(PHONES)
    assert [a for a in answers if not re.fullmatch(pattern, a)] == []


def test_nobody_answers_a_text_that_asks_nothing() -> None:
    for persona in ("prompt", "slow", "unclear", "spanish", "crisis"):
        assert first_answers(persona, THANKS) == []


@pytest.mark.parametrize("persona", ["silent", "landline", "bad_number"])
def test_some_never_answer(persona: str) -> None:
    assert first_answers(persona, START) == []


def test_most_are_well_and_some_want_a_call() -> None:
    counts = Counter(first_answers("prompt", "How are you doing? 1 good 2 so-so 3 call me"))
    assert counts["1"] > counts["2"] > counts["3"] > 10


def test_spanish_members_write_spanish() -> None:
    pressures = " ".join(first_answers("spanish", "¿Cuánto es su presión?", "es"))
    assert "presi" in pressures
    assert "over" not in pressures


def test_about_a_third_have_a_need_and_each_the_same_ones_again() -> None:
    answers = first_answers("prompt", FOOD)
    assert 0.1 < mean(a in "12" for a in answers) < 0.25, "half of the needy name this need"
    assert answers == first_answers("prompt", FOOD)


def test_the_negative_answer_is_known_by_its_words() -> None:
    es = "1/6 ¿Vivienda?\n1 Tengo un lugar estable\n2 Me preocupa\n3 No tengo un lugar estable"
    counts = Counter(first_answers("prompt", es))
    assert counts["1"] > 300
    assert counts["3"] > 0


def conversation(who: Someone, texts: list[str]) -> list[str]:
    """The member's side of a talk in which each text waits for the answer before."""
    thread: list[Said] = []
    for body in texts:
        thread.append(Said(False, body))
        if reply := answer(who, thread):
            thread.append(Said(True, reply.body))
    return [s.body for s in thread if s.mine]


def test_a_stopper_opts_out_once_within_four_texts_and_says_no_more() -> None:
    for phone in PHONES[:50]:
        mine = conversation(someone("stopper", phone), [START] * 8)
        assert mine[-1] in STOP["en"]
        assert sum(body in STOP["en"] for body in mine) == 1
        assert len(mine) <= 4


def test_a_wrong_number_says_so_once() -> None:
    mine = conversation(someone("wrong_number"), [START, START, START])
    assert len(mine) == 1
    assert mine[0] in WRONG_NUMBER["en"]


def test_danger_is_written_once_after_some_answers() -> None:
    for phone in PHONES[:50]:
        mine = conversation(someone("crisis", phone), [FOOD] * 10)
        places = [n for n, body in enumerate(mine) if body in DANGER["en"]]
        assert len(places) == 1
        assert 1 <= places[0] <= 4
        assert len(mine) == 10


def test_an_unclear_member_answers_properly_when_asked_again() -> None:
    talks = [conversation(someone("unclear", phone), [FOOD] * 6) for phone in PHONES]
    unclear = [[body in UNCLEAR["en"] for body in talk] for talk in talks]
    assert 0.2 < mean(talk[0] for talk in unclear) < 0.45
    assert not any(a and b for talk in unclear for a, b in pairwise(talk))


def test_answers_take_the_personas_time() -> None:
    for persona in PERSONAS:
        for phone in PHONES[:40]:
            if reply := answer(someone(persona.name, phone), [Said(False, START)]):
                assert persona.soonest <= reply.after <= persona.latest
    assert BY_NAME["slow"].soonest >= timedelta(days=1)


def test_shares_add_up_and_a_seed_fixes_every_persona() -> None:
    assert sum(p.share for p in PERSONAS) == pytest.approx(1)
    drawn = [persona_of(p, seed=1, line_type="mobile", language="en").name for p in PHONES]
    again = [persona_of(p, seed=1, line_type="mobile", language="en").name for p in PHONES]
    other = [persona_of(p, seed=2, line_type="mobile", language="en").name for p in PHONES]
    assert drawn == again != other
    answering = {"prompt", "slow", "unclear", "crisis"}
    assert 0.5 < mean(name in answering for name in drawn) < 0.62


def test_a_landline_is_one_whatever_the_dice_say() -> None:
    for phone in PHONES[:40]:
        assert persona_of(phone, seed=1, line_type="landline", language="en").name == "landline"


def test_numbers_are_read_off_the_meter_spoken_of_last() -> None:
    again = "Oak Pharmacy: please send us just the numbers."
    for prompt, mark in ((PRESSURE, r"\d+\D+\d+"), (GLUCOSE, r"^\D*\d+\D*$")):
        thread = [Said(False, prompt), Said(True, "?"), Said(False, again)]
        reply = answer(someone("prompt"), thread)
        assert reply is not None
        assert re.search(mark, reply.body)


TEXTS = Path(__file__).parents[1] / "templates" / "sms"
EXPECTED = {
    None: {Asks.NOTHING},
    "yes_no": {Asks.START, Asks.CONSENT},
    "one_two_three": {Asks.REFILL, Asks.RECEIVED, Asks.CHECK_IN},
    "question": {Asks.QUESTION},
    "bp": {Asks.PRESSURE, Asks.NUMBERS},
    "glucose": {Asks.GLUCOSE},
    "reading": {Asks.NUMBERS},
}
WORDS = {
    "first_name": "Maria",
    "pharmacy": "Oak Pharmacy",
    "sender": "Doorway",
    "phone": "+1 614-555-0100",
    "question": "2/6 Do you?\n1 Yes\n2 No",
}


def products_texts() -> list[Any]:
    listed = yaml.safe_load((TEXTS.parents[1] / "programs" / "sms.yaml").read_text("utf-8"))
    return [
        pytest.param(name, lang, facts.get("asks"), id=f"{name} in {lang}")
        for name, facts in listed["templates"].items()
        for lang in ("en", "es")
    ]


@pytest.mark.parametrize(("name", "lang", "asks"), products_texts())
def test_members_understand_every_text_of_the_product(
    name: str, lang: str, asks: str | None
) -> None:
    template = Template((TEXTS / f"{name}.{lang}.txt").read_text("utf-8"))
    found = read(template.render(WORDS)).asks
    assert found in EXPECTED[asks], "teach simulator/personas_reading.py this text"
