"""Plain text: UTF-8 (with or without a byte order mark) or GB18030, unchanged, cut into blocks."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loaders.characters import show_name
from loaders.documents import Document, Span
from loaders.errors import BinaryFile, EmptyFile, MissingFile, OversizedFile, TruncatedFile, UndecodableFile
from loaders.readers.blocks import make_layout
from loaders.settings import Settings

#: Control characters that no text holds.
_BINARY = frozenset(range(9)) | frozenset(range(14, 27)) | frozenset(range(28, 32))


def read_bytes(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most ``limit`` bytes.

    Raises:
        MissingFile, OversizedFile, EmptyFile: as their names say; an unreadable file counts as missing.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise MissingFile(str(path), "this is not a file", "Name a file, or a folder to `gongkai build`.")
        if size > limit:
            raise OversizedFile(
                str(path),
                f"the file has {size:,} bytes, the limit is {limit:,}",
                "Split it, or raise GONGKAI_MAX_FILE_BYTES.",
            )
        data = path.read_bytes()
    except OSError as error:
        problem = error.strerror or type(error).__name__
        raise MissingFile(str(path), f"cannot be opened ({problem})", "Check the path and its permissions.") from error
    if not data.strip():
        raise EmptyFile(str(path), "the file is empty", "Publish or download it again.")
    return data


def decode(data: bytes, place: str) -> tuple[str, str]:
    """The text of some bytes and the name of their encoding.

    Raises:
        BinaryFile: the bytes are not text.
        TruncatedFile: UTF-8 that ends in the middle of a character.
        UndecodableFile: neither UTF-8 nor GB18030.
    """
    head = data[:65536]
    if sum(1 for b in head if b in _BINARY) * 200 > len(head) or b"\x00" in head:
        raise BinaryFile(
            place, "the file is binary, not text", "Give a text file, or a format that `gongkai build --help` lists."
        )
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        at = error.start
        if len(data) - at < 4 and error.reason == "unexpected end of data":
            raise TruncatedFile(
                place, f"the file is cut off: it ends in the middle of a character, at byte {at}", "Download it again"
            ) from None
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not text or not _reads_as_chinese(text):
        line = data.count(b"\n", 0, at) + 1
        raise UndecodableFile(
            f"{place}, line {line}, byte {at}",
            "the bytes are neither UTF-8 nor GB18030",
            "Save the file as UTF-8 and try again.",
        )
    return text, "gb18030"


def _reads_as_chinese(text: str) -> bool:
    """Whether text decoded as GB18030 looks like Chinese: common ideographs, few rare ones."""
    letters = [c for c in text[:20000] if ord(c) > 127]
    common = sum(1 for c in letters if "\u4e00" <= c <= "\u9fff" or c in "，。、；：“”（）《》〔〕　％—…·　！？【】")
    official = sum(text.count(w) for w in ("的", "年", "预算", "支出", "单位", "元"))
    return bool(letters) and common * 10 >= len(letters) * 9 and official > 0


def read(path: Path, settings: Settings) -> Document:
    """A text file as a document; the text is the file's, decoded and otherwise unchanged.

    Raises:
        DocumentError: the file is missing, empty, too large, binary or in no known encoding.
    """
    data = read_bytes(path, settings.max_file_bytes)
    text, encoding = decode(data, str(path))
    if not text.strip().strip("\ufeff"):
        raise EmptyFile(str(path), "the file is empty", "Publish or download it again.")
    blocks, furniture = make_layout(text)
    warnings = () if encoding == "utf-8" else (f"read as {encoding}",)
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="text",
        blocks=blocks,
        furniture=furniture,
        pages=(Span(0, len(text)),),
        warnings=warnings,
        path=str(path),
    )
