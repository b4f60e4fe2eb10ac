"""Characters that are none: what file systems, archives and damaged files put into names and texts.

Within Gongkai a file's name is what the system gives: bytes that are no UTF-8 are held as halves of surrogate pairs
(``os.fsdecode``), so that the file is found again. No text, graph, page or report may hold such halves, which UTF-8
cannot encode: names are *shown* there, and texts are *mended*. This module imports nothing of ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
#: Halves that stand for the bytes 0x80 to 0xFF of a name that is no UTF-8.
_BYTES = range(0xDC80, 0xDD00)
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
#: The space of Chinese type, which names have and which harms nothing, though Python calls it unprintable.
_WIDE_SPACE = "\u3000"

#: What no one sees, and what parts words and numbers for programs: zero-width blanks and joiners, soft hyphens, marks
#: of direction and of byte order.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def show_name(name: str | os.PathLike[str]) -> str:
    r"""A name, a path or a message that holds one, on one line and in characters that every output takes.

    What cannot be printed is escaped: a byte that is no UTF-8 as ``\xb9``, a line break as ``\n``, control characters
    and marks that turn the direction of writing as ``\u202e``. All else, backslashes too, stays; so what was shown may
    be shown again. Two names can be shown alike: to find a file, use its name. A name is shown the same in every
    locale: bytes that are UTF-8 are read as such even where Python takes names for ASCII.

    >>> show_name("2023\udcc4\udcea.txt")
    '2023\\xc4\\xea.txt'
    """
    text = os.fspath(name)
    if text.isprintable():
        return text
    with contextlib.suppress(UnicodeEncodeError):  # halves that stand for no byte
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    return "".join(c if c.isprintable() or c == _WIDE_SPACE else _escape(c) for c in text)


def _escape(char: str) -> str:
    code = ord(char)
    if code in _BYTES:
        return f"\\x{code - 0xDC00:02x}"
    return _NAMED.get(char) or (f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}")


def is_text(value: str) -> bool:
    """Whether UTF-8 can encode ``value``: no half of a surrogate pair is in it."""
    return _SURROGATE.search(value) is None


def mend_text(value: str) -> str:
    """``value`` as text: two halves of a pair that stand together are their character, a lone one is U+FFFD.

    >>> mend_text("\\ud83d\\ude00 \\ud83d!") == "\U0001f600 \ufffd!"
    True
    """
    return value if is_text(value) else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def write_json(value: Any, *, indent: int | None = None) -> str:
    r"""``value`` as JSON that UTF-8 can encode and ``json.loads`` reads back as it was: halves become ``\udcb9``."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _SURROGATE.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def write_rows(head: Mapping[str, Any], name: str, rows: Iterable[Any]) -> str:
    """``head`` as an object of JSON with the list ``name`` at its end, a row a line: quick to write, good to read."""
    listed = ",\n".join(f"  {write_json(row)}" for row in rows)
    fields = "".join(f" {write_json(key)}: {write_json(value)},\n" for key, value in head.items())
    return f"{{\n{fields} {write_json(name)}: [\n{listed}\n ]\n}}\n"
