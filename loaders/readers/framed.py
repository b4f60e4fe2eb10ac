"""Tables of Markdown that stand in a plain text: rows framed in marks, with a rule below the first.

    | 项目 | 预算数 |
    | --- | ---: |
    | 公务接待费 | 12 |

Each mark is where a cell ends, blank ones too, so such rows are those of a table with tabs. Every character keeps its
place: a mark is taken for a tab, a break within a cell (``<br>``) for characters that no one sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from loaders.readers.rows import is_note, stands_above
from loaders.words.lines import Line

_RULE = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
_MARK = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br\s*/?>", re.I)
_UNSEEN = "\u200b"


def unframe(lines: Sequence[Line]) -> list[Line]:
    """The lines, with those that are rows of a table of Markdown as rows with tabs, and without its rules.

    What stands above the header in a row of its own, and notes, have no tabs (as in ``rows.make_table``).
    """
    made: list[Line] = []
    at = 0
    while at < len(lines):
        end = _find_end(lines, at)
        made.extend(_unframe_table([lines[at], *lines[at + 2 : end]]) if end else [lines[at]])
        at = end or at + 1
    if len(made) < len(lines):
        made = [replace(line, number=number) for number, line in enumerate(made)]
    return made


def _is_row(line: Line) -> bool:
    return len(line.words) > 1 and line.words[0] == line.words[-1] == "|"


def _find_end(lines: Sequence[Line], at: int) -> int:
    """The index behind the table whose first row stands at ``at``; 0 if none begins there."""
    if not _is_row(lines[at]) or at + 1 >= len(lines) or not _RULE.fullmatch(lines[at + 1].words):
        return 0
    if len(_MARK.findall(lines[at].words)) != len(_MARK.findall(lines[at + 1].words)):
        return 0
    end = at + 2
    while end < len(lines) and _is_row(lines[end]):
        end += 1
    return end


def _unframe_table(rows: Sequence[Line]) -> Iterator[Line]:
    heading = True
    for line in rows:
        start, end = line.text.index("|") + 1, line.text.rindex("|")
        inner = _BREAK.sub(lambda m: _UNSEEN * len(m.group()), line.text[start:end])
        filled = [cell for cell in map(str.strip, _MARK.split(inner)) if cell]
        heading = heading and stands_above(filled)
        alone = heading or is_note(filled)
        yield replace(line, start=line.start + start, text=_MARK.sub(" " if alone else "\t", inner))
