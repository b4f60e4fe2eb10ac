"""Official tables made up at random, printed as text extraction leaves them, with the truth of every printed number.

A table is a tree of codes (类, 款, 项), each with a total and its parts; the parts of a code are the sums of those below
it. It is printed in one of three forms: ``tabs`` keeps all cells, ``spaces`` loses the empty ones, ``lines`` puts
each cell that is not empty on a line of its own. Pages may break between rows, with a page number and the header again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from hypothesis import strategies as st

from loaders.documents import Document
from loaders.readers.blocks import make_blocks

Form = Literal["tabs", "spaces", "lines"]
FORMS: tuple[Form, ...] = ("tabs", "spaces", "lines")

#: Names as the classification has them: they say nothing about a code, so that codes must come from the code cells.
_CLASSES = ("一般公共服务支出", "公共安全支出", "教育支出", "社会保障和就业支出", "卫生健康支出", "住房保障支出", "其他支出")
_SECTIONS = (
    "政府办公厅（室）及相关机构事务", "行政事业单位养老支出", "行政事业单位医疗", "住房改革支出", "商贸事务", "其他支出",
    "进修及培训", "海关事务",
)  # fmt: skip
_ITEMS = (
    "行政运行", "一般行政管理事务", "机关服务", "专项业务及机关事务管理", "事业运行", "行政单位离退休", "行政单位医疗",
    "公务员医疗补助", "住房公积金", "购房补贴", "培训支出", "机关事业单位基本养老保险缴费支出", "口岸管理", "其他支出",
    "其他政府办公厅（室）及相关机构事务支出",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row: its code cells (one, or three for 类 款 项, or none), its label, its parts; the total is their sum."""

    codes: tuple[str, ...]
    label: str
    parts: tuple[Decimal, ...]

    @property
    def code(self) -> str:
        return "".join(self.codes)

    @property
    def cells(self) -> tuple[Decimal, ...]:
        """The total and the parts."""
        return (sum(self.parts, Decimal(0)), *self.parts)


@dataclass(frozen=True)
class Layout:
    """How a table is printed. ``zero`` is what stands for nothing; ``breaks`` the rows before which a page ends."""

    form: Form
    title: str
    columns: tuple[str, ...]
    unit: str = "万元"
    zero: str = ""
    separators: bool = True
    decimals: int = 2
    breaks: frozenset[int] = frozenset()
    code_columns: tuple[str, ...] = ("科目编码",)
    label_column: str = "科目名称"
    first_page: int = 3


@dataclass(frozen=True)
class Truth:
    """A printed number and what it means; ``value`` in yuan."""

    start: int
    end: int
    value: Decimal
    code: str
    label: str
    column: str


@dataclass
class Printed:
    """A text under construction, with the truth of the numbers printed so far."""

    text: str = ""
    truths: list[Truth] = field(default_factory=list)

    @property
    def document(self) -> Document:
        """The text as the text reader would give it."""
        return Document("made", self.text, "0" * 64, "text", make_blocks(self.text))


_FACTORS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10_000), "亿元": Decimal(100_000_000)}


def print_table(rows: Sequence[Row], layout: Layout, printed: Printed | None = None) -> Printed:
    """The table, added to what is printed already, between a heading and a closing part."""
    out = printed or Printed("2023年某市人民政府口岸办公室部门预算\n\n第二部分 部门预算表\n\n")
    _print_head(out, layout)
    page = layout.first_page
    for number, row in enumerate(rows):
        if number in layout.breaks:
            out.text += f"- {page} -\n\n"
            page += 1
            _print_cells(out, _header(layout), layout.form)
        _print_row(out, row, layout)
    out.text += f"- {page} -\n\n第三部分 部门预算情况说明\n\n"
    return out


def _print_head(out: Printed, layout: Layout) -> None:
    out.text += f"{layout.title}\n部门：某市人民政府口岸办公室 单位：{layout.unit}\n"
    _print_cells(out, _header(layout), layout.form)


def _header(layout: Layout) -> tuple[str, ...]:
    return (*layout.code_columns, layout.label_column, *layout.columns)


def _print_row(out: Printed, row: Row, layout: Layout) -> None:
    codes = row.codes or ("",) * len(layout.code_columns)
    if len(layout.code_columns) == 3:
        codes = (*codes, "", "")[:3]
    cells = [*codes, row.label]
    truths: list[Truth | None] = [None] * len(cells)
    for column, value in zip(layout.columns, row.cells, strict=True):
        stated = show(value, layout)
        cells.append(stated)
        known = any(c.isdigit() for c in stated)
        truths.append(Truth(0, 0, value * _FACTORS[layout.unit], row.code, row.label, column) if known else None)
    _print_cells(out, cells, layout.form, truths)


def show(value: Decimal, layout: Layout) -> str:
    """A value as the table prints it; nothing prints as ``layout.zero``."""
    if value == 0:
        return layout.zero
    return f"{value:,.{layout.decimals}f}" if layout.separators else f"{value:.{layout.decimals}f}"


def _print_cells(out: Printed, cells: Sequence[str], form: Form, truths: Sequence[Truth | None] = ()) -> None:
    glue = {"tabs": "\t", "spaces": " ", "lines": "\n"}[form]
    first = True
    for number, cell in enumerate(cells):
        if not cell and form != "tabs":
            continue
        if not first:
            out.text += glue
        first = False
        truth = truths[number] if truths else None
        if truth is not None:
            start = len(out.text)
            out.truths.append(
                Truth(start, start + len(cell), truth.value, truth.code, truth.label, truth.column)
            )
        out.text += cell
    out.text += "\n"


# -- strategies --------------------------------------------------------------------------------------------------


def amounts(decimals: int) -> st.SearchStrategy[Decimal]:
    """An amount of up to twelve digits with exactly so many decimals; often nothing."""
    some = st.one_of(st.integers(1, 500), st.integers(1, 10**6), st.integers(1, 10**10))
    return st.one_of(st.just(Decimal(0)), some.map(lambda n: Decimal(n).scaleb(-decimals)))


@st.composite
def trees(draw: st.DrawFn, parts: int, decimals: int, *, split: bool = False) -> list[Row]:
    """Rows of a code tree: the 合计 row first, then each class, its sections and their items, all sums exact."""
    zero = (Decimal(0),) * parts
    rows: list[Row] = []
    total = zero
    classes = draw(st.lists(st.sampled_from([201, 205, 208, 210, 215, 221, 229]), min_size=1, max_size=3, unique=True))
    for head in sorted(classes):
        below: list[Row] = []
        of_class = zero
        for section in sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=2, unique=True))):
            items: list[Row] = []
            of_section = zero
            for item in sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True))):
                values = draw(st.tuples(*[amounts(decimals)] * parts).filter(any))
                codes = (f"{head}", f"{section:02}", f"{item:02}")
                items.append(Row(codes, draw(st.sampled_from(_ITEMS)), values))
                of_section = _add(of_section, values)
            below.append(Row((f"{head}", f"{section:02}"), draw(st.sampled_from(_SECTIONS)), of_section))
            below.extend(items)
            of_class = _add(of_class, of_section)
        rows.append(Row((f"{head}",), draw(st.sampled_from(_CLASSES)), of_class))
        rows.extend(below)
        total = _add(total, of_class)
    rows = [Row((), "合计", total), *rows]
    return rows if split else [Row((row.code,) if row.codes else (), row.label, row.parts) for row in rows]


def _add(left: tuple[Decimal, ...], right: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    return tuple(a + b for a, b in zip(left, right, strict=True))


@st.composite
def tables(draw: st.DrawFn, form: Form, *, paged: bool = False, whole: bool = False) -> tuple[list[Row], Layout]:
    """A table by function with two or three parts, and a way to print it in ``form``.

    With ``paged`` it runs over several pages. With ``whole`` it states whole yuan, else amounts with two decimals.
    """
    columns, title = draw(
        st.sampled_from(
            [
                (("合计", "基本支出", "项目支出"), "一般公共预算支出表"),
                (("合计", "基本支出", "项目支出"), "2023年部门支出总表"),
                (("合计", "基本支出", "项目支出", "事业单位经营支出"), "支出总表"),
                (("合计", "人员经费", "公用经费", "项目支出"), "一般公共预算支出表（按功能分类）"),
            ]
        )
    )
    unit = "元" if whole else draw(st.sampled_from(["万元", "元"]))
    decimals = 0 if whole else 2
    split = draw(st.booleans()) if form == "tabs" else False
    rows = draw(trees(len(columns) - 1, decimals, split=split))
    zero = draw(st.sampled_from(["", "0.00" if decimals else "0"]))
    breaks = draw(st.frozensets(st.integers(1, len(rows) - 1), min_size=1, max_size=3)) if paged else frozenset()
    layout = Layout(
        form,
        title,
        columns,
        unit,
        zero,
        separators=draw(st.booleans()),
        decimals=decimals,
        breaks=breaks,
        code_columns=("类", "款", "项") if split else ("科目编码",),
    )
    return rows, layout
