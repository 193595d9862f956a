"""Stage states to and from plain JSON, and moved in time: a hold keeps the place, not the date."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

State = TypeVar("State")


def dump(state: Any) -> dict[str, Any]:
    """A frozen dataclass of scalars, dates and tuples as JSON."""
    return {field.name: _plain(getattr(state, field.name)) for field in fields(state)}


def load(kind: type[State], data: Mapping[str, Any]) -> State:
    """The state again; a field added since it was written takes its default."""
    hints = get_type_hints(kind)
    return kind(
        **{name: _typed(hints[name], value) for name, value in data.items() if name in hints}
    )


def shift(state: State, by: timedelta) -> State:
    """The same state with every moment moved: what a journey does when it resumes from a hold."""
    moved = {
        field.name: _moved(getattr(state, field.name), by)
        for field in fields(state)  # type: ignore[arg-type]
    }
    # mypy knows a State for a dataclass of any kind, not that these are its own fields.
    return replace(state, **moved)  # type: ignore[type-var]


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, tuple):
        return tuple(_moved(item, by) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return shift(value, by)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return dump(value)
    return value


def _typed(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (types.UnionType, Union):
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    if hint is datetime:
        return datetime.fromisoformat(value)
    if hint is date:
        return date.fromisoformat(value)
    if get_origin(hint) is tuple:
        inner = get_args(hint)
        item = inner[0] if len(inner) == 2 and inner[1] is Ellipsis else None
        if item is None:
            return tuple(_typed(kind, part) for kind, part in zip(inner, value, strict=True))
        return tuple(_typed(item, part) for part in value)
    if isinstance(hint, type) and is_dataclass(hint):
        return load(hint, value)
    return value
