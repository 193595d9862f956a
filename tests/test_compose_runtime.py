"""The compose file cannot be run here: it is read instead, for what breaks such files."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.doctor_settings import settings_names

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {"migrate", "api", "worker"}
LATER = "service_completed_successfully"


def test_the_five_parts_are_there() -> None:
    assert {"postgres", "temporal", *OURS} <= set(SERVICES)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_image_is_pinned_by_a_version(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].rpartition(":")
    assert image
    assert re.fullmatch(r"\d+(\.\d+)+", tag)


def test_the_image_of_our_own_has_a_pinned_base() -> None:
    (base,) = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    assert re.fullmatch(r"python:3\.11(\.\d+)?-\S+", base)


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_we_are_given_is_one_we_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= settings_names()


def test_every_variable_the_file_asks_its_reader_for_is_one_that_is_used() -> None:
    asked = set(re.findall(r"\$\{(DOORWAY_[A-Z_]+)", TEXT))
    assert asked
    assert asked <= settings_names()


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_whoever_is_waited_for_can_say_that_it_is_ready(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if how["condition"] == "service_healthy":
            assert SERVICES[other]["healthcheck"]["test"]
        else:
            assert how["condition"] == LATER
            assert SERVICES[other].get("restart") != "unless-stopped"


def test_nobody_works_before_the_tables_and_the_namespace_are_there() -> None:
    for name in ("api", "worker"):
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"]["condition"] == LATER
        assert waits["temporal-namespace"]["condition"] == LATER


def test_only_the_api_is_reachable_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"api": ["127.0.0.1:8765:8765"]}


def test_no_secret_is_written_in_the_file() -> None:
    secret = re.compile(r"^\s*\S*(PASSWORD|PWD|TOKEN|KEY)\S*:\s*(?!\$\{)\S", re.M)
    assert secret.findall(TEXT) == []


def test_volumes_and_configs_named_are_declared() -> None:
    used = {v.partition(":")[0] for s in SERVICES.values() for v in s.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    configs = {c["source"] for s in SERVICES.values() for c in s.get("configs", [])}
    assert configs == set(COMPOSE["configs"])
