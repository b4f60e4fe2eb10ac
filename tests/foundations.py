"""What every snapshot holds whatever its documents, laid once a run: builds in tests begin with a copy of it.

Ontology and lists are nine tenths of a small store, and a second of a processor in each of hundreds of builds. They are
laid by the code that lays them in every build. What proves how they are laid, or what a disk says to it, is marked
``foundation``: there each build lays its own, those of forked commands too. So does the store of the five documents.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from loaders.build.filling import lay_foundation
from loaders.build.growing import fingerprint_foundation
from loaders.build.snapshots import Workshop
from tests.alone import alone

#: What tells forked commands where the copies lie.
PLACE = "TESTS_FOUNDATIONS"


class Foundations:
    """Copies of what is laid, by the base of its addresses; ``place`` is a folder of all workers of a run."""

    #: Whether a build copies; else it lays its own.
    copying = True

    def __init__(self, place: Path) -> None:
        self._place = place
        place.mkdir(exist_ok=True)

    def lay(self, workshop: Workshop, base: str) -> None:
        """As :func:`loaders.build.filling.lay_foundation`, which does it where nothing is to be copied."""
        if not self.copying:
            lay_foundation(workshop, base)
            return
        name = sha256(f"{fingerprint_foundation(base)} {base}".encode()).hexdigest()[:16]
        whole = self._place / name
        with alone(self._place / f"{name}.lock"):
            if not whole.exists():
                with Workshop(self._place / f"{name}-made") as made:
                    lay_foundation(made, base)
                    shutil.copytree(made.database, self._place / f"{name}-{os.getpid()}")
                (self._place / f"{name}-{os.getpid()}").rename(whole)
        # Byte by byte: some tests damage the files of a store.
        shutil.copytree(whole, workshop.database)

    @contextmanager
    def anew(self) -> Iterator[None]:
        """In this block no build copies."""
        before, Foundations.copying = Foundations.copying, False
        try:
            yield
        finally:
            Foundations.copying = before
