"""Projects that only a table of procurement names, in a column 专项名称 or 项目名称 beside that of what is bought.

A row there states what is bought with a project's money and not what the project has: its figures hang on the project,
which gets no amount of them.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence

from loaders.documents import Block, Span
from loaders.facts import Figure, Project
from loaders.meaning.forms import NUMBER, flat, rows_of

_HEAD = {
    "name": r"^(?:专项|项目)(?:资金)?名称$",
    "bought": r"^采购(?:品目|目录|项目|标的|内容)(?:名称|代码及名称)?$",
}
#: What is no name; running costs by a fixed allowance per head (定额, 公用经费) are basic expenditure, of no project.
_NO_NAME = re.compile(r"定额|公用经费|^(?:基本|人员|公用)支出$|^[-—–/*]*$|^(?:合计|总计|小计|无)$")


def lists_purchases(block: Block) -> bool:
    """Whether a block is a table of procurement that names projects."""
    return bool(rows_of(block, _HEAD, "name"))


def find_procured(block: Block, figures: Sequence[Figure]) -> Iterator[Project]:
    """The projects of a block that is a table of procurement; ``figures`` are in order of their start."""
    if block.table is None:
        return
    starts = [f.span.start for f in figures]
    extents = [Span(row[0].passage.start, row[-1].passage.end) for row in block.table.rows if row]
    for row in rows_of(block, _HEAD, "name"):
        name = row["name"]
        if "bought" not in row or NUMBER.match(name.text) or _NO_NAME.search(flat(name)):
            continue
        whole = next((e for e in extents if e.contains(name.span)), None)
        stated = _amounts_in(whole, figures, starts) if whole is not None else []
        if stated:
            yield Project(
                label=name.text,
                span=name.span,
                unit=next((f.budget_unit for f in stated if f.budget_unit), ""),
                mentions=(name.span,),
                procured=tuple(f.span for f in stated),
            )


def _amounts_in(span: Span, figures: Sequence[Figure], starts: Sequence[int]) -> list[Figure]:
    first, last = bisect.bisect_left(starts, span.start), bisect.bisect_left(starts, span.end)
    return [f for f in figures[first:last] if f.unit == "CNY" and f.aspect == "level"]
