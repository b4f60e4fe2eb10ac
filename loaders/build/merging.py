"""What was converted elsewhere is brought together: results of shares, and other stores.

Everything is looked at before anything is decided, so that one message tells all that is missing. What is brought into
the store's cache does no harm if the merging is then refused or killed: nothing is published, and the next merging
finds it there.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from loaders import __version__
from loaders.build.conversion import Cache, Failure, Task, fingerprint_loaders
from loaders.build.loading import Progress
from loaders.build.shards import SharedCache, ShareIndex, read_indexes
from loaders.build.snapshots import Snapshot
from loaders.build.storage import Folder, is_url, open_folder
from loaders.build.versions import Converted
from loaders.characters import show_name
from loaders.errors import StoreError
from loaders.paths import resolve
from loaders.settings import Settings

#: How many documents are fetched at once from where fetching is waiting.
_FETCHES = 8
#: How many things that are wrong are told in full.
_TOLD = 5


@dataclass
class Gathered:
    """What all sources hold: a task for each file in the order of one build, what became of each by its key."""

    tasks: list[Task] = field(default_factory=list)
    outcomes: dict[str, Converted | Failure] = field(default_factory=dict)
    faults: list[Failure] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that a source knows: where it was converted, and, if it could not be, why."""

    task: Task
    cache: SharedCache
    failure: Failure | None = None


def refuse_other_loaders(store: Path, snapshot: Snapshot | None) -> None:
    """Raises :class:`loaders.errors.StoreError` if a store holds what other loaders made: it is not to be mixed."""
    if snapshot is not None and snapshot.manifest.extra.get("loaders") != fingerprint_loaders():
        raise StoreError(
            str(store),
            f"it holds documents that other loaders converted (Gongkai {snapshot.manifest.version})",
            "Build it anew with this version first (gongkai build), or let nothing of it stay (--fresh)",
        )


def gather(
    sources: Sequence[Path | str], store: Path, settings: Settings, cache: Cache, progress: Progress, *, partial: bool
) -> Gathered:
    """Brings what the sources hold into ``cache``. Raises :class:`loaders.errors.StoreError` as ``merge`` says."""
    if not sources:
        raise StoreError("gongkai merge", "nothing is named", "Name folders of results, or other stores")
    found: list[_Found] = []
    gathered = Gathered()
    indexes: list[tuple[Folder, ShareIndex]] = []
    for source in dict.fromkeys(map(str, sources)):
        folder = open_folder(source)
        here = read_indexes(folder)
        indexes += [(folder, index) for index in here]
        same = not is_url(source) and resolve(source) == resolve(store)
        documents = [] if same else _read_store(folder, settings)
        if not here and not documents:
            raise StoreError(
                show_name(folder.place),
                "it is the store itself" if same else "it holds no results of gongkai convert, and no store",
                "Name a folder that gongkai convert --shard wrote to, or another store",
            )
        found += documents
    named = [(f"{folder.place}/{index.name}", index) for folder, index in indexes]
    _refuse_unfit(named, settings.base)
    _refuse_unlike(named)
    if not partial:
        _refuse_missing([index for _, index in indexes])
    for folder, index in indexes:
        shelf = SharedCache(folder)
        found += [_Found(task, shelf, index.failures.get(task.key)) for task in index.tasks]
        gathered.faults += index.faults
    # The order of one build: folders as they were named, in each by path.
    found.sort(key=lambda f: (f.task.order, f.task.path))
    gathered.tasks = [f.task for f in found]
    torn = _fetch_all(found, gathered, cache, progress)
    if torn and not partial:
        raise StoreError(
            torn[0],
            f"{_list_some(torn)}: converted, but not whole (a machine or a disk failed while it was written)",
            "Run gongkai convert --shard again, which converts only these, or leave them out with --partial",
        )
    return gathered


def _fetch_all(found: Sequence[_Found], gathered: Gathered, cache: Cache, progress: Progress) -> list[str]:
    """Fetches what was converted, each key once; the places of what is not whole, which is a failure then."""
    # Where one machine failed and another did not, or a result was torn and another is whole, the good one counts.
    sources: dict[str, list[_Found]] = defaultdict(list)
    for one in found:
        sources[one.task.key].append(one)
    torn = []
    with ThreadPoolExecutor(_FETCHES) as pool:
        outcomes = pool.map(lambda ones: _fetch(ones, cache), sources.values())
        for number, (ones, outcome) in enumerate(zip(sources.values(), outcomes, strict=True), 1):
            task = ones[0].task
            if outcome is None:
                torn.append(task.place)
                outcome = Failure(
                    task.place,
                    show_name(task.place),
                    "what was converted of it is not whole",
                    "Convert it again",
                    False,
                    True,
                )
            gathered.outcomes[task.key] = replace(outcome, path=task.place)
            progress("fetch", number, len(sources))
    return torn


def _fetch(ones: Sequence[_Found], cache: Cache) -> Converted | Failure | None:
    """A document out of the first source that has it whole; else why it could not be read; else None."""
    for one in ones:
        if one.failure is None:
            converted = one.cache.find(one.task.key)
            if converted is not None and one.cache.fetch(converted, cache):
                return converted
    return next((one.failure for one in ones if one.failure is not None), None)


def _refuse_unfit(indexes: Sequence[tuple[str, ShareIndex]], base: str) -> None:
    """Refuses shares that other loaders converted, or for another base."""
    for place, index in indexes:
        if index.loaders != fingerprint_loaders():
            raise StoreError(
                show_name(place),
                f"it was converted by other loaders: Gongkai {index.version} ({index.loaders}), and here is "
                f"{__version__} ({fingerprint_loaders()})",
                "Install the same version on all machines and convert that share again, or merge with that version",
            )
        if index.base != base:
            raise StoreError(
                show_name(place),
                f"it was converted for the base {index.base}, and GONGKAI_BASE is {base} here",
                "Set GONGKAI_BASE alike on all machines, and convert that share again",
            )


def _refuse_unlike(indexes: Sequence[tuple[str, ShareIndex]]) -> None:
    """Refuses shares of one run that did not read alike: the same document would be another one elsewhere."""
    first: dict[str, tuple[str, ShareIndex]] = {}
    for place, index in indexes:
        other, known = first.setdefault(index.run, (place, index))
        for what, name in (("forms", "further forms (GONGKAI_FORMS)"), ("scans", "Tesseract for scans")):
            if index.reading[what] != known.reading[what]:
                raise StoreError(
                    show_name(place),
                    f"it was converted with other {name} than {show_name(other)}",
                    "Set up all machines alike (GONGKAI_OCR=off does without Tesseract), and convert that share again",
                )


def _refuse_missing(indexes: Sequence[ShareIndex]) -> None:
    runs: dict[str, list[ShareIndex]] = defaultdict(list)
    for index in indexes:
        runs[index.run].append(index)
    for shares in runs.values():
        count, files = shares[0].count, " ".join(shares[0].files)
        lacking = [f"{n}/{count}" for n in range(1, count + 1) if n not in {s.number for s in shares}]
        if lacking:
            raise StoreError(
                show_name(files),
                f"of its {count} shares {_list_some(lacking)} {'is' if len(lacking) == 1 else 'are'} not done",
                f"Run gongkai convert {show_name(files)} --shard {lacking[0]} … (what is converted already is not "
                "converted again), or leave them out with --partial",
            )


def _list_some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(map(show_name, names[:_TOLD])) + more


def _read_store(folder: Folder, settings: Settings) -> list[_Found]:
    """The documents of another store's published snapshot, those that are superseded before those that replace them."""
    pointer = folder.read("current")
    if pointer is None:
        return []
    place = show_name(folder.place)
    try:
        name = pointer.decode("ascii").strip()
        manifest: dict[str, Any] = json.loads(folder.read(f"snapshots/{name}/manifest.json") or b"")
        rows = [Converted(**row) for row in manifest["documents"]]
        made, base, version = manifest.get("extra", {}).get("loaders"), manifest["base"], manifest["version"]
    except (ValueError, TypeError, KeyError) as error:
        raise StoreError(place, f"its snapshot cannot be read ({error})", "Build that store again") from error
    if made != fingerprint_loaders():
        raise StoreError(
            place,
            f"it was built by other loaders: Gongkai {version} ({made or 'of an earlier time'}), and here is "
            f"{__version__} ({fingerprint_loaders()})",
            "Build that store again with this version (gongkai build), then merge",
        )
    if base != settings.base:
        raise StoreError(
            place,
            f"it was built for the base {base}, and GONGKAI_BASE is {base and settings.base} here",
            "Set GONGKAI_BASE alike, and build that store again",
        )
    shelf = SharedCache(folder)
    return [_Found(task, shelf) for task in _order_versions(rows)]


def _order_versions(rows: Sequence[Converted]) -> Iterator[Task]:
    """A task for each document, aged so that a version comes before the one that replaces it."""
    ages: dict[str, float] = {}
    replaced: dict[str, list[Converted]] = defaultdict(list)
    for row in rows:
        replaced[row.replaced_by].append(row)

    def find_age(document: Converted) -> float:
        if document.id not in ages:
            ages[document.id] = _find_time(document.path)  # ends a circle, should a broken store have one
            before = replaced.get(document.id, [])
            ages[document.id] = max([ages[document.id], *(math.nextafter(find_age(d), math.inf) for d in before)])
        return ages[document.id]

    for row in rows:
        url = row.path if is_url(row.path) else ""
        yield Task(Path(row.path), row.sha256, None, row.key, 0, url=url, age=find_age(row))


def _find_time(path: str) -> float:
    try:
        return Path(path).stat().st_mtime
    except (OSError, ValueError):
        return 0.0
