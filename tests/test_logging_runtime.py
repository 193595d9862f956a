"""Canaries: a member's name, phone, birth date and words come out of no log, whoever logs them."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from runtime.logging import set_up_logging

CANARIES = ("Canaria", "Quetzal", "+12125550187", "1948-02-29", "my sugar is 48")
WORDS = " ".join(CANARIES)


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("httpx", "uvicorn.access", "uvicorn.error", "twilio.http_client")
    before = {name: logging.getLogger(name).level for name in names}
    yield
    root.handlers[:], root.level = handlers, level
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)
        logging.getLogger(name).disabled = False
    structlog.reset_defaults()


def our_field() -> None:
    structlog.get_logger("activities.sending").info("text_sent", body=WORDS, phone=CANARIES[2])


def our_context() -> None:
    with structlog.contextvars.bound_contextvars(member_name=WORDS):
        structlog.get_logger("api").warning("slow", duration_ms=3)


def our_object() -> None:
    structlog.get_logger("api").info("seen", reason={"name": WORDS})


def our_exception() -> None:
    try:
        raise ValueError(WORDS)
    except ValueError:
        structlog.get_logger("store").exception("failed")


def chained_exception() -> None:
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as cause:
            raise RuntimeError(WORDS) from cause
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")


def library_arguments() -> None:
    logging.getLogger("uvicorn.error").warning('Invalid "%s"', WORDS)


def library_sentence() -> None:
    logging.getLogger("temporalio.activity").warning(f"Completing activity as failed {WORDS}")  # noqa: G004


def library_extra() -> None:
    logging.getLogger("temporalio.worker").error("Failed %s", "x", extra={"input": WORDS})


def access_line() -> None:
    logging.getLogger("uvicorn.access").info("GET /n/%s", WORDS)


def carrier_address() -> None:
    logging.getLogger("httpx").info("GET %s", WORDS)
    logging.getLogger("twilio.http_client").info("Query Params: %s", WORDS)


@pytest.mark.parametrize(
    "speak",
    [
        our_field, our_context, our_object, our_exception, chained_exception, library_arguments,
        library_sentence, library_extra, access_line, carrier_address,
    ],
    ids=lambda speak: speak.__name__.replace("_", " "),
)  # fmt: skip
def test_no_canary_sings(speak: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("DEBUG")
    speak()
    said = capsys.readouterr().err
    assert [canary for canary in CANARIES if canary in said] == []


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_what_helps_an_operator_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", component="worker")
    structlog.get_logger("activities").info("text_sent", intent_id="i1", reason="ok", count=2)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "text_sent", "intent_id": "i1", "reason": "ok", "count": 2,
        "level": "info", "logger": "activities", "component": "worker",
    }  # fmt: skip


def test_an_exception_is_its_type_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    our_exception()
    (line,) = lines(capsys)
    assert line["error"] == "ValueError"
    assert "tests/test_logging_runtime.py:" in line["error_at"]
    assert line["error_at"].endswith("our_exception")
