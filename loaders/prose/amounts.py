"""Amounts, percentages, counts, targets and scores in running text, with year, phase, aspect, item and code."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from loaders.documents import Passage, Span
from loaders.facts import Aspect, Direction, DocumentKind, Figure, NumberToken, Phase, SubjectKind, Unit
from loaders.prose.bodies import find_bodies
from loaders.prose.labels import name_item
from loaders.prose.lexicon import (
    AIM,
    BASE,
    BESIDE,
    BUYING,
    COUNT_OF_GOALS,
    DOWN,
    EXCEEDS,
    FACT,
    GOAL_HEADING,
    GOAL_SAID,
    LESS,
    MORE,
    MOVED,
    MOVES,
    NO_MOVE,
    NO_PHASE,
    OWNING,
    PHASE_WORD,
    PLANNED,
    REACHED,
    REASON,
    RISE_TO,
    STAFF,
    STRIVEN,
    THRESHOLD,
    UP,
    WHOLE_BUDGET,
)
from loaders.prose.pairs import find_pairs
from loaders.prose.subjects import Sort, SubjectReader
from loaders.prose.years import YearReader
from loaders.words.comparators import read_comparator, read_comparator_behind
from loaders.words.glued import find_glued, is_whole, name_glued
from loaders.words.nonfigures import NO_COUNT, Stretch, find_nonfigures, is_scoring_rule
from loaders.words.numbers import PERCENT_LEAD, Token, find_written, half_last_place, scale_number, tokenise, unit_at
from loaders.words.points import find_points
from loaders.words.sentences import close_up, widen_marks
from loaders.words.signs import Sign, agree, read_sign
from loaders.words.units import OPEN, SCALES, WORDS, UnitWord, says_money, unit_after

_SHARE = re.compile(r"(?:占|占比|比重|比例)[^，。；、]{0,32}$|占比(?:为|达)?\s*$")
_RATE = re.compile(
    r"(?:完成|为|达|执行|实现)?[^，。；、]{0,14}(?:完成[^，。；]{0,12}的|完成率|执行率|控制率|进度|使用率|完成预算|支付率|到位率|执行进度|预算的|预算数的|决算的)(?:为|达到|达|约|仅为)?\s*$"
)
_CODE = re.compile(
    r"[（(\[【]\s*(?:科目编码|科目代码|编码|代码)?\s*[:：]?\s*([2357]\d{2}(?:\d{2}){0,2})\s*[)）\]】]|(?<![\d.,])(?<!\d，)([2357]\d{2}(?:\d{2}){1,2})\s*[-—_－](?=\s?[\u4e00-\u9fff])"
)
_CODE_LEVELS = re.compile(
    r"(\d{3})\s*[（(]类[)）](?:[^\d，。；]{0,30}(\d{2})\s*[（(]款[)）](?:[^\d，。；]{0,40}(\d{2})\s*[（(]项[)）])?)?"
)
_CODE_BARE = re.compile(
    r"(?<![\d.,])(?<!\d，)([2357]\d{6}|(?:20[1-9]|21\d|22\d|23[0-4]|30[1-9]|31\d|39\d|50[1-9]|51\d)\d{2})(?![\d.,，])(?=\s*[“”\"]?[\u4e00-\u9fff（(])"
    + NO_COUNT
)
_MONEY_WORD = re.compile(r"预算|支出|收入|经费|拨款|资金|费|结转|结余|金额|采购|决算")
_DOCUMENT_PHASES: dict[DocumentKind, Phase] = {"budget": "budget", "accounts": "final", "evaluation": "final"}
_GOALS = re.compile(r"目标|任务|要点|计划|工作思路|绩效")
#: Points that may be reached; the 总分 of an evaluation was.
_GREATEST = re.compile(
    r"(?:满分|分值|权重)[^，。；]{0,4}$|(?<!自评)(?<!评价)(?<!综合)(?<!考核)(?<!最终)总分(?:为)?\s*$"
)
#: The points of every level told at once: 分值统一设置为：产出指标 50 分、效益指标 30 分.
_WEIGHED = re.compile(r"(?:分值|权重)(?:统一)?(?:设置|设定|分配|分布)(?:情况)?(?:为|是|如下)?[:：](?!.*得分)")
_REACHED_NEXT = re.compile(r"\s*[，,]\s*(?:自评|评价|考核|最终|实际)*(?:得(?!分率)|评分)")
_YEAR_BEFORE = re.compile(r"去年|上年(?!结转|结余)|上一年")
#: Cars are counted in 辆, and in 台 as machines are.
_CARS = re.compile(r"(?:车辆|用车|汽车|轿车|车)(?:[（(].*)?$")
_CALENDAR, _LONGEST_YEAR = frozenset({"年", "月", "日", "天"}), 4
#: What is counted in 万 as well as money is: 惠及群众30万.
_THINGS = re.compile(
    r"群众|人口|居民|村民|农民|市民|学生|旅客|游客|用户|粉丝|读者|观众|患者|考生|志愿者|人[次数员]|户数|农户|株|苗木|树|亩|面积"
    r"|粮食|产量|点击|浏览|阅读|访问|下载|播放|客流|车流|货物|吞吐|件数|条数|册|图书"
)
_RANGE = re.compile(r"\s*[-—–~～至到]\s*")
#: The name behind a code, up to the end of its clause.
_NAME_BEHIND = re.compile(r"\s*[-—_]?\s*([\u4e00-\u9fff（）、]{3,30})(?=[，,])")
#: The part of a document that explains words: its numbers are of laws and rules, not of the office.
_EXPLAINED = re.compile(r"(?:名词|术语|名称)解释")
_EXPLAINS = re.compile(r"^[^。；]{2,60}?(?:[：:]\s*(?:是)?指|(?:是|系)指)")
_COUNTED_SUBJECTS = re.compile(r"编制|实有|在职|在编|退休|离休|职工|人员|雇员|员额|主任|科长|职数")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the document around a passage says.

    ``money`` is the unit of bare amounts (of the table, or None), ``section`` the headings above, joined. ``label`` is
    what governs the passage (of the table's row, or an item in front of it), ``carried`` what the sentence before was of,
    ``stock_year`` the year at whose end the paragraph before counts what is there. ``triangle`` is what ▲ says.
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
    carried: str = ""
    stock_year: int | None = None
    triangle: Direction = ""


def read_amounts(passage: Passage, setting: Setting) -> tuple[list[Figure], list[NumberToken]]:
    """The figures of a passage, and a ledger row for each of its number tokens (figures included).

    A token that no rule explains is ``unaccounted``.
    """
    return AmountReader(passage, setting).read()


#: What stands before the last piece of a number that blanks or printing over it broke: ``208. 5``, ``1 2 5``, ``00..55``.
_BROKEN = re.compile(r"(?:\d{3}\s?[.．]\s+|\d\s?\.\.|[ \u00a0]\d[ \u00a0]|\d[ \u00a0][.．][ \u00a0]?)\Z")


#: A number with its unit straight before the sign of the next one: ``≥90%≥``.
_NUMBER_BEFORE = re.compile(r"(?<![\d.])\d+(?:\.\d+)?[^\d，。；≥≤≧≦<>＜＞=＝]{0,4}[≥≤≧≦<>＜＞=＝]+\s*\Z")


class AmountReader:
    """Reads one passage; what governs the text behind it can be asked when it is read."""

    def __init__(self, passage: Passage, setting: Setting) -> None:
        self.printed = passage
        self.passage = close_up(passage)
        self.text = widen_marks(self.passage.text)
        self.setting = setting
        self.tokens = sorted((*tokenise(self.text), *find_written(self.text)), key=lambda token: token.span)
        # Most paragraphs have no number: what only explains numbers is not sought in them.
        told = self.text if self.tokens else ""
        self.years = YearReader(told, setting.fiscal_year)
        self.stretches = find_nonfigures(told) if told else []
        self.codes = self._find_codes(told)
        self.pairs = find_pairs(told)
        self.bodies = find_bodies(told, setting.agency) if not setting.table else []
        self.figures: list[Figure] = []
        self.rows: list[NumberToken] = []
        above = () if setting.table else tuple(setting.section.split("/"))
        self.subjects = SubjectReader(self.text, above, setting.label, setting.carried)
        self.phases: list[tuple[int, Phase, bool]] = []
        in_words = not setting.table and _EXPLAINED.search(setting.section)
        self._explains = bool(in_words and _EXPLAINS.match(self.text.strip()))
        self.points = dict(self._find_points())
        glued = find_glued(passage.text)
        #: Where the cells of a form begin to run into each other, in the document.
        self.glued = passage.locate(glued - 1, glued).end if 0 < glued < len(passage.text) else None

    def read(self) -> tuple[list[Figure], list[NumberToken]]:
        for token in self.tokens:
            self._take(token)
        self._name_ranges()
        return self.figures, self.rows

    def _name_ranges(self) -> None:
        """The first number of a range is of what the second is of: 打造 1-2 套资料."""
        for i, (first, second) in enumerate(itertools.pairwise(self.figures)):
            last, begin = self.passage.find_offset(first.span.end - 1), self.passage.find_offset(second.span.start)
            named = first.subject_label and first.unit not in _COUNTED
            if named or first.unit != second.unit or last is None or begin is None:
                continue
            if _RANGE.fullmatch(self.passage.text[last + 1 : begin]):
                self.figures[i] = replace(first, subject_label=second.subject_label, subject_kind=second.subject_kind)

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
        glued = self.glued is not None and span.start >= self.glued
        if glued and token.span.start not in self.points and not is_whole(self.text, token.span.start):
            reason = "cells of a form run into each other here, and nothing tells where one ends"
            self.rows.append(NumberToken(span, self._stated(span), "unaccounted", reason))
            return
        figure = self._figure(token, span)
        if figure is not None and glued and token.span.start not in self.points:
            figure = self._among_glued(figure, token.span.start)
        if figure is None:
            reason = "no unit and no form that explains it"
            self.rows.append(NumberToken(span, self._stated(span), "unaccounted", reason))
        else:
            self.figures.append(figure)
            self.rows.append(NumberToken(span, figure.stated, "figure", describe_figure(figure, "the item")))

    def _among_glued(self, figure: Figure, start: int) -> Figure:
        """A figure among glued cells: its name without theirs; the second of two compared numbers may be a result."""
        before = _NUMBER_BEFORE.search(self.text, max(0, start - 24), start)
        compared = before is not None and is_whole(self.text, before.start())
        label = name_glued(figure.subject_label)
        return replace(figure, subject_label=label, phase="" if compared else figure.phase)

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

    def _since(self, at: int, stops: str) -> int:
        """Where the sentence at ``at`` begins, behind the last of ``stops``; it is looked at for a bounded length."""
        floor = max(0, at - _REACH)
        return max(floor, *(self.text.rfind(stop, floor, at) + 1 for stop in stops))

    def _scoring_clause(self, span: Span) -> str:
        start = self._since(span.start, "。；\n")
        reach = min(len(self.text), span.end + _REACH)
        ends = [i for i in (self.text.find(c, span.end, reach) for c in "。；\n") if i >= 0]
        sentence = self.text[start : min(ends, default=reach)]
        if is_scoring_rule(sentence) and not re.search(r"满分\s*\d+\s*分[，,]\s*得分", sentence):
            return "scoring rule"
        return ""

    # -- figures -----------------------------------------------------------------------------------------------

    def _figure(self, token: Token, span: Span) -> Figure | None:
        start, end = token.span.start, token.span.end
        stated = token.stated
        if stated.count(".") > 1:
            return None  # a version or a section, such as 1.2.3
        if _BROKEN.search(self.text, max(0, start - 8), start):
            return None  # the last piece of a number that is not read as a whole
        found = self._unit_behind(start, end)
        implied = None if found else self._implied_unit(start, end)
        if found is None and implied is None:
            return None
        word = found[0] if found else implied
        assert word is not None
        behind = found[1] if found else end
        lead = PERCENT_LEAD.search(self.text, max(0, start - 4), start)
        start = lead.start() if lead else start
        pair = self.pairs.get(start)
        before = self._clause_before(pair.first if pair else start)
        before, aspect, direction = self._moved(before, token.span, word)
        phase = self._phase(before, start, aspect, word.unit, self.text[behind : behind + 8])
        if word.unit == "PERCENT" and THRESHOLD.match(self.text[behind : behind + 48]):
            phase = ""
        del self.phases[:-_REMEMBERED]
        if word.unit == "CNY" and aspect == "level":
            compared = BASE.match(before.strip()) or _YEAR_BEFORE.search(before) or _OF_PLAN.match(before)
            self.phases.append((behind, phase, compared is not None))
        body = next((b for b in self.bodies if b.start <= start < b.end), None)
        told = self.text[body.named : start] if body and body.start >= start - len(before) else before
        label = self._label(told, start, behind, word.unit, aspect)
        comparator = self._comparator(start)
        if comparator and aspect in ("growth", "share"):
            aspect, direction = "level", ""
            phase = "" if self._explains else "target"
        comparator = comparator or self._comparator_behind(behind, phase)
        code = self._code(start)
        label = label or self._name_behind(code, start)
        value = scale_number(stated, word.factor)
        if not value and aspect in ("change", "growth"):
            direction = "unchanged"  # whatever word is used for it
        if value < 0 and direction:
            direction = "down" if direction == "up" else "up"
        unit: Unit = "VEHICLE" if word.word == "台" and _CARS.search(label) else word.unit
        if unit == "SCORE":
            # “满分10分，得9分”: the number before what was reached is the greatest that could be.
            said = self.text[self._since(start, "。\n") : start]
            greatest = _GREATEST.search(before[-8:]) or _REACHED_NEXT.match(self.text[behind:]) or _WEIGHED.search(said)
            aspect = "maximum" if greatest else "score"
            aspect, label = self.points.get(start, (aspect, label))
            phase = "" if aspect == "maximum" else "result"
        return Figure(
            span=span,
            stated=self._stated(span),
            value=value.copy_abs() if direction else value,
            unit=unit,
            fiscal_year=self._year(before, start, aspect, label if unit in _COUNTED and not phase else ""),
            phase=phase,
            aspect=aspect,
            subject_kind=_subject_kind(code, label, unit),
            subject_label=label,
            subject_code=code,
            table=self.setting.table,
            form=self.setting.form,
            agency=self.setting.agency,
            stated_unit=word.word,
            precision=half_last_place(stated) * word.factor,
            direction=direction,
            comparator=comparator,
            budget_unit=body.name if body is not None else "",
            block=self.setting.block,
        )

    def _year(self, before: str, start: int, aspect: Aspect, counted: str) -> int | None:
        """The year of a number; a change from a year before is of the year after it, though that year stands nearer.

        ``counted`` is what is counted as being there. Machines in a paragraph of their own are counted as the cars are.
        """
        told = self.pairs[start].year if start in self.pairs else None
        year, own = told or self.years.year_at(start), self.setting.fiscal_year
        base = BASE.search(before) if aspect in ("change", "growth") else None
        if base and own and year and year < own and str(year) in base.group("base"):
            return own
        if "设备" in counted and self.setting.stock_year and not re.search(r"\d{4}\s*年", self.text):
            return self.setting.stock_year
        return year

    def _unit_behind(self, start: int, end: int) -> tuple[UnitWord, int] | None:
        """The unit printed behind a number. A scale alone (40亿) is money only where the sentence speaks of money."""
        found = unit_at(self.text, Span(start, end))
        if found is not None and found[0].word in _CALENDAR and end - start > _LONGEST_YEAR:
            return None  # digits that were printed over each other: 222222000000年
        if found is None or found[0].word not in SCALES or found[0].unit == "PERSON":
            return found
        clause = self._clause_before(start)
        if _THINGS.search(clause) and not says_money(clause):
            return replace(found[0], unit="OTHER"), found[1]
        sentence = re.split(r"[。；;\n]", self.text[max(0, start - 40) : start])[-1]
        return found if says_money(sentence + self.setting.label) else (replace(found[0], unit="OTHER"), found[1])

    def _implied_unit(self, start: int, end: int) -> UnitWord | None:
        """The unit of a bare number: that of the next number of a list, or money where the clause says 为."""
        after = self.text[end : end + 14]
        shared = self._shared_unit(start, end)
        if shared:
            return shared
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
        if closes and _LEFT_OUT.search(before):
            return self._left_out(start)
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

    def _shared_unit(self, start: int, end: int) -> UnitWord | None:
        """The unit behind the last of several numbers, or behind the change from a base that has none of its own."""
        ends = [self.pairs[start].end] if start in self.pairs else []
        chain = _CHAIN.match(self.text, end)
        ends += [chain.end()] if chain else []
        for last in ends:
            unit = unit_after(self.text, last)
            if unit:
                return unit[0]
        moved = _MOVED_BEHIND.match(self.text, end)
        if moved and _BASE_ALONE.search(self.text[max(0, start - 40) : start]):
            unit = unit_after(self.text, moved.end())
            return unit[0] if unit and unit[0].unit == "CNY" else None
        return None

    def _left_out(self, start: int) -> UnitWord | None:
        """The unit of points, and of a share behind other shares of its sentence, that is left out: 占 40%；…，占 60."""
        sentence = self.text[self._since(start, "。") : start]
        if not re.search(r"占(?:比)?\s*$", sentence):
            return WORDS["分"]
        return WORDS["%"] if re.search(r"占(?:比)?\s*\d[\d.]*\s*[%％]", sentence) else None

    def _money_before(self, start: int) -> UnitWord | None:
        """The unit of the amounts before an amount in its sentence, which it may leave out; None if none is there."""
        said = re.findall(r"\d\s*((?:亿|百万|万|千)?元)", self.text[self._since(start, "。") : start])
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
            elif (
                depth == 0
                and char == "、"
                and (_INCOME_AND_SPENDING.match(self.text, at) or not self._lists_amounts(at - 1))
            ):
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

    def _in_bracket(self, before: str, start: int, word: UnitWord) -> tuple[Aspect, Direction] | None:
        """The growth in the bracket behind a change: 比上年增加 27 万元（402%）; else None."""
        if word.unit != "PERCENT" or before.strip():
            return None
        change = _CHANGED_BY.search(self.text[max(0, start - 40) : start])
        if change is None:
            return None
        return "growth", "up" if UP.search(change.group("word")) else "down"

    def _aspect(self, before: str, word: UnitWord) -> tuple[Aspect, Direction]:
        unit = word.unit
        if RISE_TO.search(before):
            return "level", ""
        if UP.search(before):
            return ("growth" if unit == "PERCENT" else "change"), "up"
        if DOWN.search(before):
            return ("growth" if unit == "PERCENT" else "change"), "down"
        exceeds = _find_distance(before, word)
        if exceeds:
            return ("growth" if unit == "PERCENT" else "change"), "up" if exceeds["up"] else "down"
        if MOVED.search(before) and unit in ("CNY", "PERCENT"):
            return ("growth" if unit == "PERCENT" else "change"), ""
        compared = BASE.match(before.strip()) if unit in ("CNY", "PERCENT") else None
        if compared and (MORE.search(before) or LESS.search(before)):
            return ("growth" if unit == "PERCENT" else "change"), "up" if MORE.search(before) else "down"
        moved = MOVES.search(before)
        counted = moved and unit in _COUNTED and (moved.group("up") or moved.group("down")) in ("增加", "减少")
        if moved and (unit == "CNY" or counted) and not NO_MOVE.search(before):
            return "change", "up" if moved.group("up") else "down"
        if unit == "PERCENT" and re.search(r"(?:同比|环比|压缩|增速|下调)[^，。；]{0,8}$", before):
            return "growth", "down" if re.search(r"压缩|下调|下降", before) else "up"
        if unit == "PERCENT" and _SHARE.search(before) and not re.search(r"完成[^，。；]*$", before):
            return "share", ""
        return "level", ""

    def _moved(self, before: str, span: Span, word: UnitWord) -> tuple[str, Aspect, Direction]:
        """The clause before a number without the sign of change at it, and what both say of aspect and direction.

        A sign at the beginning of a line only marks the line.
        """
        sign, at = read_sign(self.text, span.start, span.end, self.setting.triangle)
        if 0 <= at < span.start:
            before = before.rstrip()[:-1].rstrip()
            sign = "" if self._begins_line(at) and not _is_compared(before) else sign
        aspect, direction = self._in_bracket(before, span.start, word) or self._aspect(before, word)
        if sign:
            aspect, direction = self._signed(before, sign, at < span.start, aspect, word.unit)
        return before, aspect, direction

    def _begins_line(self, at: int) -> bool:
        """Whether what stands at ``at`` begins a line as printed, or a sentence."""
        led = self.text[:at].rstrip(" \u00a0\u3000")[-1:].strip("\n。；;:：")
        return not led or self.passage.offsets[at] > self.passage.offsets[at - 1] + 1

    @staticmethod
    def _signed(before: str, sign: Sign, leads: bool, aspect: Aspect, unit: Unit) -> tuple[Aspect, Direction]:
        """Aspect and direction of a number with a sign of change; behind the level of something it only marks it."""
        said: Direction = "up" if UP.search(before) else "down" if DOWN.search(before) else ""
        if aspect not in ("change", "growth"):
            if aspect != "level" or not (leads or _is_compared(before)) or unit not in _COMPARED:
                return aspect, ""
            aspect = "growth" if unit == "PERCENT" else "change"
        return aspect, agree(said, sign)

    def _phase(self, before: str, start: int, aspect: Aspect, unit: Unit, behind: str) -> Phase:
        if re.search(r"指标值(?:为|由)?\s*[“\"]?\s*$", before):
            return "target"
        if self._explains:
            return ""
        if unit == "PERCENT":
            if aspect == "level":
                return self._phase_of_rate(before, start)
            return "target" if self.setting.kind == "budget" and self._is_goal(start, strictly=True) else ""
        if unit == "CNY":
            return (
                self._phase_of_change(before, start)
                if aspect == "change"
                else self._phase_of_money(before, start, behind)
            )
        return self._phase_of_count(before, start, unit, behind)

    def _phase_of_rate(self, before: str, start: int) -> Phase:
        if re.search(r"序时进度[^，。]{0,4}$", before) or self._is_bounded(start, "") or self._is_aimed(start):
            return "target"
        if self.setting.kind != "budget":
            rated = _RATE.search(before) or re.search(r"率(?:为|达到|达|分别为)?\s*$", before)
            return "target" if rated and re.search(r"目标|确保|保持|力争", before[-24:]) else "result"
        return "target"

    def _phase_of_money(self, before: str, start: int, behind: str) -> Phase:
        """The phase that the nearest words say; then that of the whole whose part it is; then the document's."""
        kind = self.setting.kind
        said = self._phase_said(before) or self._phase_of_verb(before)
        if said:
            return said
        whole = self._whole_phase(start)
        if kind != "budget" and whole is None and re.search(r"支出\s*$", before):
            return "final"
        sentence = self.text[self._since(start, "。") : start]
        if _BALANCE.search(sentence) and not BUYING.search(before):
            return ""
        if kind != "budget" and re.search(r"(?:年度|全年|计划|预期)目标(?:任务|值|数)?\s*$", before):
            return "target"
        if re.search(r"总?投资(?:额|规模|概算|估算)?(?:约|为|达|共|计)*\s*$", before) and not re.search("完成", before):
            return ""
        if re.match(r"\s*(?:调整|调增|调减|增加|减少)(?:为|至|到)", behind) or before.endswith("由"):
            return "budget"
        if whole is not None:
            return "final" if kind == "accounts" and self._runs_beside(before, start) else whole
        if kind == "budget" and self._is_goal(start, strictly=True):
            return "target"
        return _DOCUMENT_PHASES.get(kind, "")

    def _phase_of_verb(self, before: str) -> Phase:
        """What accounts and evaluations say was granted, or spent in the year; "" where no such verb stands."""
        if self.setting.kind == "evaluation" and _GRANTED.search(before):
            return "budget"
        return "final" if self.setting.kind != "budget" and _SPENT_IN_YEAR.search(before) else ""

    def _runs_beside(self, before: str, start: int) -> bool:
        """Whether a list of accounts tells what was spent beside what was planned, item by item: …支出 2 万元，预算 3 万元；…支出."""
        if not re.search(r"支出\s*$", before):
            return False
        floor = self.text.rfind("。", 0, self._since(start, "。") - 1) + 1
        return {"final", "budget"} <= {phase for at, phase, is_base in self.phases if at >= floor and not is_base}

    def _phase_said(self, words: str) -> Phase:
        """What the nearest word of a phase says in a clause; names of funds that hold 预算 say nothing."""
        masked = NO_PHASE.sub(lambda m: "□" * len(m.group()), REASON.sub("", words)[-60:])
        found = list(PHASE_WORD.finditer(masked))
        if not found:
            return ""
        return found[-1].lastgroup  # type: ignore[return-value]

    def _phase_of_change(self, before: str, start: int) -> Phase:
        """A change has the phase of what changes, never that of the base of the comparison; one striven for is a goal."""
        if self.setting.kind == "budget" and STRIVEN.search(before) and not FACT.search(before):
            return "target"
        base = BASE.search(before)
        said = "final" if EXCEEDS.search(before) else self._phase_said(before[: base.start()] if base else before)
        if said:
            return said
        if self.setting.kind == "accounts" and _DIFFERENCE.match(before.strip()):
            return "final"
        level = [
            phase for at, phase, is_base in self.phases if not is_base and phase and not self._gave_reason(at, start)
        ]
        if level:
            return level[-1]
        sentence = self.text[self._since(start, "。\n") : start - len(before)]
        clauses = [BASE.sub("", clause) for clause in re.split(r"[，；：,;]", sentence)]
        said = next((s for s in map(self._phase_said, reversed(clauses)) if s), "")
        return said or _DOCUMENT_PHASES.get(self.setting.kind, "")

    def _phase_of_count(self, before: str, start: int, unit: Unit, behind: str) -> Phase:
        if self._is_bounded(start, behind) or self._is_aimed(start):
            return "target"
        if self.setting.kind != "budget" and self.setting.kind != "unknown":
            said = REACHED.search(before) or PLANNED.search(before)
            if said:
                return "result" if said.re is REACHED else "target"
        if STRIVEN.search(before) and not FACT.search(before):
            return "target"
        context = self.text[max(0, start - 60) : start]
        if re.search(r"指标值", context):
            return "target"
        things = unit == "VEHICLE" or (unit == "ITEM" and re.search(r"设备|车", before[-30:]))
        if self.setting.kind == "budget" and things and self._is_bought(start):
            return "budget"
        if unit == "PERSON" and self.setting.kind == "budget" and _ADDED.search(before) and self._is_goal(start):
            return "target"
        if STAFF.search(before) or unit == "VEHICLE":
            return ""
        if self.setting.kind == "budget" and self._is_goal(start):
            return "target"
        return ""

    def _is_bounded(self, start: int, behind: str) -> bool:
        """Whether a number is a bound (≥ 48 次, 48 次以上), which no result is."""
        bound = read_comparator(self.text[max(0, start - 12) : start])
        return bound not in ("", "=") or bool(behind and read_comparator_behind(behind))

    def _is_aimed(self, start: int) -> bool:
        """Whether a sentence says of itself that it tells goals (年度目标：…), or stands below a heading that does."""
        sentence = self.text[self._since(start, "。\n") : start]
        if FACT.search(sentence) or REACHED.search(sentence):
            return False
        said = list(GOAL_SAID.finditer(self.text, self._since(start, "\n"), start))
        heading = self.setting.section.rsplit("/", 1)[-1].rstrip("：:。")
        return bool(said) or (self.setting.kind == "evaluation" and bool(GOAL_HEADING.search(heading)))

    def _is_bought(self, start: int) -> bool:
        """Whether cars or machines are to be bought: the nearest words of either say that they are bought, not there."""
        before = self.text[max(0, start - 300) : start]
        bought = [m.start() for m in BUYING.finditer(before)]
        owned = [m.start() for m in OWNING.finditer(before)]
        return bool(bought) and max(bought) > max(owned, default=-1)

    def _is_goal(self, start: int, strictly: bool = False) -> bool:
        """Whether a sentence below a heading of goals tells what is to be reached, and not what is or was.

        ``strictly``: money and shares stand below headings of plans and of evaluation as well, and are no goals there.
        """
        heading = self.setting.section.rsplit("/", 1)[-1] + self.setting.table
        sentence = self.text[self._since(start, "。；\n") : start]
        if FACT.search(sentence) or COUNT_OF_GOALS.search(sentence):
            return False
        if strictly:
            return bool(GOAL_HEADING.search(heading.rstrip("：:。")) or re.search(r"力争|争取", sentence))
        return bool(_GOALS.search(heading) or AIM.search(sentence))

    def _whole_phase(self, start: int) -> Phase | None:
        """The phase of the amount before in the sentence whose parts are listed (其中：…); else None.

        In an evaluation "；" and "。其中" belong to the sentence, and its parts need no 其中. What it is compared with
        (去年预算数为 0) has no parts.
        """
        told = [amount for amount in self.phases if not self._gave_reason(amount[0], start)]
        if not told:
            return None
        whole = [amount for amount in told if not amount[2]] if self.setting.kind == "accounts" else []
        since, phase, _ = (whole or told)[-1]
        between = self.text[since:start].replace("。其中", "，其中")
        if "。" in between or "\n" in between:
            return None
        if self.setting.kind == "evaluation" or re.search(
            r"其中|包括|分别", self.text[self._since(since, "。") : start]
        ):
            return phase
        return None

    def _gave_reason(self, at: int, start: int) -> bool:
        """Whether the amount before ``at`` was told in a reason (因为去年预算数为 0；) that has ended before ``start``."""
        ended = self.text.find("；", at, start)
        return ended >= 0 and bool(_IN_REASON.search(self.text, self._since(at, "。；"), at))

    def _comparator(self, start: int) -> str:
        return read_comparator(self.text[max(0, start - 8) : start].rstrip('“" '))

    def _comparator_behind(self, behind: int, phase: Phase) -> str:
        return read_comparator_behind(self.text[behind : behind + 8]) if phase == "target" else ""

    def _without_office(self, clause: str) -> str:
        """A clause without the name of the office at its beginning, so that the length stays told by what follows."""
        agency = self.setting.agency
        return clause.replace(agency, "", 1) if agency and len(clause) > len(agency) + 1 else clause

    # -- item and code -----------------------------------------------------------------------------------------

    def _find_points(self) -> Iterator[tuple[int, tuple[Aspect, str]]]:
        """The points in brackets by where they begin: whether they are the most or what was had, and of what."""
        for points in find_points(self.text):
            name = re.sub(r"\s", "", self.text[slice(*points.name)])
            yield points.maximum[0], ("maximum", name)
            if points.score is not None:
                yield points.score[0], ("score", name)

    def _find_codes(self, text: str) -> list[tuple[int, str]]:
        found = [(m.end(), m.group(1) or m.group(2)) for m in _CODE.finditer(text)]
        for m in _CODE_LEVELS.finditer(text):
            found.append((m.end(), "".join(g for g in m.groups() if g)))
        found.extend((m.end(), m.group(1)) for m in _CODE_BARE.finditer(text))
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

    def _name_behind(self, code: str, start: int) -> str:
        """The name printed behind a code in the sentence, where nothing else names the number: 主要是2014099其他信访事务支出，…."""
        floor = self._since(start, "。；\n")
        at = self.text.rfind(code, floor, start) if code else -1
        named = _NAME_BEHIND.match(self.text, at + len(code)) if at >= 0 else None
        return name_item(named.group(1)).label if named else ""

    def _label(self, before: str, start: int, behind: int, unit: Unit, aspect: Aspect) -> str:
        clause = EXCEEDS.sub("", self._without_office(before))
        if unit == "CNY" and _OFFICE_BUDGET.fullmatch(before.strip()):
            clause = ""
        rate = unit == "PERCENT" and aspect in ("share", "level")
        if unit in _COUNTED and not STAFF.search(name_item(clause).label):
            words = re.sub(r"\s+", "", self.text[behind : behind + 48])
            counted = _NOUN.match(words)
            if counted:
                described = _DESCRIBED.match(words) if words[counted.end() : counted.end() + 1] == "的" else None
                noun = _name_counted(described.group("noun") if described else counted.group(1), unit)
                self.subjects.note(noun, start)
                if noun in ("单位", "部门") and clause.rstrip().endswith(("下属", "所属")):
                    noun = clause.rstrip()[-2:] + noun
                return self._bought(noun, start)
        sort: Sort = "count" if unit in _COUNTED else "money" if unit == "CNY" else "rate"
        together = self._told_together(before, start, aspect)
        if together:
            self.subjects.tell(together, start, sort)
            return together
        label = self.subjects.subject(clause, start, rate, "growth" if aspect == "growth" else sort)
        if unit == "SCORE" and _RATE_POINTS.fullmatch(clause.strip()):
            label = clause.strip()  # 预算执行率 10 分: the rate is what has the points
        if not label and unit == "CNY":
            label = self._whole_budget(before)
        if unit == "SCORE" and _GIVEN.fullmatch(before):
            label = self.subjects.of_points(start) or label
        if unit == "SCORE":
            overall = _OVERALL_SCORE.search(label)
            return self.subjects.of_evaluated(re.sub(r"^[本该]项目", "", label) + "得分" if overall else label, start)
        return self._of_count(label, clause, start, behind, unit)

    def _told_together(self, before: str, start: int, aspect: Aspect) -> str:
        """What a number is of that is told together with others, or a change of both sums told before it; else ""."""
        if start in self.pairs:
            return self.pairs[start].label
        each = aspect in ("change", "growth") and _EACH.search(before)
        return self.subjects.both_sides(start) if each else ""

    def _of_count(self, label: str, clause: str, start: int, behind: int, unit: Unit) -> str:
        """The label of people, cars and things that are counted; any other as it is."""
        if unit == "ITEM" and clause.strip() == "中":
            return "中"  # the grade of projects: 优 8 个、良 6 个、中 1 个
        if unit in ("PERSON", "TIMES"):
            label = self.subjects.complete_count(label, start, self.text[behind - 1 : behind] == "次")
        if unit == "PERSON":
            label = self._of_people(label, start)
        if unit == "VEHICLE" and (not label or _FEE.search(label)):
            cars = re.findall(r"公务用车|执法执勤用车|车辆", clause)
            label = cars[-1] if cars else "公务用车" if "用车" in label else ""
        return self._bought(label, start) if unit in ("VEHICLE", "ITEM") else label

    def _whole_budget(self, before: str) -> str:
        """部门预算, where a clause tells the whole of the office's budget without another name; else ""."""
        told = WHOLE_BUDGET.search(before)
        if told is None:
            return ""
        agency = self.setting.agency
        whole = told.group("office") or (told.group("total") or "").startswith("总")
        named = bool(agency and agency in before) or _OFFICE_BUDGET.fullmatch(before.strip())
        return "部门预算" if whole or named else ""

    def _of_people(self, label: str, start: int) -> str:
        """行政 and 事业 are posts or people, whichever was told last; 人数 is of the meeting told before."""
        before = self.text[self._since(start, "。\n") : start]
        if _BUDGETED_PEOPLE.search(before):
            return "纳入预算人员"
        there = _THERE.search(before)
        if there and label.endswith("编制"):
            return label.removesuffix("编制") + there.group("word") + "人员"
        if label in ("行政", "事业", "工勤", "参公"):
            said = re.findall(r"编制|实有|在职|在编", before)
            return label + ("编制" if said and said[-1] == "编制" else "人员")
        if _FEE.search(label):
            return "人员"  # 新增 1 人 below a heading of expenditure
        if label == "人数":
            said = re.findall(r"会议|培训|论坛|活动|接待", before)
            return (said[-1] if said else "") + label
        return label

    def _bought(self, label: str, start: int) -> str:
        """The label of what is to be bought says so: the same cars that are there are counted as well."""
        plain = self.setting.kind != "budget" or not _THING.search(label) or BUYING.search(label)
        if plain or not self._is_bought(start):
            return label
        return "购置" + label


def _is_compared(before: str) -> bool:
    """Whether a clause says that a number is compared with another time."""
    return BASE.search(before) is not None or re.search(r"同比|环比", before) is not None


def _find_distance(before: str, word: UnitWord) -> re.Match[str] | None:
    """By how much more or less than planned, or than what is compared with in points; its groups tell up and down."""
    beside = BESIDE.search(before) if word.word.endswith("分点") else None
    return beside or (EXCEEDS.search(before) if word.unit in ("CNY", "PERCENT") else None)


def describe_figure(figure: Figure, nameless: str) -> str:
    """Why a number of the ledger is a figure, and what of it is open."""
    of = f"{figure.aspect or 'number'} of {figure.subject_label or nameless}"
    return of if figure.unit else f"{of}; its unit is open: no words state it"


#: 收、支总计 is one item, and its mark ends none.
_INCOME_AND_SPENDING = re.compile(r"(?<=[收入]、)\s*支")
#: A change of money, up to the bracket behind it.
_CHANGED_BY = re.compile(
    r"(?P<word>增加|增长|上升|减少|下降|降低|压减)(?:了|约)?\s*\d[\d,.]*\s*[亿万千]*元\s*[（(]\s*$"
)
#: Points and shares whose unit may be left out.
_LEFT_OUT = re.compile(r"(?:得分|评分|总分)(?:为|是|：|:)?\s*$|占(?:比)?\s*$")
#: Money that was granted, which is not yet spent.
_GRANTED = re.compile(r"(?:批复|核定|下达|安排|配套)[^，。；、]{0,16}$")
#: Points given, in the bracket behind what they are given for: 投入（20 分，自评得分 18 分）.
_GIVEN = re.compile(r"\s*(?:自评|评价|考核|最终|实际)*(?:得分?|评分)(?:为|是)?\s*")
#: 较上年 2.5 减少 0.5 万元: the unit of the change is that of its base.
_MOVED_BEHIND = re.compile(r"\s*(?:净)?(?:增加|减少|上升|下降|增长|多|少)了?\s*\d[\d,]*(?:\.\d+)?")
_BASE_ALONE = re.compile(r"[比较](?:上年|去年|上一年|20\d\d\s*年)(?:度)?(?:同期|决算|预算|支出)?数?(?:的)?\s*$")
_DIFFERENCE = re.compile(r"(?:两者|二者)?(?:差值|差额|差异|相差)")
#: Both sums are changed by the same: 收入总计 …，支出总计 …，各减少 ….
_EACH = re.compile(r"(?:^|[，比])\s*(?:均|各自?|都)(?:为|有)?\s*(?:增加|减少|增长|下降|上升|降低)了?\s*$")
#: Of what a share was spent: 占年初预算 3 万元的 80%.
_OF_PLAN = re.compile(r"\s*(?:约?占|完成)(?!率)")
#: What was spent, though the sentence told of a budget before: 全年预算 8 万元；全年支出 7 万元.
_SPENT_IN_YEAR = re.compile(
    r"(?:全年|本年|年度|当年|累计)(?:总)?(?:支出|支付|使用)(?:资金|金额|合计|总额)?(?:共|为|达|约|了)*\s*$"
)
#: People that are to be added, where goals are told.
_ADDED = re.compile(r"(?:新增|引进|引育|招聘|吸纳|培养)[^，。；、]{0,10}$")
#: What an office has or owes is neither planned nor spent.
_BALANCE = re.compile(r"(?:资产|负债)(?:总额|合计|总计|净值|原值|总量|账面|金额|总值)|(?:资产|负债)(?:为|共计|达)?\s*$")
#: How far a sentence is looked at to either side of a number.
_REACH = 1000
#: What tells a reason, in which amounts of other years and phases may stand.
_IN_REASON = re.compile(r"因为|由于|原因(?:是|为|系|在于)")
#: How many phases of amounts before are remembered.
_REMEMBERED = 32
#: An office in whole with its budget, and nothing else: 某市公共就业服务中心预算.
_OFFICE_BUDGET = re.compile(
    r"(?:\d{4}\s*年度?)?[\u4e00-\u9fff]{3,40}?(?:局|委员会|办公室|办公厅|厅|委|部|署|院|中心|站|馆|校|队|所|团|会)"
    r"(?:[（(][^（()）]{2,16}[）)]|本级|机关)*(?:\d{4}\s*年度?)?(?:部门|单位)?(?:年初)?(?:预算|决算)(?:总额|总规模|数)?(?:为|是|共|约)*"
)
_RATE_POINTS = re.compile(r"[\u4e00-\u9fff]{0,8}(?:执行|完成|支付|到位|使用)率|预算(?:执行|编制|调整)(?:情况)?")
_OVERALL_SCORE = re.compile(r"(?:综合|总体|最终|自评|评价|自评综合)$")
_THING = re.compile(r"(?:车|车辆|设备)(?:$|[（(])")
_FEE = re.compile(r"费$|费用$|经费$|支出$|费[（(]")
#: Further numbers of a list that share one unit behind the last: ``3、4、5 个项目``, ``10—20 人``.
_CHAIN = re.compile(r"(?:\s*(?:[、和及与至到~～\-—–]|余|多)\s*\d[\d,.]*)+")
_COUNTED = frozenset({"ITEM", "PERSON", "TIMES", "VEHICLE"})
#: What a sign of change may stand at.
_COMPARED = _COUNTED | {"CNY", "PERCENT"}
#: What is counted, behind its number: ``7 个一线口岸``, ``1 名工作人员``.
_NOUN = re.compile(
    r"\s*(?:以上|左右)?((?!且|并|等|因|是|由|后|前|内(?!设)|主要|的|以上|以内|左右|次|数|人数|及|和|与|至|到|，|。|制定|印发|联合|参与|开展|完成|通过|获|被|已|均|未|分别|为)[\u4e00-\u9fff“”]{2,24}?)(?=[，。；、：（(,;]|$|的|在|以|于\d|，其中|(?<=[位门构室心校])(?:为|不|制定|包括|组成|构成|联合|参与|参加|出国)|进行|纳入|实行|实施|开展|全部|均|已|分别|具体|[及和与]\d|(?<![为到至“”])\d[\d.]*[余多]?[个所家名座项处条])"
)


#: A clause before what is counted, which is no name: 3 场反映渔港变化的摄影展.
_DESCRIBED = re.compile(
    r"(?:展现|展示|反映|体现|介绍|从事|用于|面向|具有|具备|符合|涉及|适合|针对|代表|承担|享受|来自|获得|达到|满足|存在|拥有|需要)"
    r"[\u4e00-\u9fff“”]{1,20}?的(?P<noun>[\u4e00-\u9fff“”]{2,20}?)(?=[，。；、：（(,;]|$|的|进行|纳入|开展|全部|均|已)"
)


#: People in a noun that goes on with what concerns them: 职工工资调标.
_PEOPLE_FIRST = re.compile(
    r"[\u4e00-\u9fff]{0,6}?(?:教职工|职工|教师|医师|干部|学生|人员|军人|民警)+(?=[\u4e00-\u9fff]{2})"
)
#: People that are there, told behind the posts: 行政编制 25 人，实有 22 人.
_THERE = re.compile(
    r"[，,、（(]\s*(?:截[至止][^，。；]{0,12}|年末|年底|目前)?(?P<word>[实现]有|在岗|在编|在职)(?:人数|人员|在职人员)?\s*(?:共|为)*\s*$"
)
#: People for whom the budget pays: 实际纳入预算 12 人.
_BUDGETED_PEOPLE = re.compile(
    r"(?:^|[，,；])\s*(?:实际|本年|年初)*纳入(?:\d{4}\s*年度?)?(?:部门|单位)?预算(?:管理|编制)?(?:的)?(?:共|为)*\s*$"
)


def _name_counted(noun: str, unit: Unit) -> str:
    """What is counted, of the words behind its number: cars without their costs, people without what concerns them."""
    if unit == "VEHICLE":
        return re.sub(r"(?<=车).*费$", "", noun)
    people = _PEOPLE_FIRST.match(noun) if unit == "PERSON" else None
    return people.group() if people else noun


def _subject_kind(code: str, label: str, unit: Unit) -> SubjectKind:
    """Money is of an item: what is spent on cars or staff is neither."""
    if code:
        return {"2": "function", "3": "economic", "5": "government-economic"}.get(code[0], "item")  # type: ignore[return-value]
    if unit not in _COUNTED:
        return "item"
    if unit == "VEHICLE" or re.search(r"车辆|用车", label):
        return "asset"
    if unit == "PERSON" and re.search(r"编制|实有|在职|退休|离休|人员$|雇员|在编|职数", label):
        return "staff"
    return "asset" if "设备" in label else "item"
