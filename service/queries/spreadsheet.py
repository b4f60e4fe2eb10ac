"""What a spreadsheet makes of a cell of a CSV: the one policy for every CSV that is served.

Excel and its like run a text that begins with ``=``, ``+``, ``-`` or ``@`` as a formula. What a document says must
never be run, so such a text is given an apostrophe before it; a number stays as it is. The command line's own CSV
(``gongkai figures``, ``account``) is for programs and is exact: there ``stated`` is what stands in the text.
"""

from __future__ import annotations

import re

#: Excel takes a CSV for UTF-8 only if it begins with a byte order mark.
BOM = b"\xef\xbb\xbf"
#: The full-width forms begin a formula too where Excel speaks Chinese or Japanese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[,. ][0-9]+)*%?")


def guard_cell(text: str) -> str:
    """The text of a cell, with ``'`` before it if a spreadsheet would run it: ``=1+1`` → ``'=1+1``, ``-1.5`` stays."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
