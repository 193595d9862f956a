"""What a member meant by a text message: danger, revocation, and what is left for an answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.danger import Danger, DangerWords, cut, find_danger, fold, matches, phrases
from domain.slips import slips
from domain.spelling import Spelling
from domain.stop_model import StopModel


@dataclass(frozen=True, slots=True)
class Stop:
    """Consent is revoked (47 CFR 64.1200(a)(10): any reasonable means).

    `doubtful`: it may have been about something else ("this is harassment"); obey it all the
    same and let a person look. `wrong_number`: the same text says it reached a stranger.
    """

    doubtful: bool = False
    wrong_number: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """The member asks for texts again."""


@dataclass(frozen=True, slots=True)
class Help:
    """The member asks who this is."""


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """Whoever has this phone is not the member."""


@dataclass(frozen=True, slots=True)
class Text:
    """Anything else; `normalised` is folded but keeps digits and their separators."""

    normalised: str


Reading = Danger | Stop | Start | Help | WrongNumber | Text


@dataclass(frozen=True, slots=True)
class ReplyWords:
    danger: DangerWords
    fillers: re.Pattern[str]
    stop: frozenset[str]
    stop_near: frozenset[str]
    """All words one slip away from a word that stops."""
    stop_signs: re.Pattern[str]
    stop_requests: re.Pattern[str]
    stop_unless: re.Pattern[str]
    stop_unless_care: re.Pattern[str]
    """Cut too where no word of messages stands in the text."""
    messages: re.Pattern[str]
    stop_doubtful: re.Pattern[str]
    stop_weak: re.Pattern[str]
    """As doubtful, where the model does not read the text as something else."""
    start: frozenset[str]
    start_requests: re.Pattern[str]
    yes: frozenset[str]
    help: frozenset[str]
    help_requests: re.Pattern[str]
    wrong_number: re.Pattern[str]
    spelling: Spelling
    model: StopModel | None = None
    """None: what no phrase matches is no revocation."""

    @classmethod
    def from_data(
        cls,
        data: Mapping[str, object],
        danger: Mapping[str, object],
        model: Mapping[str, object] | None = None,
    ) -> "ReplyWords":
        """`data` is programs/replies.yaml, `danger` programs/danger.yaml, `model`
        programs/stop_model.json.

        ValueError says in one sentence which list is missing or wrong.
        """
        for name in ("source", "effective_from"):
            if not data.get(name):
                raise ValueError(f"reply words: '{name}' is missing")
        return cls(
            danger=DangerWords.from_data(danger),
            fillers=_listed(data, "fillers"),
            stop=_exact(data, "stop", "keywords") | _exact(data, "stop", "misspellings"),
            stop_near=_slips(data, "stop", "near"),
            stop_signs=_signs(data, "stop", "signs"),
            stop_requests=_listed(data, "stop", "requests"),
            stop_unless=_listed(data, "stop", "unless"),
            stop_unless_care=_listed(data, "stop", "unless_care"),
            messages=_listed(data, "stop", "messages"),
            stop_doubtful=_listed(data, "stop", "doubtful"),
            stop_weak=_listed(data, "stop", "weak"),
            start=_exact(data, "start", "keywords"),
            start_requests=_listed(data, "start", "requests"),
            yes=_exact(data, "start", "yes_when_opted_out"),
            help=_exact(data, "help", "keywords"),
            help_requests=_listed(data, "help", "requests"),
            wrong_number=_listed(data, "wrong_number", "phrases"),
            spelling=Spelling.from_data(data.get("spelling")),
            model=StopModel.from_data(model) if model else None,
        )


def read_reply(body: str, words: ReplyWords, *, opted_out: bool = False) -> Reading:
    """First match of: bare STOP, danger, a request to stop, start, help, wrong number, text.

    A bare STOP goes before the danger words; danger goes before every other sentence.
    """
    folded = fold(body)
    # Only the word alone: "end it all" without its fillers would be "end".
    if folded in words.stop:
        return Stop()
    if not folded and words.stop_signs.search(body):
        return Stop(doubtful=True)
    if danger := find_danger(body, words.danger):
        return replace(danger, stop=_also_stops(body, words))
    bare = _bare(folded, words)
    if stop := _stop(folded, bare, words):
        return stop
    if opted_out and bare in words.yes:
        return Start()
    if bare in words.start or matches(words.start_requests, folded):
        return Start()
    if bare in words.help or matches(words.help_requests, folded):
        return Help()
    if matches(words.wrong_number, folded):
        return WrongNumber()
    if words.model and words.model.stops(as_meant(folded, words), words.spelling):
        return Stop(doubtful=True)
    return Text(normalise(body))


def normalise(body: str) -> str:
    """Folded text, but the signs between digits stay: "Número 1, 3!" -> "numero 1,3"."""
    kept = re.sub(r"(?<=\d)\s*([/,.:;+&-])\s*(?=\d)", r" sep\1 ", body)
    parts = [
        part[3:] if part.startswith("sep") and len(part) == 4 else fold(part)
        for part in kept.split()
    ]
    joined = " ".join(part for part in parts if part)
    return re.sub(r"(?<=\d) ([/,.:;+&-]) (?=\d)", r"\1", joined)


def _also_stops(body: str, words: ReplyWords) -> bool:
    """Whether a text about danger also revokes, in a part of it that is not about danger."""
    for part in re.split(r"[.!?;,\n]+", body):
        if find_danger(part, words.danger) is None:
            folded = fold(part)
            stop = _stop(folded, _bare(folded, words), words)
            if stop and not stop.doubtful:
                return True
    return matches(words.stop_requests, cut(words.stop_unless, fold(body)))


def _bare(folded: str, words: ReplyWords) -> str:
    """The text without greetings and politeness; the text itself when nothing else was said."""
    stripped = " ".join(words.fillers.sub("", folded + " ").split())
    return stripped or folded


def _stop(folded: str, bare: str, words: ReplyWords) -> Stop | None:
    wrong_number = matches(words.wrong_number, folded)
    tokens = bare.split()
    # "STOP please", "STOP STOP STOP", "alto stop", "STOPPPP".
    squeezed = re.sub(r"(.)\1+", r"\1", bare)
    if not words.stop.isdisjoint({bare, squeezed}) or (
        tokens and all(token in words.stop for token in tokens)
    ):
        return Stop(wrong_number=wrong_number)
    if bare in words.stop_near:
        return Stop(doubtful=not wrong_number, wrong_number=wrong_number)
    read = as_meant(folded, words)
    if matches(words.stop_requests, read):
        return Stop(wrong_number=wrong_number)
    weak = matches(words.stop_weak, read) and not (
        words.model and words.model.denies(read, words.spelling)
    )
    if weak or matches(words.stop_doubtful, read):
        # A stranger who says stop in any words means it.
        return Stop(doubtful=not wrong_number, wrong_number=wrong_number)
    return None


def as_meant(folded: str, words: ReplyWords) -> str:
    """The text as it is meant, without what is about something else than texts."""
    read = cut(words.stop_unless, words.spelling.mend(folded))
    return read if matches(words.messages, read) else cut(words.stop_unless_care, read)


def _section(data: Mapping[str, object], path: Sequence[str]) -> object:
    found: object = data
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _listed(data: Mapping[str, object], *path: str) -> re.Pattern[str]:
    return phrases(_section(data, path), f"reply words, {'.'.join(path)}")


def _signs(data: Mapping[str, object], *path: str) -> re.Pattern[str]:
    """Pictures: folding a text drops them, so they are looked for in the text as it came."""
    listed = _section(data, path)
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not all(listed):
        raise ValueError(f"reply words, {'.'.join(path)}: give a list of pictures")
    return re.compile("|".join(re.escape(str(sign)) for sign in listed) or r"(?!)")


def _slips(data: Mapping[str, object], *path: str) -> frozenset[str]:
    spared = _exact(data, *path, "but_not")
    made = frozenset[str]().union(*(slips(word) for word in _exact(data, *path, "words")))
    return made - spared


def _exact(data: Mapping[str, object], *path: str) -> frozenset[str]:
    listed = _section(data, path)
    where = f"reply words, {'.'.join(path)}"
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise ValueError(f"{where}: give a list of words")
    for word in listed:
        # YAML reads a bare NO, YES or OFF as a truth value.
        if not isinstance(word, str):
            raise ValueError(f"{where}: {word!r} is not text; put it in quotes")
    return frozenset(fold(word) for word in listed)
