"""A mailing house at the vendor's edge: it keeps to the vendor's OpenAPI file and to its moods."""

import email
import hashlib
import hmac
import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema import Draft202012Validator

SPEC = Path(__file__).parents[2] / "shared" / "specs" / "lob.yml"
TAKE, TAKE_AND_LOSE, LOSE, REFUSE, BUSY = "take", "take and lose", "lose", "refuse", "busy"
ANA = {
    "name": "ANA LOPEZ", "address_line1": "12 OAK AVE", "address_city": "COLUMBUS",
    "address_state": "OH", "address_zip": "43215-1200", "address_country": "UNITED STATES",
}  # fmt: skip


@dataclass
class FakeLob:
    """`moods`: what becomes of the next letters; then it takes them. `mailed`: its own log."""

    moods: deque[str] = field(default_factory=deque)
    to: Mapping[str, Any] = field(default_factory=lambda: dict(ANA))
    """The address as it answers with it."""
    asked: list[httpx.Request] = field(default_factory=list)
    mailed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By idempotency key."""
    cancelled: list[str] = field(default_factory=list)
    may_cancel: bool = True
    away: bool = False

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.method == "GET":
            return self._list(request)
        if request.method == "DELETE":
            return self._cancel(request)
        mood = self.moods.popleft() if self.moods else TAKE
        if mood == BUSY:
            return httpx.Response(429, json={"error": {"code": "rate_limit_exceeded"}})
        if mood == REFUSE:
            return httpx.Response(422, json={"error": {"code": "invalid", "status_code": 422}})
        if mood == LOSE:
            raise httpx.ReadTimeout("no answer", request=request)
        key = request.headers["Idempotency-Key"]
        if key not in self.mailed:
            id_ = f"ltr_{len(self.mailed):016x}"
            metadata = {"letter_id": form_of(request)["metadata"]["letter_id"]}
            self.mailed[key] = {"id": id_, "to": self.to, "metadata": metadata}
        if mood == TAKE_AND_LOSE:
            raise httpx.ReadTimeout("no answer", request=request)
        return httpx.Response(200, json=self.mailed[key])

    def _list(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            return httpx.Response(503)
        wanted = request.url.params["metadata[letter_id]"]
        rows = [row for row in self.mailed.values() if row["metadata"]["letter_id"] == wanted]
        return httpx.Response(200, json={"data": rows, "object": "list", "count": len(rows)})

    def _cancel(self, request: httpx.Request) -> httpx.Response:
        if not self.may_cancel:
            return httpx.Response(422, json={"error": {"code": "bad_request"}})
        self.cancelled.append(request.url.path.rsplit("/", 1)[-1])
        return httpx.Response(200, json={"id": self.cancelled[-1], "deleted": True})


def form_of(request: httpx.Request) -> dict[str, Any]:
    """The multipart form as the object the vendor's file describes."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    found: dict[str, Any] = {}
    for part in email.message_from_bytes(head + request.content).walk():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            continue
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        if file := part.get_filename():
            found[name] = file
            continue
        text = body.decode()
        value: Any = {"true": True, "false": False}.get(text, text)
        if nested := re.fullmatch(r"(\w+)\[(\w+)\]", name):
            found.setdefault(nested[1], {})[nested[2]] = value
        else:
            found[name] = value
    return found


@lru_cache
def vendor() -> Any:
    return yaml.load(SPEC.read_text("utf-8"), Loader=yaml.CSafeLoader)


def wrong_with(form: Mapping[str, Any]) -> list[str]:
    """What the vendor's file says against this letter; a field it does not know is wrong too."""
    body = vendor()["paths"]["/letters"]["post"]["requestBody"]["content"]["application/json"]
    schema = _plain(body["schema"])
    known = {name for part in schema["allOf"] for name in part.get("properties", ())}
    said = [
        f"{'/'.join(map(str, error.path))}: {error.message[:80]}"
        for error in Draft202012Validator(schema).iter_errors(form)
    ]
    return said + [f"{name}: not known" for name in form if name not in known]


def _plain(node: Any, seen: tuple[str, ...] = ()) -> Any:
    """OpenAPI 3.0 as JSON Schema: references followed, `nullable` said as a type."""
    if isinstance(node, list):
        return [_plain(each, seen) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        if node["$ref"] in seen:
            return {}
        target = vendor()
        for step in node["$ref"][2:].split("/"):
            target = target[step.replace("~1", "/")]
        return _plain(target, (*seen, node["$ref"]))
    made = {name: _plain(value, seen) for name, value in node.items() if name != "example"}
    if made.pop("nullable", False) is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def event(kind: str, letter: str = "ltr_1", **body: Any) -> bytes:
    """A webhook's body, in the shape of the vendor's `events`."""
    return json.dumps(
        {
            "id": "evt_1", "object": "event", "reference_id": letter,
            "date_created": "2026-03-09T12:00:00Z", "body": {"id": letter, **body},
            "event_type": {"id": kind, "object": "event_type", "resource": "letters",
                           "enabled_for_test": True},
        }
    ).encode()  # fmt: skip


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
