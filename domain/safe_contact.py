"""How a member may safely be reached, as they told a person: kept at the gate and on every task."""

from dataclasses import dataclass
from datetime import time

from domain.quiet_hours import Window


@dataclass(frozen=True, slots=True)
class SafeContact:
    """The newest word counts as a whole; as made here, nothing is said against any way."""

    texts: bool = True
    phone: str | None = None
    """The only number at which they may be reached."""
    opens: int | None = None
    closes: int | None = None
    """Whole hours by their own clock, the end exclusive; both or neither."""
    messages: bool = True
    """A message may be left where nobody picks up."""
    letters: bool = True
    by_services: bool = True
    """A service that is asked to help may call them; else they call, or somebody for them."""
    tell_safety: bool = False
    """They agreed that what they said of their safety at home is told to those who help."""

    @property
    def hours(self) -> Window | None:
        if self.opens is None or self.closes is None:
            return None
        return time(self.opens), time(self.closes)

    @property
    def guarded(self) -> bool:
        """Whether anything must be minded before they are called."""
        return bool(self.phone or self.hours) or not (self.texts and self.messages)

    def text_is_safe(self, phone: str | None) -> bool:
        return self.texts and self.phone in (None, phone)

    def mistake(self) -> str | None:
        """Why this cannot be kept, in a sentence for whoever wrote it down."""
        if (self.opens is None) != (self.closes is None):
            return "Give both hours, from and to, or neither."
        if self.hours and not 0 <= (self.opens or 0) < (self.closes or 0) <= 23:
            return "The safe hours must begin before they end, on one day."
        return None


ANY_WAY = SafeContact()
