"""Reads instruments from FHIR R4 Questionnaires: items, translations, enableWhen, our own marks."""

from collections.abc import Mapping
from typing import Any

from domain.danger import DangerKind, fold
from domain.instruments import LOINC, WAYS, Condition, Instrument, Item, Option
from domain.scoring import ScoreRule

OURS = "https://doorway.example/fhir/StructureDefinition/"
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_EXCLUSIVE = "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive"
_ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def instrument(
    data: Mapping[str, Any], name: str = "", rule: ScoreRule | None = None
) -> Instrument:
    """`data` is a Questionnaire of choice items, with display items as the words before them.

    ValueError says in one sentence what is wrong.
    """
    if data.get("resourceType") != "Questionnaire" or not data.get("item"):
        raise ValueError("instrument: not a FHIR Questionnaire with items")
    language = data.get("language", "en")
    links = {each.get("linkId"): each for each in data["item"]}
    asked = [each for each in data["item"] if each.get("type") != "display"]
    spoken = [each for each in data["item"] if each.get("type") == "display"]
    ways = frozenset(e["valueCode"] for e in _extensions(data, OURS + "asked-by"))
    if not ways <= set(WAYS):
        raise ValueError(f"instrument {name}: asked-by must be among {', '.join(WAYS)}")
    label = [e["valueCode"] for e in _extensions(data, OURS + "data-label")]
    try:
        return Instrument(
            code=data["code"][0]["code"],
            version=data["version"],
            items=tuple(_item(each, language, links) for each in asked),
            name=name or data.get("name", ""),
            title=data.get("title", name),
            url=data.get("url", ""),
            system=data["code"][0]["system"],
            intro=_wordings(spoken[0], "text", language) if spoken else {},
            asked_by=ways or frozenset(WAYS),
            label=label[0] if label else None,
            drafts=frozenset(e["valueCode"] for e in _extensions(data, OURS + "draft-wording")),
            rule=rule,
        )
    except (KeyError, IndexError) as wrong:
        raise ValueError(f"instrument: {wrong} is missing") from None


def _item(data: Mapping[str, Any], language: str, links: Mapping[str, Any]) -> Item:
    where = f"instrument item {data.get('linkId')}"
    if data.get("type") != "choice" or not data.get("answerOption"):
        raise ValueError(f"{where}: only choice items with answer options can be asked by text")
    try:
        domains = _extensions(data, OURS + "need-domain")
        return Item(
            code=data["code"][0]["code"],
            text=_wordings(data, "text", language),
            options=tuple(_option(each, language) for each in data["answerOption"]),
            repeats=bool(data.get("repeats")),
            domain=domains[0]["valueCode"] if domains else None,
            required=bool(data.get("required")),
            conditions=tuple(_condition(each, links, where) for each in data.get("enableWhen", ())),
            any_condition=data.get("enableBehavior") == "any",
            link=data["linkId"],
            system=data["code"][0]["system"],
        )
    except (KeyError, IndexError) as wrong:
        raise ValueError(f"{where}: {wrong} is missing") from None


def _condition(data: Mapping[str, Any], links: Mapping[str, Any], where: str) -> Condition:
    asked, operator = links.get(data["question"]), data["operator"]
    if asked is None or operator not in ("exists", "=", "!="):
        raise ValueError(f"{where}: enableWhen needs a known question and exists, = or !=")
    answer = data["answerBoolean"] if operator == "exists" else data["answerCoding"]["code"]
    return Condition(asked["code"][0]["code"], operator, answer)


def _option(data: Mapping[str, Any], language: str) -> Option:
    coding = data["valueCoding"]
    ordinals = _extensions(data, _ORDINAL)
    dangers = _extensions(data, OURS + "danger-answer")
    return Option(
        code=coding["code"],
        display=_wordings(coding, "display", language),
        positive=any(e["valueBoolean"] for e in _extensions(data, OURS + "positive-answer")),
        words=frozenset(fold(e["valueString"]) for e in _extensions(data, OURS + "reply-word")),
        exclusive=any(e["valueBoolean"] for e in _extensions(data, _EXCLUSIVE)),
        ordinal=int(ordinals[0]["valueDecimal"]) if ordinals else None,
        danger=DangerKind(dangers[0]["valueCode"]) if dangers else None,
        system=coding.get("system", LOINC),
    )


def _extensions(data: Mapping[str, Any], url: str) -> list[Mapping[str, Any]]:
    return [each for each in data.get("extension", ()) if each["url"] == url]


def _wordings(data: Mapping[str, Any], name: str, language: str) -> Mapping[str, str]:
    found = {language: data[name]}
    for translation in _extensions(data.get(f"_{name}", {}), _TRANSLATION):
        parts = {part["url"]: part for part in translation["extension"]}
        found[parts["lang"]["valueCode"]] = parts["content"]["valueString"]
    return found
