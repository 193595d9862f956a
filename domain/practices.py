"""A practice as whoever keeps the directory writes it down: where its notes go, and how."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from domain.part2 import is_npi
from domain.passage import Channel

COLUMNS = ("npi", "name", "channel", "fax", "mail", "fhir_url", "code")
_PHONE = re.compile(r"\+[1-9][0-9]{7,14}")
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_CODE = re.compile(r"[0-9A-Za-z]{6,40}")


class BadPractice(ValueError):
    """One sentence: which line, which field, what it should be."""


@dataclass(frozen=True, slots=True)
class PracticeCard:
    npi: str
    name: str
    channel: Channel
    fax: str | None
    mail: str | None
    fhir_url: str | None
    code: str | None


def read_practice(row: Mapping[str, str | None], where: str) -> PracticeCard:
    """`row`: COLUMNS by name, empty where nothing is known. BadPractice says what is wrong."""
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}

    def refuse(name: str, wanted: str) -> None:
        raise BadPractice(f"{where}: `{name}` must be {wanted}.")

    if not is_npi(said["npi"]):
        refuse("npi", "ten digits, the last of them a check digit")
    if not said["name"]:
        refuse("name", "the prescriber's or practice's name")
    if said["channel"] not in set(Channel):
        refuse("channel", f"one of {', '.join(Channel)}")
    if said["fax"] and not _PHONE.fullmatch(said["fax"]):
        refuse("fax", "a number like +16145550111")
    if said["mail"] and not _MAIL.fullmatch(said["mail"]):
        refuse("mail", "one address like notes@direct.practice.example")
    if said["fhir_url"] and not _secure(said["fhir_url"]):
        refuse("fhir_url", "an https address without a query, such as https://ehr.example/fhir")
    if said["code"] and not _CODE.fullmatch(said["code"]):
        refuse("code", "six to forty letters and digits that only the practice knows")
    channel = Channel(said["channel"])
    for name in NEEDED[channel]:
        if not said[name]:
            refuse(name, f"there, since the channel is {channel}")
    return PracticeCard(
        said["npi"], said["name"], channel, said["fax"] or None, said["mail"] or None,
        said["fhir_url"] or None, said["code"] or None,
    )  # fmt: skip


NEEDED: Mapping[Channel, tuple[str, ...]] = {
    Channel.SPOOL: (),
    Channel.FAX: ("fax",),
    Channel.SECURE_MAIL: ("mail",),
    Channel.SECURE_PAGE: ("mail", "code"),
    Channel.FHIR: ("fhir_url",),
}


def _secure(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username)
    return parts.scheme == "https" and bool(parts.hostname) and plain
