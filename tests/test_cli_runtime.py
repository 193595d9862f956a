"""The command line teaches, refuses in one sentence, and finds the servers of a running house."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import make
import pytest
from pydantic import SecretStr
from rich.console import Console

from runtime.cli import main
from runtime.clock import wall_now
from runtime.doctor import Verdict, doctor, findings
from runtime.errors import Refusal
from runtime.home import Running, running_in, settings_here, sole_tenant
from runtime.postgres import EmbeddedPostgres
from runtime.settings import Settings, Twilio


class Told(NamedTuple):
    code: int
    out: str
    err: str


COMMANDS = (
    "up", "demo", "identify", "nightly", "nominate", "attribute", "export", "fhir-key",
    "pharmacy-system",
    "practices", "worker", "api", "migrate", "doctor",
)  # fmt: skip


@pytest.fixture
def doorway(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Told]:
    """The command line in this process: exit code, standard output, standard error."""

    def run(*words: str, **env: str) -> Told:
        for name, value in {"DOORWAY_HOME": str(tmp_path), **env}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["doorway", *words])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Told(code, *capsys.readouterr())

    return run


def test_help_names_every_command(doorway: Callable[..., Told]) -> None:
    told = doorway("--help")
    assert told.code == 0
    assert [name for name in COMMANDS if f" {name} " not in told.out] == []


def test_the_version_is_the_packages(doorway: Callable[..., Told]) -> None:
    assert doorway("--version") == Told(0, f"doorway {version('doorway')}\n", "")


@pytest.mark.parametrize(
    ("words", "env", "sentence"),
    [
        pytest.param(
            ["migrate"], {}, "No database is known: set DOORWAY_DATABASE_URL", id="no database"
        ),
        pytest.param(
            ["migrate"],
            {"DOORWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "The database of DOORWAY_DATABASE_URL cannot be reached",
            id="a database that does not answer",
        ),
        pytest.param(
            ["migrate"],
            {"DOORWAY_DATABASE_URL": "my database"},
            "DOORWAY_DATABASE_URL cannot be used: it is not an address of a PostgreSQL database",
            id="no address at all",
        ),
        pytest.param(
            ["worker"],
            {"DOORWAY_DATABASE_URL": "mysql://somebody:secret@there/db"},
            "DOORWAY_DATABASE_URL cannot be used: it is not an address of a PostgreSQL database",
            id="a database of another kind",
        ),
        pytest.param(
            ["api"],
            {"DOORWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "The database of DOORWAY_DATABASE_URL cannot be reached",
            id="an API without its database",
        ),
        pytest.param(
            ["identify", "medicaid-high-risk", "--claims", ".", "--as-of", "2026-01-01", "--start"],
            {"DOORWAY_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
            "The database of DOORWAY_DATABASE_URL cannot be reached",
            id="members to enroll nowhere",
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_PORT": "-4"},
            "DOORWAY_PORT cannot be used: input should be greater than or equal to 1",
            id="a port that cannot be",
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_LOG_LEVEL": "loud"},
            "DOORWAY_LOG_LEVEL cannot be used: input should be 'DEBUG'",
            id="a log level that cannot be",
        ),
        pytest.param(
            ["demo", "--report", "/"],
            {},
            "--report names /, which is a folder",
            id="a report where a folder is",
        ),
        pytest.param(
            ["demo", "--members", "2000001"],
            {},
            "--members may be 2,000,000 at most",
            id="more members than can be made up",
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_TEMPORAL_ADDRESS": "127.0.0.1:1"},
            "The Temporal server at 127.0.0.1:1 does not answer; check DOORWAY_TEMPORAL_ADDRESS",
            id="a Temporal server that does not answer",
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_TEMPORAL_ADDRESS": "http://there:7233"},
            "DOORWAY_TEMPORAL_ADDRESS cannot be used: it is not a host and its port",
            id="a Temporal server without its port",
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_PUBLIC_BASE_URL": "doorway.example.org"},
            "DOORWAY_PUBLIC_BASE_URL cannot be used: it is not an address such as https://",
            id="a web address without its scheme",
        ),
        pytest.param(
            ["up"], {"DOORWAY_PORT": "many"}, "DOORWAY_PORT cannot be used", id="a setting in words"
        ),
        pytest.param(
            ["up"],
            {"DOORWAY_HOME": "/proc/doorway"},
            "DOORWAY_HOME is",
            id="a home nobody can write",
        ),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_2(
    doorway: Callable[..., Told], words: list[str], env: dict[str, str], sentence: str
) -> None:
    refused = doorway(*words, **env)
    assert refused.code == 2
    assert refused.err.startswith(sentence)
    assert refused.err.count("\n") == 1
    assert "secret" not in refused.err


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_taken_port_is_found_before_anything_is_loaded(
    doorway: Callable[..., Told], tmp_path: Path, command: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = doorway(command, "--port", str(port))
    assert told.code == 2
    assert told.err.startswith(f"Port {port} is taken by another program")
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_a_key_that_cannot_be_used_is_refused_before_a_server_starts(
    doorway: Callable[..., Told], tmp_path: Path
) -> None:
    told = doorway("up", DOORWAY_TEMPORAL_KEY="zz")
    assert told.code == 2
    assert told.err.startswith("DOORWAY_TEMPORAL_KEY must hold 32 bytes")
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_the_doctor_finds_a_setting_that_cannot_be_used(doorway: Callable[..., Told]) -> None:
    told = doorway("doctor", DOORWAY_PORT="many")
    assert told.code == 1
    assert told.out.startswith("fail  Settings: DOORWAY_PORT cannot be used")


@pytest.mark.parametrize("seconds", ["-1", "0", "nan", "inf"])
def test_a_day_lasts_a_moment_at_least_and_a_day_at_most(
    doorway: Callable[..., Told], seconds: str
) -> None:
    assert doorway("up", "--day-seconds", seconds).code == 2


def test_other_commands_find_the_servers_of_a_running_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWAY_HOME", str(tmp_path))
    Running(os.getpid(), 8765, "http://here", "postgresql+psycopg://x", "127.0.0.1:7").write(
        tmp_path
    )
    found = settings_here()
    assert found.database_url == "postgresql+psycopg://x"
    assert found.temporal_address == "127.0.0.1:7"
    assert found.public_base_url == "http://here"


def test_the_word_of_a_killed_house_does_not_count(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    Running(ended.pid, 8765, "http://here", "x", "y").write(tmp_path)
    assert running_in(tmp_path) is None


def test_settings_of_an_operator_outrank_those_of_a_running_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOORWAY_HOME", str(tmp_path))
    monkeypatch.setenv("DOORWAY_DATABASE_URL", "postgresql://own")
    Running(os.getpid(), 8765, "http://here", "x", "y").write(tmp_path)
    assert settings_here().database_url == "postgresql+psycopg://own"


def test_a_home_has_one_tenant(tmp_path: Path) -> None:
    taken = rf"already runs in .* \(process {os.getpid()}\)"
    with sole_tenant(tmp_path), pytest.raises(Refusal, match=taken), sole_tenant(tmp_path):
        pass
    with sole_tenant(tmp_path):
        pass


CARRIER = Twilio(
    account_sid="AC0", auth_token=SecretStr("secret-canary"), from_number="+12025550123"
)


def said(settings: Settings) -> dict[str, tuple[Verdict, str]]:
    return {finding.about: (finding.verdict, finding.sentence) for finding in findings(settings)}


@pytest.mark.parametrize(
    ("twilio", "sentence"),
    [
        pytest.param(
            CARRIER.model_copy(update={"auth_token": SecretStr("")}),
            "sending is switched off because DOORWAY_TWILIO__AUTH_TOKEN is not set; "
            "what is due is kept.",
            id="one lacks",
        ),
        pytest.param(
            CARRIER.model_copy(update={"account_sid": "", "from_number": ""}),
            "sending is switched off because DOORWAY_TWILIO__ACCOUNT_SID and "
            "DOORWAY_TWILIO__FROM_NUMBER are not set; what is due is kept.",
            id="two lack",
        ),
    ],
)
def test_the_doctor_names_what_the_carrier_lacks(
    tmp_path: Path, twilio: Twilio, sentence: str
) -> None:
    assert said(Settings(home=tmp_path, twilio=twilio))["Carrier"] == (Verdict.WARN, sentence)


def test_the_doctor_sees_that_a_real_carrier_cannot_reach_this_machine(tmp_path: Path) -> None:
    here = Settings(home=tmp_path, twilio=CARRIER, public_base_url="http://127.0.0.1:8765")
    assert said(here)["Webhooks"][0] is Verdict.WARN
    there = Settings(home=tmp_path, twilio=CARRIER, public_base_url="https://doorway.example")
    assert said(there)["Webhooks"][0] is Verdict.OK


def test_the_doctor_finds_a_key_others_may_read(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "temporal.key"
    key.parent.mkdir()
    key.write_text("00" * 32)
    key.chmod(0o644)
    verdict, sentence = said(Settings(home=tmp_path))["Payload key"]
    assert verdict is Verdict.FAIL
    assert "chmod 600" in sentence
    key.chmod(0o600)
    assert said(Settings(home=tmp_path))["Payload key"][0] is Verdict.OK


def test_the_doctor_asks_a_database_for_its_tables_and_its_clock(
    tmp_path: Path, database_url: str, postgres: EmbeddedPostgres
) -> None:
    migrated = said(Settings(home=tmp_path, database_url=database_url))
    assert migrated["Tables"] == (Verdict.OK, "those of this version.")
    assert migrated["Clock"][1].startswith("real time")
    deaf = said(Settings(home=tmp_path, database_url=database_url, twilio=CARRIER))
    assert "nothing takes the carrier's webhooks" in deaf["Hearing"][1]
    make.save(database_url, make.listening(taking_since=wall_now(), taking_at=wall_now()))
    awaited = said(Settings(home=tmp_path, database_url=database_url, twilio=CARRIER))
    assert awaited["Hearing"][1].startswith("waiting for the carrier's list")
    empty = said(Settings(home=tmp_path, database_url=postgres.database_url()))
    assert empty["Tables"] == (Verdict.FAIL, "not those of this version; run `doorway migrate`.")


def test_a_failure_is_exit_code_1_and_no_secret_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Console(width=200)
    assert doctor(Settings(home=tmp_path, twilio=CARRIER), out) == 0
    broken = Settings(
        home=tmp_path, twilio=CARRIER, database_url="postgresql+psycopg://a:pw-canary@127.0.0.1:1/x"
    )
    assert doctor(broken, out) == 1
    printed = capsys.readouterr().out
    assert "fail" in printed
    assert "canary" not in printed
