"""What a process behind walls tries, where it works as it does in earnest: run as a program, a case by its name.

    python -m tests.breaking_out reader FOLDER PORT

``FOLDER`` holds ``own.txt``, ``other.txt`` and ``store/database`` (a store of the engine's), ``PORT`` is one that
listens. It prints, as an object of JSON, what became of each attempt: ``done``, or the name of the error.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pyoxigraph as ox

from loaders import walls
from loaders.build import conversion, walled
from loaders.build.pool import Limits, run_tasks
from loaders.errors import DocumentError
from loaders.settings import Settings

PARENT = os.getpid()


def attempt(folder: Path, port: int, parent: int = PARENT) -> dict[str, str]:
    """Tries all that is forbidden, and what is not: to read the own document, to write to ``/dev/null``."""
    attempts: dict[str, Callable[[], Any]] = {
        "read passwd": lambda: Path("/etc/passwd").read_bytes(),
        "read other": (folder / "other.txt").read_bytes,
        "read own": (folder / "own.txt").read_bytes,
        "read store": lambda: next((folder / "store/database").glob("CURRENT")).read_bytes(),
        "list folder": lambda: list(folder.iterdir()),
        "list home": lambda: list(Path.home().iterdir()),
        "read parent": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "write store": lambda: (folder / "store/new.nq").write_text("x", encoding="ascii"),
        "write own": lambda: (folder / "own.txt").write_text("x", encoding="ascii"),
        "write tmp": lambda: (folder / "new.txt").write_text("x", encoding="ascii"),
        "write null": lambda: Path("/dev/null").write_text("x", encoding="ascii"),
        "remove": lambda: (folder / "other.txt").unlink(),
        "move": lambda: (folder / "other.txt").rename(folder / "moved.txt"),
        "connect": lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close(),
        "start": lambda: subprocess.run(["/bin/true"], check=True),
        "start python": lambda: subprocess.run([sys.executable, "-I", "-c", "pass"], check=True),
        "signal": lambda: os.kill(parent, signal.SIGCONT),
    }
    told = {}
    for name, do in attempts.items():
        try:
            do()
            told[name] = "done"
        except (OSError, StopIteration, subprocess.CalledProcessError) as error:
            told[name] = type(error).__name__
    return told


def as_reader(folder: Path, port: int) -> Any:
    """In the process in which a build reads a document: forked by one of the pool."""
    [(_, outcome)] = run_tasks([(folder, port)], convert_one, 1, Limits())
    assert isinstance(outcome, conversion.Failure), outcome
    return json.loads(outcome.problem)


def convert_one(given: tuple[Path, int]) -> Any:
    """What a process of the pool does, but for the way of a document, which here is ours."""

    def read_facts(*_: Any, **__: Any) -> None:
        raise DocumentError("own.txt", json.dumps(attempt(*given)), "")

    sys.modules["loaders.pipeline"] = cast(ModuleType, SimpleNamespace(read_facts=read_facts))
    folder = given[0]
    task = conversion.Task(folder / "own.txt", "", None, "key")
    return conversion._convert_apart(task, Settings(ocr="off"), conversion.Cache(folder / "store"), None)


def as_scan_reader(folder: Path, port: int) -> Any:
    """In that of a PDF, whose pages may be recognised: Tesseract may be started, and Python to draw them."""
    own = (folder / "own.txt").rename(folder / "own.pdf")
    own.with_name("own.txt").symlink_to(own)
    return walled.run_walled(partial(attempt, folder, port), conversion.find_bounds(own, Settings(ocr="auto")))


def without_landlock(folder: Path, port: int) -> Any:
    """In that of a build where the kernel has no Landlock."""
    walls.find_version.cache_clear()
    walls.find_version = lambda: 0  # type: ignore[assignment]
    bounds = conversion.find_bounds(folder / "own.txt", Settings(ocr="off"))
    return walled.run_walled(partial(attempt, folder, port), bounds)


def as_trial(folder: Path, port: int) -> Any:
    """In the process that reads what somebody brings to ``/try``."""
    from service.linked import trial

    trial._read = lambda *_: attempt(folder, port)  # type: ignore[assignment, return-value]
    return trial.read_apart(trial.Task(str(folder / "own.txt"), Settings(ocr="off")))


def as_drawer(folder: Path, port: int) -> Any:
    """In the process that draws a page of a PDF."""
    from service.engine import drawing

    order = {"file": 0, "sha256": "", "page": 0, "form": "png", "text": "", "mask": "", "bytes": 0,
             "memory": 1 << 30, "seconds": 60, "parent": os.getppid()}  # fmt: skip
    sys.stdin = io.StringIO(json.dumps(order))
    drawing._draw = lambda _: (attempt(folder, port, os.getppid()), b"")
    drawing.main()


def as_query_process(mode: str, folder: Path, port: int) -> Any:
    """In a query process of a nursery that holds its graph in memory, or has it on the disk."""
    from service.engine import nursery

    def tell(channel: socket.socket, database: str, store: ox.Store | None, walls: str) -> int:
        asked = store or ox.Store.read_only(database)
        known = {
            "walls": walls,
            "quads": str(len(asked)),
            "ask": str(bool(asked.query("ASK {}"))),
        }
        channel.sendall(json.dumps(attempt(folder, port) | known).encode("ascii"))
        return 0

    nursery.serve_apart = tell
    control, (channel, theirs) = socket.socketpair()[0], socket.socketpair()
    nursery.cut_off()
    database = str(folder / "store/database")
    held = nursery.load_into_memory(database) if mode == "memory" else None
    nursery.Nursery(control, database, held, 0)._fork(1, theirs.detach())
    return json.loads(b"".join(iter(partial(channel.recv, 65536), b"")))


CASES: dict[str, Callable[[Path, int], Any]] = {
    "reader": as_reader,
    "scans": as_scan_reader,
    "bare": without_landlock,
    "trial": as_trial,
    "drawer": as_drawer,
    "memory": partial(as_query_process, "memory"),
    "disk": partial(as_query_process, "disk"),
}

if __name__ == "__main__":
    found = CASES[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
    if found is not None:
        print(json.dumps(found))
