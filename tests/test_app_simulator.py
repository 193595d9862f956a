"""How the simulator is started: its settings, and the sentence when they are wrong."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest
from simulated import (
    ACCOUNT,
    CALLBACK,
    MESSAGES,
    MONDAY,
    OURS,
    TOKEN,
    contacts_file,
    settings,
    simulated,
)

from simulator import __main__ as program
from simulator.app import World, create_app
from simulator.app_config import BadConfig, read_config
from simulator.carrier_log import read
from simulator.clock import wall_now

RATE = 100_000.0

GOOD = {
    "port": 8766,
    "product_url": "http://127.0.0.1:8765/",
    "account_sid": ACCOUNT,
    "auth_token": TOKEN,
    "from_number": OURS,
    "state_dir": "state",
}


def written(folder: Path, content: object) -> Path:
    file = folder / "simulator.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return file


def test_a_short_configuration_is_enough_and_faults_are_off(tmp_path: Path) -> None:
    config = read_config(written(tmp_path, GOOD))
    assert config.product == "http://127.0.0.1:8765"
    assert set(config.faults.model_dump().values()) == {0.0}
    assert TOKEN not in repr(config)


WRONG = [
    pytest.param(None, "cannot be read", id="no file"),
    pytest.param("{", "Invalid JSON", id="not JSON"),
    pytest.param(GOOD | {"port": 0}, "port", id="no such port"),
    pytest.param(GOOD | {"account_sid": "AC1"}, "account_sid", id="a broken account"),
    pytest.param(GOOD | {"from_number": "5550100"}, "from_number", id="a number not in E.164"),
    pytest.param(GOOD | {"product_url": "product"}, "product_url", id="no address"),
    pytest.param(GOOD | {"fault": {}}, "fault", id="an unknown setting"),
    pytest.param(GOOD | {"faults": {"too_many": 2}}, "faults.too_many", id="a share above one"),
    pytest.param(GOOD | {"auth_token": ""}, "auth_token", id="no token"),
]


@pytest.mark.parametrize(("content", "named"), WRONG)
def test_a_wrong_configuration_is_told_in_a_sentence(
    tmp_path: Path, content: object, named: str
) -> None:
    file = tmp_path / "none.json" if content is None else written(tmp_path, content)
    with pytest.raises(BadConfig, match=named) as told:
        read_config(file)
    assert str(told.value).startswith(f"{file}: ")
    assert TOKEN not in str(told.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(GOOD | {"port": "x"}, id="a wrong setting"),
        pytest.param(GOOD | {"contacts": ["nowhere.csv"]}, id="contacts that are not there"),
    ],
)
def test_bad_input_ends_with_code_2_and_one_line(
    tmp_path: Path,
    content: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = written(tmp_path, content | {"state_dir": str(tmp_path)})
    monkeypatch.setattr(sys, "argv", ["simulator", "--config", str(file)])
    assert program.main() == 2
    assert capsys.readouterr().err.count("\n") == 1


async def test_the_living_world_hears_the_clock_and_moves_everybody(tmp_path: Path) -> None:
    contacts = contacts_file(tmp_path, [(f"+1614555{n:04d}", "mobile", "en") for n in range(40)])
    asked, everybody = set[str](), asyncio.Event()

    def product(request: httpx.Request) -> httpx.Response:
        asked.add(request.url.path)
        if asked >= {"/health", "/twilio/status", "/twilio/inbound", "/api/pharmacy/deliveries"}:
            everybody.set()
        now = MONDAY + (wall_now() - began) * RATE
        clock = {"now": now.isoformat(), "rate": RATE}
        return httpx.Response(200, json={"clock": clock, "deliveries": []})

    began = wall_now()
    config = settings(tmp_path, contacts=[contacts], notes_dir=tmp_path, pharmacy_api_key="key")
    client = httpx.AsyncClient(transport=httpx.MockTransport(product), base_url=config.product)
    world = World(config, client)
    app = create_app(world, world.live)
    transport = httpx.ASGITransport(app)
    caller = httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", auth=(ACCOUNT, TOKEN)
    )
    async with app.router.lifespan_context(app), caller:
        for n in range(40):
            body = {"To": f"+1614555{n:04d}", "From": OURS, "Body": "Reply 1 to start, 2 for no"}
            await caller.post(MESSAGES, data=body | {"StatusCallback": CALLBACK})
        async with asyncio.timeout(60):
            await everybody.wait()
    accepted = [e for e in read(config.state_dir / "carrier.jsonl") if e["kind"] == "accepted"]
    assert len(accepted) > 20
    assert MONDAY.isoformat() <= min(e["at"] for e in accepted)


async def test_a_world_that_breaks_stops_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = asyncio.Event()
    monkeypatch.setattr("signal.raise_signal", lambda number: stopped.set())

    async def broken() -> None:
        raise RuntimeError

    async with simulated(tmp_path) as world:
        app = create_app(world.world, broken)
        async with app.router.lifespan_context(app), asyncio.timeout(30):
            await stopped.wait()
