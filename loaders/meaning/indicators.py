"""Performance indicators of three levels with their targets and results, from forms in any layout and from prose."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from loaders.documents import Block, Cell, Document, Passage, Table
from loaders.facts import Indicator
from loaders.meaning.attainment import is_met
from loaders.meaning.continued import list_sheets
from loaders.meaning.forms import (
    NOTHING,
    NUMBER,
    TOTAL,
    cell_at,
    fit_columns,
    flat,
    form_project,
    header_columns,
    labelled,
    names_project,
    rows_of,
    short_cells,
)
from loaders.meaning.merged_levels import find_levels
from loaders.meaning.money import read_number
from loaders.meaning.packed import unpack
from loaders.meaning.targets import SYMBOLS, Target, read_target
from loaders.words.comparators import COMPARATORS, read_comparator
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2, PARENT
from loaders.words.numbering import tidied
from loaders.words.points import HAD, MOST, split_pair
from loaders.words.sentences import sentences, tidy
from loaders.words.units import WORDS

WANTED = {
    "name": r"^(?:三级指标|指标内容|绩效指标|指标名称|具体指标|三级绩效指标)(?:名称)?$",
    "target": r"(?:目标值|指标值)$",
}
OPTIONAL = {
    "level1": r"^(?:一级指标|分解目标内容|一级绩效指标|指标类别)$",
    "level2": r"^(?:二级指标|二级绩效指标)$",
    "result": r"^(?:实际完成值|完成值|(?:全年)?实际值|实际完成指标值|实际完成情况|年度实际完成值)$",
    "unit": r"^(?:计量单位|度量单位|单位)$",
    "project": r"^(?:(?:二级|一级)?项目|(?:单位|部门)[(（]项目[)）])名称$",
    "sign": r"^(?:指标性质|比较符号?|运算符号|指标方向|指标值类型)$",
    "maximum": r"^(?:参考|指标|标准|绩效)?(?:分值|权重|满分|分值权重)(?:[（(](?:%|％|分|\d{1,3}分?)[）)])?$",
    "score": r"^(?:自评|实际|评价)?(?:得分|评分)$",
    "most_had": rf"^{MOST}.{{0,3}}{HAD}[)）]?$",
    "had_most": rf"^{HAD}.{{0,3}}{MOST}[)）]?$",
    "loss": r"^(?:扣分|失分|偏差|未完成|差异|未达标)(?:原因|说明|情况)(?:分析)?[及和]?(?:改进|整改)?(?:的?措施)?$",
}
#: What heads the targets where no 指标值 does; beside one, 年度目标 heads the goals of projects in words.
OTHER_TARGET = r"年度目标$|^指标$"
#: words of a form's frame that stand upright beside its rows
FRAME = re.compile(r"^(?:绩效|年度|年度绩效|指标|绩效指标|总体|目标|年度目标|\d{1,3})$")
SIGN = re.compile(r"^(?:[≥≤≧≦＝=═＞＜><]|定性|反向|正向)$")
#: a rule of scoring stands where a target should: the row was torn apart
RULE = re.compile(r"得\s*\d+(?:\.\d+)?\s*分|扣分|不得分")
TORN = re.compile(r"^(?:.{0,6}(?:效益|满意度|影响)指标?|.?度指标|预算|资金|得分)$")
#: the unit behind an indicator's name: 维护成本（万元/年）
UNIT_IN_NAME = re.compile(
    r"[（(](?:单位[:：])?(?P<unit>(?:亿元|万元|元|[%％‰]|[个次人天份家项件辆台套期场篇处座名户条吨公里平方米小时分钟月]{1,4})"
    r"(?:/[\u4e00-\u9fff]{1,3})?)[）)]$"
)
#: what stands where a reason should, and is none
NO_LOSS = re.compile(r"^(?:无偏差|无|否|不适用|[-—–/\s]*)[。.]?$")
NUMBERED = re.compile(r"^(?:[★☆▲△*#]\s*|其中[:：]\s*)*(?:指标\s*\d*\s*[:：]\s*)?(?:[★☆▲△]\s*)*")
END = re.compile(r"^(?:备注|填报|注[:：]|附注|其他需要|联系人|总分|评价等级|表\s*\d+|(?:说明|单位|部门)[:：])")
STATED = re.compile(
    r"(?:(?P<level2>[\u4e00-\u9fff]{2,8}?)指标(?:的)?)?“(?P<name>[^”]{2,40})”\s*(?:的指标值)?\s*"
    r"(?:为|由\s*“?(?P<old>[^”]{1,12})”?\s*调整为)\s*“(?P<target>[^”]{1,20})”"
)


def find_indicators(document: Document, fiscal_year: int | None) -> tuple[Indicator, ...]:
    """The indicators of a document in order, each form's its own; rows left blank or marked 不适用 are none."""
    found: list[tuple[int, Indicator]] = []
    for i, block in enumerate(document.blocks):
        if block.table is None:
            found.extend((-1, indicator) for indicator in _prose(block, fiscal_year))
        elif block.table.layout in ("tabs", "ruled"):
            found.extend((i, indicator) for indicator in _packed(block, fiscal_year))
        else:
            found.extend((i, indicator) for indicator in _lines(block.table, fiscal_year))
    for tables in list_sheets(document, _header, END):
        found.extend((i, indicator) for i, indicator in _columns(document, tables, fiscal_year))
    unique: dict[tuple[object, ...], Indicator] = {}
    for table, indicator in found:
        # prose repeats what it has quoted before; forms state each row anew
        same = (indicator.label, indicator.target, indicator.project)
        unique.setdefault((table, indicator.span) if table >= 0 else same, indicator)
    return tuple(sorted(unique.values(), key=lambda i: i.span.start))


def _make(
    name: Passage, target: Target | None, level1: str, level2: str, project: str, result: str, year: int | None
) -> Indicator | None:
    m = NUMBERED.match(name.text)
    name = name.part(m.end() if m else 0, len(name.text)).strip()
    text = flat(name)
    if (
        not name
        or NOTHING.match(text)
        or text in ("无", "空")
        or TOTAL.match(text)
        or END.match(text)
        or NUMBER.match(text)
    ):
        return None
    if target is None or NOTHING.match(target.text) or RULE.search(target.text):
        return None
    return Indicator(
        label=name.text,
        span=name.span,
        level1=level1,
        level2=level2,
        comparator=target.comparator,
        target=target.text,
        unit=target.unit,
        target_span=target.passage.span,
        qualitative=target.qualitative,
        project=project,
        result=result,
        year=year,
        met=is_met(target, result),
    )


def _columns(
    document: Document, tables: Sequence[tuple[int, Table]], year: int | None
) -> Iterator[tuple[int, Indicator]]:
    """A sheet whose columns are known, each with the index of its table; see :class:`_SheetReader`."""
    reader = _SheetReader(document, tables, year)
    for i, table in tables:
        for row in table.rows:
            indicator = reader.read(row)
            if indicator is not None:
                yield i, indicator


class _SheetReader:
    """Reads a sheet row by row; the levels of a row left blank are those of the row above, or as its pages show."""

    def __init__(self, document: Document, tables: Sequence[tuple[int, Table]], year: int | None) -> None:
        about = form_project(tables[0][1])
        self.project = about.text if about is not None else ""
        self.year = year
        self.columns: dict[str, int] = {}
        self.above: dict[str, int] = {}
        self.levels = {"level1": "", "level2": ""}
        #: Whether the rows are those above the indicators, of a form that follows another one.
        self.opened = False
        self.placed = _place_levels(document, [row for _, table in tables for row in table.rows])

    def read(self, row: tuple[Cell, ...]) -> Indicator | None:
        """The indicator that a row states, if it states one."""
        named = names_project(row)
        if named is not None:
            self.project, self.opened = named.text, True
        header = _header(row)
        if header:
            self.opened = False
            self.columns = self.above | header
            self.levels, self.above = {"level1": "", "level2": ""}, _upper_header(row)
            return None
        self.above = _upper_header(row)
        if not self.columns or (row and END.match(flat(row[0].passage))):
            return None
        cells = {key: p for key, column in self.columns.items() if (p := cell_at(row, column))}
        if self.opened and not self._is_level(cells):
            return None
        self.opened = False
        if "project" in cells:
            self.project = cells["project"].text
        self._note_levels(row, cells)
        if "name" not in cells or "target" not in cells or TORN.match(flat(cells["name"])):
            return None
        target = _with_columns(read_target(cells["target"]), cells)
        result = cells["result"].text if "result" in cells else ""
        level1, level2 = self.levels["level1"], self.levels["level2"]
        indicator = _make(cells["name"], target, level1, level2, self.project, result, self.year)
        return _scored(indicator, cells) if indicator is not None else None

    @staticmethod
    def _is_level(cells: dict[str, Passage]) -> bool:
        """Whether a row names a level of indicators, as the first one does of a form that repeats no header."""
        first, second = (flat(cells[key]) if key in cells else "" for key in ("level1", "level2"))
        return bool(AT_LEVEL1.match(first) or AT_LEVEL2.match(second))

    def _note_levels(self, row: tuple[Cell, ...], cells: dict[str, Passage]) -> None:
        if "level1" in cells:
            self.levels = {"level1": flat(cells["level1"]), "level2": ""}
        if "level2" in cells:
            self.levels["level2"] = flat(cells["level2"])
        self.levels |= self.placed.get(row[0].passage.start, {}) if row else {}


def _place_levels(document: Document, rows: Sequence[tuple[Cell, ...]]) -> dict[int, dict[str, str]]:
    """The levels of rows under each header as their places on the pages show; by the start of the row."""
    found: dict[int, dict[str, str]] = {}
    heads = [i for i, row in enumerate(rows) if _header(row)]
    for first, last in itertools.pairwise([*heads, len(rows)]):
        below = rows[first + 1 : last]
        body = list(itertools.takewhile(lambda row: row and not END.match(flat(row[0].passage)), below))
        for at, levels in find_levels(document, rows[first], body, _header(rows[first])).items():
            found[body[at][0].passage.start] = levels
    return found


def _with_columns(target: Target, cells: dict[str, Passage]) -> Target:
    """A target with the unit and the comparator that its row has in other columns, or its name behind it."""
    unit, sign = (flat(cells[key]) if key in cells else "" for key in ("unit", "sign"))
    if unit in COMPARATORS:  # each stands where the other should
        unit, sign = (sign if sign in WORDS else ""), unit
    if not (target.unit or target.qualitative or target.dated):
        named = UNIT_IN_NAME.search(cells["name"].text)
        target = replace(target, unit=unit or (named.group("unit") if named is not None else ""))
    if sign and not target.comparator:
        target = replace(target, comparator=read_comparator(sign))
    return target


def _packed(block: Block, year: int | None) -> Iterator[Indicator]:
    """A list of projects whose cells under 绩效指标 tell all indicators of a project."""
    for row in rows_of(block, {"project": r"项目名称", "told": r"^(?:年度)?绩效指标$"}, "project"):
        for told in unpack(row["told"]) if "told" in row else ():
            of = year if told.yearly else None
            target = read_target(told.target)
            indicator = _make(told.name, target, told.level1, told.level2, row["project"].text, "", of)
            if indicator is not None:
                yield indicator


def _scored(indicator: Indicator, cells: dict[str, Passage]) -> Indicator:
    """The indicator with its weight, its score and why points were lost, as its row states them."""
    points = {
        key: read_number(cells[key].text.rstrip("%％分 "))
        for key in ("maximum", "score")
        if key in cells and NUMBER.match(cells[key].text.rstrip("%％分 "))
    }
    for key, head in (("most_had", "分值/得分"), ("had_most", "得分/分值")):
        pair = split_pair(cells[key].text, head) if key in cells else None
        if pair is not None:
            maximum, score = (read_number(cells[key].text[slice(*span)]) for span in pair)
            points = {"maximum": maximum, "score": score}
    loss = cells["loss"].text if "loss" in cells else ""
    return replace(
        indicator,
        maximum=points.get("maximum"),
        score=points.get("score"),
        loss_reason="" if NO_LOSS.match(loss) else loss,
    )


def _header(row: tuple[Cell, ...]) -> dict[str, int]:
    """The columns that a row heads; 绩效指标 may head the names, or stand upright beside a header that does."""
    cells = short_cells(row)
    for target in (WANTED["target"], OTHER_TARGET):
        if not fit_columns(cells, {"target": target}):
            continue
        for name in (r"^三级(?:绩效)?指标", r"^指标名称$", r"^指标内容$|^具体指标", WANTED["name"]):
            header = fit_columns(cells, {"name": name, "target": target} | OPTIONAL)
            if WANTED.keys() <= header.keys():
                return header
    return {}


def _upper_header(row: tuple[Cell, ...]) -> dict[str, int]:
    """What of a header of two lines only the upper one heads: 实际完成值, and the projects beside 绩效指标."""
    found = header_columns(row, {"target": WANTED["target"], "result": OPTIONAL["result"]})
    results = {"result": found["result"]} if found.keys() == {"target", "result"} else {}
    of = header_columns(row, {"project": OPTIONAL["project"], "told": r"^(?:年度)?绩效指标$"})
    return results | ({"project": of["project"]} if of.keys() == {"project", "told"} else {})


def _lines(table: Table, year: int | None) -> Iterator[Indicator]:
    """A form of which only the lines are left: levels are known by the official words for them."""
    named = labelled(table, r"(?:一级|二级)?项目名称")
    reader = _FormLines(named.text if named is not None else "", year)
    for row in table.rows:
        begins = names_project(row)
        if begins is not None:
            reader = _FormLines(begins.text, year)
        cells = [tidy(c.passage) for c in row if c.text.strip()]
        if cells and (indicator := reader.read(cells)) is not None:
            yield indicator


class _FormLines:
    """Reads a form line by line; the levels of a line that prints none are those of the line above."""

    def __init__(self, project: str, year: int | None) -> None:
        self.project = project
        self.year = year
        self.begun = self.results = self.weighed = False
        self.level1 = self.level2 = ""
        self.pending = ""

    def read(self, cells: list[Passage]) -> Indicator | None:
        """The indicator that a line states, if it states one."""
        if self._note_frame(cells):
            return None
        rest = self._take_levels(self._take_pending(cells))
        if len(rest) > 2 and FRAME.match(flat(rest[0])):
            rest = rest[1:]
        if len(rest) < 2 or SIGN.match(flat(rest[0])):
            return None
        if self.weighed:
            rest = _without_points(rest)
        target = _target_of(rest) if len(rest) > 1 else None
        if target is None or TORN.match(flat(rest[0])):
            return None
        result = rest[2].text if self.results and len(rest) > 2 else ""
        return _make(rest[0], target, self.level1, self.level2, self.project, result, self.year)

    def _note_frame(self, cells: list[Passage]) -> bool:
        """Whether the line heads the form, ends it, or is none of its lines; 服务对象 alone waits for 满意度指标."""
        texts = [flat(c) for c in cells]
        joined = "".join(texts)
        if re.search(r"[一二三]级指标", joined) and re.search(r"指标值|目标值|指标内容|三级指标", joined):
            self.begun, self.results = True, bool(re.search(r"完成值|实际值", joined))
            points, aim = re.search(r"分值|权重", joined), re.search(r"指标值|目标值", joined)
            self.weighed = bool(points and aim and points.start() < aim.start())
            return True
        if not self.begun:
            return True
        if END.match(texts[0]):
            self.begun = False
            return True
        if not self.pending and len(cells) == 1 and texts[0] in ("服务对象", "社会公众", "服务对象和社会公众"):
            self.pending = texts[0]
            return True
        return False

    def _take_pending(self, cells: list[Passage]) -> list[Passage]:
        """服务对象 | 满意度指标 on two lines."""
        pending, self.pending = self.pending, ""
        if pending and re.match(r"满意度指标", flat(cells[0])):
            self.level1, self.level2 = "满意度指标", pending + "满意度指标"
            return cells[1:]
        return cells

    def _take_levels(self, cells: list[Passage]) -> list[Passage]:
        """The cells behind those that print levels, which are noted."""
        while cells:
            first, text = cells[0], flat(cells[0])
            m = self._note_level(text)
            if m is not None:
                rest = first.part(min(m.end(), len(first.text)), len(first.text)).strip()
                cells = ([rest] if rest else []) + cells[1:]
            elif text == "指标" or re.fullmatch(r"[产出效益指标满意度年绩]", text):
                cells = cells[1:]  # a letter of a word that stands upright
            else:
                break
        return cells

    def _note_level(self, text: str) -> re.Match[str] | None:
        """What of a cell's text names a first or second level, which is noted; None if nothing does."""
        second, first = AT_LEVEL2.match(text), AT_LEVEL1.match(text)
        if second and (second.end() == len(text) or second.group("word")):
            self.level2 = second.group("level") + "指标"
            self.level1 = PARENT.get(second.group("level"), self.level1.removesuffix("指标")) + "指标"
            return second
        if first:
            self.level1 = first.group("level") + "指标"
        return first


def _without_points(cells: list[Passage]) -> list[Passage]:
    """The cells of a line without the points before its target: two bare numbers alone are points and no target."""
    bare = [bool(NUMBER.match(c.text)) for c in cells[1:]]
    if all(bare) and len(bare) <= 2:
        return cells[:1]
    return [cells[0], *cells[2:]] if bare[0] and len(bare) > 2 else cells


def _target_of(cells: list[Passage]) -> Target | None:
    """The target behind an indicator's name; None where signs stand that make none."""
    if not SIGN.match(flat(cells[1])):
        return read_target(cells[1])
    # 合格率 | ≥ | 95 | %: comparator, number and unit each in a cell
    if len(cells) < 3 or flat(cells[1]) not in SYMBOLS or not NUMBER.match(cells[2].text):
        return None
    unit = flat(cells[3]) if len(cells) > 3 and not NUMBER.match(cells[3].text) else ""
    return Target(cells[2].text, cells[2], SYMBOLS[flat(cells[1])], unit, printed=cells[2].text)


def _prose(block: Block, year: int | None) -> Iterator[Indicator]:
    """“…”的指标值为“…”, as evaluations quote indicators; of an adjusted target the new one counts."""
    passage = tidied(block)
    for sentence in sentences(passage):
        if "指标" not in sentence.text:
            continue
        project = ""
        m = re.search(r"“([^”]{2,40})”项目", sentence.text)
        if m:
            project = m.group(1)
        level2, last = "", -1
        for m in STATED.finditer(sentence.text):
            target = read_target(sentence.part(*m.span("target")))
            # 数量指标“甲”的指标值为“…”，“乙”的指标值为“…”: the level holds on
            held = level2 if 0 <= m.start() - last <= 2 else ""
            level2, last = (m.group("level2") or "").lstrip("如将的") or held, m.end()
            indicator = _make(sentence.part(*m.span("name")), target, PARENT.get(level2, ""), level2, project, "", year)
            if indicator is not None:
                yield indicator
