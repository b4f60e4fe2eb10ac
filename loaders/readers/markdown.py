"""Markdown: its text without marks; tables (with pipes, or in HTML) with tabs between their cells."""

from __future__ import annotations

import hashlib
from pathlib import Path

from markdown_it import MarkdownIt

from loaders.characters import show_name
from loaders.documents import Document, Span
from loaders.errors import EmptyFile
from loaders.readers.blocks import make_blocks
from loaders.readers.html import write_page
from loaders.readers.text import decode, read_bytes
from loaders.settings import Settings


def read(path: Path, settings: Settings) -> Document:
    """A Markdown file as a document. Numbers of lists stay as they are written; links give their words.

    Raises:
        DocumentError: the file is missing, empty, too large, binary or in no known encoding.
    """
    data = read_bytes(path, settings.max_file_bytes)
    source, encoding = decode(data, str(path))
    # Without lists, since their numbers would be lost; indented lines of officialese are no code.
    engine = MarkdownIt("commonmark", {"breaks": True, "html": True, "maxNesting": 50})
    engine.enable("table").disable(["list", "code", "lheading", "reference"])
    text = write_page(engine.render(source.lstrip("\ufeff")), str(path))
    if not text.strip():
        raise EmptyFile(str(path), "the file holds no text", "Publish or download it again.")
    return Document(
        name=show_name(path.stem),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format="markdown",
        blocks=make_blocks(text),
        pages=(Span(0, len(text)),),
        warnings=() if encoding == "utf-8" else (f"read as {encoding}",),
        media_type="text/markdown",
        path=str(path),
    )
