"""Which pharmacy is next when one falls away or the member chooses another, and why in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from domain.pharmacies import Lack, Offer, Want, distance, lacks, speaks

ALTERNATIVES = 3
NOT_CHOSEN = "not chosen by the member"


class Rule(StrEnum):
    """What makes a pharmacy be looked for."""

    IDENTIFIED = "identified"
    CHOSEN = "chosen"
    """The member wants another."""
    REFUSED = "refused"
    """The pharmacy cannot take the member."""
    LEFT = "left"
    """Its membership, services or licence have ended."""
    MOVED = "moved"
    """The member lives elsewhere now."""
    APPEARED = "appeared"
    """There was none, and now there is."""


BEFORE = {
    Rule.REFUSED: "the pharmacy before could not take the member; ",
    Rule.LEFT: "the pharmacy before is no longer in the program; ",
    Rule.MOVED: "the member has moved; ",
}


@dataclass(frozen=True, slots=True)
class RerouteRules:
    """Of programs/attribution.yaml, what holds between two identifications."""

    language_required: bool
    refusals: int
    """So many pharmacies may refuse a member before a person looks."""
    tell_within: timedelta
    """By when a person has told a member of their new pharmacy."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RerouteRules":
        """From the parsed mapping; ValueError in one sentence when it is off."""
        try:
            again = data["again"]
            rules = cls(
                data["language"]["rule"] == "required",
                int(again["refusals"]),
                timedelta(days=int(again["tell_member_within_days"])),
            )
        except (KeyError, TypeError, ValueError) as off:
            raise ValueError(f"programs/attribution.yaml lacks or misspells {off}.") from None
        if rules.refusals < 1:
            raise ValueError("programs/attribution.yaml: again.refusals must be 1 or more.")
        return rules


@dataclass(frozen=True, slots=True)
class Alternative:
    npi: str
    km: float
    why: str
    """It was not taken."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`npi` None: nobody, and `reason` says why. `code` is the reason as one word."""

    npi: str | None
    km: float | None
    code: str
    reason: str
    alternatives: tuple[Alternative, ...] = ()


def attribute(
    offers: Collection[Offer],
    want: Want,
    day: date,
    rules: RerouteRules,
    rule: Rule,
    *,
    but_not: Collection[str] = (),
    known_km: Mapping[str, float] | None = None,
) -> Answer:
    """The nearest that qualifies on the day and has room. `but_not`: who refused the member or
    lost them; `known_km`: distances told earlier, for a member whose place is not known.

    A language is asked for only where some pharmacy tells what is spoken there.
    """
    asked = rules.language_required and any(offer.languages for offer in offers)
    near: list[tuple[float, Offer, tuple[Lack, ...]]] = []
    for offer in offers:
        lacking = lacks(offer, want, day, language=asked)
        km = distance(want.place, offer.place)
        km = (known_km or {}).get(offer.npi) if km is None else km
        if km is not None and offer.npi not in but_not and set(lacking) <= {Lack.ROOM}:
            near.append((km, offer, lacking))
    near.sort(key=lambda each: (each[0], each[1].npi))
    taken = next((nth for nth, (_, _, lacking) in enumerate(near) if not lacking), None)
    if taken is None:
        return _nobody(offers, want, day, near=bool(near), others=_others(near, None))
    km, offer, _ = near[taken]
    rank = "nearest" if taken == 0 else f"number {taken + 1} by distance"
    reason = (
        f"{BEFORE.get(rule, '')}{rank} of {len(near)} in {want.state} "
        f"{words_for(want.networks, want.cpesn)}, {km} km"
        f"{'' if taken == 0 else '; nearer ones have no room'}"
    )
    code = "nearest" if taken == 0 else "ranked"
    return Answer(offer.npi, km, code, reason, _others(near, taken))


def _others(
    near: Sequence[tuple[float, Offer, tuple[Lack, ...]]], taken: int | None
) -> tuple[Alternative, ...]:
    left = [each for nth, each in enumerate(near) if nth != taken][:ALTERNATIVES]
    return tuple(
        Alternative(offer.npi, km, "no room" if lacking else "farther")
        for km, offer, lacking in left
    )


def _nobody(
    offers: Collection[Offer],
    want: Want,
    day: date,
    *,
    near: bool,
    others: tuple[Alternative, ...],
) -> Answer:
    within = words_for(want.networks, want.cpesn)
    fit = [o for o in offers if not set(lacks(o, want, day)) - {Lack.ROOM, Lack.LANGUAGE}]
    if near:
        return Answer(None, None, "no_room", f"no pharmacy in {want.state} {within} has room for "
                      "the member", others)  # fmt: skip
    if not fit:
        return Answer(None, None, "none_qualifies", f"no pharmacy in {want.state or 'the state'} "
                      f"is {within} and offers all that is needed on {day}")  # fmt: skip
    if not any(speaks(offer, want.language) for offer in fit):
        return Answer(None, None, "no_language", f"none of the {len(fit)} pharmacies in "
                      f"{want.state} {within} is known to speak {want.language}")  # fmt: skip
    if want.place is None:
        return Answer(None, None, "no_place", "the place of the member's ZIP code is unknown")
    return Answer(None, None, "refused", f"no pharmacy in {want.state} {within} is left that has "
                  "not refused the member")  # fmt: skip


def chosen(offer: Offer, want: Want, day: date, best: Answer) -> Answer:
    """A pharmacy the member has chosen, although it may be full or speak another language.

    `best`: what would be the answer without it; its pharmacies are the alternatives.
    """
    km = distance(want.place, offer.place)
    lacking = lacks(offer, want, day)
    but = {
        Lack.LANGUAGE: f"; nobody there is known to speak {want.language}",
        Lack.ROOM: "; beyond the room it has told",
        Lack.STATE: "; in another state",
    }
    way = "" if km is None else f", {km} km"
    reason = f"chosen by the member{way}{''.join(w for lack, w in but.items() if lack in lacking)}"
    first = () if best.npi is None else (Alternative(best.npi, best.km or 0.0, NOT_CHOSEN),)
    rest = (Alternative(other.npi, other.km, NOT_CHOSEN) for other in best.alternatives)
    return Answer(offer.npi, km, "chosen", reason, (*first, *rest)[:ALTERNATIVES])


def back_again(offer: Offer, want: Want) -> Answer:
    """The member's pharmacy had ended and holds again: it stays theirs, whatever is nearer."""
    km = distance(want.place, offer.place)
    way = "" if km is None else f", {km} km"
    return Answer(offer.npi, km, "current", f"the member's pharmacy, in the program again{way}")


def words_for(networks: Sequence[str], cpesn: bool) -> str:
    """How a reason names the pharmacies that qualify."""
    names = [*networks, *(["CPESN"] if cpesn else [])]
    match names:
        case []:
            return "of all"
        case [only]:
            return f"in the network {only}"
        case [_, _]:
            return "in both networks"
        case _:
            return f"in all {len(names)} networks"
