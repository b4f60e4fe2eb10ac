"""Official tables made up at random, printed as text extraction leaves them, with the truth of each number.

A table is a tree of codes (类, 款, 项), each with a total and its parts; the parts of a code are the sums of those
below it. It is printed in one of three forms: ``tabs`` keeps all cells, ``spaces`` loses the empty ones, ``lines`` puts
each cell that is not empty on a line of its own. Pages may break between rows, with a page number and the header again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from hypothesis import strategies as st

from loaders.documents import Document
from loaders.readers.blocks import make_blocks

Form = Literal["tabs", "spaces", "lines"]
FORMS: tuple[Form, ...] = ("tabs", "spaces", "lines")

#: Names as the classification has them: they say nothing about a code, so that codes must come from the code cells.
_CLASSES = (
    "一般公共服务支出",
    "公共安全支出",
    "教育支出",
    "社会保障和就业支出",
    "卫生健康支出",
    "住房保障支出",
    "其他支出",
)
_SECTIONS = (
    "政府办公厅（室）及相关机构事务",
    "行政事业单位养老支出",
    "行政事业单位医疗",
    "住房改革支出",
    "商贸事务",
    "其他支出",
    "进修及培训",
    "海关事务",
)
_ITEMS = (
    "行政运行",
    "一般行政管理事务",
    "机关服务",
    "专项业务及机关事务管理",
    "事业运行",
    "行政单位离退休",
    "行政单位医疗",
    "公务员医疗补助",
    "住房公积金",
    "购房补贴",
    "培训支出",
    "机关事业单位基本养老保险缴费支出",
    "口岸管理",
    "其他支出",
    "其他政府办公厅（室）及相关机构事务支出",
)


@dataclass(frozen=True)
class Row:
    """A row: its code cells (one, or up to three for 类 款 项, or none), its label, its parts in yuan."""

    codes: tuple[str, ...]
    label: str
    parts: tuple[Decimal, ...]

    @property
    def code(self) -> str:
        return "".join(self.codes)


@dataclass(frozen=True)
class Head:
    """The value columns of a form: each with its name (``group|sub-header``) and the parts that it adds up."""

    title: str
    columns: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def parts(self) -> int:
        return 1 + max(i for _, sums in self.columns for i in sums)


HEADS = (
    Head("一般公共预算支出表", (("合计", (0, 1)), ("基本支出", (0,)), ("项目支出", (1,)))),
    Head("2023年部门支出总表", (("合计", (0, 1)), ("基本支出", (0,)), ("项目支出", (1,)))),
    Head("支出总表", (("合计", (0, 1, 2)), ("基本支出", (0,)), ("项目支出", (1,)), ("事业单位经营支出", (2,)))),
    Head("支出预算表", (("合计", (0, 1, 2)), ("人员经费", (0,)), ("公用经费", (1,)), ("项目支出", (2,)))),
    Head(
        "财政拨款支出表（功能科目）",
        (
            ("合计", (0, 1, 2)),
            ("基本支出|小计", (0, 1)),
            ("基本支出|人员经费", (0,)),
            ("基本支出|公用经费", (1,)),
            ("项目支出", (2,)),
        ),
    ),
)


@dataclass(frozen=True)
class Layout:
    """How a table is printed.

    ``zero`` is what stands for nothing; with ``mixed`` some cells print a zero all the same. ``breaks``
    are the rows before which a page ends.
    """

    form: Form
    head: Head
    unit: str = "万元"
    zero: str = ""
    mixed: bool = False
    separators: bool = True
    decimals: int = 2
    breaks: frozenset[int] = frozenset()
    split: bool = False
    first_page: int = 3

    @property
    def grain(self) -> Decimal:
        """The last place that the table states, in yuan."""
        return _FACTORS[self.unit].scaleb(-self.decimals)

    @property
    def code_columns(self) -> tuple[str, ...]:
        return ("科目编码|类", "科目编码|款", "科目编码|项") if self.split else ("科目编码",)


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


#: Yuan in one of each unit.
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
            _print_header(out, layout)
        _print_row(out, row, layout)
    out.text += f"- {page} -\n\n第三部分 部门预算情况说明\n\n"
    return out


def _print_head(out: Printed, layout: Layout) -> None:
    out.text += f"{layout.head.title}\n部门：某市人民政府口岸办公室 单位：{layout.unit}\n"
    _print_header(out, layout)


def _print_header(out: Printed, layout: Layout) -> None:
    """Groups on one line, sub-headers on the next."""
    names = [*layout.code_columns, "科目名称", *(name for name, _ in layout.head.columns)]
    upper = [name.split("|")[0] for name in names]
    _print_cells(out, [n if i == 0 or upper[i - 1] != n else "" for i, n in enumerate(upper)], layout.form)
    if any("|" in name for name in names):
        _print_cells(out, [name.split("|")[1] if "|" in name else "" for name in names], layout.form)


def _print_row(out: Printed, row: Row, layout: Layout) -> None:
    codes = (*row.codes, "", "", "")[: len(layout.code_columns)]
    cells = [*codes, row.label]
    truths: list[Truth | None] = [None] * len(cells)
    for column, sums in layout.head.columns:
        stated = show(sum((row.parts[i] for i in sums), Decimal(0)), layout)
        if not stated and layout.mixed and len(out.truths) % 2:
            stated = f"{0:.{layout.decimals}f}"
        cells.append(stated)
        known = any(c.isdigit() for c in stated)
        value = Decimal(stated.replace(",", "")) * _FACTORS[layout.unit] if known else Decimal(0)
        truths.append(Truth(0, 0, value, row.code, row.label, column) if known else None)
    _print_cells(out, cells, layout.form, truths)


def show(yuan: Decimal, layout: Layout) -> str:
    """An amount as the table prints it, rounded to its last place; nothing prints as ``layout.zero``."""
    if yuan == 0:
        return layout.zero
    rounded = (yuan / layout.grain).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-layout.decimals)
    return f"{rounded:,.{layout.decimals}f}" if layout.separators else f"{rounded:.{layout.decimals}f}"


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
            out.truths.append(Truth(start, start + len(cell), truth.value, truth.code, truth.label, truth.column))
        out.text += cell
    out.text += "\n"


def print_balance(left: Sequence[Item], right: Sequence[Item], layout: Layout) -> Printed:
    """A table of two panels, income beside expenditure (收支总表); ``layout.head`` gives its title only."""
    out = Printed("2023年某市人民政府口岸办公室部门预算\n\n第二部分 部门预算表\n\n")
    out.text += f"{layout.head.title}\n部门：某市人民政府口岸办公室 单位：{layout.unit}\n"
    _print_cells(out, ["收入", "", "支出", ""], layout.form)
    _print_cells(out, ["项目", "预算数", "项目", "预算数"], layout.form)
    height = max(len(left), len(right))
    left, right = _pad(left, height), _pad(right, height)
    for number in range(height):
        cells: list[str] = []
        truths: list[Truth | None] = []
        for flow, panel in (("收入", left), ("支出", right)):
            label, yuan = panel[number]
            stated = show(yuan, layout) if label else ""
            cells += [label, stated]
            truth = Truth(0, 0, yuan, "", label, f"{flow}|预算数")
            truths += [None, truth if stated else None]
        _print_cells(out, cells, layout.form, truths)
    out.text += f"- {layout.first_page} -\n\n第三部分 部门预算情况说明\n\n"
    return out


def _pad(panel: Sequence[Item], height: int) -> list[Item]:
    """A panel with empty rows before its last three, so that the totals of both panels stand in one row."""
    return [*panel[:-3], *[("", Decimal(0))] * (height - len(panel)), *panel[-3:]]


Item = tuple[str, Decimal]


# -- strategies --------------------------------------------------------------------------------------------------


def amounts(grain: Decimal, least: int = 1) -> st.SearchStrategy[Decimal]:
    """An amount in yuan, a multiple of ``grain``, at least so many of it; often nothing."""
    some = st.one_of(st.integers(least, least + 500), st.integers(least, 10**6), st.integers(least, 10**10))
    return st.one_of(st.just(Decimal(0)), some.map(lambda n: n * grain))


@st.composite
def trees(draw: st.DrawFn, parts: int, grain: Decimal, least: int, *, split: bool = False) -> list[Row]:
    """Rows of a code tree: the 合计 row first, then each class, its sections and their items, all sums exact."""
    total = (Decimal(0),) * parts
    zero = total
    rows: list[Row] = []
    classes = draw(st.lists(st.sampled_from([201, 205, 208, 210, 215, 221, 229]), min_size=1, max_size=3, unique=True))
    for head in sorted(classes):
        below: list[Row] = []
        of_class = zero
        for section in sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=2, unique=True))):
            items: list[Row] = []
            of_section = zero
            for item in sorted(draw(st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True))):
                values = draw(st.tuples(*[amounts(grain, least)] * parts).filter(any))
                items.append(Row((f"{head}", f"{section:02}", f"{item:02}"), draw(st.sampled_from(_ITEMS)), values))
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
def tables(
    draw: st.DrawFn,
    form: Form,
    *,
    heads: Sequence[Head] = HEADS,
    paged: bool = False,
    whole: bool = False,
    split: bool = False,
    rounded: bool = False,
) -> tuple[list[Row], Layout]:
    """A table by function, and a way to print it in ``form``.

    With ``paged`` it runs over several pages. With ``whole`` it states whole yuan, at least 1,000, else two decimals.
    With ``split`` its codes stand in three columns. With ``rounded`` its amounts are finer than what it states.
    """
    unit = "元" if whole else draw(st.sampled_from(["万元", "万元", "元", "千元", "亿元"]))
    layout = Layout(form, draw(st.sampled_from(heads)), unit, decimals=0 if whole else 2, split=split)
    grain = layout.grain / 100 if rounded else layout.grain
    rows = draw(trees(layout.head.parts, grain, 1_000 if whole else 1, split=split))
    return rows, replace(
        layout,
        zero=draw(st.sampled_from(["", "0" if whole else "0.00"])),
        mixed=draw(st.booleans()),
        separators=draw(st.booleans()),
        breaks=draw(st.frozensets(st.integers(1, len(rows) - 1), min_size=1, max_size=3)) if paged else frozenset(),
    )


_INCOME = (
    "一、一般公共预算拨款收入",
    "二、政府性基金预算拨款收入",
    "三、国有资本经营预算拨款收入",
    "四、事业收入",
    "五、其他收入",
)
_EXPENDITURE = (
    "一、一般公共服务支出",
    "二、外交支出",
    "三、国防支出",
    "四、公共安全支出",
    "五、教育支出",
    "六、科学技术支出",
    "七、住房保障支出",
)


@st.composite
def balances(draw: st.DrawFn, form: Form, separators: st.SearchStrategy[bool]) -> tuple[list[Item], list[Item], Layout]:
    """Income and expenditure of equal totals, and a way to print them in ``form``."""
    zero = draw(st.sampled_from(["", "0.00"]))
    unit = draw(st.sampled_from(["万元", "元"]))
    layout = Layout(form, Head("收支总表", ()), unit, zero, separators=draw(separators))
    income = [draw(amounts(layout.grain)) for _ in _INCOME]
    total = sum(income, Decimal(0)) or layout.grain
    income[-1] += total - sum(income, Decimal(0))
    rest = total
    spent = []
    for _ in _EXPENDITURE[:-1]:
        spent.append(
            draw(st.integers(0, int(rest / layout.grain))) * layout.grain if draw(st.booleans()) else Decimal(0)
        )
        rest -= spent[-1]
    spent.append(rest)
    left = [
        *zip(_INCOME, income, strict=True),
        ("本年收入合计", total),
        ("上年结转结余", Decimal(0)),
        ("收入总计", total),
    ]
    right = [
        *zip(_EXPENDITURE, spent, strict=True),
        ("本年支出合计", total),
        ("年终结转结余", Decimal(0)),
        ("支出总计", total),
    ]
    return left, right, layout
