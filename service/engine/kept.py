"""Answers that were made of a snapshot beforehand and lie beside it, whole, in its folder of derived files.

What is asked of the graph as a whole takes the longest to answer, and the answer is the same until the next snapshot.
:mod:`service.linked.kept_questions` asks it once and writes it down here; a server finds it whenever it starts.
A folder holds ``bodies``, the answers one after the other, compressed each by itself, and ``index.json``, which says by
the digest of each question where its answer lies, how long it is, and how many rows it has.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import zlib
from collections.abc import Iterable
from pathlib import Path
from time import monotonic

from loaders.build.snapshots import Snapshot, mark_snapshot
from service.engine.workers import Answer, Job

#: The name of the folder, and the edition of its form: what an older Gongkai made is made anew.
PART, EDITION = "answers", 1
_LOG = logging.getLogger("gongkai.derived")
_BODIES, _INDEX = "bodies", "index.json"
#: How long a folder that was not there is not looked for again.
_PAUSE_SECONDS = 1.0
#: Where an answer lies: its first byte, its bytes as they lie there, its bytes, its rows.
Place = tuple[int, int, int, int]


def name_part(store: Path, mark: str, part: str, edition: int) -> Path:
    """Where what is made of a snapshot lies: ``mark`` is that of the snapshot (``snapshots.mark_snapshot``)."""
    return store / "derived" / mark / f"{part}-{edition}"


def mark_question(job: Job) -> str:
    """The digest of a question and the form of its answer; whatever size the answer may have at most."""
    parts = (job.query, job.format, job.base, job.union, job.default, job.named)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def write_answers(folder: Path, answers: Iterable[tuple[Job, Answer]]) -> None:
    """Writes answers into a folder that is there and empty. Raises OSError if it cannot."""
    index: dict[str, Place] = {}
    with (folder / _BODIES).open("wb") as bodies:
        for job, answer in answers:
            packed = zlib.compress(answer.body)
            index[mark_question(job)] = (bodies.tell(), len(packed), len(answer.body), answer.rows)
            bodies.write(packed)
    (folder / _INDEX).write_text(json.dumps(index), encoding="ascii")


class KeptAnswers:
    """The answers beside the snapshots of a store's folder."""

    def __init__(self, store: Path) -> None:
        self.store = store
        self._snapshot: Snapshot | None = None
        self._folder = Path()
        self._index: dict[str, Place] | None = None
        self._looked = 0.0

    def find(self, job: Job, snapshot: Snapshot) -> Place | None:
        """Where the answer of a question to the snapshot lies; None if it was not kept, or is larger than it may be."""
        if snapshot is not self._snapshot or (self._index is None and monotonic() > self._looked + _PAUSE_SECONDS):
            self._open(snapshot)
        if not self._index:
            return None
        place = self._index.get(mark_question(job))
        return place if place is not None and place[2] <= job.limit else None

    def _open(self, snapshot: Snapshot) -> None:
        self._snapshot, self._looked, self._index = snapshot, monotonic(), None
        self._folder = name_part(self.store, mark_snapshot(snapshot), PART, EDITION)
        if self._folder.is_dir():
            try:
                self._index = json.loads((self._folder / _INDEX).read_text(encoding="ascii"))
            except (OSError, ValueError) as error:
                _LOG.warning("%s is not used: %s. Remove the folder, then it is made again", self._folder, error)
                self._index = {}

    async def read(self, place: Place, edition: str) -> Answer | None:
        """The answer that lies there; None, said in the log, where the files are not what was written."""
        start, length, size, rows = place
        try:
            body = await asyncio.to_thread(_unpack, self._folder / _BODIES, start, length)
        except (OSError, zlib.error) as error:
            body, size = b"", -1
            _LOG.warning("%s is not used: %s. Remove the folder, then it is made again", self._folder, error)
        return Answer(body, edition, rows) if len(body) == size else None


def _unpack(file: Path, start: int, length: int) -> bytes:
    with file.open("rb") as bodies:
        bodies.seek(start)
        return zlib.decompress(bodies.read(length))
