"""A letter in the mail: where it goes, what the post says of it, which address is doubtful."""

import re
from dataclasses import dataclass
from enum import StrEnum

# "Columbus, OH 43216" or "Columbus, OH 43216-4100".
_TOWN = re.compile(r"(?P<city>[^,]+), (?P<state>[A-Za-z]{2}) (?P<zip>\d{5}(-\d{4})?)")


@dataclass(frozen=True, slots=True)
class MailAddress:
    name: str
    line: str
    city: str
    state: str
    zip_code: str

    @property
    def place(self) -> str:
        """Where, without who: what a letter that came back makes doubtful."""
        words = f"{self.line} {self.city} {self.state} {self.zip_code[:5]}"
        return " ".join(re.findall(r"\w+", words.upper()))


class Mail(StrEnum):
    """What became of a letter, in the order of its way; the last three end it."""

    CREATED = "created"
    MAILED = "mailed"
    IN_TRANSIT = "in_transit"
    IN_LOCAL_AREA = "in_local_area"
    PROCESSED_FOR_DELIVERY = "processed_for_delivery"
    RE_ROUTED = "re-routed"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNED = "returned_to_sender"


# A letter that was said to be delivered may still come back: the return is the last word.
_RANK = {status: rank for rank, status in enumerate(Mail)}


def newer(known: str | None, reported: Mail) -> bool:
    """Reports come in any order: a status never falls below one already known."""
    return known is None or _RANK[reported] > _RANK.get(Mail(known), -1)


def doubtful(ours: MailAddress, theirs: MailAddress, *, moved: bool) -> bool:
    """Whether the post's correction is another place than ours, not only another spelling."""
    return moved or _where(ours) != _where(theirs)


def _where(address: MailAddress) -> tuple[str, str, str]:
    number = re.search(r"\d+", address.line)
    return address.state.upper(), address.zip_code[:5], number.group() if number else ""


def sender(name: str, lines: tuple[str, ...]) -> MailAddress | None:
    """A program's address from its lines, the last of which is the town; None: it is not one."""
    town = _TOWN.fullmatch(lines[-1].strip()) if len(lines) == 2 else None
    if town is None:
        return None
    return MailAddress(name, lines[0], town["city"], town["state"].upper(), town["zip"])
