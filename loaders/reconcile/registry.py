"""The checks, as data: what each is called and on which form or rule it rests.

A check is known by its id in :class:`loaders.facts.Finding`. A new check is an entry here and a function that yields
findings of it.
"""

from __future__ import annotations

from dataclasses import dataclass

_BUDGET_FORMS = "财预〔2016〕143号《地方预决算公开操作规程》, annexed forms"
_ACCOUNT_FORMS = "财政部 部门决算报表, forms 财决01 to 财决08"
_CODES = "《政府收支分类科目》"
_ROUNDING = "GB/T 8170-2008 rules of rounding"
_EVALUATION = "财预〔2013〕53号《预算绩效评价共性指标体系框架》"


@dataclass(frozen=True, slots=True)
class Rule:
    """A named check. ``source`` is the form or budgeting rule that it rests on."""

    id: str
    zh: str
    en: str
    source: str


RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        Rule(
            "row-total",
            "行内合计等于各列之和",
            "a total is the sum of its columns",
            f"{_BUDGET_FORMS}; {_ACCOUNT_FORMS}",
        ),
        Rule("row-part", "“其中”不大于所属列", "a column of which (其中) is not above its whole", _BUDGET_FORMS),
        Rule("code-sum", "类款项逐级汇总", "a class is the sum of its sections, a section of its items", _CODES),
        Rule(
            "column-total",
            "合计行等于各类之和",
            "the total row is the sum of the classes",
            f"{_BUDGET_FORMS}; {_CODES}",
        ),
        Rule(
            "balance-total", "本年合计等于各项之和", "the year's total is the sum of the numbered lines", _BUDGET_FORMS
        ),
        Rule(
            "balance-carry",
            "总计等于本年合计加结转结余",
            "the grand total is the year's total and what is carried over",
            _BUDGET_FORMS,
        ),
        Rule(
            "income-expenditure",
            "收支总计相等",
            "income and expenditure balance",
            "《中华人民共和国预算法》 第三十五条; 收支总表",
        ),
        Rule("row-change", "增减额等于本年减上年", "a change is this year less last year", _BUDGET_FORMS),
        Rule("row-growth", "增减率等于增减额除以上年", "a rate of change is the change over last year", _BUDGET_FORMS),
        Rule(
            "same-in-tables",
            "表间数据一致",
            "the same item is the same in two tables",
            f"{_BUDGET_FORMS}; 表间勾稽关系",
        ),
        Rule("same-in-prose-and-table", "文表数据一致", "prose and table give the same amount", _BUDGET_FORMS),
        Rule("same-in-prose", "文字前后一致", "prose gives the same quantity the same value", _BUDGET_FORMS),
        Rule("same-rate", "同一指标前后一致", "prose gives the same rate or score the same value", _EVALUATION),
        Rule("parts", "总额等于所列各项之和", "an amount is the sum of the parts listed", _BUDGET_FORMS),
        Rule("part-exceeds", "部分不大于总体", "a part does not exceed its whole", _BUDGET_FORMS),
        Rule(
            "listed-items",
            "总额等于逐项列示之和",
            "an amount is the sum of the items described under it",
            _ACCOUNT_FORMS,
        ),
        Rule(
            "accounting-equation",
            "资产等于负债加净资产",
            "assets are liabilities and net assets",
            "《政府会计准则——基本准则》",
        ),
        Rule("shares-sum", "占比合计为100%", "the shares of a whole sum to 100 %", _ROUNDING),
        Rule("share", "占比复算", "a share is the part over its whole", _ROUNDING),
        Rule("growth", "增长率复算", "a rate of growth is the change over the amount before", _ROUNDING),
        Rule(
            "changes-sum",
            "各项增减之和等于总增减",
            "the changes of the parts sum to the change of the whole",
            _BUDGET_FORMS,
        ),
        Rule("change", "增减额复算", "a change is the amount less the amount before", _BUDGET_FORMS),
        Rule("adjustment", "调整额复算", "an adjustment is the adjusted budget less the initial one", _EVALUATION),
        Rule(
            "adjustment-rate",
            "预算调整率复算",
            "the rate of adjustment is the adjustment over the initial budget",
            _EVALUATION,
        ),
        Rule("rate", "执行率、完成率复算", "a rate of execution is the amount spent over the budget", _EVALUATION),
        Rule("average", "平均值复算", "an average is the sum of its members over their number", _EVALUATION),
        Rule("same-series", "同一系列数值前后一致", "a series of rates is stated with the same members", _EVALUATION),
        Rule("wording", "文字表述与数值一致", "a comparison in words agrees with its numbers", _ACCOUNT_FORMS),
        Rule("code-class", "科目编码属于所述分类", "a code belongs to the classification it is printed for", _CODES),
        Rule("code-use", "同一支出归入同一政府经济分类", "prose and tables put money under the same codes", _CODES),
        Rule("code-name", "科目名称与编码一致", "a name is that of its code", _CODES),
        Rule("category-name", "类款项名称属实", "a name of class, section or item exists", _CODES),
        Rule("line-name", "同一行名称一致", "one line bears one name in all tables", _BUDGET_FORMS),
        Rule("score-maximum", "得分不超过满分", "a score is within its maximum", _EVALUATION),
        Rule("score-sum", "得分逐级汇总", "scores sum to the score above them", _EVALUATION),
        Rule("maximum-sum", "分值逐级汇总", "maxima sum to the maximum above them", _EVALUATION),
        Rule("count-stated", "数量前后一致", "a number of things is stated the same twice", _EVALUATION),
        Rule("count-listed", "数量与所列一致", "a number of things is that of the list beside it", "GB/T 15834 列举"),
        Rule(
            "projects-within",
            "绩效管理项目金额不超过项目支出",
            "projects under performance management are within project expenditure",
            "中发〔2018〕34号; 项目支出表",
        ),
    )
}
