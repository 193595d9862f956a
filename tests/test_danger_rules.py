from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.danger import DangerKind, DangerWords, Urgency, find_danger, fold, matches, phrases

PROGRAMS = Path(__file__).parents[1] / "programs"
DATA: dict[str, Any] = yaml.safe_load((PROGRAMS / "danger.yaml").read_text("utf-8"))
SMS: dict[str, Any] = yaml.safe_load((PROGRAMS / "sms.yaml").read_text("utf-8"))
WORDS = DangerWords.from_data(DATA)

CORPUS = {
    DangerKind.SELF_HARM: """
        I want to kill myself
        gonna kill my self
        kms
        I'm suicidal
        thinking about suicide
        feeling sucidal
        I want to die
        i just wanna die
        I don't want to live anymore
        dont want to be here anymore
        I'd be better off dead
        I wish I was dead
        there is no reason to live
        end it all
        I want to end it
        I want it all to end
        want everything to end
        I am going to end my life
        I can't go on
        life is not worth living
        I keep hurting myself
        no one cares, I'm tired of living
        stop. I want to die
        Me quiero morir
        quiero morirme
        quiero matarme
        pienso en suicidarme
        ya no quiero vivir
        no quiero vivir más
        quiero hacerme daño
        voy a quitarme la vida
        no vale la pena vivir
        i feel hopeless
        I hate my life
        nobody would miss me
        I am depressed
        ya no puedo más
    """,
    DangerKind.OVERDOSE: """
        I think I overdosed
        he od'd
        my son is overdosing
        I took too many pills
        took too much insulin
        she took the whole bottle
        took all my pills at once
        I need narcan
        need naloxone now
        sobredosis
        tomé demasiadas pastillas
        necesito naloxona
        i took double my dose
        took 4 pills instead of 2
        took the wrong pills
        tomé doble dosis por error
        me tomé todo, creo que es sobredosis
    """,
    DangerKind.EMERGENCY: """
        I have chest pain
        my chest hurts
        my chest feels tight 190/120
        pressure in my chest
        I can't breathe
        cant breath
        trouble breathing
        short of breath since this morning
        I think I'm having a heart attack
        having a stroke
        I passed out
        she fainted
        my face is drooping
        slurred speech
        can't feel my arm
        my lips are turning blue
        coughing up blood
        he won't wake up
        call 911
        I need help now im dying
        i fell and cant get up
        hit my head
        left arm numb
        numb on one side
        drank bleach
        my heart is racing and i feel faint
        I need an ambulance
        my throat is closing
        no chest pain but I can't breathe
        me duele el pecho
        me duele mucho el pecho
        dolor de pecho
        no puedo respirar
        me falta el aire
        creo que es un infarto
        me desmayé
        no despierta
        llamen al 911
        estoy en emergencias
    """,
    DangerKind.VIOLENCE: """
        my husband hits me
        he beat me last night
        I am being abused
        he said he will kill me
        I'm afraid of my husband
        I don't feel safe at home
        he has a gun
        my son threatened me
        I'm going to kill him
        i want to hurt my brother
        mi esposo me pega
        me amenaza con un cuchillo
        tengo miedo de mi pareja
        no me siento segura en mi casa
    """,
}

SAFE = """
    I took all my pills this morning
    my back is killing me
    this cough is killing me
    these prices are killing me
    I'm dying laughing
    I'm dying to know
    not depressed
    should I take a double dose
    my sugar is 40
    I don't feel good
    that cake is to die for
    me muero de hambre
    me muero de la risa
    no chest pain today
    I don't have chest pain
    sin dolor de pecho
    no trouble breathing
    I had a heart attack in 2019
    got my flu shot
    I cut myself shaving
    when do you close
    stop
    STOP
    1
    150/95
    sugar 48
    help
    ayuda
    me siento bien
    my refill ran out
    I can't find my pills
    I want to stop
    he hits the gym
    my son can pick it up
    the store is on 911 Main Street
    what is in narrow bottles
    never died
"""


def lines(table: str) -> list[str]:
    return [line.strip() for line in table.splitlines() if line.strip()]


@pytest.mark.parametrize(
    ("body", "kind"), [(body, kind) for kind, table in CORPUS.items() for body in lines(table)]
)
def test_danger_is_heard(body: str, kind: DangerKind) -> None:
    found = find_danger(body, WORDS)
    assert found is not None
    assert found.kind is kind
    assert found.level in (Urgency.EMERGENCY, Urgency.SAME_HOUR, Urgency.SAME_DAY)


@pytest.mark.parametrize("body", lines(SAFE))
def test_idioms_denials_and_everyday_words_raise_no_alarm(body: str) -> None:
    assert find_danger(body, WORDS) is None


def test_no_text_answers_violence_for_another_may_read_it() -> None:
    found = find_danger("my husband hits me", WORDS)
    assert found is not None
    assert found.template is None


def test_every_answer_to_danger_is_a_text_that_goes_at_any_hour() -> None:
    for rule in WORDS.rules:
        if rule.template:
            assert SMS["templates"][rule.template]["purpose"] == "safety"


def test_worst_danger_is_named_first() -> None:
    found = find_danger("chest pain and I want to die", WORDS)
    assert found is not None
    assert found.kind is DangerKind.SELF_HARM


@pytest.mark.parametrize(
    ("phrase", "said", "expected"),
    [
        pytest.param("chest pain", "chest pains", False, id="whole words"),
        pytest.param("suicid*", "suicidal thoughts", True, id="any ending"),
        pytest.param(
            "stop ... text*", "stop all of your texts", True, id="up to three words between"
        ),
        pytest.param("stop ... text*", "stop a b c d text", False, id="not four"),
        pytest.param("(kill|hurt) (my self|myself)", "hurt my self", True, id="a choice"),
        pytest.param("no (any)? pain", "no pain", True, id="an absent word"),
        pytest.param("no (any)? pain", "no any pain", True, id="the same word present"),
    ],
)
def test_phrase_language(phrase: str, said: str, expected: bool) -> None:
    assert matches(phrases([phrase], "test"), said) is expected


def test_fold_takes_off_case_accents_and_punctuation() -> None:
    assert fold("  ¡No PUEDO más!\tI can\u2019t. ") == "no puedo mas i cant"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"level": "soon"}, "rule violence: 'soon'", id="an unknown level"),
        pytest.param({"kind": "fire"}, "'fire'", id="an unknown kind"),
        pytest.param({"source": ""}, "'source' is missing", id="no source"),
        pytest.param({"phrases": []}, "give a list of phrases", id="no phrases"),
        pytest.param({"phrases": ["has a (gun"]}, "plain lower-case", id="a broken choice"),
        pytest.param({"phrases": ["Gun!"]}, "plain lower-case", id="a sign"),
        pytest.param({"phrases": [911]}, "put it in quotes", id="a bare number"),
    ],
)
def test_wrong_rule_is_refused_in_a_sentence(change: dict[str, Any], sentence: str) -> None:
    rule = next(each for each in DATA["rules"] if each["id"] == "violence")
    with pytest.raises(ValueError, match=sentence):
        DangerWords.from_data({"rules": [{**rule, **change}]})
