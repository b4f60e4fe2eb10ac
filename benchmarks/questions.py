"""Asks the questions with their answers (``tests/questions``) of a store of the documents that they are about.

The documents are too large for the repository: without a store of them (``--store``, else
``GONGKAI_QUESTIONS_STORE``) nothing is measured. Run by ``make bench BENCH=questions ARGS="--store DIR"``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
from serving.servers import serve_gongkai

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tests.questions.judging import judge, read_questions  # noqa: E402

FILES = ("asked.tsv", "later.tsv", "newcomer.tsv")
LEAST, MOST_MILLISECONDS = 0.92, 150.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks, judges and prints; 1 if a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--store", type=Path, default=os.environ.get("GONGKAI_QUESTIONS_STORE"), help="a store of the documents"
    )
    parser.add_argument("--file", action="append", help="which questions; all files if left out")
    given = parser.parse_args(arguments)
    if not given.store:
        print("questions: no store of the documents (--store, or GONGKAI_QUESTIONS_STORE): nothing is measured")
        return 0
    kept = True
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "store").symlink_to(Path(given.store).resolve())
        with serve_gongkai(folder, folder, GONGKAI_WORKERS="2") as running, httpx.Client(timeout=300) as client:
            address = running.url.removesuffix("/sparql") + "/search.json"
            client.get(address, params={"q": "深圳"}).raise_for_status()
            for name in given.file or FILES:
                kept &= ask_file(client, address, name)
    return 0 if kept else 1


def ask_file(client: httpx.Client, address: str, name: str) -> bool:
    """Asks all questions of a file and prints the verdicts; whether the promise is kept."""
    verdicts: Counter[str] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    times = []
    questions = read_questions(name)
    for question in questions:
        start = time.perf_counter()
        response = client.get(address, params={"q": question.text})
        times.append((time.perf_counter() - start) * 1000)
        response.raise_for_status()
        verdict, why = judge(question, response.json().get("answer"))
        verdicts[verdict] += 1
        by_kind[question.kind, verdict] += 1
        if verdict != "right":
            print(f"{verdict:8} {question.kind:13} {question.text} — {why}")
    print(
        f"{name}: {verdicts['right']} of {len(questions)} right at rank 1, {verdicts['wrong']} wrong, "
        f"{verdicts['nothing']} nothing"
    )
    for kind in dict.fromkeys(q.kind for q in questions):
        print(f"  {kind:14} {by_kind[kind, 'right']} of {sum(q.kind == kind for q in questions)}")
    times.sort()
    print(f"  milliseconds by the clock: median {times[len(times) // 2]:.0f}, p95 {times[int(len(times) * 0.95)]:.0f}")
    return verdicts["right"] >= LEAST * len(questions) and not verdicts["wrong"]


if __name__ == "__main__":
    sys.exit(main())
