"""Mends what thumbs do to words: short forms, letters held down, one slip in a long word."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.danger import fold
from domain.slips import slips

_HELD = re.compile(r"([a-z])\1{2,}")


@dataclass(frozen=True, slots=True)
class Spelling:
    words: Mapping[str, str]

    @classmethod
    def from_data(cls, data: object) -> "Spelling":
        """`short`: form to word; `lemmas`: words one slip away from which is read as them, but for
        what stands under `but_not`. ValueError says what is missing."""
        short, lemmas, but_not = (
            data.get(name) if isinstance(data, Mapping) else None
            for name in ("short", "lemmas", "but_not")
        )
        if not isinstance(short, Mapping) or not all(_listed(each) for each in (lemmas, but_not)):
            raise ValueError("reply words, spelling: give 'short', 'lemmas' and 'but_not'")
        made = {
            slip: lemma
            for lemma in map(fold, lemmas or ())
            for slip in slips(lemma)
            if slip not in {fold(word) for word in but_not or ()}
        }
        right = {fold(word): fold(word) for word in lemmas or ()}
        return cls({**made, **right, **{str(form): str(word) for form, word in short.items()}})

    def mend(self, folded: str) -> str:
        tokens = _HELD.sub(r"\1", folded).split()
        return " ".join(self.words.get(token, token) for token in tokens)


def _listed(data: object) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str) and len(data) > 0
