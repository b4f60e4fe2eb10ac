"""The ledger: every number token of a document stands in exactly one row, with its class and the reason.

Rows come from the readers of tables and of prose; what lies outside all blocks (page numbers, captions, running
headers) is classed here. A token that nothing explains is ``unaccounted``, and is counted in public.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from loaders.documents import Document, Passage, Span
from loaders.facts import NumberToken
from loaders.words.charts import tell_axes
from loaders.words.lines import find_furniture, split_lines
from loaders.words.nonfigures import find_nonfigures
from loaders.words.numbers import Token, tokenise
from loaders.words.numerals import TEN

#: Numerals, a measure word, and a kind of thing that offices count: divisions, units, staff, projects, cars.
_COUNT = re.compile(
    rf"(?<![第“{TEN}百])([二两三四五六七八九十]+)(?:个|家|名|项|辆)"
    r"(处室|科室|职能处室|职能科室|内设机构|内设处室|机构|处|科|部门|预算单位|下属单位|单位|直属单位|办事处|岗位|工作人员|项目|车辆)"
    r"(?![”心])"
    # The count ends the clause: 车辆两辆。
    rf"|(?<![第“{TEN}百\d几数])([二两三四五六七八九十百]+)(辆|人次|批次|场次|台|套|人)(?=[，。；、）])"
)


def make_ledger(document: Document, rows: Iterable[NumberToken]) -> tuple[NumberToken, ...]:
    """One row per number token of the document's text, ordered by start; every digit stands in exactly one row.

    ``rows`` are the rows that the readers gave; where two of them claim one digit, a figure wins, then the first.
    """
    covered: dict[int, NumberToken] = {}
    for row in sorted(rows, key=lambda r: (r.kind != "figure", r.span)):
        if any(i in covered for i in range(row.span.start, row.span.end)):
            continue
        for i in range(row.span.start, row.span.end):
            covered[i] = row
    out = set(covered.values())
    lines = split_lines(document.text)
    edges = {span.start for span in document.furniture}
    furniture = find_furniture(lines) | {line.number for line in lines if line.start in edges}
    starts = [line.start for line in lines]
    for token in tokenise(document.text):
        digits = [i for i in range(token.span.start, token.span.end) if document.text[i].isdigit()]
        loose = [i for i in digits if i not in covered]
        if not loose:
            continue
        rest = token if len(loose) == len(digits) else _rest(document.text, loose)
        number = _line_of(starts, rest.span.start)
        if number in furniture:
            out.add(NumberToken(rest.span, rest.stated, "reference", "page number or running header"))
        else:
            line = lines[number]
            out.add(_class_outside(rest, Passage.cut(document.text, line.start, line.end)))
    out.update(_chinese_counts(document))
    return tuple(tell_axes(sorted(out, key=lambda r: r.span), lines))


def _chinese_counts(document: Document) -> list[NumberToken]:
    """Counts that running text states in Chinese numerals (六个处室).

    They stand in the ledger only: they have no digits, and are often repeated by a list, so they are not exported as
    figures; checks of lists against stated counts use them.
    """
    rows = []
    for block in document.prose:
        for match in _COUNT.finditer(block.passage.text):
            at = 1 if match.group(1) else 3
            span = block.passage.locate(*match.span(at))
            reason = f"count in Chinese numerals of {match.group(at + 1)}; kept in the ledger only"
            rows.append(NumberToken(span, match.group(at), "figure", reason))
    return rows


def _rest(text: str, loose: list[int]) -> Token:
    span = Span(loose[0], loose[-1] + 1)
    return Token(span, text[span.start : span.end])


def _line_of(starts: list[int], offset: int) -> int:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= offset:
            low = middle
        else:
            high = middle
    return low


def _class_outside(token: Token, line: Passage) -> NumberToken:
    at = line.find_offset(token.span.start)
    if at is not None:
        for stretch in find_nonfigures(line.text):
            if stretch.start <= at < stretch.end:
                return NumberToken(token.span, token.stated, stretch.kind, stretch.reason)
    return NumberToken(token.span, token.stated, "unaccounted", "outside every paragraph and table")
