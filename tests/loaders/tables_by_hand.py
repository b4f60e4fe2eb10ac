"""A budget table written by hand, and short ways to read tables in tests."""

from __future__ import annotations

from loaders.documents import Document
from loaders.facts import DocumentKind, Figure
from loaders.readers.blocks import make_blocks
from loaders.reading import Numbers, read_numbers
from tests.golden_score import ledger_faults

FUNCTION = """2023年部门预算

支出总表
部门：某市口岸办\t\t单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t35.00\t12.00\t23.00
201\t一般公共服务支出\t31.00\t11.00\t20.00
20103\t政府办公厅（室）及相关机构事务\t30.50\t10.50\t20.01
2010301\t行政运行\t10.55\t10.56\t
2010302\t一般行政管理事务\t20.04\t0.00\t20.05

第三部分 说明
"""


def read(text: str, kind: DocumentKind = "budget", year: int | None = 2023) -> Numbers:
    """The numbers of a text; whatever they are, the ledger is whole."""
    numbers = read_numbers(Document("made", text, "0" * 64, "text", make_blocks(text)), kind, year, "某市口岸办")
    assert ledger_faults(text, numbers.ledger) == []
    return numbers


def by_stated(numbers: Numbers) -> dict[str, Figure]:
    """Figures by their characters, which must differ."""
    found = {f.stated: f for f in numbers.figures}
    assert len(found) == len(numbers.figures)
    return found


def unaccounted(numbers: Numbers) -> list[str]:
    return [row.stated for row in numbers.ledger if row.kind == "unaccounted"]
