"""How long pages take over the five documents' graph: made anew (warm), and kept in memory; p95 in milliseconds.

    python benchmarks/pages.py [--rounds 20] [--store DIR]

Builds the store unless one is given, starts `gongkai serve` twice, without and with its cache of pages, and asks every
page in turn. What is claimed: p95 under 100 ms warm, under 10 ms kept. The exit code is 1 where a claim fails.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
WARM_MS, KEPT_MS = 100.0, 10.0
FIXED = [
    "/", "/queries", "/documents", "/documents/shenzhen-2023-budget", "/documents/yueyang-2023-accounts/checks",
    "/compare", "/compare?by=economic", "/data", "/help", "/ontology", "/page/service/free-inspection",
    "/page/code/function/201", "/page/code/function/2299999", "/page/place/440300",
]  # fmt: skip


def main() -> int:
    """Measures and prints one line a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--store", type=Path)
    # `make bench ARGS=…` passes the same arguments to every script.
    arguments, _ = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as folder:
        store = arguments.store or Path(folder) / "store"
        if not arguments.store:
            run("build", "--store", str(store))
        warm = measure(store, arguments.rounds, "0")
        kept = measure(store, arguments.rounds, "32000000")
    print(f"{'page':60} {'warm p50':>9} {'p95':>7} {'kept p50':>9} {'p95':>7}   ms")
    for path, times in warm.items():
        print(f"{path:60} {show(times)} {show(kept[path])}")
    slow = [percentile(t) for t in warm.values()], [percentile(t) for t in kept.values()]
    every = [percentile([x for t in each.values() for x in t]) for each in (warm, kept)]
    print(f"all pages: p95 {every[0]:.1f} ms warm, {every[1]:.1f} ms kept")
    print(f"slowest page: p95 {max(slow[0]):.1f} ms warm, {max(slow[1]):.1f} ms kept")
    failed = every[0] > WARM_MS or every[1] > KEPT_MS
    print("claims hold" if not failed else f"CLAIMS FAIL: {WARM_MS:.0f} ms warm, {KEPT_MS:.0f} ms kept")
    return int(failed)


def measure(store: Path, rounds: int, cache: str) -> dict[str, list[float]]:
    """Milliseconds of each page, the first answer left out; ``cache`` is GONGKAI_PAGE_CACHE_BYTES."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"GONGKAI_PAGE_CACHE_BYTES": cache, "GONGKAI_CACHE_BYTES": "0"}
    server = subprocess.Popen(
        [sys.executable, "-m", "service.command.cli", "serve", "--store", str(store), "--port", str(port)],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Accept": "text/html"}, timeout=60) as client:
            wait_for(client)
            listed = re.findall(r'href="(/queries/[a-z0-9-]+)"', client.get("/queries").text)
            offices = re.findall(r'href="/id(/agency/[0-9a-f-]+)"', client.get("/documents").text)
            paths = dict.fromkeys([*FIXED, *(f"/page{o}" for o in offices), *listed])
            return {path: [ask(client, path) for _ in range(rounds + 1)][1:] for path in paths}
    finally:
        server.terminate()
        server.wait(timeout=15)


def ask(client: httpx.Client, path: str) -> float:
    """Milliseconds until a page is here."""
    begin = time.perf_counter()
    answer = client.get(path)
    taken = (time.perf_counter() - begin) * 1000
    answer.raise_for_status()
    return taken


def wait_for(client: httpx.Client) -> None:
    """Waits until the server answers."""
    for _ in range(300):
        try:
            client.get("/health")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def run(*words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "service.command.cli", *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )


def percentile(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def show(times: list[float]) -> str:
    return f"{statistics.median(times):9.1f} {percentile(times):7.1f}"


if __name__ == "__main__":
    sys.exit(main())
