"""The servers that are measured: each loads the same file, serves it on a free port, and is ended again.

A server that is not installed is told as such; what it would need is said, and the others are measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Missing(Exception):
    """A server is not installed; the message says how to get it."""


@dataclass
class Running:
    """A server that runs: the address of its endpoint, and what loading cost."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    load_seconds: float
    logs: list[Path] = field(default_factory=list)

    def memory(self) -> int:
        """The bytes that its processes take together, shared ones counted once; 0 where the system does not tell."""
        return sum(_read_pss(pid) for pid in list_processes(self.process.pid))


def list_processes(root: int) -> list[int]:
    """A process and all below it, zombies left out."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parts = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            if parts[0] != "Z":
                parents.setdefault(int(parts[1]), []).append(int(folder.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def count_zombies(root: int) -> int:
    """How many ended processes right below this one nobody has waited for."""
    count = 0
    below = set(list_processes(root))
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            parts = (folder / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            count += parts[0] == "Z" and int(parts[1]) in below
    return count


def _read_pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serve_gongkai(data: Path, folder: Path, name: str = "gongkai", **settings: str) -> Iterator[Running]:
    """``gongkai load`` and ``gongkai serve``, with further settings such as ``GONGKAI_CACHE_BYTES="0"``."""
    store, port = folder / "store", free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    # Answers to pages that nobody asks for here would be made for half an hour.
    environment |= {"PYTHONPATH": str(ROOT), "GONGKAI_KEEP_ANSWERS_QUADS": str(10**12), **settings}
    begin = time.monotonic()
    if not store.exists():
        _run([sys.executable, "-m", "service.command.cli", "load", str(data), "--store", str(store)], environment)
    seconds = time.monotonic() - begin
    command = [sys.executable, "-m", "service.command.cli", "serve", "--store", str(store), "--port", str(port)]
    with _running(name, f"http://127.0.0.1:{port}/sparql", command, seconds, folder, environment) as running:
        begin = time.monotonic()
        health = f"http://127.0.0.1:{port}/health"
        # A graph that may be held in memory is, and look-ups are answered, as they are from then on.
        _wait_until(health, "mode", "memory", int(settings.get("GONGKAI_MAX_MEMORY_QUADS", "5000000")), 300.0)
        running.load_seconds += time.monotonic() - begin
        _wait_until(health, "lookups", "web process", int(settings.get("GONGKAI_MAX_LOOKUP_QUADS", "20000000")), 900.0)
        yield running


def _wait_until(url: str, what: str, value: str, most: int, patience: float) -> None:
    """Waits until what ``/health`` tells of the store is so, where it has at most so many quads."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with urllib.request.urlopen(url, timeout=10) as response:
            store = json.load(response)["store"]
        if store[what] == value or store["quads"] > most:
            return
        time.sleep(0.2)
    print(f"{what}: not {value} after {patience:g} s, measured without\n")


@contextmanager
def serve_oxigraph(data: Path, folder: Path) -> Iterator[Running]:
    """The native server of Oxigraph, without a time limit, as it is fastest."""
    binary = _find_binary("oxigraph")
    if binary is None:
        raise Missing("oxigraph is not installed: pip install '.[bench]'")
    database, port = folder / "oxigraph", free_port()
    begin = time.monotonic()
    if not database.exists():
        _run([binary, "load", "--location", str(database), "--file", str(data)])
    seconds = time.monotonic() - begin
    command = [binary, "serve-read-only", "--location", str(database), "--bind", f"127.0.0.1:{port}",
               "--union-default-graph"]  # fmt: skip
    with _running("oxigraph serve", f"http://127.0.0.1:{port}/query", command, seconds, folder) as running:
        yield running


_RDFLIB = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
graph = Dataset(default_union=True)
graph.parse(sys.argv[1], format="nquads")
print("loaded", flush=True)
uvicorn.run(SparqlEndpoint(graph=graph, path="/sparql"), host="127.0.0.1", port=int(sys.argv[2]), log_level="error")
"""


@contextmanager
def serve_rdflib(data: Path, folder: Path) -> Iterator[Running]:
    """rdflib-endpoint over a graph in memory."""
    if find_spec("rdflib_endpoint") is None:
        raise Missing("rdflib-endpoint is not installed: pip install '.[bench]'")
    port = free_port()
    command = [sys.executable, "-c", _RDFLIB, str(data), str(port)]
    with _running("rdflib-endpoint", f"http://127.0.0.1:{port}/sparql", command, 0.0, folder, patience=1800) as running:
        yield running


@contextmanager
def serve_virtuoso(data: Path, folder: Path) -> Iterator[Running]:
    """Virtuoso, with buffers for graphs of this size and no limit on rows."""
    binary, isql = shutil.which("virtuoso-t"), shutil.which("isql-vt") or shutil.which("isql-v")
    if binary is None or isql is None:
        raise Missing("Virtuoso is not installed: the Debian package virtuoso-opensource")
    port, sql = free_port(), free_port()
    home = folder / "virtuoso"
    home.mkdir(exist_ok=True)
    (home / "virtuoso.ini").write_text(_VIRTUOSO.format(home=home, sql=sql, port=port, data=data.parent), "ascii")
    command = [binary, "+foreground", "+configfile", str(home / "virtuoso.ini")]
    with _running("Virtuoso", f"http://127.0.0.1:{port}/sparql", command, 0.0, folder) as running:
        begin = time.monotonic()
        # The loader knows the ending .nq; every quad keeps its graph.
        for statement in (
            f"ld_dir('{data.parent}', '{data.name}', 'http://example.org/');",
            "rdf_loader_run();",
            "checkpoint;",
        ):
            _run([isql, str(sql), "dba", "dba", f"exec={statement}"])
        running.load_seconds = time.monotonic() - begin
        yield running


_VIRTUOSO = """[Database]
DatabaseFile = {home}/virtuoso.db
TransactionFile = {home}/virtuoso.trx
ErrorLogFile = {home}/virtuoso.log
xa_persistent_file = {home}/virtuoso.pxa
[Parameters]
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 170000
MaxDirtyBuffers = 130000
DirsAllowed = {data}, {home}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 32
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 0
"""


@contextmanager
def _running(
    name: str,
    url: str,
    command: Sequence[str],
    load_seconds: float,
    folder: Path,
    environment: dict[str, str] | None = None,
    patience: float = 300,
) -> Iterator[Running]:
    log = folder / f"{name.replace(' ', '-')}.log"
    begin = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env=environment, cwd=tempfile.gettempdir())
    try:
        _wait_for(url, process, log, patience)
        # What is loaded into memory at the start counts as loading.
        yield Running(name, url, process, load_seconds + time.monotonic() - begin, [log])
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path, patience: float) -> None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            request = urllib.request.Request(f"{url}?query=ASK%20%7B%7D", headers={"Accept": "*/*"})
            urllib.request.urlopen(request, timeout=5).close()
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer: {log.read_text(encoding='utf-8', errors='replace')[-1000:]}")


def _find_binary(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[:4]} failed: {done.stderr.decode('utf-8', 'replace')[-1000:]}")
