"""Children that end when they are told to, and also when nobody is left to tell them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ORPHAN_CHECK_SECONDS = 1.0
LARGEST_LOG = 20_000_000


def bound_to_parent(command: Sequence[str], *, last_signal: str) -> list[str]:
    """The command, sent `last_signal` ("INT", "KILL"...) by the kernel when its parent dies.

    The kernel counts the *thread* that forked as the parent: start children from the main thread.
    macOS has no such call; there `watch_parent` looks after Python children, others are left over.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    if setpriv is None:
        return list(command)
    return [setpriv, "--pdeathsig", last_signal, "--", *command]


def launch(
    command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child whose output goes to the end of `log`.

    It gets a session of its own, so that Ctrl-C in a terminal reaches the parent alone.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=None if env is None else dict(env),
        )


def stop(child: subprocess.Popen[bytes], how: signal.Signals, *, patience: float) -> None:
    """Ask, wait `patience` seconds, then kill the child and whatever it started."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(how)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def free_port() -> int:
    """A loopback TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do it: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(host: str, port: int, *, patience: float = 5.0) -> bool:
    """Whether anybody takes connections there; False also for a host that nobody knows."""
    try:
        with socket.create_connection((host, port), timeout=patience):
            return True
    except OSError:
        return False


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def is_running(pid: int) -> bool:
    """Whether a process of this number exists and is not merely waiting to be reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    stat = Path(f"/proc/{pid}/stat")
    with contextlib.suppress(OSError):
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def command_of(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
        return words.replace(b"\0", b" ").decode("utf8", "replace")
    answer = subprocess.run(
        ["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def await_end(pid: int, mark: str, *, patience: float) -> bool:
    """Wait for the process with `mark` in its command line to end; False when it does not.

    Its number may have been given to another program since: that does not count.
    """
    deadline = time.monotonic() + patience
    while is_running(pid) and mark in command_of(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def number_in(path: Path) -> int | None:
    """The number on the first line of a pid file, None when there is none."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(path.read_text().splitlines()[0])
    return None


def watch_parent(last_signal: signal.Signals = signal.SIGKILL) -> None:
    """End this process when `DOORWAY_PARENT_PID` is set and no longer our parent.

    Covers systems without a parent-death signal, and the moment between fork and asking for one.
    """
    named = os.environ.get("DOORWAY_PARENT_PID", "")
    if not named.isdigit():
        return
    parent = int(named)

    def look() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        os.kill(os.getpid(), last_signal)

    threading.Thread(target=look, name="parent-watch", daemon=True).start()
