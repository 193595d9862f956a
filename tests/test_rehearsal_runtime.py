"""A demo goes on with those it began with, and its simulated carrier stays the same one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.errors import Refusal
from runtime.rehearsal import Cast, Simulation, cast_of
from runtime.settings import Settings
from simulator.app_config import read_config

CAST = Cast(claims=None, members=200, seed=1, as_of="2026-03-01", contacts=("c.parquet",))


def test_a_second_start_finds_whom_the_first_one_loaded(tmp_path: Path) -> None:
    CAST.write(tmp_path)
    assert cast_of(tmp_path, claims=None, members=200, seed=1) == CAST


def test_a_home_without_a_demo_has_no_cast(tmp_path: Path) -> None:
    assert cast_of(tmp_path, claims=None, members=200, seed=1) is None


@pytest.mark.parametrize(
    ("claims", "members", "seed"),
    [
        pytest.param(None, 60, 1, id="another number of members"),
        pytest.param(None, 200, 2, id="another seed"),
        pytest.param(Path("claims"), 200, 1, id="other claims"),
    ],
)
def test_another_demo_in_the_same_home_is_refused(
    tmp_path: Path, claims: Path | None, members: int, seed: int
) -> None:
    CAST.write(tmp_path)
    with pytest.raises(Refusal, match="holds a demo of 200 members, seed 1, made-up claims; ask"):
        cast_of(tmp_path, claims=claims, members=members, seed=seed)


def test_the_clock_begins_the_day_after_the_claims_end() -> None:
    assert CAST.begin == datetime(2026, 3, 2, 14, tzinfo=UTC)


def test_the_carriers_account_outlives_a_restart_and_only_its_owner_may_read_it(
    tmp_path: Path,
) -> None:
    first = Simulation.of(tmp_path)
    assert Simulation.of(tmp_path) == first
    assert (tmp_path / "simulator" / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_the_simulator_understands_the_file_it_is_started_with(tmp_path: Path) -> None:
    simulation = Simulation.of(tmp_path)
    file = simulation.write_config(tmp_path, CAST, "http://127.0.0.1:8765", tmp_path / "notes")
    config = read_config(file)
    assert config.account_sid == simulation.account_sid
    assert config.seed == CAST.seed
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_product_is_told_of_this_carrier_whatever_real_one_is_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWAY_TWILIO__ACCOUNT_SID", "AC-real")
    simulation = Simulation.of(tmp_path)
    for name, value in simulation.environment().items():
        monkeypatch.setenv(name, value)
    told = Settings()
    assert told.twilio.complete
    assert told.twilio.api_base == simulation.url
    assert told.twilio.account_sid == simulation.account_sid
    assert told.phone_url == f"{simulation.url}/phone"
    assert told.pharmacy_api_key.get_secret_value() == simulation.pharmacy_api_key
