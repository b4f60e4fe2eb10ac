"""Readers: one small module per format, each of which turns a file into a :class:`loaders.documents.Document`."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from loaders.documents import Document
from loaders.errors import MissingFile, UnknownFormat
from loaders.extras import naming_extras
from loaders.paths import exists, is_folder
from loaders.readers.detect import find_ending
from loaders.settings import Settings

Reader = Callable[[Path, Settings], Document]


def _read_by(name: str) -> Reader:
    """The reader of a module, which is imported with the first file that needs it: some bring large libraries."""

    def read(path: Path, settings: Settings) -> Document:
        with naming_extras(str(path)):
            module = import_module(f"loaders.readers.{name}")
        document: Document = module.read(path, settings)
        return document

    return read


_MODULES = {
    "text": (".txt", ".text", ""),
    "markdown": (".md", ".markdown"),
    "pdf.reader": (".pdf",),
    "docx": (".docx", ".docm"),
    "xlsx": (".xlsx", ".xlsm"),
    "xls": (".xls",),
    "html": (".html", ".htm", ".xhtml"),
}
#: File endings (lower case) and the reader that takes them.
READERS: dict[str, Reader] = {
    ending: reader for name, endings in _MODULES.items() for reader in (_read_by(name),) for ending in endings
}
_PREPARED = {ending: f"loaders.readers.{name}" for name, endings in _MODULES.items() for ending in endings}
_TO_DOCX = "Save it as .docx (in Word or WPS, or by `soffice --headless --convert-to docx FILE`) and try again."
_TO_XLSX = "Save it as .xlsx (in Excel or WPS, or by `soffice --headless --convert-to xlsx FILE`) and try again."
_TO_PDF = "Save or print it as a PDF and try again."
_UNPACK = "Unpack it, and name the files in it."
#: Formats that offices publish and no reader takes: what they are, and what to do.
DECLINED: dict[str, tuple[str, str]] = {
    ".doc": ("a Word file of the years before 2007", _TO_DOCX),
    ".dot": ("a Word file of the years before 2007", _TO_DOCX),
    ".wps": ("a WPS text", _TO_DOCX),
    ".rtf": ("a rich text", _TO_DOCX),
    ".odt": ("an OpenDocument file", _TO_DOCX),
    ".ods": ("an OpenDocument sheet", _TO_XLSX),
    ".et": ("a WPS sheet", _TO_XLSX),
    ".xlsb": ("a binary Excel file", _TO_XLSX),
    ".ppt": ("a set of slides", _TO_PDF),
    ".pptx": ("a set of slides", _TO_PDF),
    ".ofd": ("an OFD file (版式文件)", _TO_PDF),
    ".ceb": ("a CEB file (版式文件)", _TO_PDF),
    ".jpg": ("a picture", _TO_PDF),
    ".jpeg": ("a picture", _TO_PDF),
    ".png": ("a picture", _TO_PDF),
    ".tif": ("a picture", _TO_PDF),
    ".tiff": ("a picture", _TO_PDF),
    ".gif": ("a picture", _TO_PDF),
    ".zip": ("an archive", _UNPACK),
    ".rar": ("an archive", _UNPACK),
    ".7z": ("an archive", _UNPACK),
}


def prepare(path: Path) -> None:
    """Imports what reads files with the ending of this one, for the processes that are forked from here."""
    with contextlib.suppress(ImportError):  # told where the file is read
        import_module(_PREPARED.get(path.suffix.lower(), __name__))


def find_reader(path: Path) -> Reader:
    """The reader for a file, by its content where that tells, else by its ending.

    Raises:
        MissingFile: there is no such file, or it cannot be opened.
        UnknownFormat: no reader takes it.
    """
    own = path.suffix.lower()
    if is_folder(path) or not exists(path):
        problem = "this is a folder" if is_folder(path) else "there is no such file"
        raise MissingFile(str(path), problem, "Check the path.")
    try:
        ending = find_ending(path)
    except OSError as error:
        problem = f"cannot be opened ({error.strerror or type(error).__name__})"
        raise MissingFile(str(path), problem, "Check the path and its permissions.") from error
    reader = READERS.get(ending)
    if reader is None:
        if ending in DECLINED:
            what, remedy = DECLINED[ending]
            raise UnknownFormat(str(path), f"this is {what}, which no reader takes", remedy)
        known = ", ".join(sorted(k for k in READERS if k))
        raise UnknownFormat(str(path), f"no reader takes files that end in {ending!r}", f"Readable are {known}.")
    return reader if ending == own or READERS.get(own) is reader else _telling(reader, own, ending)


def _telling(reader: Reader, own: str, ending: str) -> Reader:
    """A reader whose documents say that their file's name lies."""

    def read(path: Path, settings: Settings) -> Document:
        document = reader(path, settings)
        warning = f"named {own or 'without an ending'}, read as {ending}, which it is"
        return replace(document, warnings=(warning, *document.warnings))

    return read
