"""Two ways to make inputs for a target, behind one interface: atheris, which sees what they reach, and chance alone.

Each runs one target in this process until its time is up. A finding is told on stderr and ends the process with another
code than 0; its input lies in the folder for findings. What ends the process itself (a crash, a limit) leaves its input
there too.
"""

from __future__ import annotations

import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

from scripts import fuzz_readers
from tests.fuzzing.targets import LIBRARIES, TARGETS, Target

#: What one input may take: seconds, and bytes of memory.
SECONDS, MEMORY = 20, 3_000_000_000
FOUND, KILLED = 77, 70
Engine = Callable[[str, Path, Path, float, int], int]


class _TooSlow(BaseException):
    """Not an Exception, since what is tried passes over those."""


def choose_engine(name: str) -> str:
    """The engine of a name, ``auto`` for atheris where it is installed."""
    if name != "auto":
        return name
    return "atheris" if find_spec("atheris") is not None else "chance"


def mutate(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """An input made of another, and at times of a piece of a further one."""
    if others and not data.startswith(b"PK") and chance.random() < 0.4:
        other = chance.choice(others)
        first = chance.randrange(len(other) + 1)
        piece = other[first : first + chance.choice((3, 30, 300, 3000))]
        at = chance.randrange(len(data) + 1)
        data = data[:at] + piece + data[at + chance.choice((0, 0, len(piece))) :]
    return fuzz_readers.mutate(data, chance)


@contextmanager
def limited() -> Any:
    """Ends what takes longer than an input may."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def explain(target: Target, data: bytes) -> str:
    """What is wrong with a target on an input; "" if nothing is."""
    try:
        with limited():
            target.run(data)
    except _TooSlow:
        return f"more than {SECONDS} seconds"
    except Exception:
        return traceback.format_exc()
    return ""


def run_by_chance(name: str, kept: Path, findings: Path, seconds: float, seed: int) -> int:
    """Changes seeds by chance, always the same for the same ``seed``; nothing is kept, since nothing is seen."""
    target = TARGETS[name]
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seeds = [data for _, data in target.list_seeds()]
    seeds += [path.read_bytes() for path in sorted(kept.glob("*"))]
    end = time.monotonic() + seconds
    tried, present = 0, findings / "present"
    while time.monotonic() < end:
        chance = random.Random(f"{name}-{seed}-{tried}")
        data = mutate(chance.choice(seeds), seeds, chance)
        present.write_bytes(data)  # should the process die
        tried += 1
        if wrong := explain(target, data):
            print(wrong, file=sys.stderr)
            present.rename(findings / f"found-{sha256(data).hexdigest()[:12]}")
            print(f"tried {tried}", file=sys.stderr)
            return FOUND
    present.unlink(missing_ok=True)
    print(f"tried {tried}", file=sys.stderr)
    return 0


def run_atheris(name: str, kept: Path, findings: Path, seconds: float, seed: int) -> int:
    """Lets libFuzzer choose, which keeps in ``kept`` what reaches new branches. It ends the process itself."""
    import atheris

    target = TARGETS[name]
    names = [n for n in sys.modules if n.startswith((*target.ours, *LIBRARIES))]
    for module in names:
        _instrument(atheris, sys.modules[module])
    folder = findings.with_name(f"{findings.name}-seeds")
    folder.mkdir(exist_ok=True)
    # One that is known to fail would be all that is ever found.
    seeds = {label: data for label, data in target.list_seeds() if not explain(target, data)}
    for label, data in seeds.items():
        (folder / label).write_bytes(data)
    archives = any(data.startswith(b"PK") for data in seeds.values())

    def change(data: bytes, most: int, number: int) -> bytes:
        chance = random.Random(number)
        changed = fuzz_readers.mutate(data, chance) if data.startswith(b"PK") else atheris.Mutate(data, most)
        return bytes(changed[:most])

    options = {
        "max_total_time": max(1, round(seconds)), "timeout": SECONDS, "rss_limit_mb": MEMORY // 1_000_000,
        "artifact_prefix": f"{findings}/found-", "print_final_stats": 1, "seed": seed or 1,
    }  # fmt: skip
    arguments = [name, str(kept), str(folder), *(f"-{option}={value}" for option, value in options.items())]
    more = {"custom_mutator": change} if archives else {}
    atheris.Setup(arguments, lambda data: target.run(bytes(data)), **more)
    atheris.Fuzz()
    return 0


def _instrument(atheris: Any, module: Any) -> None:
    """Lets the functions of a module that is imported already tell which branches they take."""
    owners = [module, *(v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__)]
    for owner in owners:
        for value in list(vars(owner).values()):
            inner = getattr(value, "__wrapped__", value)
            if getattr(inner, "__module__", "") == module.__name__ and hasattr(inner, "__code__"):
                atheris.instrument_func(inner)


ENGINES: dict[str, Engine] = {"atheris": run_atheris, "chance": run_by_chance}
