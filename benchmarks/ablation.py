"""What each component of reading words contributes: the hand-written lists, read with one of them off.

``python benchmarks/ablation.py`` prints the table of docs/ablation.md. Each component is switched off alone; the lists
that it serves are read again from the five documents and held against ``tests/golden/meaning``.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "loaders")]

import test_meaning_golden as golden  # noqa: E402

from loaders.documents import Passage  # noqa: E402
from loaders.meaning import changes, divisions, duties, language, ports, services, wordings  # noqa: E402
from loaders.words import numbering  # noqa: E402

LISTS = ("duties", "divisions", "projects", "indicators", "assessments", "citations", "ports", "changes", "services")


def _whole(passage: Passage, *_: Any) -> list[Passage]:
    return [passage] if passage else []


@contextlib.contextmanager
def _patched(*patches: Any) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for patch in patches:
            stack.enter_context(patch)
        yield


#: name -> a context in which the component is off
COMPONENTS: dict[str, Callable[[], contextlib.AbstractContextManager[Any]]] = {
    "nothing (all on)": contextlib.nullcontext,
    "spaCy entity ruler: numbers of official documents": lambda: language.without("entity_ruler"),
    "spaCy phrase matcher: words that end names of ports": lambda: language.without("gongkai_places"),
    "spaCy phrase matcher: literal wordings of topics": lambda: language.without("gongkai_topics"),
    "patterns of word groups for services": lambda: mock.patch.object(wordings, "_apply", return_value=()),
    "own sentence splitting": lambda: _patched(
        *(mock.patch.object(m, "sentences", _whole) for m in (changes, divisions, services))
    ),
    "lists shielded by brackets": lambda: mock.patch("loaders.words.sentences.shield", lambda t: [False] * len(t)),
    "numbered lists counted up": lambda: _patched(
        mock.patch.object(duties, "items", return_value=[]), mock.patch.object(numbering, "items", return_value=[])
    ),
    "descriptions told from names of ports": lambda: mock.patch.object(ports, "PLAIN", ports.re.compile(r"^$")),
}


def measure() -> dict[str, tuple[float, float]]:
    """Recall and precision of each list over all documents, read anew."""
    golden.reading.cache_clear()
    found = {}
    for kind in LISTS:
        hits = wanted = had = 0
        for name in golden.NAMES:
            want, have = Counter(golden.wanted(name, kind)), Counter(golden.found(name, kind))
            hits += sum((want & have).values())
            wanted += sum(want.values())
            had += sum(have.values())
        found[kind] = (hits / wanted if wanted else 1.0, hits / had if had else 1.0)
    return found


def main() -> None:
    """Prints one row for each component: recall/precision in per cent of the lists that change."""
    base: dict[str, tuple[float, float]] = {}
    print("| off | lists that change: recall / precision in % |\n| --- | --- |")
    for name, off in COMPONENTS.items():
        with off():
            now = measure()
        if not base:
            base = now
            cells = [f"{k} {100 * r:.1f} / {100 * p:.1f}" for k, (r, p) in now.items()]
        else:
            cells = [f"{k} {100 * r:.1f} / {100 * p:.1f}" for k, (r, p) in now.items() if (r, p) != base[k]]
        print(f"| {name} | {', '.join(cells) or 'none'} |", flush=True)


if __name__ == "__main__":
    main()
