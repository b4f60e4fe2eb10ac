"""Folders that an export fills: whole or not at all, with the snapshot that they were made from and their digests.

::

    FOLDER/_gongkai.json   the snapshot, its contents' fingerprint, how many rows each table has
    FOLDER/SHA256SUMS      of every file, for ``sha256sum -c``
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Literal, cast

from loaders.build.snapshots import Snapshot, writing
from loaders.errors import StoreError
from loaders.extras import naming_extras

ABOUT, SUMS = "_gongkai.json", "SHA256SUMS"
#: How files are packed, and what their names end in.
Packing = Literal["none", "gzip", "zstd"]
ENDINGS: dict[Packing, str] = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_BLOCK = 1 << 20
_ZSTD_LEVEL = 9


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of ``folder`` once the block has ended well.

    What an export left there before is replaced. Raises :class:`loaders.errors.StoreError` if the folder holds anything
    else or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / ABOUT).is_file())):
        raise StoreError(str(folder), "it holds something that no export wrote", "Choose another folder")
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            work.chmod(0o755)
            yield work
            _replace(folder, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _replace(folder: Path, new: Path) -> None:
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        folder.rename(old / "old")
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.rename(folder)


def seal_folder(folder: Path, snapshot: Snapshot, rows: Mapping[str, int]) -> None:
    """Writes what the folder was made from, and the digests of all that is in it."""
    about = {"snapshot": snapshot.name, "fingerprint": snapshot.manifest.fingerprint,
             "base": snapshot.manifest.base, "built": snapshot.manifest.time, "rows": dict(rows)}  # fmt: skip
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest_file(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def digest_file(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while part := file.read(_BLOCK):
            digest.update(part)
    return digest.hexdigest()


@contextmanager
def open_packed(path: Path, packing: Packing) -> Iterator[IO[bytes]]:
    """A file to write, packed; the same content gives the same bytes. ``path`` is its name without the ending.

    Raises :class:`loaders.errors.MissingExtra` for zstd where that is not installed.
    """
    with path.with_name(path.name + ENDINGS[packing]).open("wb") as raw:
        if packing == "gzip":
            # No time and no name in the head.
            with gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        elif packing == "zstd":
            with naming_extras("zstd"):
                import zstandard
            with zstandard.ZstdCompressor(level=_ZSTD_LEVEL).stream_writer(raw, closefd=False) as packer:
                yield cast("IO[bytes]", packer)
        else:
            yield raw
