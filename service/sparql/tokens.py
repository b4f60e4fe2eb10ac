"""The words of a SPARQL query: strings, IRIs, names, numbers, operators, each with its place.

Splits text; knows no grammar. Reads as the engine reads (longest IRI first, long strings before short ones), so that
what :mod:`service.sparql.guard` sees is what will be evaluated. Every pattern is linear in the length of the text.
"""

from __future__ import annotations

import bisect
import re
from typing import Literal, NamedTuple

TokenKind = Literal["iri", "name", "blank", "variable", "string", "language", "number", "word", "operator", "bracket",
                    "point", "comment"]  # fmt: skip

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_WORD = f"{_BASE}_"
_CHAR = f"{_WORD}\\-0-9\u00b7\u0300-\u036f\u203f\u2040"
_VARIABLE = f"{_WORD}0-9\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_IN_STRING = rf"\\[tbnrf\\\"']|{_ESCAPE}"
_IN_LOCAL = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"

# No name of a query in good faith is longer; the bound keeps a scan for ":" from being quadratic.
_LONGEST_NAME = 256

_PATTERN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]++)
    | (?P<comment>\#[^\r\n]*+)
    | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_ESCAPE})*+>)
    | (?P<string>
        '''(?:'{{0,2}}(?:[^'\\]|{_IN_STRING}))*+'''
      | \"\"\"(?:"{{0,2}}(?:[^"\\]|{_IN_STRING}))*+\"\"\"
      | '(?:[^'\\\r\n]|{_IN_STRING})*+'
      | "(?:[^"\\\r\n]|{_IN_STRING})*+"
      )
    | (?P<variable>[?$][{_VARIABLE}]++)
    | (?P<blank>_:[{_WORD}0-9](?:[{_CHAR}.]*[{_CHAR}])?)
    | (?P<name>
        (?:[{_BASE}](?:[{_CHAR}.]{{0,{_LONGEST_NAME}}}[{_CHAR}])?)?:
        (?:(?:[{_WORD}:0-9]|{_IN_LOCAL})(?:\.*(?:[{_CHAR}:]|{_IN_LOCAL}))*+)?
      )
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?)
    | (?P<number>\d+\.\d*[eE][+-]?\d+|\.?\d+[eE][+-]?\d+|\d*\.\d+|\d+)
    | (?P<word>[{_WORD}][{_VARIABLE}]*+)
    | (?P<operator>&&|\|\||!=|<=|>=|\^\^|[!<>=+*/|^?\-])
    | (?P<bracket>[()\[\]{{}}])
    | (?P<point>[.;,~@])
    """,
    re.VERBOSE,
)

_LOOKALIKES = {
    "，": ",", "；": ";", "。": ".", "：": ":", "“": '"', "”": '"', "‘": "'", "’": "'", "（": "(", "）": ")",
    "｛": "{", "｝": "}", "？": "?", "＜": "<", "＞": ">", "＝": "=", "！": "!", "＃": "#",
    "\u3000": " ", "\u00a0": " ", "\ufeff": " ",
}  # fmt: skip


class Token(NamedTuple):
    """One word of a query. ``start`` is its 0-based offset in the text."""

    kind: TokenKind
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words


class StrayCharacter(ValueError):
    """A character that can begin no word of SPARQL; ``offset`` says where, ``meant`` what was probably meant."""

    def __init__(self, text: str, offset: int) -> None:
        self.offset = offset
        self.character = text[offset]
        self.meant = _LOOKALIKES.get(self.character, "")
        super().__init__(f"the character {self.character!r} cannot stand here")


def split(query: str) -> list[Token]:
    """The tokens of a query in order, comments included, white space left out.

    Raises :class:`StrayCharacter` where no token begins, as at a quotation mark that is never closed.
    """
    tokens: list[Token] = []
    position = 0
    while position < len(query):
        found = _PATTERN.match(query, position)
        if found is None:
            raise StrayCharacter(query, position)
        kind = found.lastgroup
        if kind == "word" and not found.group().isascii():
            # Full-width signs count as letters in SPARQL's grammar, but no keyword holds one.
            raise StrayCharacter(query, position + next(i for i, c in enumerate(found.group()) if not c.isascii()))
        if kind != "space":
            tokens.append(Token(kind, found.group(), position))  # type: ignore[arg-type]
        position = found.end()
    return tokens


def locate(text: str, offset: int) -> tuple[int, int]:
    """The 1-based line and column of an offset; a line ends at LF, CR or CR LF."""
    starts = [0, *(m.end() for m in re.finditer(r"\r\n|\n|\r", text))]
    line = bisect.bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1
