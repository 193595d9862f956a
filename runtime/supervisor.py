"""The parent of every process: starts them in order, starts them again, stops them in order."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Protocol, TypeVar

from runtime.errors import Refusal
from runtime.processes import bound_to_parent, is_listening, launch, stop

PAUSE = 0.05
FIRST_BACK_OFF = 0.5
LONGEST_BACK_OFF = 30.0
STEADY_SECONDS = 20.0
"""A part that ran this long and dies is started again as quickly as one that never died."""
START_SECONDS = 90.0


P = TypeVar("P", bound="Part")


class Part(Protocol):
    """A process, or a server made of several."""

    name: str
    process: subprocess.Popen[bytes] | None

    def start(self) -> None: ...
    def is_ready(self) -> bool: ...
    def stop(self) -> None: ...


class PythonPart:
    """One of our own programs: `python -m MODULE ...`, ready when its port (if any) listens."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str],
        port: int | None = None,
        patience: float = 5.0,
    ) -> None:
        self.name = name
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._words = words
        self._env = env
        self._port = port
        self.patience = patience

    def start(self) -> None:
        command = bound_to_parent([sys.executable, "-m", *self._words], last_signal="KILL")
        self.process = launch(command, log=self.log, env=self._env)

    def is_ready(self) -> bool:
        self.is_alive()
        return self._port is None or is_listening(self._port)

    def is_alive(self) -> subprocess.Popen[bytes]:
        """Its process, unless that has ended."""
        if self.process is None or self.process.poll() is not None:
            raise Refusal(f"The {self.name} did not start; the end of {self.log} says why.")
        return self.process

    def ask(self) -> None:
        """Ask it to stop, without waiting."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, patience=self.patience)


class Supervisor:
    """Keeps parts running until told to stop; all of it on the main thread.

    The kernel binds a child to the *thread* that forked it, so nothing here may start a thread
    that starts children.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self.parts: list[Part] = []
        self.started: dict[str, float] = {}
        self._back_off: dict[str, float] = {}
        self._again: dict[str, float] = {}
        self.stopping = False

    def listen_to_signals(self) -> None:
        """From here on Ctrl-C and SIGTERM ask for an orderly stop instead of ending us."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def start(self, *parts: Part) -> None:
        """Start these side by side and wait until each is ready (or a stop was asked for)."""
        self.launch(*parts)
        self.wait_for(parts, lambda part: part.is_ready())

    def launch(self, *parts: Part) -> None:
        """Start these side by side."""
        for part in parts:
            if self.stopping:
                return
            self.parts.append(part)
            part.start()
            self.started[part.name] = time.monotonic()

    def wait_for(self, parts: Sequence[P], is_so: Callable[[P], bool]) -> None:
        """Until it is so for each of these, or a stop was asked for."""
        waiting = list(parts)
        deadline = time.monotonic() + START_SECONDS
        while waiting and not self.stopping:
            waiting = [part for part in waiting if not is_so(part)]
            if waiting and time.monotonic() > deadline:
                raise Refusal(
                    f"The {waiting[0].name} has not become ready in {START_SECONDS:.0f} s; "
                    "look at its log below DOORWAY_HOME."
                )
            time.sleep(PAUSE if waiting else 0)

    def tend(self) -> None:
        """Look after each part once: one that died is started again, later each time it dies."""
        now = time.monotonic()
        for part in self.parts:
            if part.name in self._again:
                if now >= self._again[part.name]:
                    del self._again[part.name]
                    self._start_again(part, now)
            elif part.process is not None and part.process.poll() is not None:
                self._plan_again(part, now)

    def _plan_again(self, part: Part, now: float) -> None:
        code = part.process.returncode if part.process else None
        if now - self.started[part.name] > STEADY_SECONDS:
            self._back_off.pop(part.name, None)
        wait = self._back_off.get(part.name, FIRST_BACK_OFF)
        self._back_off[part.name] = min(wait * 2, LONGEST_BACK_OFF)
        self._again[part.name] = now + wait
        self._tell(f"The {part.name} ended (code {code}); it is started again in {wait:.1f} s.")

    def _start_again(self, part: Part, now: float) -> None:
        self.started[part.name] = now
        try:
            part.start()
        except (Refusal, OSError) as failed:
            self._plan_again(part, now)
            self._tell(str(failed))

    def run(self, each_moment: Callable[[], bool]) -> None:
        """Tend the parts until a signal comes or `each_moment` (called about 10 times a second)
        answers that it is done."""
        while not self.stopping:
            self.tend()
            if each_moment():
                return
            time.sleep(2 * PAUSE)

    def stop(self, *names: str) -> None:
        """Stop these parts, or every one, the last started first; programs end side by side."""
        leaving = [part for part in reversed(self.parts) if not names or part.name in names]
        for part in leaving:
            # Servers are not asked yet: programs still write down what they were doing.
            if isinstance(part, PythonPart):
                part.ask()
        for part in leaving:
            part.stop()
            self.parts.remove(part)
