"""Ways out of a journey that come from outside it: what is reported, and what follows at once."""

from collections.abc import Mapping
from enum import StrEnum


class Exit(StrEnum):
    """Why a member leaves, as the night's claims, a caller or a returned letter tell it."""

    DECEASED = "deceased"
    DISENROLLED = "disenrolled"
    HOSPICE = "hospice"
    LONG_TERM_CARE = "long_term_care"
    MERGED = "merged"
    """The same person under a second id; the other journey goes on."""
    NO_LONGER_FITS = "no_longer_fits"
    MOVED = "moved"
    PHARMACY_LEFT = "pharmacy_left"


class Way(StrEnum):
    ENDS = "ends"
    """At once; nothing that has not left yet leaves."""
    GRACE = "grace"
    """Nothing is sent; it ends when the program's grace is over, unless it is taken back."""
    REROUTES = "reroutes"
    """Nothing is sent until another pharmacy serves the member."""


WAYS: Mapping[Exit, Way] = {
    Exit.DECEASED: Way.ENDS,
    Exit.DISENROLLED: Way.GRACE,
    Exit.HOSPICE: Way.ENDS,
    Exit.LONG_TERM_CARE: Way.ENDS,
    Exit.MERGED: Way.ENDS,
    Exit.NO_LONGER_FITS: Way.ENDS,
    Exit.MOVED: Way.REROUTES,
    Exit.PHARMACY_LEFT: Way.REROUTES,
}


def ends_now(way: Way, *, started: bool) -> bool:
    """Whether the report itself is the end: nobody needs grace from a journey not begun."""
    return way is Way.ENDS or (way is Way.GRACE and not started)


def outranks(new: Exit, standing: str | None) -> bool:
    """A second report changes a first only when it is graver, so a night's run repeats nothing."""
    if standing is None:
        return True
    order = (Way.REROUTES, Way.GRACE, Way.ENDS)
    return order.index(WAYS[new]) > order.index(WAYS[Exit(standing)])
