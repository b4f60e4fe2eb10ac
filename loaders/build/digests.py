"""The SHA-256 of files, remembered: a file that nobody has touched since is not read again."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import NamedTuple

from loaders.build.conversion import hash_file
from loaders.build.snapshots import replace_file, writing
from loaders.characters import write_json

_FILE_NAME = "digests.json"
#: A file that was changed so short a time before it was read may be changed again without another time: file systems
#: keep times in steps of up to two seconds. In nanoseconds.
_STEP = 3_000_000_000


class _Row(NamedTuple):
    """A file as it was when it was read: size, times of the last change of content and of anything, in nanoseconds.

    ``inode`` is its number on the disk, ``read`` the time of reading.
    """

    size: int
    modified: int
    changed: int
    inode: int
    read: int
    sha256: str

    def is_still(self, found: os.stat_result) -> bool:
        """Whether the file is certainly the same."""
        same = self[:4] == (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        return same and max(self.modified, self.changed) + _STEP < self.read


class Digests:
    """The digests of files by path, kept in a file of a store."""

    def __init__(self, store: Path) -> None:
        self._file = store / _FILE_NAME
        self._known = self._read()
        self._asked: dict[str, _Row] = {}

    def find(self, path: Path) -> str:
        """The SHA-256 of a file's bytes. Raises OSError."""
        name = str(path)
        if name not in self._asked:
            known, now, found = self._known.get(name), time.time_ns(), path.stat()
            if known is None or not known.is_still(found):
                times = (found.st_mtime_ns, found.st_ctime_ns)
                known = _Row(found.st_size, *times, found.st_ino, now, hash_file(path))
            self._asked[name] = known
        return self._asked[name].sha256

    def save(self) -> None:
        """Keeps what was asked. Raises :class:`loaders.errors.StoreError` if the disk refuses."""
        if self._asked != self._known:
            with writing(self._file):
                replace_file(self._file, write_json(self._asked).encode("utf-8"))

    def _read(self) -> dict[str, _Row]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            return {name: _Row(*row) for name, row in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}
