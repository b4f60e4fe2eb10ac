"""The subject of each number of a passage: sought in its clause, its sentence, the heading over it, the heading above.

Brackets are scopes: what is named inside one is not what a number behind it is of.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from loaders.prose.labels import NOTHING, Name, base_item, name_heading, name_item, told_item
from loaders.prose.lexicon import (
    ASIDE,
    BASE,
    CONCERNED,
    CONCERNED_FUND,
    EVALUATED,
    MANAGED,
    MARKER,
    NOUN,
    SUBORDINATE,
    YEAR,
)

#: What follows is a list of parts, and none of them what the sentence is of.
_LISTING = re.compile(r"其中|包括|分类|分为|构成")
#: Parts that every fund has, which say nothing without it; and headings of funds that are not the general one.
_OF_ANY_FUND = re.compile(r"(?:支出|收入|基本支出|项目支出|年[初末]结转和结余|本年支出|本年收入|支出合计|收入合计)")
_FUND = re.compile(r"(政府性基金|国有资本经营)(?:预算)?(?!.*一般公共)")
#: A rate is of money, or of itself; a growth is of whatever was told before, counts as well.
Sort = Literal["money", "rate", "growth", "count"]
#: How much of a sentence tells how it opens, and how many items are remembered: what is bounded takes bounded time.
_OPENING_LENGTH = 240
_REMEMBERED = 64
#: Words such as 约, 共, 其中 between a bracket and its number.
_SHORT = 3
_THIS_PROJECT = re.compile(r"[本该]项目(?=[^，。；]*(?:预算|资金|支出|安排|投资))")
_PROJECT = re.compile(r"(?:.{3}项目|工程|专项|平台|系统|计划)$")
#: A score that names nothing that has it; what may have one; and one that does.
_SCORE_ALONE = re.compile(r"(?:项目)?(?:绩效)?(?:自评|评价|综合|总体|最终|自评综合)+得分")
_EVALUABLE = re.compile(r"(?:项目|专项|工程|经费|资金|补助|补贴|整体支出)$")
_SCORED = re.compile(
    r"(?:^|[，。；：:）)、])\s*(?P<item>[^，。；：:）)\n]{2,50}?)(?:绩效)?(?:自评|评价)(?:综合)?(?:得分|评分|分数)"
)
#: Where the reasons of a change begin to be told one by one.
_REASONS = re.compile(r"原因(?:是|为|有)?[:：，,]?\s*(?:一是|1)")
_MONEY_BASE = re.compile(r"预算|决算|执行数|支出|经费|费用|金额")
_LONGEST_TOLD = 30
#: Whose change its reason stands before: 教育因学生减少，支出减少 12 万元.
_BECAUSE = re.compile(
    r"[\s，、]*(?:其中)?[:：，]?(?P<item>[\u4e00-\u9fff“”（）()、]{2,30}?)(?:主要)?(?:因(?![公素此而私病特])|由于|受(?=[^，。；]{1,20}影响))"
)
#: The sum of what the sentence told, with no name of its own.
_SUM = re.compile(r"\s*(?P<word>总计|合计)(?:为|达|是|约)*\s*")
#: What was spent on what was counted: 国内公务接待 12 批次，60 人，共计支出 ….
_SPENT = re.compile(r"\s*(?:共计?|合计|总计|累计|总共|一共)*(?:支出|花费|开支)(?:了|约|为)*\s*")
_EVENTS = re.compile(r"接待|出国|团组|培训|会议|考察|活动")
_COUNTING = re.compile(r"(?:批次|人次|人数|次数|团组|场次)(?:数)?$")
#: What was paid, and the money received that it is paid from.
_PAID = re.compile(
    rf"\s*(?:{YEAR})?(?:本年|全年|累计|已|共|项目)*(?P<words>实际(?:支出|使用|支付|到位|下达|拨付)(?:资金)?|(?:拨付|支付|使用)(?:使用|支付|资金)|到位资金)(?:金额|数|额)?(?:共|为|达|计|了|约)*\s*"
)
_RECEIVED = re.compile(
    r"收到|到位|下达|配套|总投资|结转结余|上年结[转余]|实际支出|拨付资金|需(?:资金|经费)$|(?:中央|省级?|市级?|县级?|区级?|上级)(?:财政)?(?:资金|补助|拨款)$|收入$"
)
#: Money told by whose it is, its own word left off: 到位资金 8 万元，其中中央资金 5 万元、市级 2 万元、县级 1 万元.
_LEVEL_ALONE = re.compile(
    r"[\s，、；]*(?:其中)?[:：]?(?P<level>中央|(?:省|自治区|市|地|州|盟|县|区|旗|乡镇|乡|镇)本?级?)(?:财政)?(?:安排|下达|到位|投入|承担)?(?:了|为)?\s*"
)
_LEVEL_MONEY = re.compile(r"(?:资金|投资|补助|拨款|经费|投入)$")
_LEVEL_SAID = re.compile(r"(?:资金|投资|补助|拨款|经费|投入)(?!标准)")
#: The cost of a work in whole is not what is granted for it in a year: 某项目：总投资 4 亿元，2024 年安排 1 亿元.
_WHOLE = re.compile(r"(?:总投资|总投入|概算|总造价)$")
#: What is granted to each is never what a sum behind it is of: 人均补助标准 94 元，下达资金 3872.8 万元.
_EACH = re.compile(r"标准$|^(?:户|人|亩|每[人户亩月年])均|每[人户亩月年天]+$")
_RECEPTION = re.compile(r"[\s，、]*(?:全年|全年度|本年|共|共计|累计|合计)*接待(?:来访|来宾|国内)?\s*")
#: What was not paid, said behind its number: 尚有 300 万元未支付.
_UNPAID = re.compile(
    r"\s*[百千万亿]*元?(?:资金|款项?)?(?P<words>[尚仍还]?未(?:支付|支出|使用|拨付|下达|到位|执行|兑现|缴纳))"
)
_LEFT = re.compile(r"[^，。；]{0,24}(?:[尚仍还]有|剩余|余下|结余)\s*")
#: From whom was bought: 由小微企业供应商中标或成交的，采购金额 ….
_BOUGHT_FROM = re.compile(r"由(?P<who>[^，。；]{2,16}?)(?:中标|成交|承接|承包|供货)[^，。；]{0,8}的?[，,]\s*$")
#: The kinds of what is bought, and what is bought with the money of one fund.
_BOUGHT = re.compile(r"(?:政府)?采购(?:货物|工程|服务)(?:支出)?")
_BOUGHT_OF_FUND = re.compile(
    r"(?P<fund>(?:一般公共预算|政府性基金(?:预算)?|国有资本经营预算)(?:财政)?(?:拨款)?)政府采购(?:支出)?"
)
_OF_FUND = re.compile(r"(?P<fund>财政拨款|一般公共预算(?:财政拨款)?|政府性基金预算(?:财政拨款)?)收入(?P<sum>总计|合计)")
_NEXT_SUM = re.compile(r"[\d,.\s]*[亿万]?元\s*[，、和及与]\s*支出(?:总计|合计)(?:为|是)?\s*$")
_SIDES = re.compile(r"(?P<fund>.*)(?:收入|支出)(?P<sum>总计|合计)")
_LEVEL = re.compile(r"[（(][类款项][）)]")
#: A list marker and the phrase behind it, up to the mark that ends it.
_OPENING = re.compile(
    rf"(?:^|(?<=[。；\n]))\s*(?P<marker>{MARKER})?\s*(?P<words>[^。：:，,；;\n]{{2,60}})(?P<mark>[。：:\n]|$)"
)
_MARKED = re.compile(rf"(?:^|(?<=[。；\n]))\s*{MARKER}")
_FORMAL = re.compile(r"^\s*(?:[（(]|\d|[一二三四五六七八九十]+、|[①-⑳])")


@dataclass(frozen=True, slots=True)
class _Named:
    at: int
    bracket: int
    name: Name
    head: bool
    sort: Sort
    listed: bool = False


class SubjectReader:
    """Finds what numbers of one passage are of. Ask in the order of the text.

    ``above`` are the headings above, outermost first; ``given`` is what governs the passage from outside (the label of
    a table's row, an item that the paragraph before ends in).
    """

    def __init__(self, text: str, above: Sequence[str] = (), given: str = "", carried: str = "") -> None:
        self.text = text
        self.above = above
        self.given = given
        self.carried = carried
        self.named: list[_Named] = []
        self._last = 0
        self._sort: Sort = "money"
        #: what the last amount was of, and where it stood
        self._amount = ("", 0)

    @cached_property
    def brackets(self) -> list[int]:
        return _bracket_ids(self.text)

    @cached_property
    def stops(self) -> list[int]:
        return [i for i, c in enumerate(self.text) if c in "。\n！"]

    # -- governors -------------------------------------------------------------------------------------------------

    @cached_property
    def governors(self) -> list[tuple[int, Name, bool]]:
        """Where what governs the text behind it is named, and whether as an item of the classification."""
        found: list[tuple[int, Name, bool]] = []
        for match in _MARKED.finditer(self.text):
            found.append((match.end(), NOTHING, False))
        for match in _OPENING.finditer(self.text):
            name = _name_opening(match)
            if name:
                found.append((match.start("mark"), name, False))
        for match in _LEVEL.finditer(self.text):
            start = max(self.text.rfind(c, 0, match.start()) for c in "。；，：\n") + 1
            name = name_item(self.text[start : match.end()])
            if name:
                found.append((match.start(), name, True))
        return sorted(found, key=lambda g: g[0])

    def governor(self, at: int) -> tuple[Name, bool]:
        """What governs the text at ``at``, and whether it is an item of the classification."""
        i = self._governor_before(at)
        return self.governors[i][1:] if i >= 0 else (Name(self.given), False)

    def _governor_before(self, at: int) -> int:
        """The index of the last governor at or before ``at``; -1 if there is none."""
        return bisect.bisect_right(self.governors, at, key=lambda g: g[0]) - 1

    @property
    def closing(self) -> str:
        """What governs the text behind the passage: an item of the classification, or a heading that ends it."""
        if not self.given and not self.named and not _LEVEL.search(self.text):
            return self._closing_heading()
        if not self.governors:
            return self.given
        at, name, formal = self.governors[-1]
        return name.label if formal or not self.text[at + 1 :].strip() else ""

    def _closing_heading(self) -> str:
        """The heading that ends a passage without items of the classification; the others need not be named."""
        last = None
        for last in _OPENING.finditer(self.text):  # noqa: B007
            pass
        if last is None or self.text[last.start("mark") + 1 :].strip():
            return ""
        return _name_opening(last).label

    @property
    def last_head(self) -> str:
        """The first item of the last sentence that has one, for a paragraph that goes on with 比上年…."""
        heads = [n.name.label for n in self.named if n.head]
        return heads[-1] if heads else self.carried

    # -- subjects --------------------------------------------------------------------------------------------------

    def subject(self, clause: str, start: int, share: bool, sort: Sort) -> str:
        """The label of the number at ``start``, whose clause up to it is ``clause``; "" if nothing names it.

        ``share``: the number is a share or a rate. ``sort``: a count has no item of money, and money none of a count.
        """
        self._sort = sort
        bracket = self.brackets[start]
        sentence = self._sentence_start(start)
        opening = self.text[sentence : min(start, sentence + _OPENING_LENGTH)]
        del self.named[:-_REMEMBERED]
        name = name_item(clause, share)
        label = self._of_fund(self._resolve(name, clause, start, sentence, share))
        label = self._of_same_fund(label, start, sentence)
        amount, at = self._amount
        if not name and sort in ("rate", "growth") and amount and at >= sentence and self.brackets[at] == bracket:
            things = sort == "growth" and not _MONEY_BASE.search(clause)
            counted = [n for n in self.named if n.at > at and n.sort == "count"] if things else []
            label = counted[-1].name.label if counted else amount  # 减少 2 万元，下降 4%: both are of one thing
        if sort == "money":
            self._amount = (label, start)
        own = bool(name) and label.endswith(name.label)
        if own or (label and not any(n.at >= sentence for n in self.named)):
            first = not own or not any(n.at >= sentence and self._visible(n, start) for n in self.named)
            subordinate = bool(SUBORDINATE.match(opening)) and (own or not name)
            kept = Name(label, name.weak and label == name.label)
            head = first and bracket == 0 and not subordinate and not _LISTING.search(opening)
            listed = self.text[max(0, start - len(clause) - 1) : start - len(clause)] == "、"
            self.named.append(_Named(start, bracket, kept, head, sort, listed))
        self._last = start
        return label

    def _of_project(self, label: str, start: int) -> str:
        """A rate below the heading of a project is told from the same rate of the next: 某项目综合满意度."""
        governor = self.governor(start)[0].label
        if governor.endswith("项目") and label.startswith("项目") and len(label) > len("项目"):
            return governor + label.removeprefix("项目")
        rate = governor.endswith(("项目", "工程")) and re.search(r"[率度]$", label) and governor not in label
        return governor + label if rate else label

    def _of_fund(self, label: str) -> str:
        """基本支出 below a heading of 政府性基金预算 is of that fund: 政府性基金预算基本支出."""
        fund = _FUND.search(self.above[-1]) if self.above and _OF_ANY_FUND.fullmatch(label) else None
        return f"{fund.group(1)}预算{label}" if fund else label

    def _resolve(self, name: Name, clause: str, start: int, sentence: int, share: bool) -> str:
        if _THIS_PROJECT.search(clause):
            above = [heading for heading in map(name_heading, reversed(self.above)) if _PROJECT.search(heading.label)]
            if above:
                return above[0].label
        told = (
            self._evaluated(clause, start, sentence, share)
            or self._before_reason(name, clause, start)
            or self._of_events(clause, start, sentence)
            or self._of_sellers(name, clause, start)
            or self._of_received(name, clause, sentence)
            or self._of_level(clause, start, sentence)
            or self._unpaid(name, clause, start)
            or self._of_reception(clause, sentence)
        )
        if told:
            return told
        if name and not name.weak:
            return self._of_project(name.label, start) if share and clause.strip() else name.label
        concerned = self._concerned(clause, start, sentence)
        wider = [concerned] if concerned else self._wider(clause, start, sentence, name)
        if name and name.label in self._wholes(start):
            return name.label  # 收入 below a heading of 收入, though its parts were named in between
        for found in wider:
            if not name.weak or _fits(name.label, found.label):
                return found.label
        return name.label or (self._scored(start, sentence) if self._sort == "money" else "")

    def _scored(self, start: int, sentence: int) -> str:
        """What the sentence says was evaluated, before the money of it: 某项目自评得分 95 分，全年预算数为 …; else ""."""
        scored = _SCORED.search(self.text, sentence, start)
        return name_item(scored.group("item")).label if scored else ""

    def of_evaluated(self, label: str, start: int) -> str:
        """A score below the heading of what is evaluated is of that: 某项目自评综述：…，项目自评得分为 95 分."""
        governor = self.governor(start)[0].label
        if not _SCORE_ALONE.fullmatch(label) or not _EVALUABLE.search(governor):
            return label
        return governor + label.removeprefix("项目")

    def _before_reason(self, name: Name, clause: str, start: int) -> str:
        """What a change is of whose reason stands between: 教育因学生减少，支出减少 …; else ""."""
        if self._sort not in ("money", "growth") or (name and not name.weak):
            return ""
        since = max(self.text.rfind(c, 0, start) for c in "。；：:\n") + 1
        because = _BECAUSE.match(self.text, since, start - len(clause))
        if because is None or any(n.at >= since for n in self.named):
            return ""
        item = name_item(because.group("item"))
        return "" if item.weak else item.label

    def _of_events(self, clause: str, start: int, sentence: int) -> str:
        """What a sum without a name is of: the events counted before it, or the sum itself behind its parts; else ""."""
        if self._sort != "money":
            return ""
        inside = [n for n in self.named if n.at >= sentence and self.brackets[n.at] == self.brackets[start]]
        total = _SUM.fullmatch(clause)
        if total and sum(n.sort == "money" for n in inside) > 1:
            return total.group("word")
        if not _SPENT.fullmatch(clause) or not inside or inside[-1].sort != "count":
            return ""
        label = _COUNTING.sub("", inside[-1].name.label)
        return label if _EVENTS.search(label) and not name_item(label).weak else ""

    def _of_sellers(self, name: Name, clause: str, start: int) -> str:
        """Bought from whom, where the clause before says so: 小微企业供应商采购金额; else ""."""
        if name.label not in ("采购金额", "采购", "合同金额"):
            return ""
        seller = _BOUGHT_FROM.search(self.text[max(0, start - len(clause) - 40) : start - len(clause)])
        return seller.group("who") + name.label if seller else ""

    def _of_received(self, name: Name, clause: str, sentence: int) -> str:
        """What was paid of money received is no part of the money: 到位资金 3 万元，实际支出 2 万元; else "".

        The words of the clause are the item then. The money stands in the sentence, or where it tells of none, before it.
        """
        paid = _PAID.fullmatch(clause)
        if self._sort != "money" or paid is None or (name and not name.weak):
            return ""
        told = [n for n in self.named if n.sort == "money"]
        inside = [n for n in told if n.at >= sentence] or told
        return paid.group("words") if inside and _RECEIVED.search(inside[-1].name.label) else ""

    def _of_level(self, clause: str, start: int, sentence: int) -> str:
        """Whose money of several offices' it is, where only the level is said: 市级 is 市级资金; else ""."""
        level = _LEVEL_ALONE.fullmatch(clause)
        if self._sort != "money" or level is None:
            return ""
        inside = [n for n in self.named if n.at >= sentence and n.sort == "money"]
        if not inside:
            return ""
        word = _LEVEL_MONEY.search(inside[-1].name.label)
        said = _LEVEL_SAID.findall(self.text[sentence : start - len(clause)])
        return level.group("level") + (word.group() if word else said[-1]) if word or said else ""

    def _of_reception(self, clause: str, sentence: int) -> str:
        """What guests counted behind the cost of receiving them are of: 公务接待费 8 万元，接待 76 批次; else ""."""
        if self._sort != "count" or not _RECEPTION.fullmatch(clause):
            return ""
        inside = [n for n in self.named if n.at >= sentence and n.sort == "money"]
        fee = re.search(r"(?P<event>[^，。；]*接待)费$", inside[-1].name.label) if inside else None
        return fee.group("event") if fee else ""

    def _unpaid(self, name: Name, clause: str, start: int) -> str:
        """What is left of money whose name stands behind it: 尚有 300 万元未支付; else ""."""
        if self._sort != "money" or name or not _LEFT.fullmatch(clause):
            return ""
        number = re.compile(r"[\d,.，]+").match(self.text, start)
        behind = _UNPAID.match(self.text, number.end()) if number else None
        return behind.group("words") if behind else ""

    def _of_same_fund(self, label: str, start: int, sentence: int) -> str:
        """财政拨款收入总计 …，支出总计 …: the second sum is of the fund that the first names."""
        if _BOUGHT.fullmatch(label):
            return self._bought_of(sentence) + label
        if label not in ("支出总计", "支出合计") or not self.named or self.named[-1].at < sentence:
            return label
        fund = _OF_FUND.fullmatch(self.named[-1].name.label)
        close = fund and _NEXT_SUM.match(self.text[self.named[-1].at : start])
        return fund.group("fund") + label if fund and close else label

    def _bought_of(self, sentence: int) -> str:
        """The fund to which the words before narrow what is bought: 其中一般公共预算拨款政府采购 …：货物 …、服务 …; else ""."""
        inside = [n.name.label for n in self.named if n.at >= sentence and n.sort == "money"]
        whole = next((label for label in reversed(inside) if not _BOUGHT.search(label)), "")
        fund = _BOUGHT_OF_FUND.fullmatch(whole)
        return fund.group("fund") if fund else ""

    def both_sides(self, start: int) -> str:
        """收入支出总计, where the last two amounts before ``start`` are totals of income and expenditure; else ""."""
        told = [n.name.label for n in self.named if n.sort == "money" and n.at < start][-2:]
        sides = [_SIDES.fullmatch(label) for label in told]
        if len(sides) < 2 or sides[0] is None or sides[1] is None or sides[0].groups() != sides[1].groups():
            return ""
        return f"{sides[0].group('fund')}收入支出{sides[0].group('sum')}" if told[0] != told[1] else ""

    def of_points(self, start: int) -> str:
        """What the points before in the bracket of ``start`` are of; "" if it stands in none."""
        bracket = self.brackets[start]
        told = [n.name.label for n in self.named if bracket and n.bracket == bracket and n.at < start]
        return told[0] if told else ""

    def tell(self, label: str, start: int, sort: Sort) -> None:
        """Keeps what a number is of that is told together with others."""
        self.named.append(_Named(start, self.brackets[start], Name(label), False, sort))
        self._last = start
        if sort == "money":
            self._amount = (label, start)

    def complete_count(self, label: str, start: int, times: bool) -> str:
        """人次 and 人数 behind batches or groups are of those: 国内公务接待批次 3 个，接待人次 28 人; else ``label``."""
        since = max(self.text.rfind(c, 0, start) for c in "。；\n") + 1
        told = [n.name.label for n in self.named if n.sort == "count" and since <= n.at < start]
        if not told or not _PEOPLE.fullmatch(label):
            return label
        events = re.sub(r"(?:的)?(?:批次|次数|场次|团组)(?:数|总数|个数)?$", "", told[-1])
        if events == told[-1] or not events:
            return label
        return events + ("人次" if "次" in label or (times and "人" not in label) else "人数")

    def _evaluated(self, clause: str, start: int, sentence: int, share: bool) -> str:
        """What is evaluated, of which 涉及资金 and its share of all tell: 对项目支出开展绩效自评，涉及资金 …，占 …."""
        fund = CONCERNED_FUND.match(clause.strip())
        managed = MANAGED.match(self.text, sentence, start) if fund is not None else None
        if fund is not None and managed is not None:
            return managed.group("item") + fund.group("fund")
        if not (CONCERNED.match(clause.strip()) or (share and re.match(r"\s*占", clause))):
            return ""
        since = max(sentence, self.text.rfind("；", 0, start))
        found = list(EVALUATED.finditer(self.text, since, start))
        if not found:
            return ""
        name = name_item(found[-1].group("item")) if found[-1].group("item") else Name(found[-1].group("whole"))
        return name.label if re.search(r"(?:支出|资金|经费)$", name.label) and not name.weak else ""

    def _wider(self, clause: str, start: int, sentence: int, name: Name) -> list[Name]:
        """What may stand in for a clause without an item, the nearest first."""
        governor, formal = self.governor(start)
        last = self._governor_before(start)
        governed = self.governors[last][0] if last >= 0 else 0
        since = max(sentence, governed)
        inside = [n for n in self.named if n.at >= since and self._visible(n, start)]
        if not inside and not clause.strip():  # 购置车辆 2 辆、36 万元: what is counted is what the money is for
            inside = [n for n in self.named if n.at >= since and n.bracket == self.brackets[start]]
        if name.weak and inside and "；" in self.text[inside[-1].at : start]:
            inside = []
        inside = [n for n in inside if not _is_apart(n.name, governor)]
        inside = self._without_reasons(inside, clause, start)
        heads = [n for n in self.named if n.head and self._suits(n) and n.at >= governed]
        heads = [n for n in heads if not _is_apart(n.name, governor)]
        whole = self._whole_of_list(inside) if BASE.match(clause.strip()) else NOTHING
        if whole:
            return [whole]
        base = base_item(clause)
        reason = bool(re.search(r"主要(?:原因)?(?:是|为|系)|原因", self.text[max(sentence, self._last) : start]))
        found = []
        if base and not base.weak and (reason or not (inside or heads or governor)):
            found.append(base)
        found.append(self._before_bracket(start))
        found.append(self._in_clauses(start, len(clause), since))
        if inside:
            found.append(inside[-1].name)
        elif heads and not formal:
            found.append(heads[-1].name)
        found.append(governor)
        if heads and formal:
            found.insert(-1, heads[-1].name)
        if self.carried and last < 0 and SUBORDINATE.match(self.text):
            found.append(Name(self.carried))
        above = [name_heading(heading) for heading in reversed(self.above)]
        found.extend(name for name in above if NOUN.search(name.label))
        if self._sort == "money" and name.label in ("", "项目"):  # 编报绩效目标的项目 4 个，涉及金额 …
            since = max(since, self.text.rfind("；", 0, start))
            counted = [n.name for n in self.named if n.at >= since and n.sort == "count" and "项目" in n.name.label]
            found.extend(counted[:1])
        return [f for f in found if f and not f.weak] + [f for f in found if f.weak]

    def _without_reasons(self, inside: list[_Named], clause: str, start: int) -> list[_Named]:
        """What a second comparison of a sentence can be of: not what only the reasons of the first one named.

        “三公”经费减少 2 万元，主要原因：一是接待费减少 1 万元…；较预算减少 3 万元.
        """
        if not (inside and BASE.match(clause.strip()) and "；" in self.text[inside[-1].at : start]):
            return inside
        reasons = _REASONS.search(self.text, inside[0].at, inside[-1].at)
        return [n for n in inside if n.at < reasons.start()] if reasons else inside

    def _concerned(self, clause: str, start: int, sentence: int) -> Name:
        """The projects whose money a clause tells behind their number: 共 7 个项目纳入绩效管理，涉及资金 …."""
        if self._sort != "money" or not CONCERNED.match(clause.strip()):
            return NOTHING
        since = max(sentence, self.text.rfind("；", 0, start))
        counted = [n.name for n in self.named if n.at >= since and n.sort == "count" and "项目" in n.name.label]
        return counted[0] if counted else NOTHING

    def _whole_of_list(self, inside: Sequence[_Named]) -> Name:
        """What the parts joined by 、 before a comparison make up: 收入 …，其中：拨款 …、结转 …，较上年减少 …."""
        i = len(inside) - 1
        while i > 0 and inside[i].listed:
            i -= 1
        if i == len(inside) - 1 or i < 1:
            return NOTHING
        between = self.text[inside[i - 1].at : inside[i].at]
        return inside[i - 1].name if re.search(r"其中|包括", between) and "。" not in between else NOTHING

    def _wholes(self, start: int) -> set[str]:
        """What the governor at ``start`` and the first items of sentences before it are, if no 项 governs."""
        governor, formal = self.governor(start)
        if formal:
            return set()
        return {governor.label, *(n.name.label for n in self.named if n.head or n.name.weak)}

    def _visible(self, named: _Named, start: int) -> bool:
        """Whether what was named stands in the bracket of the number at ``start`` or around it."""
        return named.bracket in _around(self.brackets, start) and self._suits(named)

    def _suits(self, named: _Named) -> bool:
        """Whether a number of the sort that is asked for can be of what was named for one of another sort."""
        if self._sort == "growth":
            return named.sort != "growth"
        return named.sort == self._sort or (self._sort == "rate" and named.sort == "money")

    def note(self, label: str, start: int) -> None:
        """Keeps what a count is of whose noun stands behind it: 4 个项目，涉及金额 …."""
        self.named.append(_Named(start, self.brackets[start], Name(label), False, "count"))

    def _before_bracket(self, start: int) -> Name:
        """What stands before the bracket that a number opens: 渔港前的空地（约 700 平方米）."""
        opening = self.brackets[start] - 1
        if opening < 0 or len(self.text[opening + 1 : start].strip()) > _SHORT:
            return NOTHING
        words = re.split(r"[，。；：、,;:\n]", self.text[max(0, opening - 40) : opening])[-1]
        return name_item(_STATED_POINTS.sub("", words))

    def _in_clauses(self, start: int, length: int, since: int) -> Name:
        """The item of a clause without a number between the last number and this one: 公务接待费，预算 3 万元."""
        stretch = self.text[max(since, self._last) : start - length]
        if self._last > since:
            stretch = re.sub(r"^[^，。；：:,;]*", "", stretch, count=1)
        stretch = re.split(r"[。；;\n]", stretch)[-1]
        if re.search(r"原因|主要(?!是\d{7})|由于|用于|包括", stretch):
            return self._in_reasons(stretch)
        for part in reversed(re.split(r"[，,：:]|[（(](?!境)", stretch)):
            if not part.strip() or ASIDE.match(part) or BASE.match(part.strip()):
                continue
            name = told_item(part) or name_item(part)
            if name and not name.weak and NOUN.search(name.label) and len(name.label) <= 30:
                return name
        return NOTHING

    def _in_reasons(self, stretch: str) -> Name:
        """What a reason tells of before its change: 原因：1.某补贴政策到期，较上年减少 …."""
        reason = re.split(r"原因(?:说明)?(?:是|为)?[:：]", stretch)[-1]
        for part in reversed(re.split(r"[，,]", reason)):
            name = told_item(part) if len(reason) < len(stretch) or not re.search("原因|主要", part) else NOTHING
            if name and not name.weak and len(name.label) <= _LONGEST_TOLD:
                return name
        return NOTHING

    def _sentence_start(self, start: int) -> int:
        """Where the sentence of the number at ``start`` begins; full stops in brackets before it end nothing."""
        around = _around(self.brackets, start)
        i = bisect.bisect_left(self.stops, start) - 1
        while i >= 0 and self.brackets[self.stops[i]] not in around:
            i -= 1
        return self.stops[i] + 1 if i >= 0 else 0


def _is_apart(name: Name, governor: Name) -> bool:
    """Whether no number behind what is named is of it: a grant to each, or the whole cost of the work that governs."""
    return bool(_EACH.search(name.label) or (governor and _WHOLE.search(name.label)))


def _name_opening(match: re.Match[str]) -> Name:
    """What a match of :data:`_OPENING` names, if it is a heading and no sentence."""
    words, marker = match.group("words"), match.group("marker")
    if (not marker and re.search(r"\d", re.sub(r"(?:19|20)\d{2}\s*年", "", words))) or ASIDE.match(words):
        return NOTHING
    if len(words) > (48 if marker else 24):
        return NOTHING
    name = name_heading(_STATED.sub("", words))
    return name if name and (marker or NOUN.search(name.label)) else NOTHING


#: What an item has, before the bracket with its maximum or its goal: 决策指标 18.5 分（满分 20 分）, 演出 320 场（目标 300 场）.
_STATED_POINTS = re.compile(
    r"\s*(?:得分?)?\s*(?<![A-Za-z\d.])\d[\d.]*\s*[万亿]?(?:[分%％]|人次|场次|批次|公里|平方米|[个项家户亩台套辆件次批场人座处条名所篇份期吨米])$"
)
#: The amount of an item that its own heading states: 1.教育支出 30.5 万元：主要用于….
_STATED = re.compile(r"(?:为|共计?|合计)?\s*\d[\d,.]*\s*(?:亿|百万|万|千)?元$")


def _fits(weak: str, label: str) -> bool:
    """Whether the words 支出, 收入 … can stand for an item: 收入 for no item of expenditure, and the other way."""
    if "收入" in weak:
        return "支出" not in label and not _SPENDING.search(label) and not _UNTYPED.search(label)
    return not ("收入" in label and "支出" not in label) and not _UNTYPED.search(label) and not _FUNDING.search(label)


#: People that are counted, without what they were there for.
_PEOPLE = re.compile(r"(?:接待|累计|参加|出访|出国)?(?:人次|人数|人员)(?:数)?|团组|累计")
_SPENDING = re.compile(r"费$|费用$|经费$|用车|采购")
_FUNDING = re.compile(r"(?:拨款|资金|结转|结余|配套|总投资)$")
#: What a heading may be of that is neither income nor expenditure.
_UNTYPED = re.compile(r"(?:编制|人员|资产|负债)$")


def _bracket_ids(text: str) -> list[int]:
    """For each character, and the end, the number of the bracket that it stands in; 0 outside. Unclosed ones count not."""
    ids = [0] * (len(text) + 1)
    stack: list[int] = []
    closes: dict[int, int] = {}
    for i, c in enumerate(text):
        if c in "（(":
            stack.append(i)
        elif c in "）)" and stack:
            closes[stack.pop()] = i
    open_: list[int] = []
    for i, c in enumerate(text):
        if c in "）)" and open_ and closes[open_[-1]] == i:
            open_.pop()
        ids[i] = open_[-1] + 1 if open_ else 0
        if c in "（(" and i in closes:
            open_.append(i)
    return ids


def _around(ids: Sequence[int], at: int) -> set[int]:
    """The bracket at ``at`` and those around it."""
    found = {ids[at]}
    bracket = ids[at]
    while bracket:
        bracket = ids[bracket - 1]
        found.add(bracket)
    return found
