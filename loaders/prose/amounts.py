"""Amounts, percentages, counts, targets and scores in running text, with year, phase, aspect, item and code."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.documents import Passage, Span
from loaders.facts import Aspect, Direction, DocumentKind, Figure, NumberToken, Phase, SubjectKind, Unit
from loaders.prose.labels import trim_label
from loaders.prose.years import YearReader
from loaders.words.comparators import read_comparator
from loaders.words.nonfigures import NO_COUNT, Stretch, find_nonfigures, is_scoring_rule
from loaders.words.numbers import Token, find_written, half_last_place, scale_number, tokenise
from loaders.words.sentences import close_up
from loaders.words.units import OPEN, SCALES, WORDS, UnitWord, says_money, unit_after

_UP = re.compile(
    r"(?:增加|增长|提高|上升|增收|增支|上涨|扩大|调增|增幅|涨幅|净增|新增经费|追加)(?:了|约|额|幅度|率|金额|数|比例|支出|资金|预算|收入|经费)*(?:为|达|到|达到)?(?:约)?[（(]?\s*[+]?$"
)
_DOWN = re.compile(
    r"(?:减少|下降|降低|压减|缩减|减支|减收|调减|降幅|减幅|跌幅|压缩|核减|降费|减费|减税|减免|减)(?:了|约|额|幅度|率|金额|数|比例|支出|资金|预算|收入|经费|项目预算)*(?:为|达|到|达到)?(?:约)?[（(]?\s*[-−]?$"
)
_RISE_TO = re.compile(r"(?:增加|增长|提高|上升|扩大|减少|下降|降低|调整|压缩)(?:到|至|为)\s*[“\"]?\s*$")
_SHARE = re.compile(r"(?:占|占比|比重|比例)[^，。；、]{0,32}$|占比(?:为|达)?\s*$")
_RATE = re.compile(
    r"(?:完成|为|达|执行|实现)?[^，。；、]{0,14}(?:完成[^，。；]{0,12}的|完成率|执行率|控制率|进度|使用率|完成预算|支付率|到位率|执行进度|预算的|预算数的|决算的)(?:为|达到|达|约|仅为)?\s*$"
)
_FINAL = re.compile(r"(?:决算|执行数|实际支出|支出数|实际完成|实际采购|累计支出|已支出|支出\s*$|共支出|实际使用)")
_BARE_SPENDING = re.compile(r"(?<![共累已际])支出\s*$")
_INITIAL = re.compile(
    r"(?:年初预算|部门预算(?:收入|支出)|年初|财政预算拨款|预算收入|预算数|预算为|预算安排|支出预算|收入预算|年初部门预算|年初预算数|预算\s*$|计划|预算总)"
)
_ADJUSTED = re.compile(
    r"(?:调整预算|全年预算|调整后预算|预算调整数|调整为|调整预算数|全年预算数|预算总规模调整|(?<![收支入出款])总预算)"
)
_TARGET = re.compile(
    r"(?:≥|≤|≧|≦|>|<|＞|＜|=|＝|不低于|不少于|不超过|不高于|大于|小于|至少|控制在|达到|确保|保持|力争|目标|以上|以内)"
)
_CODE = re.compile(
    r"[（(\[【]\s*(?:科目编码|科目代码|编码|代码)?\s*[:：]?\s*([2357]\d{2}(?:\d{2}){0,2})\s*[)）\]】]|(?<![\d.,，])([2357]\d{2}(?:\d{2}){1,2})\s*[-—_－](?=\s?[\u4e00-\u9fff])"
)
_CODE_LEVELS = re.compile(
    r"(\d{3})\s*[（(]类[)）](?:[^\d，。；]{0,30}(\d{2})\s*[（(]款[)）](?:[^\d，。；]{0,40}(\d{2})\s*[（(]项[)）])?)?"
)
_CODE_BARE = re.compile(
    r"(?<![\d.,，])([2357]\d{6}|(?:20[1-9]|21\d|22\d|23[0-4]|30[1-9]|31\d|39\d|50[1-9]|51\d)\d{2})(?![\d.,，])(?=\s*[“”\"]?[\u4e00-\u9fff（(])"
    + NO_COUNT
)
_ITEM_LEVELS = re.compile(r"[（(]项[)）](?!\s*(?:百|千|元|万|人|亿|个|名|家|辆|台|套|项|件|次))")
_MONEY_WORD = re.compile(r"预算|支出|收入|经费|拨款|资金|费|结转|结余|金额|采购|决算")
_CLAUSE_END = re.compile(r"[，。；、：:;,（(]|其中")
_GOALS = re.compile(r"目标|任务|要点|计划|工作思路|绩效")
_CALENDAR, _LONGEST_YEAR = frozenset({"年", "月", "日", "天"}), 4
#: What is counted in 万 as well as money is: 惠及群众30万.
_THINGS = re.compile(
    r"群众|人口|居民|村民|农民|市民|学生|旅客|游客|用户|粉丝|读者|观众|患者|考生|志愿者|人[次数员]|户数|农户|株|苗木|树|亩|面积"
    r"|粮食|产量|点击|浏览|阅读|访问|下载|播放|客流|车流|货物|吞吐|件数|条数|册|图书"
)
_COUNTED_SUBJECTS = re.compile(r"编制|实有|在职|在编|退休|离休|职工|人员|雇员|员额|主任|科长|职数")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the document around a passage says.

    ``money`` is the unit of bare amounts (of the table, or None), ``section`` the headings above, joined.
    """

    kind: DocumentKind
    fiscal_year: int | None
    agency: str = ""
    section: str = ""
    block: int = -1
    money: UnitWord | None = None
    table: str = ""
    form: str = ""
    label: str = ""
    code: str = ""


def read_amounts(passage: Passage, setting: Setting) -> tuple[list[Figure], list[NumberToken]]:
    """The figures of a passage, and a ledger row for each of its number tokens (figures included).

    A token that no rule explains is ``unaccounted``.
    """
    return _AmountReader(passage, setting).read()


class _AmountReader:
    def __init__(self, passage: Passage, setting: Setting) -> None:
        self.printed = passage
        self.passage = close_up(passage)
        self.text = self.passage.text
        self.setting = setting
        self.years = YearReader(self.text, setting.fiscal_year)
        self.stretches = find_nonfigures(self.text)
        self.codes = self._find_codes()
        self.figures: list[Figure] = []
        self.rows: list[NumberToken] = []
        self.label = setting.label
        self.first = setting.label
        self.phases: list[tuple[int, Phase]] = []
        self.behind = 0

    def read(self) -> tuple[list[Figure], list[NumberToken]]:
        for token in sorted((*tokenise(self.text), *find_written(self.text)), key=lambda token: token.span):
            self._take(token)
        return self.figures, self.rows

    def _take(self, token: Token) -> None:
        stretch = self._stretch(token.span)
        span = self.passage.locate(token.span.start, token.span.end)
        if stretch is not None:
            self.rows.append(NumberToken(span, self._stated(span), stretch.kind, stretch.reason))
            return
        rule = self._scoring_clause(token.span)
        if rule:
            self.rows.append(NumberToken(span, self._stated(span), "criterion", rule))
            return
        figure = self._figure(token, span)
        if figure is None:
            reason = "no unit and no form that explains it"
            self.rows.append(NumberToken(span, self._stated(span), "unaccounted", reason))
        else:
            self.figures.append(figure)
            self.rows.append(NumberToken(span, figure.stated, "figure", describe_figure(figure, "the item")))

    def _stated(self, span: Span) -> str:
        """The characters of a span as printed: a letter-spaced number keeps its blanks."""
        first, last = self.printed.find_offset(span.start), self.printed.find_offset(span.end - 1)
        assert first is not None
        assert last is not None
        return self.printed.text[first : last + 1]

    def _stretch(self, span: Span) -> Stretch | None:
        for stretch in self.stretches:
            if stretch.start < span.end and span.start < stretch.end:
                return stretch
        return None

    def _scoring_clause(self, span: Span) -> str:
        start = max(self.text.rfind(c, 0, span.start) for c in "。；\n") + 1
        ends = [i for i in (self.text.find(c, span.end) for c in "。；\n") if i >= 0]
        sentence = self.text[start : min(ends, default=len(self.text))]
        if is_scoring_rule(sentence) and not re.search(r"满分\s*\d+\s*分[，,]\s*得分", sentence):
            return "scoring rule"
        return ""

    # -- figures -----------------------------------------------------------------------------------------------

    def _figure(self, token: Token, span: Span) -> Figure | None:
        start, end = token.span.start, token.span.end
        stated = token.stated
        if stated.count(".") > 1:
            return None  # a version or a section, such as 1.2.3
        found = self._unit_behind(start, end)
        implied = None if found else self._implied_unit(start, end)
        if found is None and implied is None:
            return None
        word = found[0] if found else implied
        assert word is not None
        behind = found[1] if found else end
        self.behind = behind
        before = self._clause_before(start)
        aspect, direction = self._aspect(before, word.unit)
        phase = self._phase(before, start, aspect, word.unit, self.text[behind : behind + 4])
        if word.unit == "CNY":
            self.phases.append((behind, phase))
        label = self._label(before, start, behind, word.unit)
        comparator = self._comparator(start)
        if comparator and aspect in ("growth", "share"):
            aspect, direction, phase = "level", "", "target"
        code = self._code(start)
        value = scale_number(stated, word.factor)
        if value < 0 and direction:
            direction = "down" if direction == "up" else "up"
        unit: Unit = word.unit
        if unit == "SCORE":
            aspect = "maximum" if re.search(r"满分|总分(?:为)?\s*$|分值", before[-6:]) else "score"
            phase = "result"
        return Figure(
            span=span,
            stated=self._stated(span),
            value=value.copy_abs() if direction else value,
            unit=unit,
            fiscal_year=self.years.year_at(start),
            phase=phase,
            aspect=aspect,
            subject_kind=_subject_kind(code, label),
            subject_label=label,
            subject_code=code,
            table=self.setting.table,
            form=self.setting.form,
            agency=self.setting.agency,
            stated_unit=word.word,
            precision=half_last_place(stated) * word.factor,
            direction=direction,
            comparator=comparator,
            block=self.setting.block,
        )

    def _unit_behind(self, start: int, end: int) -> tuple[UnitWord, int] | None:
        """The unit printed behind a number. A scale alone (40亿) is money only where the sentence speaks of money."""
        found = unit_after(self.text, end)
        if found is not None and found[0].word in _CALENDAR and end - start > _LONGEST_YEAR:
            return None  # digits that were printed over each other: 222222000000年
        if found is None or found[0].word not in SCALES:
            return found
        clause = self._clause_before(start)
        if _THINGS.search(clause) and not says_money(clause):
            return replace(found[0], unit="OTHER"), found[1]
        sentence = re.split(r"[。；;\n]", self.text[max(0, start - 40) : start])[-1]
        return found if says_money(sentence + self.setting.label) else (replace(found[0], unit="OTHER"), found[1])

    def _implied_unit(self, start: int, end: int) -> UnitWord | None:
        """The unit of a bare number: that of the next number of a list, or money where the clause says 为."""
        after = self.text[end : end + 14]
        chain = _CHAIN.match(self.text, end)
        if chain:
            unit = unit_after(self.text, chain.end())
            if unit:
                return unit[0]
        before = self.text[max(0, start - 40) : start]
        closes = not after.strip() or re.match(r"\s*[，。；,;、）)]", after)
        if closes and re.search(r"(?:为|是|共|计|达|：|:)\s*$", before) and _MONEY_WORD.search(before):
            if re.search(r"(?:用车|车辆)[^费额]{0,4}$", before):
                return UnitWord("VEHICLE", Decimal(1), "")
            money = self._money_before(start) or self.setting.money or OPEN
            # Nothing is nothing in any unit of money.
            return (
                money if scale_number(self.text[start:end], Decimal(1)) else UnitWord("CNY", money.factor, money.word)
            )
        if re.search(r"(?:预算|决算|执行)数\s*$", before) and "." in self.text[start:end]:
            return self._money_before(start)
        if closes and re.search(r"(?:为|是|共|计|达)\s*$", before):
            counted = re.search(r"用车|车辆", before[-16:])
            return UnitWord("VEHICLE" if counted else "ITEM" if "设备" in before[-16:] else "OTHER", Decimal(1), "")
        if re.search(r"[≥≤＞＜><=＝]\s*$", before) or (
            closes and re.search(r"(?:达到|不低于|不少于|超过|大于|小于|突破|排名前|前)\s*$", before)
        ):
            return UnitWord("OTHER", Decimal(1), "")
        if self.text[start:end] == "0" and re.match(
            r"\s*(?:发生|事故|投诉|失误|差错|容忍|违规|违纪|上访|延误|缺陷)", after
        ):
            return UnitWord("TIMES", Decimal(1), "")
        if re.search(r"[÷/×]\s*$", before):
            return UnitWord("OTHER", Decimal(1), "")
        return None

    def _money_before(self, start: int) -> UnitWord | None:
        """The unit of the amounts before an amount in its sentence, which it may leave out; None if none is there."""
        said = re.findall(r"\d\s*((?:亿|百万|万|千)?元)", self.text[self.text.rfind("。", 0, start) + 1 : start])
        return WORDS[said[-1]] if said else None

    def _clause_before(self, start: int) -> str:
        """The text between the last clause mark and the number."""
        at = start
        depth = 0
        while at > 0:
            char = self.text[at - 1]
            if char in "）)":
                depth += 1
            elif char in "（(":
                if depth == 0:
                    break
                depth -= 1
            elif depth == 0 and char == "、" and not self._lists_amounts(at - 1):
                pass
            elif (depth == 0 and char in "，。；、：:;!！?？\n") or (
                depth == 0 and char == "," and not self.text[at : at + 1].isdigit()
            ):
                break
            at -= 1
        return self.text[at:start]

    def _lists_amounts(self, at: int) -> bool:
        """Whether the 、 at ``at`` ends an item with a number, and not a word of an enumeration such as 收、支总计."""
        start = max(self.text.rfind(c, 0, at) for c in "，。；、：:;（(\n") + 1
        return bool(re.search(r"\d(?![\d\s]*年)", self.text[start:at])) or at - start > 24

    def _aspect(self, before: str, unit: Unit) -> tuple[Aspect, Direction]:
        if _RISE_TO.search(before):
            return "level", ""
        if _UP.search(before):
            return ("growth" if unit == "PERCENT" else "change"), "up"
        if _DOWN.search(before):
            return ("growth" if unit == "PERCENT" else "change"), "down"
        moved = re.search(r"(调增|追加|调减|压减|核减|核增)了[^，。；]{1,40}$", before)
        if moved and unit == "CNY":
            return "change", "up" if moved.group(1) in ("调增", "追加", "核增") else "down"
        if unit == "PERCENT" and re.search(r"(?:同比|环比|压缩|增速|下调)[^，。；]{0,8}$", before):
            return "growth", "down" if re.search(r"压缩|下调|下降", before) else "up"
        if unit == "PERCENT" and _SHARE.search(before) and not re.search(r"完成[^，。；]*$", before):
            return "share", ""
        return "level", ""

    def _phase(self, before: str, start: int, aspect: Aspect, unit: Unit, behind: str) -> Phase:
        near = before[-24:]
        context = self.text[max(0, start - 60) : start]
        if re.search(r"指标值(?:为|由)?\s*[“\"]?\s*$", before):
            return "target"
        if unit == "PERCENT" and aspect == "level":
            if _RATE.search(before) or re.search(r"率(?:为|达到|达|分别为)?\s*$", before):
                planned = self.setting.kind == "budget" or re.search(r"目标|确保|保持|力争", near)
                return "target" if planned else "result"
            return "target" if self.setting.kind == "budget" else "result"
        if unit in ("CNY",):
            if _ADJUSTED.search(near):
                return "adjusted"
            if _INITIAL.search(near) and not re.search(r"决算(?:数)?(?:为)?\s*$", near):
                return "budget"
            whole = self._whole_phase(start)
            if _FINAL.search(_BARE_SPENDING.sub("", near) if whole else near):
                return "final" if self.setting.kind != "budget" or "决算" in near or "执行" in near else "budget"
            if re.search(r"(?:资产|负债)(?:总额|合计|总计|净值|原值)*(?:为|共计|达)?\s*$", near):
                return ""
            if re.match(
                r"\s*(?:调整|调增|调减|增加|减少)(?:为|至|到)", self.text[self.behind : self.behind + 8]
            ) or near.endswith("由"):
                return "budget"
            if whole is not None:
                return whole
            return {"budget": "budget", "accounts": "final", "evaluation": "final"}.get(self.setting.kind, "")  # type: ignore[return-value]
        if read_comparator(self.text[:start]) or behind.startswith(("以上", "以内")):
            return "target"
        if re.search(r"指标值", context):
            return "target"
        if _COUNTED_SUBJECTS.search(before) or unit == "VEHICLE":
            return ""
        if self.setting.kind == "budget" and _GOALS.search(self.setting.section):
            return "target"
        return ""

    def _whole_phase(self, start: int) -> Phase | None:
        """In an evaluation, the phase of the amount before in the sentence, "；" and "。其中" included; else None.

        Its parts (其中：人员支出…、项目支出…) are of the same phase: a bare 支出 does not make them final.
        """
        if self.setting.kind != "evaluation" or not self.phases:
            return None
        since, phase = self.phases[-1]
        return phase if "。" not in self.text[since:start].replace("。其中", "，其中") else None

    def _comparator(self, start: int) -> str:
        return read_comparator(self.text[max(0, start - 8) : start].rstrip('“" '))

    def _without_office(self, label: str) -> str:
        agency = self.setting.agency
        if agency and label.startswith(agency) and len(label) > len(agency) + 1:
            return trim_label(label[len(agency) :])
        return label

    # -- item and code -----------------------------------------------------------------------------------------

    def _find_codes(self) -> list[tuple[int, str]]:
        found = [(m.end(), m.group(1) or m.group(2)) for m in _CODE.finditer(self.text)]
        for m in _CODE_LEVELS.finditer(self.text):
            found.append((m.end(), "".join(g for g in m.groups() if g)))
        found.extend((m.end(), m.group(1)) for m in _CODE_BARE.finditer(self.text))
        return sorted(found)

    def _code(self, start: int) -> str:
        """The code printed for the item of the number at ``start``: the last one before it in the same sentence."""
        sentence = max(self.text.rfind("。", 0, start), self.text.rfind("\n", 0, start))
        semicolon = self.text.rfind("；", 0, start)
        floor = max(sentence, semicolon)
        best = ""
        for at, code in self.codes:
            if floor < at <= start:
                best = code
        return best or self.setting.code

    def _label(self, before: str, start: int, behind: int, unit: Unit) -> str:
        label = self._without_office(trim_label(before))
        if unit in _COUNTED and not _COUNTED_SUBJECTS.search(label):
            counted = _NOUN.match(self.text[behind:])
            if counted:
                return counted.group(1)
        if label and not _GENERIC.fullmatch(label):
            self.label = label
            self.first = self.first or label
            return label
        sentence = max(self.text.rfind(c, 0, start) for c in "。；\n") + 1
        opens = re.fullmatch(
            r"\s*(?:与?[比较].{0,24}|与上年.{0,6}|同比|其中)?[，,]?\s*", self.text[sentence : start - len(before)]
        )
        if opens and self.first and not re.search(r"[；;]", self.text[sentence - 1 : sentence]):
            return self.first
        if self.label:
            return self.label
        wider = re.sub(r"[，、]\s*$", "", self.text[max(0, start - 40) : start - len(before)])
        if wider:
            self.label = trim_label(re.split(r"[，。；：:]", wider)[-1])
        return self.label or label


def describe_figure(figure: Figure, nameless: str) -> str:
    """Why a number of the ledger is a figure, and what of it is open."""
    of = f"{figure.aspect or 'number'} of {figure.subject_label or nameless}"
    return of if figure.unit else f"{of}; its unit is open: no words state it"


#: Words that name a phase or a comparison, not an item.
_GENERIC = re.compile(
    r"(?:年初|年末|相比|相较|同比)*|(?:预算|决算|支出|收入|数|经费)*(?:增加|增长|减少|下降|上升|降低|提高|持平).*|(?:年初|调整|全年|支出|收入|完成|实际|年初部门)*(?:预算|决算|执行)(?:数|的)?|(?:完成|增加|增长|减少|下降|占|上升|降低|提高).*"
)


#: Further numbers of a list that share one unit behind the last: ``3、4、5 个项目``, ``10—20 人``.
_CHAIN = re.compile(r"(?:\s*(?:[、和及与至到~～\-—–]|余|多)\s*\d[\d,.]*)+")
_COUNTED = frozenset({"ITEM", "PERSON", "TIMES", "VEHICLE"})
#: What is counted, behind its number: ``7 个一线口岸``, ``1 名工作人员``.
_NOUN = re.compile(
    r"\s*((?!的|以上|以内|左右|次|数|人数|及|和|与|至|到|，|。)[\u4e00-\u9fff“”]{2,16}?)(?=[，。；、：（(,;]|$|的|在|以|，其中)"
)


def _subject_kind(code: str, label: str) -> SubjectKind:
    if code:
        return {"2": "function", "3": "economic", "5": "government-economic"}.get(code[0], "item")  # type: ignore[return-value]
    if re.search(r"车辆|用车", label):
        return "asset"
    if re.search(r"编制|实有|在职|退休|离休|人员$|雇员|在编|职数", label):
        return "staff"
    if re.search(r"车辆|用车|设备", label):
        return "asset"
    return "item"
