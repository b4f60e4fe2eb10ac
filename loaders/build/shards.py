"""Conversion without a scheduler: each machine converts its share of the files into a folder that all may write to.

::

    <results>/cache/<key>.nq, <key>.json, <key>.failed-….json     as in a store's cache
    <results>/shards/<run>-003-of-016.json                        what one share found; written last

A share whose last file is not there is not done, and merging says so. Shares overlap nowhere (see
:class:`loaders.build.collecting.Share`); what two machines convert all the same is the same, and kept once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from loaders import __version__
from loaders.build.collecting import Collector, Share
from loaders.build.conversion import (
    Cache,
    Failure,
    Reader,
    Task,
    convert_all,
    describe_reading,
    fingerprint_loaders,
    fingerprint_surroundings,
    hash_file,
)
from loaders.build.loading import Progress, ignore
from loaders.build.storage import Folder, LocalFolder, is_url, open_folder, refuse_within
from loaders.build.versions import Converted
from loaders.catalogue import CatalogueEntry
from loaders.characters import write_json
from loaders.errors import SettingsError, StoreError
from loaders.resources import documents_folder
from loaders.settings import Settings

#: The form of the file that a share writes last; another one is refused.
FORMAT = 1
CACHE, SHARDS = "cache", "shards"


class SharedCache:
    """A cache in a folder that many machines write to, at any place that :mod:`loaders.build.storage` knows.

    What is in it is never taken away: others may be reading it. Methods raise :class:`loaders.errors.StoreError`.
    """

    def __init__(self, results: Folder) -> None:
        self.results = results

    @property
    def place(self) -> str:
        """The path or URL of the folder that the cache lies in."""
        return self.results.place

    def find(self, key: str) -> Converted | None:
        """What was converted under a key; None if nothing was, or if its quads have not the length that they should."""
        found = self._read_row(key)
        return found if found is not None and self.results.measure(f"{CACHE}/{key}.nq") == found.size else None

    def find_whole(self, key: str) -> Converted | None:
        """What was converted under a key; None if nothing was, or if its quads (they are read) are not as they were."""
        found = self.find(key)
        return found if found is not None and self._digest(f"{CACHE}/{key}.nq") == found.checksum else None

    recall = find_whole

    def _read_row(self, key: str) -> Converted | None:
        content = self.results.read(f"{CACHE}/{key}.json")
        try:
            return None if content is None else Converted(**json.loads(content))
        except (ValueError, TypeError):
            return None

    def find_failure(self, key: str, surroundings: str) -> Failure | None:
        """Why the file of a key could not be read, if that was found out in the same surroundings."""
        content = self.results.read(f"{CACHE}/{key}.failed-{surroundings}.json")
        try:
            return None if content is None else Failure(**json.loads(content))
        except (ValueError, TypeError):
            return None

    def put_failure(self, key: str, surroundings: str, failure: Failure) -> None:
        """Remembers that a file cannot be read."""
        self.results.write(f"{CACHE}/{key}.failed-{surroundings}.json", write_json(asdict(failure)).encode("utf-8"))

    def put(self, converted: Converted, content: bytes) -> None:
        """Keeps a document unless it is there; what is there and is not the same is torn, and replaced."""
        quads, row = f"{CACHE}/{converted.key}.nq", f"{CACHE}/{converted.key}.json"
        text = write_json(converted.as_row()).encode("utf-8")
        if not self.results.create(quads, content) and self._digest(quads) != converted.checksum:
            self.results.write(quads, content)
        if not self.results.create(row, text):
            known = self._read_row(converted.key)
            if known is None or known.checksum != converted.checksum:
                self.results.write(row, text)

    def _digest(self, name: str) -> str:
        content = self.results.read(name)
        return "" if content is None else sha256(content).hexdigest()

    def fetch(self, converted: Converted, cache: Cache) -> bool:
        """Puts a document into a cache of this machine; False if its quads are not there, or not whole.

        Raises :class:`loaders.errors.StoreError` if either place refuses.
        """
        target = cache.find_quads(converted.key)
        known = cache.find(converted.key)
        if known is not None and known.checksum == converted.checksum and cache.verify(known):
            return True
        local = LocalFolder(cache.folder)
        cache.folder.mkdir(parents=True, exist_ok=True)
        incoming = cache.folder / f".{converted.key}.incoming"
        try:
            there = self.results.fetch(f"{CACHE}/{converted.key}.nq", incoming)
            if not there or hash_file(incoming) != converted.checksum:
                return False
            incoming.replace(target)
        finally:
            incoming.unlink(missing_ok=True)
        local.write(f"{converted.key}.json", write_json(converted.as_row()).encode("utf-8"))
        return True


@dataclass(frozen=True)
class ShardReport:
    """What became of a share: how many files are in it, how many of them were converted now and known before."""

    share: Share
    files: int
    converted: int
    known: int
    failures: tuple[Failure, ...]
    seconds: float
    place: str


def parse_share(text: str) -> Share:
    """``3/16`` as a share. Raises :class:`loaders.errors.SettingsError`."""
    number, slash, count = text.partition("/")
    if slash and number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count) <= 100_000:
        return Share(int(number), int(count))
    raise SettingsError(
        "--shard", f"{text!r} is no share", "Give its number and how many there are, as 3/16: 1/16 to 16/16"
    )


def convert_share(
    files: Sequence[Path | str],
    into: str | Path,
    share: Share,
    settings: Settings | None = None,
    progress: Progress | None = None,
    *,
    retry: bool = False,
    convert: Reader | None = None,
) -> ShardReport:
    """Converts a share of ``files`` (as :func:`loaders.build.building.build` takes them) into the folder ``into``.

    What is there already, whoever put it there, is not converted again; with ``retry`` what could not be read is tried
    again. Raises :class:`loaders.errors.StoreError` if the folder cannot be written or the documents vanish, and
    :class:`loaders.errors.CatalogueError` if a catalogue is wrong. Files that cannot be read are in the report.
    """
    settings, progress = settings or Settings(), progress or ignore
    files = list(files) or [documents_folder()]
    begin = time.monotonic()
    refuse_within(into, files)
    results = open_folder(into)
    cache = SharedCache(results)
    collector = Collector(settings, share)
    tasks = collector.collect(files)
    surroundings = fingerprint_surroundings(settings)
    outcomes: dict[str, Converted | Failure] = {}
    for task in tasks:
        found = cache.find_whole(task.key) or (None if retry else cache.find_failure(task.key, surroundings))
        if found is not None:
            outcomes[task.key] = found
    known = len(outcomes)
    pending = list({t.key: t for t in tasks if t.key not in outcomes}.values())
    progress("convert", known, len(tasks))
    for task, outcome in convert_all(pending, settings, cache, convert):
        outcomes[task.key] = outcome
        if isinstance(outcome, Failure) and not outcome.passing:
            cache.put_failure(task.key, surroundings, outcome)
        progress("convert", len(outcomes), len(tasks))
    rows = [_describe(task, outcomes[task.key]) for task in tasks]
    name = f"{SHARDS}/{_name_run(files, share)}-{share.number:03}-of-{share.count:03}.json"
    content = {
        "format": FORMAT, "number": share.number, "count": share.count, "files": [str(f) for f in files],
        "version": __version__, "loaders": fingerprint_loaders(), "base": settings.base,
        "reading": describe_reading(settings), "documents": rows, "faults": [asdict(f) for f in collector.faults],
    }  # fmt: skip
    results.write(name, (write_json(content, indent=1) + "\n").encode("utf-8"))
    failures = [
        *collector.faults,
        *(replace(o, path=t.place) for t in tasks if isinstance(o := outcomes[t.key], Failure)),
    ]
    done = sum(isinstance(outcomes[t.key], Converted) for t in pending)
    return ShardReport(share, len(tasks), done, known, tuple(failures), time.monotonic() - begin, results.place)


def _describe(task: Task, outcome: Converted | Failure) -> dict[str, Any]:
    """A file as the last file of a share has it."""
    entry = None if task.entry is None else {**asdict(task.entry), "path": str(task.entry.path)}
    row = {
        "place": task.place, "sha256": task.sha256, "key": task.key, "size": task.size, "age": task.age,
        "order": task.order, "entry": entry,
    }  # fmt: skip
    return row if isinstance(outcome, Converted) else {**row, "failure": asdict(outcome)}


def _name_run(files: Sequence[Path | str], share: Share) -> str:
    """What the shares of one run have in common: the files that were named, and how many shares there are."""
    named = "\n".join([*map(str, files), str(share.count)])
    return sha256(named.encode("utf-8", "surrogateescape")).hexdigest()[:12]


@dataclass(frozen=True)
class ShareIndex:
    """What the last file of a share says. ``failures`` are by the keys of their tasks."""

    name: str
    number: int
    count: int
    files: tuple[str, ...]
    version: str
    loaders: str
    base: str
    reading: dict[str, str]
    tasks: tuple[Task, ...]
    failures: dict[str, Failure]
    faults: tuple[Failure, ...]

    @property
    def run(self) -> str:
        """What it has in common with the other shares of its run."""
        return self.name.rpartition("/")[2].partition("-")[0]


def read_indexes(results: Folder) -> list[ShareIndex]:
    """The shares that are done in a folder of results, by name.

    Raises :class:`loaders.errors.StoreError` if one cannot be read.
    """
    found = []
    for stored in results.list(SHARDS):
        if not stored.name.endswith(".json") or "/." in stored.name:
            continue
        place = f"{results.place}/{stored.name}"
        try:
            found.append(_read_index(stored.name, json.loads(results.read(stored.name) or b"")))
        except (ValueError, TypeError, KeyError) as error:
            raise StoreError(
                place, f"it is not what a share writes ({type(error).__name__}: {error})",
                "Run its gongkai convert --shard again with this version of Gongkai",
            ) from error  # fmt: skip
    return found


def _read_index(name: str, data: dict[str, Any]) -> ShareIndex:
    if data["format"] != FORMAT:
        raise ValueError(f"its form is {data['format']}, and {FORMAT} is read here")
    return ShareIndex(
        name=name,
        number=data["number"],
        count=data["count"],
        files=tuple(data["files"]),
        version=data["version"],
        loaders=data["loaders"],
        base=data["base"],
        reading=dict(data["reading"]),
        tasks=tuple(_read_task(row) for row in data["documents"]),
        failures={row["key"]: Failure(**row["failure"]) for row in data["documents"] if "failure" in row},
        faults=tuple(Failure(**row) for row in data["faults"]),
    )


def _read_task(row: dict[str, Any]) -> Task:
    place, entry = row["place"], row["entry"]
    return Task(
        path=Path(place),
        sha256=row["sha256"],
        entry=None if entry is None else CatalogueEntry(**{**entry, "path": Path(entry["path"])}),
        key=row["key"],
        size=row["size"],
        url=place if is_url(place) else "",
        age=row["age"],
        order=row["order"],
    )
