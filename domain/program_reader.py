"""Reads the fields of a program's YAML: each of its kind, or one sentence about what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


class BadProgram(ValueError):
    """One sentence: which program, which field, what it should be."""


@dataclass(frozen=True, slots=True)
class Reader:
    data: Mapping[str, Any]
    where: str

    def refuse(self, name: str, wanted: str) -> None:
        raise BadProgram(f"{self.where}: `{name}` must be {wanted}.")

    def value(self, name: str) -> Any:
        if name not in self.data:
            raise BadProgram(f"{self.where}: `{name}` is missing.")
        return self.data[name]

    def text(self, name: str) -> str:
        found = self.value(name)
        if not isinstance(found, str) or not found:
            self.refuse(name, "a text")
        return str(found)

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.value(name)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            self.refuse(name, "a list of texts")
        return tuple(found)

    def number(self, name: str) -> int:
        found = self.value(name)
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            self.refuse(name, "a whole number, 0 or more")
        return int(found)

    def days(self, name: str) -> timedelta:
        return timedelta(days=self.number(name))

    def hours(self, name: str) -> timedelta:
        return timedelta(hours=self.number(name))

    def minutes(self, name: str) -> timedelta:
        return timedelta(minutes=self.number(name))

    def day(self, name: str) -> date:
        found = self.value(name)
        if not isinstance(found, date):
            self.refuse(name, "a date like 2026-11-01")
        day: date = found
        return day

    def part(self, name: str) -> "Reader":
        found = self.value(name)
        if not isinstance(found, dict):
            self.refuse(name, "a group of settings")
        return Reader(found, f"{self.where}, {name}")
