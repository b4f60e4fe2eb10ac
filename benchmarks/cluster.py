"""Measures conversion on many machines: what it costs, and that one machine killed and one cut off change no quad.

Three hosts are network namespaces of this machine (processes where that cannot be), so that the clock says nothing of
what three machines gain; processor time says what the work costs. Prints Markdown; 1 if a promise is not kept.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from official.documents import FORMS, make_document

from loaders.build.loading import open_snapshot
from loaders.build.snapshots import find_current
from tests.loaders.cluster_hosts import Hosts

PARTS = ("shares", "shared", "objects")
_KEYS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
_TIME = {"GONGKAI_BUILD_TIME": "2026-01-31T12:00:00Z"}
_WORKERS = ("w1", "w2", "w3")
_COMMAND = ("-m", "service.command.cli")
#: Copies documents into a bucket, once the store is there.
_COPY = """
import sys, time, fsspec
system = fsspec.filesystem("s3")
for attempt in range(100):
    try:
        system.mkdir("bench-bucket")
        break
    except OSError:
        time.sleep(1)
system.put(sys.argv[1] + "/", "bench-bucket/documents/", recursive=True)
"""


@dataclass(frozen=True)
class Run:
    """One way to build: seconds on the clock and of processors, and whether the quads are those of one machine.

    Processors are known where all is done in one process; those that a fork server made are counted nowhere.
    """

    way: str
    clock: float
    processors: float | None
    same: bool
    note: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500, help="documents that are made (default 500)")
    parser.add_argument("--items", type=int, default=12, help="lines of the smallest one's budget (default 12)")
    parser.add_argument("--folder", type=Path, help="documents to take instead of made ones")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part only")
    options = parser.parse_args(arguments)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        documents = (
            options.folder.resolve()
            if options.folder
            else make_documents(place / "documents", options.documents, options.items)
        )
        runs = measure(place, documents, options.only or PARTS)
    print("| | clock (s) | processors (s) | same quads | |\n| --- | ---: | ---: | --- | --- |")
    for run in runs:
        processors = "" if run.processors is None else f"{run.processors:.0f}"
        print(f"| {run.way} | {run.clock:.0f} | {processors} | {'yes' if run.same else 'NO'} | {run.note} |")
    kept = all(run.same for run in runs)
    print(f"\nThe same quads, whatever was killed or cut off: {'kept' if kept else 'NOT kept'}.")
    return 0 if kept else 1


def make_documents(folder: Path, count: int, items: int) -> Path:
    """Budgets of offices that do not exist, the largest of three times as many lines as the smallest."""
    folder.mkdir()
    for seed in range(count):
        text = make_document(seed, form=FORMS[seed % len(FORMS)], items=items + seed % (2 * items))
        (folder / f"{seed:04}.txt").write_text(text, encoding="utf-8")
    return folder


def measure(place: Path, documents: Path, parts: Sequence[str]) -> list[Run]:
    """Every way, each with its own store; all are compared with the build on this machine alone."""
    local = place / "local"
    clock, _ = _time(lambda: _command(place, "build", str(documents), "--store", str(local)))
    quads = _read_quads(local)
    files = sorted((local / "cache").glob("*.nq"))
    print(
        f"{len(files)} documents, {sum(f.stat().st_size for f in documents.rglob('*') if f.is_file()):,} bytes; "
        f"{len(quads):,} quads; N-Quads {sum(f.stat().st_size for f in files):,} bytes, database "
        f"{_measure_folder(local / 'snapshots'):,} bytes.\n"
    )
    runs = [Run("one machine, `gongkai build`", clock, None, True, f"{os.cpu_count()} cores")]
    if "shares" in parts:
        runs += measure_shares(place, documents, quads)
    with Hosts(len(_WORKERS), place) as hosts:
        hosts.start_scheduler()
        if "shared" in parts:
            runs.append(measure_broken(hosts, "shared", str(documents), str(place / "results"), quads, {}))
        if "objects" in parts:
            port = _find_port()
            hosts.start("hub", "objects", "-m", "moto.server", "-H", hosts.address, "-p", str(port))
            keys = {"AWS_ENDPOINT_URL": f"http://{hosts.address}:{port}", **_KEYS}
            hosts.start("hub", "copying", "-c", _COPY, str(documents), **keys).wait()
            urls = ("s3://bench-bucket/documents", "s3://bench-bucket/results")
            runs.append(measure_broken(hosts, "objects", *urls, quads, keys))
    return runs


def measure_shares(place: Path, documents: Path, quads: set[bytes]) -> list[Run]:
    """Three shares one after the other, each in one process, and what merging them takes."""
    into, store = str(place / "shares"), place / "merged"
    spent = [
        _time(lambda n=n: _command(place, "convert", str(documents), "--shard", f"{n}/3", "--into", into, jobs=1))  # type: ignore[misc]
        for n in (1, 2, 3)
    ]
    count = len(list(Path(into, "cache").glob("*.nq")))
    processors = sum(s[1] for s in spent)
    rate = f"{count / processors * 3600:,.0f} an hour a core"
    merging = _time(lambda: _command(place, "merge", into, "--store", str(store)))
    same = _read_quads(store) == quads
    return [
        Run("three shares, `gongkai convert`", sum(s[0] for s in spent), processors, same, rate),
        Run("their merging, `gongkai merge`", *merging, same, "fetched, loaded, derived, published, indexed"),
    ]  # fmt: skip


def measure_broken(
    hosts: Hosts, name: str, documents: str, results: str, quads: set[bytes], environment: dict[str, str]
) -> Run:
    """A build on three workers, of which one is killed and one cut off once a third of the documents is converted."""
    for worker in _WORKERS:
        hosts.start_worker(f"{worker}-{name}", **environment)
    store = hosts.folder / f"store-{name}"
    begin = time.perf_counter()
    build = hosts.start(
        "hub", f"build-{name}", *_COMMAND, "build", documents, "--store", str(store), "--results", results,
        "--cluster", f"tcp://{hosts.address}:{hosts.port}", **environment, **_TIME,
    )  # fmt: skip
    wanted = len(list((hosts.folder / "local" / "cache").glob("*.nq"))) // 3
    while build.poll() is None and len(list((store / "cache").glob("*.json"))) < wanted:
        time.sleep(0.2)
    hosts.kill(f"w1-{name}")
    hosts.stop(f"w2-{name}")
    done = build.wait()
    clock = time.perf_counter() - begin
    hosts.go_on(f"w2-{name}")
    for ended in (*(f"{w}-{name}" for w in _WORKERS), f"build-{name}"):
        hosts.end(ended)
    log = hosts.read_log(f"build-{name}")
    assert done == 0, log
    lost = log.count("others do what it had to do")
    where = "a store of objects (moto)" if name == "objects" else "a shared folder"
    apart = "cut off" if hosts.apart else "halted"
    return Run(
        f"three workers, {where}", clock, None, _read_quads(store) == quads,
        f"one killed, one {apart} at a third; {lost} lost",
    )  # fmt: skip


def _command(place: Path, *arguments: str, jobs: int = 0) -> None:
    ran = subprocess.run(
        [sys.executable, *_COMMAND, *arguments], cwd=place, check=False, capture_output=True, text=True,
        env={**os.environ, **_TIME, "GONGKAI_JOBS": str(jobs)},
    )  # fmt: skip
    if ran.returncode:
        sys.exit(ran.stderr)


def _time(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock and of processors, those of ended processes."""
    before, begin = _read_processors(), time.perf_counter()
    work()
    return time.perf_counter() - begin, _read_processors() - before


def _read_processors() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _read_quads(store: Path) -> set[bytes]:
    """The digests of a store's quads, of which millions are compared."""
    snapshot = find_current(store)
    assert snapshot is not None
    return {blake2b(str(quad).encode("utf-8"), digest_size=16).digest() for quad in open_snapshot(snapshot)}


def _measure_folder(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def _find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


if __name__ == "__main__":
    sys.exit(main())
