"""The simulated carrier against Twilio's own OpenAPI file."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from simulated import MEMBER, MESSAGES, Simulated, simulated

from simulator.carrier_requests import FIELDS

SPEC = Path(__file__).parents[2] / "shared" / "specs" / "twilio_api_v2010.json"
pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="Twilio's OpenAPI file is not here")
PATH = "/2010-04-01/Accounts/{AccountSid}/Messages"


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    loaded: dict[str, Any] = nullable(json.loads(SPEC.read_text("utf-8")))
    return loaded


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Simulated]:
    async with simulated(tmp_path) as made:
        yield made


def nullable(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [nullable(n) for n in node]
    if not isinstance(node, dict):
        return node
    plain = {k: nullable(v) for k, v in node.items() if k != "nullable"}
    if node.get("nullable") and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


def faults(spec: dict[str, Any], method: str, path: str, status: str, body: Any) -> list[str]:
    answer = spec["paths"][path][method]["responses"][status]
    schema = answer["content"]["application/json"]["schema"] | {"components": spec["components"]}
    found = [e.message for e in Draft202012Validator(schema).iter_errors(body)]
    known = schema.get("properties", spec["components"]["schemas"]["api.v2010.account.message"])
    return found + sorted(body.keys() - known.get("properties", known).keys())


async def test_what_is_created_fits_the_schema(world: Simulated, spec: dict[str, Any]) -> None:
    created = await world.send("¡Hola! 👍")
    assert faults(spec, "post", f"{PATH}.json", "201", created.json()) == []
    pool = {"From": "", "MessagingServiceSid": "MG" + "c3" * 16}
    assert faults(spec, "post", f"{PATH}.json", "201", (await world.send(**pool)).json()) == []


async def test_what_is_fetched_and_listed_fits_the_schema(
    world: Simulated, spec: dict[str, Any]
) -> None:
    sid = (await world.send()).json()["sid"]
    world.world.carrier.text_in(MEMBER, "1", by="persona")
    await world.pass_time(timedelta(minutes=1))
    one = await world.caller.get(MESSAGES.replace(".json", f"/{sid}.json"))
    assert faults(spec, "get", f"{PATH}/{{Sid}}.json", "200", one.json()) == []
    listed = await world.caller.get(MESSAGES, params={"PageSize": "1"})
    assert len(listed.json()["messages"]) == 1
    assert faults(spec, "get", f"{PATH}.json", "200", listed.json()) == []


async def test_every_field_shown_is_the_specs_and_none_is_left_out(
    world: Simulated, spec: dict[str, Any]
) -> None:
    shown = spec["components"]["schemas"]["api.v2010.account.message"]["properties"]
    assert (await world.send()).json().keys() == shown.keys()


def test_no_field_is_taken_that_twilio_does_not_document(spec: dict[str, Any]) -> None:
    body = spec["paths"][f"{PATH}.json"]["post"]["requestBody"]["content"]
    assert body["application/x-www-form-urlencoded"]["schema"]["properties"].keys() >= FIELDS


async def test_a_request_the_spec_refuses_is_refused(
    world: Simulated, spec: dict[str, Any]
) -> None:
    body = spec["paths"][f"{PATH}.json"]["post"]["requestBody"]["content"]
    schema = body["application/x-www-form-urlencoded"]["schema"]
    schema |= {"additionalProperties": False, "components": spec["components"]}
    for bad in ({}, {"To": MEMBER, "Text": "x"}, {"To": MEMBER, "MessagingServiceSid": "MG1"}):
        assert not Draft202012Validator(schema).is_valid(bad)
        assert (await world.caller.post(MESSAGES, data=bad)).status_code == 400
