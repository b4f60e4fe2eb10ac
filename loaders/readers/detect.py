"""What a file is, by its first bytes: names lie, and an office's .xls is often a web page or a newer workbook."""

from __future__ import annotations

import zipfile
from pathlib import Path

#: Of Office files locked with a password, and of the old binary formats.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEAD = 8192
#: Streams of a compound file, and the ending of the format that has them.
_STREAMS = (
    ("EncryptedPackage", ""),
    ("WordDocument", ".doc"),
    ("Workbook", ".xls"),
    ("PowerPoint Document", ".ppt"),
    ("Book", ".xls"),
)
#: Parts of an archive, and the ending of the format that has them.
_PARTS = (("word/", ".docx"), ("xl/", ".xlsx"), ("ppt/", ".pptx"), ("OFD.xml", ".ofd"), ("content.xml", ".odt"))
_PICTURES = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n", ".png"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"GIF8", ".gif"),
)
#: Endings of texts, which may well begin like a web page.
_TEXTS = frozenset(["", ".txt", ".text", ".md", ".markdown"])


def find_ending(path: Path) -> str:
    """The ending that fits a file's content, with its point, in lower case; its own where the content tells nothing.

    Raises:
        OSError: the file cannot be opened.
    """
    own = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"%PDF-" in head[:1024]:
        return ".pdf"
    if head.startswith(b"PK\x03\x04"):
        return _find_archive(path) or own
    if head.startswith(COMPOUND):
        return _find_compound(path) or own
    if head.startswith(b"{\\rtf"):
        return ".rtf"
    for mark, ending in _PICTURES:
        if head.startswith(mark):
            return ending
    if own not in _TEXTS and _is_page(head):
        return own if own in (".html", ".htm", ".xhtml") else ".html"
    return own


def _find_archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ""  # damaged: the reader of its own ending says so
    return next((ending for part, ending in _PARTS if any(name.startswith(part) for name in names)), ".zip")


def _find_compound(path: Path) -> str:
    data = path.read_bytes()
    return next((ending for stream, ending in _STREAMS if stream.encode("utf-16-le") in data), "")


def _is_page(head: bytes) -> bool:
    for code in ("utf-16-le", "utf-16-be"):
        if head.startswith("\ufeff".encode(code)):
            head = head.decode(code, errors="replace").encode()
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<table", b"<meta")) or (
        start.startswith(b"<?xml") and b"<html" in head.lower()
    )
