"""How a page is drawn: one Jinja environment, what every page knows, answers as HTML."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from api import when, words
from domain.crisis import CallOutcome


def environment(templates: Path) -> Environment:
    """Autoescape for every suffix: what a member texts us is hostile HTML."""
    env = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        clock=when.clock,
        moment=when.moment,
        day=when.day,
        distance=when.distance,
        typed=when.typed,
        phone=words.phone,
        say=words.say,
    )
    env.globals.update(zone_name=when.zone_name, call_outcomes=tuple(CallOutcome))
    return env


def render_page(
    request: Request, template: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    """A page or a fragment; `viewer` is whoever the session belongs to, None on public pages."""
    state = request.app.state
    env: Environment = state.pages
    now: datetime = state.time.now()
    common: Mapping[str, Any] = {
        "viewer": getattr(request.state, "viewer", None),
        "now": now,
        "here": request.url.path,
        "sending_on": state.sending_on,
        "phone_url": state.phone_url,
    }
    return HTMLResponse(env.get_template(template).render({**common, **context}), status)
