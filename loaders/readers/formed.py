"""Forms of self-evaluation whose cells were saved one behind the other: rows and columns by the words of headers.

    三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
    培训场次
    ≥6场
    7场
    10
    10

The form is official (项目支出绩效自评表): a header of funds (年初预算数, 全年预算数, 全年执行数, 分值, 执行率, 得分)
over rows of money, then one of indicators over rows of indicators. A header tells how many cells a row has, so that a
row is what begins with a level or a name and has a number under each of 分值 and 得分. What does not fit stays without
a column: nothing is guessed. Source: 财政部《项目支出绩效评价管理办法》, 附件1.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from loaders.documents import Cell, Passage
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2
from loaders.words.lines import is_number_word
from loaders.words.normalise import plain

#: Over how many lines a word of a header, or the name of a level, may be broken.
_PIECES = 3
_LETTER = r"(?:[(][A-H](?:/[A-H])?[)])?"
_MONEY = r"(?:[(](?:[万千百亿]?元)[)])?"
#: What each word of a header is: money, points, a rate, a level, the name, a value, words.
_HEADS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?:{words}){_MONEY}{_LETTER}{_MONEY}"))
    for kind, words in (
        ("budget", r"(?:年初|全年|年度|当年|调整后?)预算(?:安排)?(?:数|资金|金额)?"),
        ("spent", r"(?:全年|实际|年度|预算)(?:执行|支出|支付|完成)(?:数|金额|资金)"),
        ("rate", r"(?:预算|资金)?执行率"),
        ("level1", r"一级指标"),
        ("level2", r"二级指标"),
        ("name", r"三级指标|指标名称"),
        ("sign", r"指标(?:性质|方向|类型)"),
        ("value", r"(?:年度|全年|绩效|预期|计划)?(?:指标|目标)值"),
        ("unit", r"(?:度量|计量|指标)单位"),
        ("value", r"(?:全年|年度|实际)?(?:实际)?(?:完成(?:指标)?值|实际值|完成情况)|(?:实施|完成)进度"),
        ("points", r"(?:参考|指标)?(?:分值|权重)(?:[(]%[)])?"),
        ("points", r"(?:自评|实际)?得分"),
        ("text", r"(?:偏差|未完成|扣分)?原因(?:说明)?(?:分析)?(?:[及和与](?:整改|改进)措施)?|备注"),
    )
)
_FEWEST_HEADS, _LONGEST_HEAD = 4, 24
#: A row of the header of funds: 年度资金总额, 其中：财政拨款, 上年结转资金, 单位资金.
_FUND = re.compile(r"(?:其中[:])?[^\d，。；]{0,14}(?:总额|资金|拨款|收入|结转|结余|补助|债券)[:]?")
#: What a header of funds stands beside: 项目资金（万元）, 年度预算数(万元).
_STUB = re.compile(r"(?:[\u4e00-\u9fff]{2,10})?[(](?:单位[:])?[万千百亿]?元[)]|(?:项目)?资金|年度预算数|预算执行情况")
_UNIT = re.compile(r"[(](?:单位[:])?[万千百亿]?元[)]$")
_FIELD = re.compile(
    r"(?:项目|专项(?:资金)?|部门|单位|政策)名称|(?:项目)?主管(?:部门|单位)(?:及代码)?|(?:项目)?实施单位|资金使用单位|(?:项目)?负责人"
    r"|联系(?:电话|人)|自评(?:总)?得分|填报(?:单位|人|日期)"
)
_FIELD_END = re.compile(r"[(](?:盖章|公章|签章|签字)[)]$")
_GOAL = re.compile(
    r"(?:年度)?(?:总体)?(?:预期|绩效)?目标|年初设定目标|(?:年度目标|总体目标|目标|实际|年度总体目标)?完成情况(?:综述)?"
)
_TOTAL = re.compile(r"(?:总分|合计|总计|自评总?得?分)[:]?")
_END = re.compile(r"(?:评价|自评)结论|存在(?:的)?问题|(?:下一步)?改进措施|(?:注|说明|备注)[:].*|项目负责人.*|填报人.*")
#: A row that was not filled in: 指标2, 指标2：, ……
_UNFILLED = re.compile(r"(?:指标\s*\d*\s*[:]?)?[.…⋯]*")
_BLANK = re.compile(r"[-—–/\\]*|无|不适用")
_POINTS = re.compile(r"[(]?\d{1,3}分[)]?")
_MEASURE = re.compile(r"[≥≤≧≦><=＝]{0,2}\d[\d,.]*(?:[^\d，。；、\s]{0,4})")
#: Longer words behind a row are the reason why it fell short, not the name of the next.
_LONGEST_NAME = 36


@dataclass(frozen=True, slots=True)
class _Head:
    kind: str
    passage: Passage


@dataclass
class _Header:
    heads: list[_Head]
    stub: Passage

    def places(self, *kinds: str) -> list[int]:
        return [i for i, head in enumerate(self.heads) if head.kind in kinds]

    @property
    def is_of_funds(self) -> bool:
        return bool(self.places("budget")) and bool(self.places("spent")) and not self.places("name")

    @property
    def is_of_indicators(self) -> bool:
        return bool(self.places("name")) and bool(self.places("value"))

    @property
    def last(self) -> int:
        """The place of the last column of numbers."""
        return max(self.places("points", "value", "rate", "spent"))


@dataclass
class _Former:
    """One pass over the cells. ``ends`` are where rows end, if known; ``blanks``: empty cells are kept."""

    cells: Sequence[Passage]
    ends: Sequence[int]
    blanks: bool
    header: _Header | None = None
    placed: int = 0
    #: How many rows there were when the last was one of a field.
    fields: int = -1
    rows: list[list[Cell]] = field(default_factory=list)

    def form(self) -> list[list[Cell]]:
        at = 0
        while at < len(self.cells):
            at = self._step(at)
        return self.rows

    def _step(self, at: int) -> int:
        if not self._word(at):
            return at + 1
        found = self._find_header(at)
        if found is not None:
            return self._take_header(*found)
        for take in (self._take_field, self._take_goals, self._take_fund, self._take_total, self._take_indicator):
            end = take(at)
            if end:
                return end
        if _END.fullmatch(self._word(at)):
            self.header = None
        self._emit([(self._column_of_loose(at), self.cells[at])])
        return at + 1

    def _column_of_loose(self, at: int) -> int | None:
        """Where a cell that is of no row stands: a name that was not filled in, a reason; a number stands nowhere."""
        if self.header is None:
            return 0
        if _MEASURE.fullmatch(self._word(at)):
            return None
        if not self.header.is_of_indicators:
            return 0
        places = self.header.places("name" if _UNFILLED.fullmatch(self._word(at)) else "text")
        return places[0] if places else 0

    def _word(self, at: int) -> str:
        return plain(self.cells[at].text).strip() if at < len(self.cells) else ""

    def _emit(self, cells: Sequence[tuple[int | None, Passage]]) -> None:
        number = len(self.rows)
        row = [Cell(passage, number, column) for column, passage in cells if passage.text.strip()]
        if row:
            self.rows.append(row)

    def _row_end(self, at: int) -> int:
        """Where the row of the cell at ``at`` ends, if rows are known; else the end of all."""
        number = bisect.bisect_right(self.ends, at)
        return self.ends[number] if number < len(self.ends) else len(self.cells)

    # -- headers -------------------------------------------------------------------------------------------------

    def _joined(self, at: int, pattern: re.Pattern[str]) -> tuple[Passage, int] | None:
        """The words at ``at`` that a pattern matches, over as many lines as they are broken into, and their end."""
        pieces = 1 if self.blanks else _PIECES
        for count in range(min(pieces, len(self.cells) - at), 0, -1):
            passage = Passage.join(self.cells[at : at + count])
            if pattern.fullmatch(plain(passage.text)):
                return passage, at + count
        return None

    def _head(self, at: int) -> tuple[_Head, int] | None:
        if len(self._word(at)) > _LONGEST_HEAD:
            return None
        found = [(kind, joined) for kind, words in _HEADS if (joined := self._joined(at, words))]
        if not found:
            return None
        kind, (passage, end) = max(found, key=lambda f: f[1][1])
        return _Head(kind, passage), end

    def _find_header(self, at: int) -> tuple[_Header, int] | None:
        heads: list[_Head] = []
        limit = self._row_end(at)
        while at < limit and (found := self._head(at)) is not None:
            heads.append(found[0])
            at = found[1]
        named = len(heads) > 1 and _UNIT.search(plain(heads[0].passage.text))
        stub = heads.pop(0).passage if named and heads[0].kind == "budget" else Passage("", ())
        header = _Header(heads, stub)
        counted = bool(self.ends or header.places("points"))  # where rows are not known, only points end them
        sound = len(heads) >= _FEWEST_HEADS and (header.is_of_funds or (header.is_of_indicators and counted))
        return (header, at) if sound else None

    def _take_header(self, header: _Header, end: int) -> int:
        self.header = header
        shift = int(header.is_of_funds)
        stub = (header.stub or self._take_stub()) if shift else Passage("", ())
        self._emit([(0, stub), *((i + shift, head.passage) for i, head in enumerate(header.heads))])
        return end

    def _take_stub(self) -> Passage:
        """The words before a header of funds that say what its rows are, and in which unit: 项目资金（万元）."""
        taken: list[Passage] = []
        while self.rows and len(self.rows[-1]) == 1 and len(taken) < 2:
            passage = self.rows[-1][0].passage
            if not _STUB.fullmatch(plain(Passage.join([passage, *taken]).text)):
                break
            taken.insert(0, passage)
            self.rows.pop()
        return Passage.join(taken) if taken else Passage("", ())

    # -- fields and goals ------------------------------------------------------------------------------------------

    def _is_field(self, at: int) -> bool:
        return bool(_FIELD.fullmatch(_FIELD_END.sub("", self._word(at)).strip(":")))

    def _take_field(self, at: int) -> int:
        if not self._is_field(at):
            return 0
        self.header = None
        value, end = at + 1, self._row_end(at)
        filled = value < end and self._word(value) and not self._is_field(value) and self._head(value) is None
        if not filled and self.rows and self.fields == len(self.rows):
            row = self.rows[-1]  # a field without a value, behind the field before it
            row.append(Cell(self.cells[at], len(self.rows) - 1, len(row)))
            return value
        self._emit([(0, self.cells[at]), *([(1, self.cells[value])] if filled else [])])
        self.fields = len(self.rows)
        return value + 1 if filled else value

    def _take_goals(self, at: int) -> int:
        """The names of the cells of goals, each before its words: 年度总体目标 | 预期目标 | 实际完成情况."""
        end = at
        while end < self._row_end(at) and self._word(end) and _GOAL.fullmatch(self._word(end)):
            end += 1
        if end - at < 2:
            return 0
        self.header = None
        self._emit(list(enumerate(self.cells[at:end])))
        said = self.cells[end : end + 2]
        if len(said) == 2 and all(self._says_goal(i) for i in (end, end + 1)) and end - at <= 3:
            self._emit([(end - at - 2 + i, cell) for i, cell in enumerate(said)])
            return end + 2
        return end

    def _says_goal(self, at: int) -> bool:
        """Whether a cell is of the words of a goal, and names no part of the form."""
        return bool(self._word(at)) and not (self._is_field(at) or self._names_level(at) or self._find_header(at))

    # -- rows of funds ---------------------------------------------------------------------------------------------

    def _take_fund(self, at: int) -> int:
        header = self.header
        if header is None or not header.is_of_funds or not self._names_fund(at):
            return 0
        end = at + 1
        while end < self._row_end(at) and end - at <= len(header.heads) and self._is_value(end):
            end += 1
        values = self.cells[at + 1 : end]
        columns = self._columns_of_funds(values, header)
        self._emit([(0, self.cells[at]), *((c, v) for c, v in zip(columns, values, strict=True) if v.text.strip())])
        self.placed += sum(c is not None for c in columns)
        return end

    def _names_fund(self, at: int) -> bool:
        return bool(_FUND.fullmatch(self._word(at))) and self._head(at) is None

    def _is_value(self, at: int) -> bool:
        word = self._word(at)
        if not word:
            return self.blanks
        return bool(_MEASURE.fullmatch(word) or _BLANK.fullmatch(word))

    def _columns_of_funds(self, values: Sequence[Passage], header: _Header) -> list[int | None]:
        """Under which words of the header the values of a row of funds stand; None for those of which that is open."""
        places = [i for i, head in enumerate(header.heads) if head.kind != "text"]
        if self.blanks or len(values) == len(places):
            return [i + 1 for i in range(len(values))]
        money = header.places("budget", "spent")
        rate = header.places("rate")
        percents = [i for i, v in enumerate(values) if re.search(r"[%％]\s*$", v.text)]
        if len(percents) == 1 and rate and percents[0] == rate[0]:
            known = [i + 1 for i in range(percents[0] + 1)]
            return [*known, *(None for _ in values[len(known) :])]
        first = money == list(range(len(money)))
        if first and len(values) == len(money) and not percents:
            return [i + 1 for i in money]  # points and rate are of the whole alone
        return [None for _ in values]

    # -- rows of indicators ----------------------------------------------------------------------------------------

    def _take_total(self, at: int) -> int:
        header = self.header
        if header is None or not header.is_of_indicators or not _TOTAL.fullmatch(self._word(at)):
            return 0
        end = at + 1
        while end < self._row_end(at) and (is_number_word(self._word(end)) or (self.blanks and not self._word(end))):
            end += 1
        values, points = list(self.cells[at + 1 : end]), header.places("points")
        while len(values) > len(points) and not values[-1].text.strip():
            values.pop()
        columns: list[int | None] = [None for _ in values]
        if len(values) == len(points):
            columns = [*points]
        elif self.blanks and not self.ends and 0 < len(values) <= len(header.heads):
            columns = [len(header.heads) - len(values) + i for i in range(len(values))]
        self._emit([(header.places("name")[0], self.cells[at]), *zip(columns, values, strict=True)])
        return end

    def _take_indicator(self, at: int) -> int:
        header = self.header
        if header is None or not header.is_of_indicators:
            return 0
        row, name = self._take_levels(at, header)
        column = header.places("name")[0]
        if name >= len(self.cells) or not self._names_indicator(name):
            if not row:
                return 0
            self._emit(row)
            return name
        last = header.last if not self.blanks else len(header.heads) - 1
        end = min(name + 1 + last - column, self._row_end(at))
        if not self._fits(name, end, header, column):
            if row:
                self._emit(row)
                return name
            return 0
        self._emit([*row, *((column + i, self.cells[name + i]) for i in range(end - name))])
        self.placed += 1
        return self._take_reason(end, header)

    def _take_levels(self, at: int, header: _Header) -> tuple[list[tuple[int | None, Passage]], int]:
        """The names of levels with which a row begins, in their columns, and where the name of its indicator stands."""
        row: list[tuple[int | None, Passage]] = []
        if self.ends and self._row_end(at) - at == len(header.heads) and self._word(at + 1):
            levels = header.places("level1", "level2")  # the row is whole, whatever its levels are called
            return [(i, self.cells[at + i]) for i in levels if self._word(at + i)], at + header.places("name")[0]
        for kind, pattern in (("level1", _LEVEL1), ("level2", _LEVEL2)):
            found = self._joined(at, pattern) if header.places(kind) else None
            if found is None or (kind == "level1" and self._is_second(*found)):
                continue
            if kind == "level2" and not self._names_indicator(found[1]):
                continue  # 公众满意度 is the indicator itself, a number follows
            passage, at = found
            if not self.blanks and _POINTS.fullmatch(self._word(at)):
                passage, at = Passage.join([passage, self.cells[at]]), at + 1
            row.append((header.places(kind)[0], passage))
        return row, at

    def _is_second(self, passage: Passage, end: int) -> bool:
        """Whether a name that first and second levels share (成本指标) is of the second: none of the second follows."""
        own, follow = plain(passage.text), self._joined(end, _LEVEL2)
        same = follow is not None and plain(follow[0].text).removesuffix("指标") == own.removesuffix("指标")
        return bool(_LEVEL2.fullmatch(own)) and (follow is None or same)

    def _names_indicator(self, at: int) -> bool:
        word = self._word(at)
        return (
            bool(re.search(r"[\u4e00-\u9fff]", word))
            and not _UNFILLED.fullmatch(word)
            and not _MEASURE.fullmatch(word)
            and not (_TOTAL.fullmatch(word) or _END.fullmatch(word) or self._is_field(at))
        )

    def _fits(self, name: int, end: int, header: _Header, column: int) -> bool:
        """Whether the cells from a name on are one row: numbers under 分值 and 得分, no level or field in between."""
        points = header.places("points")
        if not self.ends and end - name <= max(points) - column and not self.blanks:
            return False
        numbers = 0 if points else 1
        for at in range(name + 1, end):
            kind, word = header.heads[column + at - name].kind, self._word(at)
            if kind == "points":
                blank = self.blanks and bool(_BLANK.fullmatch(word))
                if not (is_number_word(word) or blank):
                    return False
                numbers += not blank
            elif self._is_field(at) or _TOTAL.fullmatch(word) or self._names_level(at):
                return False
        return numbers > 0

    def _names_level(self, at: int) -> bool:
        found = self._joined(at, _LEVEL1) or self._joined(at, _LEVEL2)
        return found is not None and "指标" in found[0].text

    def _take_reason(self, at: int, header: _Header) -> int:
        """What stands behind a row in place of the reason why it fell short: a number, or a sentence."""
        reason = header.places("text")
        word = self._word(at)
        if self.blanks or not reason or not word or at >= len(self.cells):
            return at
        named = self._names_indicator(at) and not self._names_level(at)
        sentence = named and (len(word) > _LONGEST_NAME or "。" in word)
        if is_number_word(word) or sentence:
            number = len(self.rows) - 1
            self.rows[-1].append(Cell(self.cells[at], number, reason[0]))
            return at + 1
        return at


_OF_POINTS = r"(?:[(]\d{1,3}分?[)])?"
_LEVEL1 = re.compile(AT_LEVEL1.pattern[1:] + _OF_POINTS)
_LEVEL2 = re.compile(rf"(?:{AT_LEVEL2.pattern[1:]}|满意度指标){_OF_POINTS}")


def form_rows(cells: Sequence[Passage], ends: Sequence[int] = (), *, blanks: bool = False) -> list[list[Cell]] | None:
    """The rows of a form whose cells stand one behind the other, each in its column; None if they are no such form.

    ``ends`` are the places behind which rows end, where rows are known. With ``blanks`` empty cells are among them.
    A cell whose column is open has none.
    """
    if not any(_SIGNS.search(plain(cell.text)) for cell in cells):
        return None
    former = _Former(cells, ends, blanks)
    rows = former.form()
    return rows if former.placed else None


#: Words without which there is no header of such a form, broken over lines perhaps.
_SIGNS = re.compile(r"三级|指标名称|执行(?:数|率)|执行$|^[全年]年")


def flatten(rows: Sequence[Sequence[Passage]]) -> tuple[list[Passage], list[int]]:
    """The cells of rows one behind the other, and the places behind which rows end."""
    return [cell for row in rows for cell in row], list(itertools.accumulate(map(len, rows)))
