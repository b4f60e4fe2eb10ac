"""Inputs by chance for all that takes strangers' bytes, each target in a process of its own.

    python -m tests.fuzzing --minutes 10 --target guard

What is found is put into the target's corpus (``tests/fuzzing/corpus``), where the tests try it from then on: mend it,
and keep it. What reaches new branches is kept for the next run below ``.gongkai/fuzzing``. The exit code is 1 if
anything was found.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

from tests.fuzzing.engines import ENGINES, choose_engine
from tests.fuzzing.targets import TARGETS, Target

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".gongkai/fuzzing"
#: After so many findings of one target the rest of its time is saved.
_MOST = 5
_TRIED = re.compile(r"(?:tried|stat::number_of_executed_units:)\s*([0-9]+)")


def fuzz(target: Target, engine: str, minutes: float, seed: int) -> tuple[int, list[tuple[Path, str]]]:
    """Lets an engine loose on a target for some minutes: how many inputs were tried, and what was found with why."""
    kept = KEPT / target.name
    kept.mkdir(parents=True, exist_ok=True)
    tried, found = 0, []
    end = time.monotonic() + minutes * 60
    while (left := end - time.monotonic()) > 1 and len(found) < _MOST:
        with tempfile.TemporaryDirectory(prefix="gongkai-fuzz-") as name:
            findings = Path(name, "findings")
            findings.mkdir()
            given = [target.name, engine, str(kept), str(findings), str(left)]
            done = subprocess.run(
                [sys.executable, "-m", "tests.fuzzing", "--seed", str(seed), "--child", *given], cwd=ROOT,
                capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
            tried += sum(map(int, _TRIED.findall(done.stderr)))
            wrong = sorted(findings.iterdir())
            for path in wrong:
                data = path.read_bytes()
                target.folder.mkdir(parents=True, exist_ok=True)
                place = target.folder / f"found-{sha256(data).hexdigest()[:12]}"
                place.write_bytes(data)
                found.append((place, done.stderr[-3000:] + done.stdout[-1000:]))
            if done.returncode and not wrong:
                found.append((target.folder, f"{engine} itself ended with {done.returncode}: {done.stderr[-2000:]}"))
                break
        seed += 1
    return tried, found


def main() -> int:
    """Runs the targets one after the other; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="minutes for each target (default 10)")
    parser.add_argument("--target", choices=TARGETS, action="append", help="this target only (may be repeated)")
    parser.add_argument("--engine", choices=("auto", *ENGINES), default="auto", help="default: atheris if it is there")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="the first seed")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, engine, kept, findings, seconds = options.child
        return ENGINES[engine](name, Path(kept), Path(findings), float(seconds), options.seed)
    engine = choose_engine(options.engine)
    failures = 0
    for name in options.target or TARGETS:
        tried, found = fuzz(TARGETS[name], engine, options.minutes, options.seed)
        failures += len(found)
        print(f"{name}: {tried:,} inputs by {engine} in {options.minutes:g} minutes, {len(found)} found", flush=True)
        for place, why in found:
            print(f"FOUND {place.relative_to(ROOT)}\n{why}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
