"""Pictures of pages of documents: drawn from the files that the store was built of, each in a process that is killed
when it takes too long (:mod:`service.engine.drawing`), and kept in memory."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

from loaders.words.redaction import MASK
from service.engine.cache import ByteCache
from service.engine.drawing import Order
from service.engine.store import Store
from service.settings import ServiceSettings

#: Forms of a picture, and their media types.
FORMS = {"webp": "image/webp", "png": "image/png"}
#: How many pages are drawn at once, and how many may wait for that.
_AT_ONCE, _WAITING = 2, 24
#: The longest line that a process writes before its picture.
_HEAD = 1_000
_FAILURES = 1_000


@dataclass(frozen=True)
class Source:
    """The file of a document: its path as the build had it, and the digest of what it held then."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Picture:
    """A page as it is printed: its size in points, how many pages its document has, and the picture in dots."""

    body: bytes
    media_type: str
    wide: float
    high: float
    pages: int
    width: int
    height: int


class NoPicture(Exception):
    """A page has no picture. ``reason`` is a word: off, remote, gone, changed, masked, damaged, absent, heavy, slow,
    broken, busy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def passing(self) -> bool:
        """Whether the next request may fare better."""
        return self.reason == "busy"


class Sources:
    """Where the files of documents lie, as the published snapshot says."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = ""
        self._known: Mapping[str, Source] = {}

    def find(self, document: str) -> Source | None:
        """The file of a document, by its identifier; None if the store does not know it."""
        if self._version != self._store.edition or not self._version:
            self._version = self._store.edition
            self._known = {name: Source(path, digest) for name, path, digest in self._store.list_sources()}
        return self._known.get(document)


class Pictures:
    """Draws pages, a few at once, and keeps the pictures."""

    def __init__(self, store: Store, settings: ServiceSettings) -> None:
        self.settings = settings
        self.sources = Sources(store)
        self._kept = ByteCache(settings.picture_cache_bytes)
        self._failures: OrderedDict[bytes, tuple[float, str]] = OrderedDict()
        self._flights: dict[bytes, asyncio.Task[Picture]] = {}
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def draw(self, document: str, page: int, form: str, text: str) -> Picture:
        """The picture of a page (from 1). ``text`` is the page's text as it is published.

        Raises :class:`NoPicture`.
        """
        if self.settings.page_pictures == "off":
            raise NoPicture("off")
        source = self.sources.find(document)
        if source is None:
            raise NoPicture("remote")
        masked = text if MASK in text else ""
        key = sha256("\0".join((source.sha256, str(page), form, masked)).encode("utf-8", "surrogatepass")).digest()
        kept = self._kept.get(("", key, form))
        if kept is not None:
            return _unpack(*kept, form)
        flight = self._flights.get(key)
        if flight is None:
            self._refuse_known(key)
            if len(self._flights) >= _AT_ONCE + _WAITING:
                raise NoPicture("busy")
            flight = self._flights[key] = asyncio.create_task(self._make(key, source, page, form, masked))
            flight.add_done_callback(lambda task: self._land(key, task))
        return await asyncio.shield(flight)

    def _refuse_known(self, key: bytes) -> None:
        failure = self._failures.get(key)
        if failure is not None and monotonic() < failure[0]:
            raise NoPicture(failure[1])

    def _land(self, key: bytes, task: asyncio.Task[Picture]) -> None:
        del self._flights[key]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, NoPicture):
            self._failures[key] = (monotonic() + self.settings.failure_memory_seconds, error.reason)
            while len(self._failures) > _FAILURES:
                self._failures.popitem(last=False)

    async def _make(self, key: bytes, source: Source, page: int, form: str, masked: str) -> Picture:
        async with self._room:
            file = await asyncio.to_thread(_open, source.path, self.settings.max_file_bytes)
            try:
                order = Order(
                    file, source.sha256, page - 1, form, masked, MASK, self.settings.max_picture_bytes,
                    self.settings.picture_memory_bytes, max(1, round(self.settings.picture_seconds)), os.getpid(),
                )  # fmt: skip
                head, body = await self._run(order)
            finally:
                os.close(file)
        if "problem" in head:
            raise NoPicture(str(head["problem"])[:20])
        written = json.dumps(head).encode("ascii")
        self._kept.put(("", key, form), written + body, len(written))
        return _unpack(written + body, len(written), form)

    async def _run(self, order: Order) -> tuple[dict[str, Any], bytes]:
        """What the process answers. It is believed in nothing: neither that it ends, nor how much it says."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "service.engine.drawing",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(order.file,), env=_make_environment(),
        )  # fmt: skip
        try:
            async with asyncio.timeout(self.settings.picture_seconds):
                answer = await _ask(process, json.dumps(asdict(order)).encode("utf-8"), order.bytes + _HEAD)
        except TimeoutError:
            raise NoPicture("slow") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        line, _, body = answer.partition(b"\n")
        try:
            head = json.loads(line)
            if "problem" not in head:
                head = {name: float(head[name]) for name in ("wide", "high", "pages", "width", "height")}
        except (ValueError, TypeError, KeyError):
            raise NoPicture("broken") from None
        if len(body) > order.bytes:
            raise NoPicture("broken")
        return head, body


async def _ask(process: asyncio.subprocess.Process, order: bytes, most: int) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(order)
        await process.stdin.drain()
        process.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        raise NoPicture("broken") from None
    parts: list[bytes] = []
    while sum(map(len, parts)) <= most and (part := await process.stdout.read(1 << 16)):
        parts.append(part)
    return b"".join(parts)


def _open(path: str, most: int) -> int:
    """The number of an open file, which the process inherits. Raises :class:`NoPicture`."""
    try:
        # What is a pipe or a device by now must not make anybody wait.
        file = os.open(Path(path), os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        raise NoPicture("gone") from None
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or found.st_size > most:
        os.close(file)
        raise NoPicture("changed")
    return file


def _make_environment() -> dict[str, str]:
    """What the process gets to know of ours: where Python and its packages lie."""
    known = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "LANG")
    return {name: os.environ[name] for name in known if name in os.environ} | {"OMP_NUM_THREADS": "1"}


def _unpack(kept: bytes, length: int, form: str) -> Picture:
    head = json.loads(kept[:length])
    return Picture(
        kept[length:], FORMS[form], head["wide"], head["high"], int(head["pages"]), int(head["width"]),
        int(head["height"]),
    )  # fmt: skip
