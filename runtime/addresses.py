"""Addresses and numbers in settings, checked before anything is started with them."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = ("postgres", "postgresql", "postgresql+psycopg")


def _web(address: str) -> str:
    try:
        parts = urlsplit(address)
        # Reading the port is what checks it.
        usable = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and parts.port != 0
            and not (parts.query or parts.fragment or " " in address)
        )
    except ValueError:
        usable = False
    if address and not usable:
        raise ValueError("it is not an address such as https://doorway.example.org")
    # Paths are put behind it, and two slashes are another path.
    return address.rstrip("/")


def _database(address: str) -> str:
    if not address:
        return address
    try:
        driver = make_url(address).drivername
    except (ArgumentError, ValueError):
        driver = ""
    if driver not in DRIVERS:
        # The address itself may hold a password: it is never repeated.
        raise ValueError(
            "it is not an address of a PostgreSQL database such as "
            "postgresql://name:password@host:5432/doorway"
        )
    return address


def _host_and_port(address: str) -> str:
    host, colon, port = address.rpartition(":")
    number = port.isascii() and port.isdigit() and 1 <= int(port) <= 65535
    if address and not (host and colon and number and "/" not in address):
        raise ValueError("it is not a host and its port, such as temporal.example.org:7233")
    return address


def _number(number: str) -> str:
    # Five or six digits are a short code.
    if number and not re.fullmatch(r"[+][1-9][0-9]{7,14}|[0-9]{5,6}", number):
        raise ValueError("it is not a number with its country code, such as +12025550123")
    return number


def _mail(address: str) -> str:
    if address and not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError("it is not a mail address, such as care@doorway.example")
    return address


HostAndPort = Annotated[str, AfterValidator(_host_and_port)]
MailAddress = Annotated[str, AfterValidator(_mail)]
Number = Annotated[str, AfterValidator(_number)]
WebAddress = Annotated[str, AfterValidator(_web)]
DatabaseAddress = Annotated[str, AfterValidator(_database)]
