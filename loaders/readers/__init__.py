"""Readers: one small module per format, each of which turns a file into a :class:`loaders.documents.Document`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from loaders.documents import Document
from loaders.errors import MissingFile, UnknownFormat
from loaders.readers import docx, html, pdf, text, xlsx

Reader = Callable[[Path, int], Document]

#: File endings (lower case) and the reader that takes them.
READERS: dict[str, Reader] = {
    ".txt": text.read,
    ".text": text.read,
    ".md": text.read,
    "": text.read,
    ".pdf": pdf.read,
    ".docx": docx.read,
    ".docm": docx.read,
    ".xlsx": xlsx.read,
    ".xlsm": xlsx.read,
    ".html": html.read,
    ".htm": html.read,
    ".xhtml": html.read,
}


def find_reader(path: Path) -> Reader:
    """The reader for a file, by its ending.

    Raises:
        MissingFile: there is no such file.
        UnknownFormat: no reader takes it.
    """
    if not path.exists():
        raise MissingFile(str(path), "there is no such file", "Check the path.")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(k for k in READERS if k))
        raise UnknownFormat(str(path), f"no reader takes files that end in {path.suffix!r}", f"Readable are {known}.")
    return reader
