"""The Temporal server: the embedded one (dev server, a file, our child, loopback), or yours."""

import contextlib
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from runtime.errors import Refusal
from runtime.processes import (
    answers,
    await_end,
    bound_to_parent,
    free_port,
    is_listening,
    launch,
    number_in,
    port_is_free,
    stop,
)

RETENTION = "720h"
STOP_SECONDS = 10.0
PREDECESSOR_SECONDS = 15.0
LAUNCHES = 5
TAKEN = b"address already in use"
FLAGS = {
    # Four partitions and one poller make the slowest tasks wait seconds.
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
    # Without it fairness keys are silently ignored.
    "matching.enableFairness": "true",
    # Timers fire 0.2 s late instead of 0.6 s; at four seconds a day that is hours.
    "history.timerProcessorMaxTimeShift": '"1ms"',
}


def temporal_binary() -> Path:
    """The `temporal` program: DOORWAY's own environment first, then PATH."""
    # PATH does not hold the environment's bin folder when it was never activated.
    beside = Path(sys.executable).parent / "temporal"
    if beside.exists():
        return beside
    found = shutil.which("temporal")
    if found is None:
        raise Refusal(
            "The program temporal was not found; run `make setup`, or set "
            "DOORWAY_TEMPORAL_ADDRESS to a Temporal server of your own."
        )
    return Path(found)


def look_for_server(address: str) -> None:
    """Refusal when nobody takes connections at `host:port`."""
    host, _, port = address.rpartition(":")
    if not answers(host.strip("[]"), int(port)):
        raise silent(address)


def silent(address: str) -> Refusal:
    """The sentence for a server that is not there."""
    return Refusal(
        f"The Temporal server at {address} does not answer; check DOORWAY_TEMPORAL_ADDRESS and "
        "that the server runs."
    )


class EmbeddedTemporal:
    """One server over one database file; its port is remembered in the home."""

    name = "Temporal"

    def __init__(self, home: Path, namespace: str = "default") -> None:
        self._home = home.resolve()
        self.log = self._home / "logs" / "temporal.log"
        self._namespace = namespace
        self._port: int | None = None
        self._launches = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        if self._port is None:
            remembered = self._home / "temporal.port"
            with contextlib.suppress(OSError, ValueError):
                self._port = int(remembered.read_text())
            if self._port is None or not port_is_free(self._port):
                self._port = free_port()
                remembered.write_text(str(self._port))
        return self._port

    @property
    def address(self) -> str:
        """Certain only once the server is ready: a port that is lost to others is replaced."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and return at once; `is_ready` tells when it answers."""
        folder = self._home / "temporal"
        folder.mkdir(parents=True, exist_ok=True)
        self._wait_for_predecessor(folder / "server.pid")
        self._launches = 0
        self._launch(folder)

    def _launch(self, folder: Path) -> None:
        self._launches += 1
        command = [str(temporal_binary()), "server", "start-dev", "--headless"]
        command += ["--ip", "127.0.0.1", "--port", str(self.port)]
        command += ["--db-filename", str(folder / "temporal.db"), "--namespace", self._namespace]
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            command += ["--sqlite-pragma", pragma]
        for name, value in FLAGS.items():
            command += ["--dynamic-config-value", f"{name}={value}"]
        command += ["--log-level", "warn", "--disable-config-file", "--disable-config-env"]
        self.process = launch(bound_to_parent(command, last_signal="TERM"), log=self.log)
        (folder / "server.pid").write_text(str(self.process.pid))

    def is_ready(self) -> bool:
        """Whether it answers; from the first time on, what it closed is kept for 30 days."""
        if self.process is None or self.process.poll() is not None:
            if self._lost_a_port():
                self._launch(self._home / "temporal")
                return False
            raise Refusal(f"The embedded Temporal server did not start; {self.log} says why.")
        return is_listening(self.port) and self._keep_long()

    def _lost_a_port(self) -> bool:
        """Whether another program took a port in the moment between choosing and opening it.

        The server chooses some ports itself, so that can happen with ours free.
        """
        lost = self.process is not None and TAKEN in self.log.read_bytes()[-4096:]
        if lost and not port_is_free(self.port):
            self._port = None
        return lost and self._launches < LAUNCHES

    def _wait_for_predecessor(self, pid_file: Path) -> None:
        """Two servers over one file would ruin it; one whose parent was killed ends by itself."""
        pid, files = number_in(pid_file), str(pid_file.parent)
        if pid is not None and not await_end(pid, files, patience=PREDECESSOR_SECONDS):
            raise Refusal(
                f"Another Temporal server (process {pid}) still works in {files}; "
                "stop it, or choose another DOORWAY_HOME."
            )

    def _keep_long(self) -> bool:
        command = [str(temporal_binary()), "operator", "namespace", "update"]
        command += ["--address", self.address, "--namespace", self._namespace]
        command += ["--retention", RETENTION, "--command-timeout", "5s"]
        command += ["--disable-config-file", "--disable-config-env"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGTERM, patience=STOP_SECONDS)
