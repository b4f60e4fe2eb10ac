"""What a column header, or a row label in its place, says of the numbers under it: role, unit, year, phase, aspect."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from loaders.facts import Aspect, DocumentKind, Phase
from loaders.words.normalise import plain
from loaders.words.units import WORDS, UnitWord, unit_named

Role = Literal[
    "value", "code", "unit code", "ordinal", "label", "text", "target", "result", "maximum", "score", "criterion",
    "contact", "year", "unit",
]  # fmt: skip

#: Rates that say how much of a budget was carried out: they are results, whatever stands beside them.
_ACHIEVED = re.compile(r"(?:执行|完成|支出|支付|到位|结余|实现|得分)(?:率|进度|比例)")
#: What is reached by part of a year, and what is only expected by its end.
_INTERIM = r"\d{1,2}月(?:份|底|末)?(?:实际|累计)?(?:执行|完成)|(?<![算金费])执行情况$"
_EXPECTED = re.compile(r"预计")
#: What a work of several years costs in all, which is of no year's budget.
_OF_ALL_YEARS = re.compile(r"^(?:项目|工程|计划)?总(?:投资|概算)(?:额|规模)?(?:[(].*[)])?$")
#: Words of money and of weights in percent, at the end of a header.
_WORTH = re.compile(r"(?:价值|金额|原值|净值|价格|总价|费用?|资金|经费)$")
_IN_PERCENT = re.compile(r"[%％]|百分比")
#: The kinds of official cars that accounts count, as forms of the state of assets and of operation print them.
CAR_KIND = r"(?:领导(?:干部)?|负责人|机要通信|应急保障|执法执勤|(?:特种)?专业技术|离退休干部(?:服务)?|老干部服务|一般公务|业务|其他)用车"
#: Equipment over a price, which is counted: 单价100万元(含)以上设备(不含车辆).
_EQUIPMENT = re.compile(
    r"单(?:价|位价值)\d+万元(?:[(]含[)])?(?:以上|及以上)(?:[(]含[)])?的?(?:通用|专用|大型)*设备(?:[(]不含车辆[)])?(?:数量?)?(?:[(].{1,5}[)])?$"
)
_SCORE = UnitWord("SCORE", Decimal(1), "分")
_PERCENT = UnitWord("PERCENT", Decimal(1), "%")
_ROLES: tuple[tuple[Role, str], ...] = (
    ("criterion", r"评分标准|评[(]扣[)]分标准|评分规则|评分办法|评分细则|计分|扣分标准|评价标准|评分依据|指标说明|指标解释|考评标准|指标释义"),
    ("maximum", r"分值|权重|满分|标准分$"),
    ("score", r"得分(?!率)|自评分|评分$|评价分"),
    ("result", rf"完成值|完成情况|(?:实施|完成)进度$|实际完成|实际值|实现值|完成结果|{_INTERIM}"),
    ("target", r"指标值(?!类型|性质|单位)|目标值(?!类型|单位)|标准值|绩效目标值|指标目标"),
    ("unit code", r"(?:单位|部门|机构|项目|采购|资产|预算部门)[^经科功类]{0,4}(?:编码|代码|编号)"),
    ("code", r"编码|代码|编号|(?:^|[|])[类款项]$"),
    ("ordinal", r"序号|行次|栏次"),
    ("contact", r"联系电话|电话(?:号码|[、和及/]?传真)?(?:[(].*)?$|联系人|负责人(?!用车)|联系方式|填报人|(?:^|[|])(?:邮编|邮政编码)$"),
    ("unit", r"(?:^|[|])(?:计量)?单位$|度量单位|指标单位"),
    ("year", r"(?:^|[|])(?:年度|年份|预算年度)$"),
    ("text", r"备注|简介|主要内容|说明|依据|原因|措施|概况|职能|绩效目标$|年度目标|用途|规格|(?<!指标)内容$|情况$|购买方式|采购方式|组织形式|时间$|日期$"),
    ("label", r"名称|(?:^|[|])(?:科目|项目|单位|部门|指标|内设机构|支出项目|收入项目|预算单位|功能分类|经济分类|支出功能分类|部门单位|.*(?:单位|科目|来源|类别|类型|大类|目录|品目)|采购项目)$|指标内容|[一二三]?级?指标$|指标(?:名称|性质)$|绩效指标|任务$|事项$|科目[(]按"),
)  # fmt: skip

#: What was added to the budget in the course of the year, which is no budget: 年中调整金额, 追加数.
_ADDED = re.compile(r"^年中(?:追加|调整|调增|增减)(?:[(][^)]*[)])?(?:金额|数|额)?$|^(?:追加|调增)(?:金额|数|额)$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column as its header describes it. ``year`` is None where the header names none."""

    label: str
    role: Role = "value"
    unit: UnitWord | None = None
    year: int | None = None
    phase: Phase = ""
    aspect: Aspect = "level"


_TOTAL_LEAF = re.compile(r"(?:小计|合计|总计)$")
#: The part of a budget by which it is changed in the year, and not the whole after that.
_CHANGE_OF_BUDGET = re.compile(
    r"(?:年中|预算)(?:追加|调整|调增|增减)(?:[(][^)]*[)])?(?:金额|数|额)?$|(?:追加|调增)(?:金额|数|额)$"
)


def settle_totals(columns: dict[int, Column]) -> dict[int, Column]:
    """The columns; the total of a group of what was planned and of its change in the year is the changed budget."""
    changed = {_group_of(c) for c in columns.values() if _CHANGE_OF_BUDGET.search(plain(c.label))}

    def is_changed(column: Column) -> bool:
        total = column.phase == "budget" and _TOTAL_LEAF.search(plain(column.label))
        return bool(total) and _group_of(column) in changed

    return {at: replace(c, phase="adjusted") if is_changed(c) else c for at, c in columns.items()}


def _group_of(column: Column) -> str:
    """What stands over the last level of a header, which is the column itself where it has one level only."""
    return column.label.rpartition("|")[0] or column.label


@lru_cache(maxsize=1 << 13)
def read_column(label: str, kind: DocumentKind, fiscal_year: int | None) -> Column:
    """The meaning of a column header; ``|`` separates its levels, outermost first."""
    flat = plain(label)
    role: Role = "value"
    money = not re.search(r"(?:单位|科目|来源|名称|方式|形式|类别|类型|大类)$", flat) and re.search(
        r"(?:预算|决算|支出|收入|金额|拨款|资金|经费|结转|结余)[^|]{0,3}$|数$|额$", flat.split("|")[-1]
    )
    last = re.sub(r"(?<=.)[(][^()元%]*[)]$", "", flat.split("|")[-1])
    for name, pattern in _ROLES:
        if name in ("text", "label") and money and not re.search(r"名称|科目|备注|说明", flat.split("|")[-1]):
            continue
        if re.search(pattern, flat if name not in ("label", "text", "unit", "year") else last):
            role = name
            break
    unit = read_unit(flat, role)
    aspect: Aspect = "level"
    if role == "maximum":
        aspect = "maximum"
    elif role == "score":
        aspect = "score"
    elif re.search(r"增减|增长|变化|变动|比上年|较上年|(?<!收支)差额|[+±]?-?减", flat) and not re.search(r"调整", flat):
        aspect = "growth" if unit is not None and unit.unit == "PERCENT" else "change"
    elif _ADDED.search(flat.split("|")[-1]):
        aspect = "change"
    elif unit is not None and unit.unit == "PERCENT" and re.search(r"占比|比重|占.{0,10}%|占.{0,8}比例", flat):
        aspect = "share"
    return Column(label, role, unit, read_year(flat, fiscal_year), read_phase(flat, role, kind), aspect)


def read_unit(flat: str, role: Role = "value") -> UnitWord | None:
    """The unit that a header or row label implies, or None where the table's own unit holds."""
    last = flat.split("|")[-1]
    if role in ("maximum", "score"):
        return _PERCENT if _IN_PERCENT.search(last) else _SCORE
    named = unit_named(flat)
    if named is not None and not (named.unit != "CNY" and _WORTH.search(last)):
        return named
    if re.search(
        r"%|％|百分比|占比|得分率|控制率|增长率|增减率|幅度|增幅|执行率|完成率|结余率|实现率|支付率|到位率|比重|比率|(?:增减|变动|增长)比例",
        last,
    ):
        return _PERCENT
    if re.search(r"(?:^|[|])(?:采购)?数量$|(?:台|套|件|个|项)数$|项目个数|团组数|批次数", last):
        return WORDS["个"]
    if re.search(
        rf"{CAR_KIND}$|(?:实有|现有|在编)车辆$|(?:用车|车辆)(?:编制)?.{{0,6}}(?:数|辆)$|保有量", last
    ) and not re.search(r"费|金额|预算|决算", last):
        return WORDS["辆"]
    if _EQUIPMENT.search(last):
        return WORDS["台（套）"]
    if re.search(r"人数|编制数|实有数|人次|(?:在职|离休|退休|实有|编制)(?:人员)?$", last) and not re.search(
        r"经费|费|支出|金额", last
    ):
        return WORDS["人"]
    return None


def read_year(flat: str, fiscal_year: int | None) -> int | None:
    """The year that a header or row label names, or None."""
    years = re.findall(r"(?<![\dA-Za-z.,，])((?:19|20)\d{2})年?(?=[^\d,，.]|$)", flat)
    compared = re.search(r"(?:比|较|与|同)((?:19|20)\d{2})年?", flat)
    if compared and fiscal_year is not None:
        return fiscal_year
    if len(set(years)) == 1 and not re.search(rf"{years[0]}年?(?:度)?结转", flat):
        return int(years[0])
    if fiscal_year is None:
        return None
    if re.search(
        r"(?:^|[|(、其中:])(?:上年|上一年|去年)度?(?:预算|决算|执行|完成|实际|支出数|收入数|数|金额|$|[|])|上年.{0,2}(?:预算|决算|执行)(?:数|额)",
        flat,
    ):
        return fiscal_year - 1
    if re.search(r"(?:^|[|])(?:当年|本年|今年)度?(?:预算|决算|执行|数|金额|$|[|])", flat):
        return fiscal_year
    return None


def read_phase(flat: str, role: Role, kind: DocumentKind) -> Phase:
    """The phase that a header or row label names; the document's own where it names none."""
    if role == "target":
        return "target"
    if role == "result" and _EXPECTED.search(flat.split("|")[-1]):
        return ""
    if role in ("result", "score"):
        return "result"
    if role == "maximum" or _OF_ALL_YEARS.search(flat.split("|")[-1]):
        return ""
    if _ACHIEVED.search(flat.split("|")[-1]):
        return "result"
    flat = re.sub(r"[比较与](?:上年|去年|(?:19|20)\d{2}年?)[^|]*", "", flat)  # what is compared with has no say
    if re.search(r"调整预算|全年预算|预算调整|调整后|年中调整", flat):
        return "adjusted"
    if re.search(
        r"(?<!预计)累计(?:已)?(?:完成|支出|支付|拨付|使用)|已(?:完成投资|支付|支出|拨付)|决算|执行数|实际支出|实际到位|支出实现|拨付金额|执行金额|实际执行",
        flat,
    ):
        return "final"
    if re.search(r"预算", flat) and not re.search(
        r"一般公共预算|政府性基金预算|国有资本经营预算|预算单位|预算拨款|预算财政", re.sub(r"预算数|年初预算", "", flat)
    ):
        return "budget"
    if re.search(r"年初预算|预算数|计划(?:支出|安排|投入|下达)(?:资金|金额|经费|数|额|总额)?(?:$|[(|])", flat):
        return "budget"
    return {"budget": "budget", "accounts": "final", "evaluation": ""}.get(kind, "")  # type: ignore[return-value]
