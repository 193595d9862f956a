"""A small scored reading of texts no phrase matches: does it ask for texts to end?

Words become concepts, such as ceasing, messages, not, wanting, care; a clause becomes the concepts
in it and their pairs in order; each has a weight that was learnt from labelled texts and is data.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.danger import fold
from domain.spelling import Spelling

REACH = 5
"""How many words apart two concepts may stand and still be read together."""
LONGEST = 6
_CLAUSE = re.compile(r"[.!?;,\n]+")


@dataclass(frozen=True, slots=True)
class StopModel:
    concepts: Mapping[str, re.Pattern[str]]
    weights: Mapping[str, float]
    bias: float
    threshold: float
    """A score above it: it may be a revocation, and a person reads it."""
    veto: float
    """A score below it: a single word that looked like one meant something else."""

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> "StopModel":
        """`data` is programs/stop_model.json; ValueError says in a sentence what is missing."""
        concepts, weights = data.get("concepts"), data.get("weights")
        if not isinstance(concepts, Mapping) or not isinstance(weights, Mapping):
            raise ValueError("stop model: 'concepts' or 'weights' is missing")
        for name in ("source", "effective_from"):
            if not data.get(name):
                raise ValueError(f"stop model: '{name}' is missing")
        numbers = {str(name): float(weight) for name, weight in weights.items()}
        bias, threshold, veto = (_number(data, each) for each in ("bias", "threshold", "veto"))
        if not all(math.isfinite(each) for each in (*numbers.values(), bias, threshold, veto)):
            raise ValueError("stop model: a weight is not a number")
        patterns = {str(name): _stems(stems) for name, stems in concepts.items()}
        return cls(patterns, numbers, bias, threshold, veto)

    def stops(self, body: str, spelling: Spelling) -> bool:
        """Never of one word: that is an answer, or a phrase knows it."""
        return (
            len(body.split()) > 1
            and self.score(features(body, self.concepts, spelling)) > self.threshold
        )

    def denies(self, body: str, spelling: Spelling) -> bool:
        return self.score(features(body, self.concepts, spelling)) < self.veto

    def score(self, found: frozenset[str]) -> float:
        """Below any threshold where no concept was found at all."""
        if not found:
            return -math.inf
        return self.bias + sum(self.weights.get(feature, 0.0) for feature in found)


def features(
    body: str, concepts: Mapping[str, re.Pattern[str]], spelling: Spelling
) -> frozenset[str]:
    """Of all its clauses; empty where it holds no concept."""
    found = set[str]()
    for clause in _CLAUSE.split(body):
        tokens = spelling.mend(fold(clause)).split()
        read = [
            [name for name, stems in concepts.items() if stems.fullmatch(each)] for each in tokens
        ]
        if any(read):
            found.add(f"{min(LONGEST, len(tokens))} words")
            found.update(_of_clause(read))
    return frozenset(found)


def _of_clause(read: Sequence[Sequence[str]]) -> Iterator[str]:
    yield from (f"first {each}" for each in read[0])
    for place, here in enumerate(read):
        for one in here:
            yield one
            for apart, there in enumerate(read[place + 1 : place + 1 + REACH]):
                for other in there:
                    yield f"{one} .. {other}"
                    if apart == 0:
                        yield f"{one} {other}"


def _stems(stems: object) -> re.Pattern[str]:
    """`stop` or `stop*`, in folded letters."""
    if not isinstance(stems, Sequence) or isinstance(stems, str) or not stems:
        raise ValueError("stop model: a concept needs a list of words")
    return re.compile(
        "|".join(
            re.escape(str(stem).rstrip("*")) + ("[a-z]*" if str(stem).endswith("*") else "")
            for stem in stems
        )
    )


def _number(data: Mapping[str, object], name: str) -> float:
    value = data.get(name)
    if not isinstance(value, int | float):
        raise ValueError(f"stop model: '{name}' is missing")
    return float(value)
