"""What a curriculum may not say: each mistake is one sentence that names the file."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.curricula import Curriculum

STEP = {"id": "first", "day": 0, "ask": "bp", "template": "bp_prompt"}
PAGE = {"title": "At home", "conditions": ["hypertension"], "source": "made up", "steps": [STEP]}


def read(**changed: Any) -> Curriculum:
    page: Mapping[str, Any] = {**PAGE, **changed}
    return Curriculum.from_data("home", page, ("check_in",))


def test_a_plain_page_is_read() -> None:
    assert read().steps[0].key == "home/first"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        pytest.param({"part2": True}, "part2 allows calls only", id="a text on substance use"),
        pytest.param({"steps": [{**STEP, "ask": "weight"}]}, "`ask` must be", id="unknown"),
        pytest.param({"steps": [{**STEP, "ask": "call"}]}, "or a call", id="a call with a text"),
        pytest.param({"steps": [{**STEP, "day": 7}, STEP]}, "order of their days", id="disorder"),
        pytest.param({"steps": [{"day": 1}]}, "'id' is missing", id="a step without its name"),
    ],
)
def test_a_mistake_is_one_sentence(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^curricula/home: ") as refused:
        read(**changed)
    assert sentence in str(refused.value)
