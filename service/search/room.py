"""The index that is asked just now: opened once for each snapshot, switched when the next one is ready."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from loaders.build.snapshots import Snapshot
from service.http.problems import Problem
from service.search.index import Index
from service.search.offices_asked import OfficeBook
from service.search.question import Recogniser


class Maker(Protocol):
    """Who makes the index of a snapshot: :class:`service.linked.snapshot_parts.Maker`."""

    def begin(self, part: str) -> tuple[Snapshot, Path, bool]:
        """The published snapshot, the folder of a part of it, and whether it is there; if not, its making begins."""
        ...

    async def need(self, part: str) -> tuple[Snapshot, Path]:
        """The same, once it is there. Raises a 503 :class:`Problem` if that takes too long."""
        ...


@dataclass(frozen=True)
class Room:
    """An open index with its recogniser and the offices that have documents.

    ``snapshot`` is the name of the snapshot that it was made from.
    """

    index: Index
    recogniser: Recogniser
    offices: OfficeBook
    snapshot: str
    folder: Path


class Search:
    """Gives the room of the published snapshot. ``maker`` is None where the data are in a store elsewhere alone."""

    def __init__(self, maker: Maker | None) -> None:
        self.maker = maker
        self._room: Room | None = None
        self._lock = asyncio.Lock()

    async def enter(self) -> Room:
        """The room of the published snapshot, or that of the one before while the new index is being made.

        Raises a 503 :class:`Problem` while there is none yet, and a 501 one where there can be none.
        """
        if self.maker is None:
            raise Problem(
                501, "no_search", "search", "this server passes queries on to another endpoint and has no index",
                "Ask in SPARQL, at /sparql; who runs it can serve beside the build that was published there (--store)",
            )  # fmt: skip
        snapshot, folder, ready = self.maker.begin("search")
        room = self._room
        if room is not None and (room.folder == folder or not ready):
            return room
        async with self._lock:
            if self._room is None or self._room.folder != folder:
                snapshot, folder = await self.maker.need("search")
                self._room = await asyncio.to_thread(open_room, snapshot.name, folder)
            return self._room


def open_room(snapshot: str, folder: Path) -> Room:
    """The room over an index that lies in a folder."""
    index = Index(folder)
    return Room(index, Recogniser(index.named), OfficeBook(index.named), snapshot, folder)
