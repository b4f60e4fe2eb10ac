"""What DOCX and XLSX share: they are archives of XML, and are looked over before anything in them is parsed."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.errors import DamagedFile, DocumentError, EncryptedFile, OversizedFile
from loaders.readers.detect import COMPOUND

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg")
_PIECE = 1 << 20
_MAX_PARTS = 20_000
_DECLARATIONS = [
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
]


def check_archive(path: Path, data: bytes, limit: int) -> None:
    """Refuses what no office program writes: archives that unpack beyond ``limit`` bytes, XML with entities.

    Nothing is unpacked to disk, and names of parts are never used as paths.

    Raises:
        EncryptedFile, DamagedFile, OversizedFile: as their names say.
    """
    place = str(path)
    if data.startswith(COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise EncryptedFile(
                place, "the file is locked with a password", "Save it without its password and try again."
            )
        raise DamagedFile(
            place, "this is a file of the old binary Office format", "Save it as .docx or .xlsx and try again."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > limit or len(parts) > _MAX_PARTS:
                raise OversizedFile(
                    place,
                    f"its {len(parts):,} parts unpack to {size:,} bytes",
                    "Look into it, or raise GONGKAI_MAX_UNPACKED_BYTES.",
                )
            for part in parts:
                if not part.filename.lower().endswith(_PICTURES):
                    _check_part(archive, part, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        raise DamagedFile(place, f"the archive is damaged ({error})", "Download it again, or save it anew.") from error


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: str) -> None:
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            window = tail + piece
            if any(word in window for word in _DECLARATIONS):
                raise DamagedFile(
                    place,
                    f"its part {part.filename[:80]!r} declares XML entities, which no office program does",
                    "Do not open it.",
                )
            tail = window[-32:]


@contextmanager
def parsing(path: Path) -> Iterator[None]:
    """Turns whatever an Office library raises on a damaged file into an error of ours; none is passed over."""
    try:
        yield
    except DocumentError:
        raise
    except MemoryError as error:
        raise OversizedFile(
            str(path), "the file needs more memory than there is", "Split it into smaller files."
        ) from error
    except Exception as error:
        raise DamagedFile(
            str(path),
            f"the file is damaged ({type(error).__name__}: {str(error)[:120]})",
            "Download it again, or save it anew.",
        ) from error
