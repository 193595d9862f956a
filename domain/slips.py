"""Words one slip of the thumb away: a letter too many, too few, another, or two changed over."""

from string import ascii_lowercase


def slips(word: str) -> frozenset[str]:
    halves = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    made = {a + b[1:] for a, b in halves if b and len(word) > 4}
    made |= {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
    made |= {a + c + rest for a, b in halves for c in ascii_lowercase for rest in (b, b[1:])}
    return frozenset(made)
