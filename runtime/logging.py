"""Structured logs that cannot carry a member's facts: fields are an allow-list.

Every line of every library passes the same door. What a line says in words is kept only when our
own code wrote it; of other libraries' lines the unfilled pattern is kept, since they fill it with
addresses and numbers.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

LOGGABLE = frozenset(
    {
        "event", "level", "timestamp", "logger", "component",
        "enrollment_id", "intent_id", "message_id", "note_id", "letter_id", "workflow_id",
        "program", "stage", "step", "template", "language", "state", "kind", "reason", "code",
        "count", "status", "attempt", "lane", "rows", "step_name",
        "method", "path_template", "duration_ms", "port", "version",
        "error", "error_at", "actor",
    }
)  # fmt: skip
"""A new field is dropped until someone argues it is no fact about a member."""
QUIET = (
    "httpx",
    "httpcore",
    "uvicorn.error",
    "temporalio",
    "twilio.http_client",
    "twilio.async_http_client",
    "alembic",
)
OURS = ("workflows", "activities", "api", "claims", "store", "gateways", "runtime")


def only_loggable(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list, and every value that is not plain."""
    return {
        key: value if isinstance(value, str | int | float | bool) else f"<{type(value).__name__}>"
        for key, value in event.items()
        if (key in LOGGABLE and value is not None) or key.startswith("_")
    }


def exception_by_place(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An exception as its type and where it was raised: its message may quote a member."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if raised and raised[0] is not None:
        event["error"] = raised[0].__qualname__
        event["error_at"] = _place(raised[2])
    event.pop("stack_info", None)
    return event


def _place(trace: TracebackType | None) -> str:
    frames = traceback.extract_tb(trace)[-3:]
    places = [f"{'/'.join(f.filename.split('/')[-2:])}:{f.lineno} {f.name}" for f in frames]
    return " > ".join(places)


def pattern_of_others(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Of another library's line keep the pattern, not what it was filled with."""
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.name.partition(".")[0] not in OURS:
        event["event"] = (
            record.msg if isinstance(record.msg, str) and record.args else _bare(record)
        )
    return event


def _bare(record: logging.LogRecord) -> str:
    # A line that came filled in (an f-string) cannot be told from its pattern: name its place.
    return f"{record.name} said something in {record.module}.{record.funcName}:{record.lineno}"


def set_up_logging(level: str = "INFO", *, component: str = "") -> None:
    """Send structlog and the standard library's loggers through one door to standard error."""

    def name_component(_logger: Any, _method: str, event: EventDict) -> EventDict:
        return {**event, "component": component} if component else event

    entry: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        name_component,
        exception_by_place,
    ]
    structlog.configure(
        processors=[*entry, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=entry, processors=EXIT)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _hush()


EXIT: list[Processor] = [
    pattern_of_others,
    only_loggable,
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.JSONRenderer(),
]


def _hush() -> None:
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # Its lines carry whole addresses, with the secrets of note links in them.
    logging.getLogger("uvicorn.access").disabled = True
