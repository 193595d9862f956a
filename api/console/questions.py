"""A screening's questions and answers in words: what the codes on file were asked as."""

from collections.abc import Sequence

from domain.instruments import Item
from domain.program import Program

SHOWN_IN = "en"
"""The console speaks English, whatever language the member was asked in."""


class Questions:
    def __init__(self, items: Sequence[Item]) -> None:
        self._items = {item.code: item for item in items}

    @classmethod
    def of(cls, program: Program | None) -> "Questions":
        plan = program.plans.get("screening") if program else None
        return cls([item for ask in plan.asks for item in ask.instrument.items] if plan else ())

    def asked(self, code: str) -> str:
        item = self._items.get(code)
        return item.text[SHOWN_IN] if item else f"Question {code}:"

    def answered(self, code: str, answers: Sequence[str], absent: str | None = None) -> str:
        if not answers:
            return "declined" if absent == "declined" else "not understood"
        item = self._items.get(code)
        known = {option.code: option.display[SHOWN_IN] for option in item.options} if item else {}
        return ", ".join(known.get(answer, answer) for answer in answers)
