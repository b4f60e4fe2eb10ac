"""Which ASGI server and which kind of route answer look-ups fastest: each beside the others, in turns, in one run.

Prints Markdown. Server, query processes and load share one machine, so that what counts is the ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from loaders.build.building import build
from loaders.settings import Settings

HERE = Path(__file__).resolve().parent
APP = "serving.application:make_app"
#: Promised, on an idle machine with two cores: look-ups per second at 16 clients, run each time and from the cache.
PROMISED = {"other": 2_500, "same": 6_000}
SERVERS = {
    "uvicorn, httptools and uvloop": ["uvicorn", "--factory", APP, "--http", "httptools", "--loop", "uvloop",
                                      "--no-access-log", "--log-level", "warning"],
    "uvicorn, h11 and asyncio": ["uvicorn", "--factory", APP, "--http", "h11", "--loop", "asyncio", "--no-access-log",
                                 "--log-level", "warning"],
    "granian": ["granian", "--interface", "asgi", "--factory", "--loop", "uvloop", "--workers", "1", "--no-ws",
                "--log-level", "warning", APP],
}  # fmt: skip
ROUTES = {"plain": "plain ASGI route", "router": "Starlette route", "bare": "no work at all"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints; 1 if a request failed, or if a promise is not kept with ``--strict``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=16, help="clients at once (default 16)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement (default 4)")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each pair (default 3)")
    parser.add_argument("--store", type=Path, help="a store that is there; by default the documents' is built")
    parser.add_argument("--strict", action="store_true", help="fail where the promised rate is not reached")
    options = parser.parse_args(arguments)
    servers = {name: words for name, words in SERVERS.items() if importlib.util.find_spec(words[0])}
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}, "
          f"{options.clients} clients, {options.rounds} turns of {options.seconds:g} s\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or Path(folder) / "store"
        if options.store is None:
            build([], store, Settings(store=store))
        cases = [(name, "plain") for name in servers] + [("uvicorn, httptools and uvloop", "router")]
        cases += [(name, "bare") for name in servers if "h11" not in name]
        found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        for _ in range(options.rounds):
            for name, route in cases:
                with serve(servers[name], route, store) as url:
                    for kind in ("same",) if route == "bare" else ("other", "same"):
                        result = put_load(url, options.clients, options.seconds, kind)
                        found.setdefault((name, route, kind), []).append(result)
    report(found)
    failed = sum(result["failures"] for results in found.values() for result in results)
    chosen = {kind: rate(found["uvicorn, httptools and uvloop", "plain", kind]) for kind in PROMISED}
    kept = all(chosen[kind] >= least for kind, least in PROMISED.items())
    print(f"\n{failed} requests failed. Promised of the server that is used, on an idle machine: {PROMISED['other']:,} "
          f"look-ups/s run each time and {PROMISED['same']:,} from the cache: {'kept' if kept else 'NOT kept'} here. "
          f"Load at the end {os.getloadavg()[0]:.1f}.")  # fmt: skip
    return 1 if failed or (options.strict and not kept) else 0


def rate(results: Sequence[dict[str, Any]]) -> float:
    """The median rate of some measurements, requests per second."""
    return statistics.median(result["requests"] / result["seconds"] for result in results)


def report(found: dict[tuple[str, str, str], list[dict[str, Any]]]) -> None:
    """The table: rates, the ratio to what is used, latencies."""
    print("| server | route | look-ups | requests/s | ratio | p50 (ms) | p95 (ms) |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
    for (name, route, kind), results in found.items():
        used = found.get(("uvicorn, httptools and uvloop", route if route == "bare" else "plain", kind), results)
        # Of each turn by itself, so that what else the machine did weighs on both.
        ratios = [
            (a["requests"] / a["seconds"]) / (b["requests"] / b["seconds"]) for a, b in zip(results, used, strict=True)
        ]
        said = "–" if route == "bare" else "run each time" if kind == "other" else "from the cache"
        median = {p: statistics.median(result[p] for result in results) for p in ("p50", "p95")}
        print(f"| {name} | {ROUTES[route]} | {said} | {rate(results):,.0f} | {statistics.median(ratios):.2f} | "
              f"{median['p50']:.2f} | {median['p95']:.2f} |")  # fmt: skip


@contextmanager
def serve(words: Sequence[str], route: str, store: Path) -> Iterator[str]:
    """A running server; gives its address, once the graph is in memory."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    paths = os.pathsep.join((str(HERE), str(HERE.parent)))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGKAI_")}
    environment |= {"PYTHONPATH": paths, "GONGKAI_STORE": str(store), "BENCH_ROUTE": route}
    process = subprocess.Popen(
        [sys.executable, "-m", *words, "--host", "127.0.0.1", "--port", str(port)], env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            time.sleep(0.1)
            with suppress(OSError, ValueError):
                with urllib.request.urlopen(f"{url}/health", timeout=5) as response:
                    told = json.load(response)
                if route == "bare" or told["store"]["mode"] == "memory":
                    break
        yield url
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()


def put_load(url: str, clients: int, seconds: float, kind: str) -> dict[str, Any]:
    """One measurement, by a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    command = [sys.executable, "-m", "serving.load", url, str(clients), str(seconds), kind]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    sys.exit(main())
