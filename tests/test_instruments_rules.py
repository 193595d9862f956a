import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from fhir.resources.R4B.questionnaire import Questionnaire
from hypothesis import given
from hypothesis import strategies as st

from domain import questionnaires
from domain.instrument_words import prompt, read_answer
from domain.instruments import Need, ZCodes, needs
from domain.segments import segments

INSTRUMENTS = Path(__file__).parents[1] / "programs" / "instruments"
SHARED = Path(__file__).parents[2] / "shared" / "domain" / "ahc_hrsn.json"
DATA: dict[str, Any] = json.loads((INSTRUMENTS / "ahc-hrsn.json").read_text("utf-8"))
AHC = questionnaires.instrument(DATA)
Z_DATA: dict[str, Any] = yaml.safe_load((INSTRUMENTS / "z_codes.yaml").read_text("utf-8"))
Z_CODES = ZCodes.from_data(Z_DATA)
HOUSING, HOME, FOOD, FOOD2, RIDES, POWER = (item.code for item in AHC.items)
STEADY, WORRIED, NO_PLACE = "LA31993-1", "LA31994-9", "LA31995-6"
PESTS, MOLD, LEAD, HEAT, NONE = "LA31996-4", "LA28580-1", "LA31997-2", "LA31998-0", "LA9-3"
OFTEN, SOMETIMES, NEVER = "LA28397-0", "LA6729-3", "LA28398-8"
YES, NO, OFF = "LA33-6", "LA32-8", "LA32002-0"


def test_questionnaire_is_valid_fhir_r4() -> None:
    assert Questionnaire.model_validate(DATA).code[0].code == "96777-8"


def test_safety_questions_are_never_asked_by_text() -> None:
    assert len(AHC.items) == 6
    assert {item.code for item in AHC.items}.isdisjoint(
        {"95618-5", "95617-7", "95616-9", "95615-1", "95614-4"}
    )


def test_wording_codes_and_flags_are_those_published() -> None:
    if not SHARED.exists():
        pytest.skip("the reference copy of the instrument is not beside the checkout")
    published = [i for i in json.loads(SHARED.read_text())["items"] if i["domain"] != "safety"]
    for item, source in zip(AHC.items, published, strict=True):
        assert item.code == source["code"]
        assert item.text["en"] == source["text"].removesuffix(" (choose all)")
        for option, answer in zip(item.options, source["answers"], strict=True):
            assert option.code == answer["code"]
            assert option.display["en"].startswith(answer["display"].removesuffix("(...)"))
            assert option.positive is bool(answer["flag_or_score"])


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("place", range(6))
def test_prompt_shows_place_question_and_numbered_answers_in_three_segments(
    place: int, language: str
) -> None:
    item = AHC.items[place]
    said = prompt(item, language, place + 1, 6)
    lines = said.split("\n")
    assert lines[0].startswith(f"{place + 1}/6 ")
    assert [line[:2] for line in lines[1 : len(item.options) + 1]] == [
        f"{n} " for n in range(1, len(item.options) + 1)
    ]
    assert ("1,3" in lines[-1]) is item.repeats
    assert segments(said).encoding == "gsm7"
    assert segments(said).count <= 3


def test_prompt_without_wording_is_refused() -> None:
    with pytest.raises(ValueError, match="no wording in 'fr'"):
        prompt(AHC.items[0], "fr", 1, 6)


@pytest.mark.parametrize(
    ("item", "text", "expected"),
    [
        (HOUSING, "1", (STEADY,)),
        (HOUSING, " 2. ", (WORRIED,)),
        (HOUSING, "#3", (NO_PLACE,)),
        (HOUSING, "option 2", (WORRIED,)),
        (HOUSING, "my answer is 2 please", (WORRIED,)),
        (HOUSING, "two", (WORRIED,)),
        (HOUSING, "dos", (WORRIED,)),
        (HOUSING, "la 2", (WORRIED,)),
        (HOUSING, "I have a steady place to live", (STEADY,)),
        (HOUSING, "tengo un lugar estable donde vivir", (STEADY,)),
        (HOUSING, "homeless", (NO_PLACE,)),
        (HOUSING, "4", None),
        (HOUSING, "1 2", None),
        (HOUSING, "12", None),
        (HOUSING, "1 child moved out", None),
        (HOUSING, "yes", None),
        (HOUSING, "my dog ate it", None),
        (HOUSING, "", None),
        (HOME, "1,3", (PESTS, LEAD)),
        (HOME, "1 and 3", (PESTS, LEAD)),
        (HOME, "1 y 3", (PESTS, LEAD)),
        (HOME, "1 3", (PESTS, LEAD)),
        (HOME, "1/3", (PESTS, LEAD)),
        (HOME, "3, 1", (PESTS, LEAD)),
        (HOME, "13", (PESTS, LEAD)),
        (HOME, "one and two", (PESTS, MOLD)),
        (HOME, "1,1", (PESTS,)),
        (HOME, "2", (MOLD,)),
        (HOME, "mold and mice", (PESTS, MOLD)),
        (HOME, "we have mold", None),
        (HOME, "I have mold", (MOLD,)),
        (HOME, "moho", (MOLD,)),
        (HOME, "8", (NONE,)),
        (HOME, "none", (NONE,)),
        (HOME, "None of the above", (NONE,)),
        (HOME, "no", (NONE,)),
        (HOME, "ninguna", (NONE,)),
        (HOME, "1,8", None),
        (HOME, "9", None),
        (HOME, "11", None),
        (HOME, "no heat", None),
        (FOOD, "often", (OFTEN,)),
        (FOOD, "Often true", (OFTEN,)),
        (FOOD, "a menudo", (OFTEN,)),
        (FOOD, "sometimes", (SOMETIMES,)),
        (FOOD, "a veces", (SOMETIMES,)),
        (FOOD, "Never!", (NEVER,)),
        (FOOD, "nunca", (NEVER,)),
        (FOOD, "2 - sometimes", (SOMETIMES,)),
        (FOOD, "2 never", None),
        (FOOD, "sometimes often", None),
        (RIDES, "yes", (YES,)),
        (RIDES, "Y", (YES,)),
        (RIDES, "Sí", (YES,)),
        (RIDES, "si, gracias", (YES,)),
        (RIDES, "no", (NO,)),
        (RIDES, "NO thanks", (NO,)),
        (RIDES, "1", (YES,)),
        (RIDES, "2", (NO,)),
        (RIDES, "3", None),
        (RIDES, "yes no", None),
        (RIDES, "no se", None),
        (RIDES, "not sure", None),
        (RIDES, "I don't know", None),
        (POWER, "already shut off", (OFF,)),
        (POWER, "ya los cortaron", (OFF,)),
        (POWER, "3", (OFF,)),
        (POWER, "skip", ()),
        (POWER, "Paso", ()),
        (POWER, "prefer not to say", ()),
        (POWER, "prefiero no responder", ()),
    ],
)
def test_read_answer(item: str, text: str, expected: tuple[str, ...] | None) -> None:
    assert read_answer(AHC.item(item), text) == expected


@given(st.sampled_from(AHC.items), st.text(max_size=80))
def test_any_text_gives_codes_of_the_item_or_nothing(item: Any, text: str) -> None:
    found = read_answer(item, text)
    codes = [option.code for option in item.options]
    assert found is None or set(found) <= set(codes)
    assert item.repeats or len(found or ()) <= 1


@given(
    st.sets(st.integers(1, 7), min_size=1), st.sampled_from([",", " ", " and ", ", ", " y ", "/"])
)
def test_every_choice_of_several_is_read(places: set[int], between: str) -> None:
    item = AHC.item(HOME)
    said = between.join(str(place) for place in sorted(places))
    assert read_answer(item, said) == tuple(item.options[n - 1].code for n in sorted(places))


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({}, [], id="nothing answered, no need"),
        pytest.param({HOUSING: (STEADY,), HOME: (NONE,), RIDES: (NO,)}, [], id="all negative"),
        pytest.param({POWER: ()}, [], id="declined is no need"),
        pytest.param(
            {HOUSING: (WORRIED,)}, [Need("housing", HOUSING, (WORRIED,), "Z59.811")], id="at risk"
        ),
        pytest.param(
            {HOUSING: (NO_PLACE,)}, [Need("housing", HOUSING, (NO_PLACE,), "Z59.00")],
            id="homeless",
        ),
        pytest.param(
            {HOME: (PESTS, HEAT)},
            [Need("inadequate-housing", HOME, (PESTS, HEAT), "Z59.11")],
            id="no heat outranks pests",
        ),
        pytest.param(
            {HOME: (PESTS,)}, [Need("inadequate-housing", HOME, (PESTS,), "Z59.19")], id="pests"
        ),
        pytest.param(
            {FOOD: (NEVER,), FOOD2: (SOMETIMES,)},
            [Need("food", FOOD2, (SOMETIMES,), "Z59.41")],
            id="the second food item alone",
        ),
        pytest.param(
            {FOOD: (OFTEN,), FOOD2: (OFTEN,)},
            [Need("food", FOOD, (OFTEN,), "Z59.41")],
            id="two food items are one need",
        ),
        pytest.param(
            {POWER: (OFF,), RIDES: (YES,)},
            [
                Need("transportation", RIDES, (YES,), "Z59.82"),
                Need("utilities", POWER, (OFF,), "Z59.12"),
            ],
            id="in the instrument's order",
        ),
    ],
)  # fmt: skip
def test_needs(answers: dict[str, tuple[str, ...]], expected: list[Need]) -> None:
    assert list(needs(AHC, answers, Z_CODES)) == expected


def positive_answers() -> Iterator[tuple[str, str]]:
    for item in AHC.items:
        for option in item.options:
            if option.positive:
                yield item.code, option.code


@pytest.mark.parametrize(("item", "answer"), list(positive_answers()))
def test_every_positive_answer_has_a_billable_z_code(item: str, answer: str) -> None:
    z_code = Z_CODES.of(item, [answer])
    assert z_code is not None
    assert z_code not in {"Z59.0", "Z59.1", "Z59.4", "Z59.8", "Z59.81"}


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        pytest.param(lambda q: q.pop("item"), "not a FHIR Questionnaire", id="no items"),
        pytest.param(lambda q: q.pop("code"), "'code' is missing", id="no panel code"),
        pytest.param(lambda q: q["item"][0].update(type="text"), "only choice", id="free text"),
        pytest.param(lambda q: q["item"][0].pop("code"), "/71802-3: 'code'", id="no item code"),
        pytest.param(
            lambda q: q["item"][0].update(
                enableWhen=[
                    {"question": "/nothing", "operator": "=", "answerCoding": {"code": "x"}}
                ]
            ),
            "enableWhen needs a known question",
            id="a condition on an unknown question",
        ),
        pytest.param(
            lambda q: q["item"][1].update(
                enableWhen=[{"question": "/71802-3", "operator": ">", "answerInteger": 1}]
            ),
            "exists, = or !=",
            id="a condition nobody can read",
        ),
    ],
)
def test_wrong_questionnaire_is_refused_in_a_sentence(break_it: Any, sentence: str) -> None:
    data = copy.deepcopy(DATA)
    break_it(data)
    with pytest.raises(ValueError, match=sentence):
        questionnaires.instrument(data)


def test_wrong_z_row_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="lacks 'z_code'"):
        ZCodes.from_data({"rows": [{"item": HOUSING, "any_of": []}]})
