"""Classes of expenditure by their English names: education expenditure, spending on public security.

The names are the English labels of the codes. A word that narrows a whole and is none of them is told, so that the
whole is not shown for the part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from service.search.asking_words import Cue
from service.search.entries import SearchEntry
from service.search.question import Mention

#: What a class is a part of.
_WHOLES = ("expenditure-total", "income-total")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)*")
_ON = re.compile(r"\s+(?:on|for)\s+(?:the\s+)?")
_LONGEST = 9


def find_english_codes(
    text: str, cues: Sequence[Cue], taken: Iterable[tuple[int, int]], codes: Mapping[str, Sequence[SearchEntry]]
) -> list[Mention]:
    """The codes whose English label stands before "expenditure" or behind "spending on"; the longest label wins."""
    # An item of the sheet that is said with the same words is what is meant: travel abroad.
    busy = [*taken, *((c.start, c.end) for c in cues if c.table == "items" and c.meaning not in _WHOLES)]
    found = []
    for cue in cues:
        if cue.meaning != "expenditure-total" or not cue.words.isascii():
            continue
        on = _ON.match(text, cue.end)
        words = list(_WORD.finditer(text))
        before = [w for w in words if w.end() <= cue.start][-_LONGEST:]
        behind = [w for w in words if on is not None and w.start() >= on.end()][:_LONGEST]
        stretches = [(w.start(), cue.start) for w in before] + [(w.end(), on.end()) for w in reversed(behind) if on]
        for edge, inner in stretches:
            start, end = min(edge, inner), max(edge, inner)
            name = " ".join(text[start:end].split())
            if name in codes and not any(a < end and start < b for a, b in busy):
                entries = codes[name]
                first, last = min(start, cue.start), max(end, cue.end)
                found.append(Mention(entries[0].kind, text[first:last], first, last, tuple(e.iri for e in entries),
                                     entries[0].label, entries[0].english, len(entries) == 1))  # fmt: skip
                break
    return found


def is_narrowed(text: str, item: Cue, piece: str) -> bool:
    """Whether an English word makes a part of a whole: housing in "housing expenditure", "spending on housing"."""
    if item.meaning not in _WHOLES:
        return False
    on = _ON.match(text, item.end)
    return text[: item.start].rstrip().endswith(piece) or (on is not None and text.startswith(piece, on.end()))
