"""Hosts for tests of many machines: network namespaces where that may be, else processes of this one.

In namespaces there is a hub (the scheduler, the store of objects, the machine that builds) and workers, each with an
address of its own on a bridge within the hub: nothing of it is seen outside, and a worker can be cut off.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
_NETWORK = "10.77.0"


class Hosts:
    """A hub and some workers; ``with`` ends all that was started on them."""

    def __init__(self, workers: int, folder: Path, *, namespaces: bool | None = None) -> None:
        self.folder = folder
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self._logs: list[IO[str]] = []
        self._mark = uuid.uuid4().hex[:6]
        self.names = [f"w{n}" for n in range(1, workers + 1)]
        self.apart = _may_have_namespaces() if namespaces is None else namespaces
        self.address = f"{_NETWORK}.1" if self.apart else "127.0.0.1"
        self.port = self._find_port()

    @staticmethod
    def _find_port() -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        return port

    def __enter__(self) -> Hosts:
        if self.apart:
            hub = self._space("hub")
            _ip("netns", "add", hub)
            _ip("-n", hub, "link", "set", "lo", "up")
            _ip("-n", hub, "link", "add", "bridge", "type", "bridge")
            _ip("-n", hub, "addr", "add", f"{_NETWORK}.1/24", "dev", "bridge")
            _ip("-n", hub, "link", "set", "bridge", "up")
            for number, name in enumerate(self.names, 11):
                space = self._space(name)
                _ip("netns", "add", space)
                _ip("-n", hub, "link", "add", name, "type", "veth", "peer", "name", "eth", "netns", space)
                _ip("-n", hub, "link", "set", name, "master", "bridge", "up")
                _ip("-n", space, "addr", "add", f"{_NETWORK}.{number}/24", "dev", "eth")
                _ip("-n", space, "link", "set", "eth", "up")
                _ip("-n", space, "link", "set", "lo", "up")
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.processes):
            self.end(name)
        for log in self._logs:
            log.close()
        if self.apart:
            for name in ("hub", *self.names):
                subprocess.run(["ip", "netns", "del", self._space(name)], check=False, capture_output=True)

    def _space(self, name: str) -> str:
        return f"gongkai-{self._mark}-{name}"

    def start(
        self, host: str, name: str, *command: str, pipe: bool = False, within: Sequence[str] = (), **environment: str
    ) -> subprocess.Popen[str]:
        """Starts a program of this Python on a host. What it says goes to ``<name>.log``; its output, if ``pipe``."""
        before = ["ip", "netns", "exec", self._space(host)] if self.apart else []
        log = (self.folder / f"{name}.log").open("a", encoding="utf-8")
        self._logs.append(log)
        process = subprocess.Popen(
            [*before, *within, sys.executable, *command], cwd=self.folder, text=True, stderr=log,
            stdout=subprocess.PIPE if pipe else log, start_new_session=True,
            env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{HERE}", **environment},
        )  # fmt: skip
        self.processes[name] = process
        return process

    def start_scheduler(self) -> str:
        """Starts the scheduler; its address."""
        self.start(
            "hub", "scheduler", "-m", "dask", "scheduler", "--host", self.address, "--port", str(self.port),
            "--no-dashboard", "--no-jupyter", "--no-show",
        )  # fmt: skip
        return f"tcp://{self.address}:{self.port}"

    def start_worker(self, name: str, within: Sequence[str] = (), **environment: str) -> None:
        """Starts a worker for one task at a time on the host of its name (what stands behind a dash is left out).

        ``within`` is a command that runs the command behind it.
        """
        self.start(
            name.partition("-")[0], name, "-m", "dask", "worker", f"tcp://{self.address}:{self.port}", "--name", name,
            "--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "240", "--local-directory",
            str(self.folder / name), within=within, **environment,
        )  # fmt: skip

    def kill(self, name: str) -> None:
        """``kill -9``."""
        self.processes[name].send_signal(signal.SIGKILL)

    def stop(self, name: str) -> None:
        """A host that stands still: its program is halted, and its network cut off where that can be."""
        self.processes[name].send_signal(signal.SIGSTOP)
        if self.apart:
            _ip("-n", self._space("hub"), "link", "set", name.partition("-")[0], "down")

    def go_on(self, name: str) -> None:
        """The end of :meth:`stop`."""
        if self.apart:
            _ip("-n", self._space("hub"), "link", "set", name.partition("-")[0], "up")
        self.processes[name].send_signal(signal.SIGCONT)

    def end(self, name: str) -> None:
        """Ends a program and all that it started."""
        process = self.processes.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGCONT)
        _kill_group(process.pid)
        process.communicate()

    def read_log(self, name: str) -> str:
        """What a program has said so far."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")


def _kill_group(number: int) -> None:
    try:
        os.killpg(number, signal.SIGKILL)
    except ProcessLookupError:
        return


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def _may_have_namespaces() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"gongkai-{uuid.uuid4().hex[:6]}"
    tried = subprocess.run
    steps = (
        ["ip", "netns", "add", name],
        ["ip", "-n", name, "link", "add", "bridge", "type", "bridge"],
        ["ip", "-n", name, "link", "add", "left", "type", "veth", "peer", "name", "right"],
    )
    worked = all(tried(step, check=False, capture_output=True).returncode == 0 for step in steps)
    tried(["ip", "netns", "del", name], check=False, capture_output=True)
    return worked
