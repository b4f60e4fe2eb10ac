"""The guard against queries by chance: none that it passes may call anyone, change the store or crash the engine.

    python -m tests.service.fuzzing --minutes 10

What the guard passes is evaluated by the engine in a process that nothing cuts off from the network: the guard stands
alone here. The addresses in the queries are a listener's, and that must hear nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from loaders.build.building import load_files
from service.sparql.guard import Refusal, inspect
from tests.service.query_maker import QueryMaker
from tests.service.trap import listening
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
GRAPH = Path(__file__).with_name("graph.trig")
#: How long the engine may take for a query, before its process is ended.
SECONDS = 3.0

#: Panics of the engine that no limit of the guard can prevent, by words of theirs. Their process ends, and no other.
KNOWN_PANICS = {
    "user-provided comparison function does not correctly implement a total order":
        "ORDER BY over values of several types: the engine's order of them is none",
}  # fmt: skip

_EVALUATOR = """
import json, sys
import pyoxigraph as ox
store = ox.Store.read_only(sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    try:
        results = store.query(json.loads(line), base_iri="http://example.org/", use_default_graph_as_union=True)
        if isinstance(results, ox.QueryTriples):
            for number, _ in zip(range(1000), results): pass
        elif not isinstance(results, ox.QueryBoolean):
            for number, _ in zip(range(1000), results): pass
        print("answered", flush=True)
    except (SyntaxError, RuntimeError, ValueError, OSError) as error:
        print(type(error).__name__, flush=True)
"""


class Evaluator:
    """The engine in a process of its own, with the network, on a store opened for reading."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.process: subprocess.Popen[str] | None = None
        self.complaints = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115

    def ask(self, query: str) -> str:
        """What became of a query: answered, an error by its name, timeout, panic (if known), or crash and its code."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _EVALUATOR, str(self.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=self.complaints, text=True, bufsize=1,
            )  # fmt: skip
            assert self._read(PATIENCE) == "ready"
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(query) + "\n")
            self.process.stdin.flush()
        answer = self._read(SECONDS)
        if answer == "timeout":
            self.close()
        return answer or self._explain(self.process.wait(PATIENCE))

    def _explain(self, code: int) -> str:
        self.complaints.seek(0)
        text = self.complaints.read()
        self.complaints.seek(0)
        self.complaints.truncate()
        return "panic" if any(words in text for words in KNOWN_PANICS) else f"crash {code}"

    def _read(self, seconds: float) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        return self.process.stdout.readline().strip() if ready else "timeout"

    def close(self) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            for pipe in (self.process.stdin, self.process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
            self.process = None


@dataclass
class Report:
    """What came of a run: verdicts counted, and every query that should not have been possible."""

    verdicts: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[str, str]] = field(default_factory=list)


def fuzz(database: Path, seed: int, queries: int, seconds: float) -> Report:
    """Sends up to ``queries`` queries, for ``seconds`` at most, past the guard to the engine."""
    report = Report()
    before = hash_store(database)
    evaluator = Evaluator(database)
    end = time.monotonic() + seconds
    try:
        with listening() as (address, heard):
            maker = QueryMaker(seed, address)
            for _ in range(queries):
                if time.monotonic() > end:
                    break
                query = maker.make()
                _judge(query, evaluator, heard, report)
    finally:
        evaluator.close()
    if hash_store(database) != before:
        report.faults.append(("the store has changed", ""))
    return report


def _judge(query: str, evaluator: Evaluator, heard: list[str], report: Report) -> None:
    try:
        inspect(query)
    except Refusal as refusal:
        report.verdicts[f"refused: {refusal.rule}"] += 1
        return
    outcome = evaluator.ask(query)
    report.verdicts[outcome] += 1
    if outcome == "answered" or outcome.endswith("Error"):
        # The engine calls before it answers, so that what it called was heard by now, or is heard in a moment.
        if heard:
            report.faults.append(("called", query))
            heard.clear()
    elif outcome not in ("timeout", "panic"):
        # A query that takes long is what time limits are for; one that overflows the engine's stack is the guard's.
        report.faults.append((outcome, query))


def hash_store(database: Path) -> str:
    """A digest of what the store holds."""
    total = hashlib.sha256()
    for line in sorted(str(quad) for quad in ox.Store.read_only(str(database))):
        total.update(line.encode("utf-8"))
    return total.hexdigest()


def main() -> int:
    """Runs for the minutes asked for; 1 if anything happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long to run (default 10)")
    parser.add_argument("--seed", type=int, default=None, help="the first seed (default: the process number)")
    options = parser.parse_args()
    seed = os.getpid() if options.seed is None else options.seed
    end = time.monotonic() + options.minutes * 60
    faults = 0
    verdicts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        snapshot = load_files([GRAPH], Path(name))
        while (left := end - time.monotonic()) > 0:
            report = fuzz(snapshot.database, seed, 2000, left)
            verdicts += report.verdicts
            for what, query in report.faults:
                faults += 1
                print(f"seed {seed}: {what}: {query!r}", flush=True)
            seed += 1
    print(f"{sum(verdicts.values()):,} queries, {faults} faults")
    for verdict, count in verdicts.most_common():
        print(f"{count:>8} {verdict}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
