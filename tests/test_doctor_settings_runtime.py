"""Settings that name nothing usable, or that are none: the doctor says so, and `up` refuses."""

import sys
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from runtime.cli import main
from runtime.doctor_settings import named, settings_names
from runtime.settings import Fax, Mail, Settings, Twilio

DOCS = Path(__file__).parents[1] / "docs" / "settings.md"


def said(settings: Settings) -> dict[str, tuple[str, str]]:
    return {found.about: (found.verdict, found.sentence) for found in named(settings)}


@pytest.mark.parametrize(
    ("settings", "about", "verdict", "says"),
    [
        pytest.param(
            Settings(resources=Path("/nowhere.json")),
            "Services", "fail", "/nowhere.json cannot be read", id="services that are not there",
        ),
        pytest.param(
            Settings(resources=DOCS),
            "Services", "fail", "DOORWAY_RESOURCES names it", id="services that are no JSON",
        ),
        pytest.param(
            Settings(instruments=Path("/nowhere")),
            "Instruments", "fail", "which is no folder", id="instruments that are not there",
        ),
        pytest.param(
            Settings(instruments=DOCS.parent),
            "Instruments", "warn", "none of them can be asked", id="a folder without instruments",
        ),
        pytest.param(
            Settings(claims_dir=DOCS),
            "Nightly run", "fail", "which is no folder", id="a file where claims should lie",
        ),
        pytest.param(
            Settings(claims_dir=DOCS.parent, claims_hour=3),
            "Nightly run", "ok", "at 3:00 UTC", id="a claims folder",
        ),
        pytest.param(
            Settings(fax=Fax(project="p", key_id="k", key_secret=SecretStr("canary"))),
            "Fax", "warn", "not used because DOORWAY_FAX__NUMBER is not set.", id="half a fax",
        ),
        pytest.param(
            Settings(mail=Mail(host="mail.example", password=SecretStr("canary"))),
            "Mail", "warn", "not used because DOORWAY_MAIL__SENDER is not set.", id="half a mail",
        ),
    ],
)  # fmt: skip
def test_what_a_setting_names_is_looked_at(
    settings: Settings, about: str, verdict: str, says: str
) -> None:
    found = said(settings)[about]
    assert found[0] == verdict
    assert says in found[1]
    assert "canary" not in found[1]


def test_with_no_settings_there_is_nothing_to_say_but_of_the_sample() -> None:
    assert set(said(Settings())) == {"Services"}


def test_a_misspelled_variable_is_named_with_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORWAY_TWILIO_AUTH_TOKEN", "canary")
    assert said(Settings())["Settings"] == (
        "warn",
        "DOORWAY_TWILIO_AUTH_TOKEN is set and is no setting of Doorway; did you mean "
        "DOORWAY_TWILIO__AUTH_TOKEN?",
    )


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("DOORWAY_HOME", "home"),
        ("DOORWAY_PORT", "port"),
        ("DOORWAY_LOG_LEVEL", "log_level"),
        ("DOORWAY_TEMPORAL_TLS", "temporal_tls"),
        ("DOORWAY_RESOURCES", "resources"),
        ("DOORWAY_INSTRUMENTS", "instruments"),
        ("DOORWAY_CLAIMS_DIR", "claims_dir"),
    ],
)
def test_a_variable_set_to_nothing_is_not_set(
    monkeypatch: pytest.MonkeyPatch, name: str, reading: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    unset = getattr(Settings(), reading)
    monkeypatch.setenv(name, "")
    assert getattr(Settings(), reading) == unset


def test_links_are_put_behind_the_public_address_with_one_slash() -> None:
    told = Settings(public_base_url="https://outreach.example.org/")
    assert told.public_base_url == "https://outreach.example.org"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"public_base_url": "https://a.example/?x=1"}, id="an address with a query"),
        pytest.param({"twilio": {"from_number": "0123"}}, id="a number without its country"),
        pytest.param({"fax": {"number": "fax"}}, id="a fax number in words"),
        pytest.param({"mail": {"sender": "care"}}, id="a sender who is no mail address"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)


def test_short_codes_send_texts_too() -> None:
    assert Twilio(from_number="12345").from_number == "12345"


@pytest.mark.parametrize(
    ("env", "says"),
    [
        pytest.param(
            {"DOORWAY_TWILIO": "canary"},
            "DOORWAY_TWILIO is a group of settings and holds no value; unset it",
            id="a group that is given a value",
        ),
        pytest.param(
            {"DOORWAY_RESOURCES": "/nowhere.json"},
            "/nowhere.json cannot be read",
            id="services that are not there",
        ),
    ],
)
def test_up_refuses_before_a_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    env: dict[str, str], says: str,
) -> None:  # fmt: skip
    for name, value in {"DOORWAY_HOME": str(tmp_path), **env}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["doorway", "up"])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert told.startswith(says)
    assert told.count("\n") == 1
    assert "canary" not in told
    assert {path.name for path in tmp_path.iterdir()} <= {"lock", "keys"}


def test_the_page_of_settings_names_every_variable() -> None:
    page = DOCS.read_text()
    inner = {"DOORWAY_PARENT_PID"}
    assert sorted(name for name in settings_names() - inner if f"`{name}" not in page) == []
