"""Budgets of offices that do not exist, in the official forms: the same seed gives the same text.

Codes and their names are those of the shipped classifications. Parts add up to totals, in tables and in prose.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from loaders.words.codes import load_codes

Form = Literal["tabs", "spaces", "lines"]
FORMS: tuple[Form, ...] = ("tabs", "spaces", "lines")

_GLUE: dict[Form, str] = {"tabs": "\t", "spaces": " ", "lines": "\n"}
#: Sections that are paid from other budgets than the general one.
_OTHER_FUNDS = re.compile(r"基金|国有资本|彩票|债务|债券|国有企业|历史遗留|转移性|预备费")
_BY_FUNCTION = ("科目编码", "科目名称", "合计", "基本支出", "项目支出")
_CITIES = ("东海", "西山", "南湖", "北原", "临江", "青岭", "白沙", "云溪")
_DISTRICTS = ("城东", "城西", "城南", "城北", "新港", "老街", "河口", "高桥")
_OFFICES = ("口岸办公室", "商务局", "档案馆", "水务局", "体育局", "信访局", "统计局", "林业局")
_DUTIES = (
    "贯彻执行国家和省有关法律法规、规章和方针政策，拟订本行业发展规划并组织实施。",
    "负责本行业日常管理和监督检查工作，协调有关单位处理工作中的重大问题。",
    "承担信息化建设和运行维护工作，组织开展统计分析和情况通报。",
    "负责机关和所属单位的人事、机构编制和队伍建设工作。",
    "组织开展宣传教育和业务培训，指导下级单位业务工作。",
    "完成市委、市政府交办的其他任务。",
)
_PROJECTS = (
    "信息系统运行维护",
    "业务用房维修改造",
    "宣传教育",
    "专项检查",
    "业务培训",
    "档案整理",
    "课题研究",
    "设备购置",
)


@dataclass(frozen=True)
class Line:
    """A line of a budget: its code, its name, what of it is basic and what project expenditure, in hundredths."""

    code: str
    name: str
    basic: int
    project: int

    @property
    def total(self) -> int:
        return self.basic + self.project


def make_document(seed: int, *, form: Form = "spaces", items: int = 12, copies: int = 1, prose: int = 1) -> str:
    """A budget as text extraction leaves it.

    ``items`` is the number of functional items (项), ``copies`` how often the whole set of tables is printed,
    ``prose`` how often the explanatory part is.
    """
    chance = random.Random(seed)
    office = _name_office(seed)
    lines = _draw_lines(chance, items)
    tables = _print_tables(office, lines, chance, form)
    parts = [
        f"{office}2023年部门预算\n",
        _print_overview(office, chance),
        "第二部分 部门预算表\n",
        *[tables] * copies,
        *[_print_explanation(lines, chance)] * prose,
    ]
    return "\n".join(parts)


def _name_office(seed: int) -> str:
    """A name that no seed below 512 shares with another: two budgets of one office and year would be one document."""
    district, office, city = seed % 8, seed // 8 % 8, seed // 64 % 8
    return f"{_CITIES[city]}市{_DISTRICTS[district]}区{_OFFICES[office]}"


def count_tables(text: str) -> int:
    """The tables that :func:`make_document` has printed into a text."""
    return text.count("单位：万元")


def _draw_lines(chance: random.Random, items: int) -> list[Line]:
    """Items of the functional classification with every level above them, each the sum of what is below it."""
    names = load_codes("function").names
    known = [
        c
        for c in names
        if len(c) == 7 and c[:3] in names and c[:5] in names and not _OTHER_FUNDS.search("".join(names[c[:5]]))
    ]
    below: dict[str, list[str]] = {}
    for code in sorted(known):
        below.setdefault(code[:3], []).append(code)
    chosen: list[str] = []
    classes = chance.sample(sorted(below), len(below))
    while len(chosen) < items:
        of_class = below[classes.pop()]
        chosen += chance.sample(of_class, min(len(of_class), max(3, items // 6), items - len(chosen)))
    amounts: dict[str, list[int]] = {}
    for code in sorted(chosen):
        # Most items are of one kind of expenditure only: those are the cells that text extraction loses.
        kind = chance.choice(("basic", "project", "both"))
        basic = chance.randint(100, 900_000) if kind != "project" else 0
        project = chance.randint(100, 900_000) if kind != "basic" else 0
        for level in (code[:3], code[:5], code):
            of_level = amounts.setdefault(level, [0, 0])
            of_level[0] += basic
            of_level[1] += project
    return [Line(code, names[code][0], *amounts[code]) for code in sorted(amounts)]


def _sum(lines: Iterable[Line]) -> Line:
    classes = [line for line in lines if len(line.code) == 3]
    return Line("", "合计", sum(c.basic for c in classes), sum(c.project for c in classes))


def _print_tables(office: str, lines: Sequence[Line], chance: random.Random, form: Form) -> str:
    whole = _sum(lines)
    classes = [line for line in lines if len(line.code) == 3]
    by_function = [_cells(line) for line in (*lines, whole)]
    return "\n".join(
        (
            _print_balance(office, "收支总表", classes, whole, form),
            _print_table(office, "支出总表", _BY_FUNCTION, by_function, form),
            _print_balance(office, "财政拨款收支总表", classes, whole, form),
            _print_table(office, "一般公共预算支出表", _BY_FUNCTION, by_function, form),
            _print_basic(office, whole.basic, chance, form),
            _print_table(office, "政府性基金预算支出表", _BY_FUNCTION, [], form) + "注：本表无发生额。\n",
        )
    )


def _print_balance(office: str, title: str, classes: Sequence[Line], whole: Line, form: Form) -> str:
    income = [
        ("一、一般公共预算拨款收入", _show(whole.total)),
        ("二、政府性基金预算拨款收入", "0.00"),
        ("三、事业收入", "0.00"),
    ]
    spent = [(f"{_NUMERALS[i]}、{line.name}", _show(line.total)) for i, line in enumerate(classes)]
    height = max(len(income), len(spent))
    rows = [
        (*(income[i] if i < len(income) else ("", "")), *(spent[i] if i < len(spent) else ("", "")))
        for i in range(height)
    ]
    rows.append(("收入总计", _show(whole.total), "支出总计", _show(whole.total)))
    return _print_table(office, title, ("收入项目", "预算数", "支出项目", "预算数"), rows, form)


def _print_basic(office: str, basic: int, chance: random.Random, form: Form) -> str:
    """Basic expenditure by economic class, staff and running costs apart."""
    names = load_codes("economic-2018").names
    rows: list[tuple[str, ...]] = []
    rest = basic
    for head, staff, share in (("301", True, 55), ("302", False, 35), ("303", True, 100)):
        whole = rest if share == 100 else basic * share // 100
        rest -= whole
        items = chance.sample(sorted(c for c in names if len(c) == 5 and c.startswith(head)), 6)
        cuts = sorted(chance.randint(0, whole) for _ in range(len(items) - 1))
        amounts = [b - a for a, b in zip([0, *cuts], [*cuts, whole], strict=True)]
        rows.append(_split(head, names[head][0], whole, staff))
        rows += [_split(c, names[c][0], a, staff) for c, a in zip(sorted(items), amounts, strict=True) if a]
    # Of each class the first row is the sum.
    of_staff = sum(_read(r[3]) for r in rows if len(r[0]) == 3)
    of_running = sum(_read(r[4]) for r in rows if len(r[0]) == 3)
    rows.append(("", "合计", _show(basic), _show(of_staff), _show(of_running)))
    columns = ("科目编码", "科目名称", "合计", "人员经费", "公用经费")
    return _print_table(office, "一般公共预算基本支出表", columns, rows, form)


def _split(code: str, name: str, amount: int, staff: bool) -> tuple[str, ...]:
    shown = _show(amount)
    return code, name, shown, shown if staff else "", "" if staff else shown


def _cells(line: Line) -> tuple[str, ...]:
    return line.code, line.name, _show(line.total), _show(line.basic), _show(line.project)


def _print_table(office: str, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], form: Form) -> str:
    out = [f"{title}\n部门：{office} 单位：万元"]
    for cells in (columns, *rows):
        out.append(_GLUE[form].join(c for c in cells if c or form == "tabs"))
    return "\n".join(out) + "\n"


def _print_overview(office: str, chance: random.Random) -> str:
    staff = chance.randint(20, 200)
    duties = chance.sample(_DUTIES, 5)
    listed = "\n".join(f"（{_NUMERALS[i]}）{words}" for i, words in enumerate(duties))
    return (
        f"第一部分 部门概况\n\n一、主要职责\n\n{listed}\n\n二、机构设置\n\n"
        f"{office}内设办公室、规划处、业务处、监督处4个处室。"
        f"编制{staff}人，实有{staff - chance.randint(0, 5)}人。\n"
    )


def _print_explanation(lines: Sequence[Line], chance: random.Random) -> str:
    whole = _sum(lines)
    change = chance.randint(100, whole.total // 3)
    before = whole.total - change
    growth = f"{change * 100 / before:.2f}"
    paragraphs = [
        "第三部分 部门预算情况说明\n\n一、收支预算总体情况\n",
        f"2023年收入预算{_show(whole.total)}万元，比2022年增加{_show(change)}万元，增长{growth}%，主要原因是项目支出增加。"
        f"支出预算{_show(whole.total)}万元，其中：基本支出{_show(whole.basic)}万元，项目支出{_show(whole.project)}万元。\n",
        "二、一般公共预算支出具体情况\n",
    ]
    for number, line in enumerate((each for each in lines if len(each.code) == 7), 1):
        paragraphs.append(
            f"{number}．{line.name}（{line.code}）2023年预算{_show(line.total)}万元，"
            f"主要用于{chance.choice(_PROJECTS)}等方面的支出。\n"
        )
    car, guests = chance.randint(100, 9000), chance.randint(100, 5000)
    paragraphs += [
        "三、“三公”经费情况\n",
        f"2023年“三公”经费预算{_show(car + guests)}万元，其中：因公出国（境）费0.00万元，"
        f"公务接待费{_show(guests)}万元，"
        f"公务用车购置及运行费{_show(car)}万元。\n",
        "四、绩效情况\n",
        f"实行绩效目标管理的项目{chance.randint(2, 20)}个，涉及一般公共预算拨款{_show(whole.project)}万元。\n",
    ]
    return "\n".join(paragraphs)


def _show(hundredths: int) -> str:
    return f"{hundredths // 100:,}.{hundredths % 100:02}" if hundredths else ""


def _read(shown: str) -> int:
    return int(shown.replace(",", "").replace(".", "")) if shown else 0


_NUMERALS = (
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五", "十六", "十七",
    "十八", "十九", "二十", "二十一", "二十二", "二十三", "二十四", "二十五", "二十六", "二十七", "二十八",
)  # fmt: skip
