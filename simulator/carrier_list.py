"""The message list: filters and pages as Twilio documents them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from simulator.carrier_messages import API_VERSION, Message, Refusal

FILTERS = frozenset({"To", "From", "DateSent", "DateSent<", "DateSent>"})
PAGING = frozenset({"PageSize", "Page", "PageToken"})
LARGEST_PAGE = 1000
USUAL_PAGE = 50

Keep = Callable[[Message], bool]


def page(account: str, newest_first: Iterable[Message], query: Mapping[str, str]) -> dict[str, Any]:
    """One page of the list with its paging fields; Refusal for a field the list has not."""
    if unknown := sorted(query.keys() - FILTERS - PAGING):
        raise Refusal(20001, detail=f"{unknown[0]} is not a filter of this list")
    size = _number(query, "PageSize", USUAL_PAGE, least=1, most=LARGEST_PAGE)
    number = _number(query, "Page", 0, least=0, most=10**6)
    keeps = [_keep(name, query[name]) for name in FILTERS & query.keys()]
    kept = (m for m in newest_first if all(keep(m) for keep in keeps))
    window = _window(kept, number * size, size + 1, query.get("PageToken", ""))
    shown = window[:size]
    token = f"PA{shown[-1].sid}" if len(window) > size else None
    address = _Address(account, {k: v for k, v in query.items() if k in FILTERS}, size)
    return {
        "start": number * size,
        "end": number * size + max(len(shown) - 1, 0),
        "page": number,
        "page_size": size,
        "uri": address.of(number, query.get("PageToken")),
        "first_page_uri": address.of(0),
        "previous_page_uri": address.of(number - 1) if number else None,
        "next_page_uri": address.of(number + 1, token) if token else None,
        "messages": [m.resource(account) for m in shown],
    }


def _window(kept: Iterable[Message], skip: int, take: int, token: str) -> Sequence[Message]:
    if not token:
        return list(islice(kept, skip, skip + take))
    # A token holds its place though newer texts arrive, which a page number cannot.
    after = iter(kept)
    for message in after:
        if f"PA{message.sid}" == token:
            break
    return list(islice(after, take))


class _Address:
    def __init__(self, account: str, filters: Mapping[str, str], size: int) -> None:
        self._base = f"/{API_VERSION}/Accounts/{account}/Messages.json?"
        self._filters = {**filters, "PageSize": str(size)}

    def of(self, number: int, token: str | None = None) -> str:
        paging = {"Page": str(number)} | ({"PageToken": token} if token else {})
        return self._base + urlencode(self._filters | paging)


def _number(query: Mapping[str, str], name: str, usual: int, *, least: int, most: int) -> int:
    text = query.get(name)
    if text is None:
        return usual
    if not text.isascii() or not text.isdigit() or not least <= int(text):
        raise Refusal(20001, detail=f"{name} is a whole number from {least} to {most}")
    return min(int(text), most)


def _keep(name: str, value: str) -> Keep:
    match name:
        case "To":
            return lambda m: m.recipient == value
        case "From":
            return lambda m: m.sender == value
    moment = _moment(value)
    if isinstance(moment, datetime):
        return _by_moment(name, moment)
    return _by_day(name, moment)


def _by_day(name: str, day: date) -> Keep:
    match name:
        case "DateSent<":
            return lambda m: m.dated.date() <= day
        case "DateSent>":
            return lambda m: m.dated.date() >= day
    return lambda m: m.dated.date() == day


def _by_moment(name: str, moment: datetime) -> Keep:
    match name:
        case "DateSent<":
            return lambda m: m.dated <= moment
        case "DateSent>":
            return lambda m: m.dated >= moment
    # Equality means the day, whatever the hour given.
    return lambda m: m.dated.date() == moment.date()


def _moment(value: str) -> date | datetime:
    try:
        if len(value) == len("2026-01-31"):
            return date.fromisoformat(value)
        iso = value[:1].isdigit()
        moment = datetime.fromisoformat(value) if iso else parsedate_to_datetime(value)
    except ValueError:
        raise Refusal(20001, detail="DateSent is a date, as in 2026-01-31") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
