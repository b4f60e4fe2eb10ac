"""What government sites print around a document: the elements of a catalogue of information (政府信息公开目录), counters."""

from __future__ import annotations

import re

_FIELDS = (
    "(?:信息)?(?:索引号|索取号|发布机构|发布日期|发布时间|公开日期|公开方式|公开范围|公开时限|公开责任部门|更新时间|更新日期"
    "|生成日期|成文日期|文号|发文字号|发文日期|发文机关|制发机关|主题分类|主题词|体裁分类|组配分类|信息来源|来源|时效性|有效性"
    "|审核程序|访问次数|浏览次数|浏览量|阅读量|点击量|点击数?|字体|字号|作者|责任编辑|内容概述|信息分类|信息名称|信息类别|语种|载体类型)"
)
#: A line that such an element begins.
AROUND = re.compile(rf"^\W*{_FIELDS}[\s\]】]*[:：|]")
_FIELD = re.compile(rf"{_FIELDS}(?:名称)?[:：]?")


def is_site_table(rows: list[list[str]]) -> bool:
    """Whether the rows of a table hold such elements: at least two, and one for every three cells.

    >>> is_site_table([["索引号", "0140/2025-00714", "生成日期", "2025-02-11"], ["文号", "", "浏览量", "1024"]])
    True
    """
    cells = ["".join(cell.split()) for row in rows for cell in row if cell.strip()]
    named = sum(bool(_FIELD.fullmatch(cell)) for cell in cells)
    return named >= 2 and named * 3 >= len(cells)
