"""A finding of `doorway doctor`: about what, how bad, and what to do, in a sentence."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


COLORS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    verdict: Verdict
    about: str
    sentence: str


def ok(about: str, sentence: str) -> Finding:
    return Finding(Verdict.OK, about, sentence)


def warn(about: str, sentence: str) -> Finding:
    return Finding(Verdict.WARN, about, sentence)


def fail(about: str, sentence: str) -> Finding:
    return Finding(Verdict.FAIL, about, sentence)
