"""The carrier's memory on disk: one JSON object a line, flushed before anything is answered."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Log:
    """Append-only; a line torn by a kill is cut off when the file is next opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        _cut_torn_line(path)
        self._file = path.open("a", encoding="utf-8")

    def append(self, event: Mapping[str, Any]) -> None:
        """Written to the operating system when this returns, so a kill -9 keeps it."""
        self._file.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def events(self) -> Iterator[Event]:
        return read(self.path)


def read(path: Path) -> Iterator[Event]:
    """Every whole event of a log; an unfinished last line is left out."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith("\n"):
                yield json.loads(line)


def _cut_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)
