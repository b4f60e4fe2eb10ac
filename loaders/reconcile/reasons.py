"""What checks say, as data: each reason has a code, the names of its values, and its words in Chinese and English.

A finding bears codes and values; :mod:`loaders.reconcile.wording` makes sentences of them. A template may use, beside
the values of its code, what every finding has: ``{left}`` and ``{right}``, ``{difference}`` and ``{tolerance}``. Each
``{name:size}`` is a number without its sign, ``{name:after}`` a word with a blank before it unless it is empty.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from string import Formatter
from typing import Any, Literal

from loaders.words.numbers import format_brief, trim_zeros

#: What may stand in a reason: words of the document, a count, an amount in the stated unit.
Value = str | int | Decimal
#: "side" tells of how many terms the right side is, "scope" where its item stands, "found" how the sides stand to one
#: another, "gap" how far they are apart, "note" why that cannot be checked, or what else is known.
Kind = Literal["side", "scope", "found", "gap", "note"]


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with its templates; ``values`` are the names that these use beside those of every finding."""

    code: str
    kind: Kind
    values: tuple[str, ...]
    zh: str
    en: str


#: In the order in which a finding tells them.
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        # Of a long sum the first terms are shown, and then how many there are.
        Reason("sum-is-long", "side", ("terms",), " …（共 {terms} 项）", " … ({terms} terms)"),
        Reason("prose-and-table", "scope", (), "（文字与表格）", " (prose and table)"),
        # Two sums, a part and its whole.
        Reason("sides-agree", "found", (), "{left} = {right}", "{left} = {right}"),
        Reason("sides-agree-within-rounding", "found", (), "{left} ≈ {right}", "{left} ≈ {right}"),
        Reason("sides-differ", "found", (), "{left} ≠ {right}", "{left} ≠ {right}"),
        Reason("part-within-whole", "found", (), "{left} ≤ {right}", "{left} ≤ {right}"),
        Reason("part-above-whole", "found", (), "{left} > {right}", "{left} > its whole {right}"),
        # Quotients, averages, shares.
        Reason("is-quotient", "found", (), "{left} = {right}", "{left} is {right}"),
        Reason(
            "is-quotient-within-rounding",
            "found",
            (),
            "{left} ≈ {right}，相差 {difference:size}",
            "{left} is {right}",
        ),
        Reason(
            "is-no-quotient",
            "found",
            (),
            "{left} ≠ {right}，相差 {difference:size}，四舍五入只能解释 {tolerance:size}",
            "{left} is not {right}",
        ),
        Reason("is-average", "found", (), "{left} = {right}", "{left} is {right}"),
        Reason(
            "is-average-within-rounding", "found", (), "{left} ≈ {right}，相差 {difference:size}", "{left} is {right}"
        ),
        Reason("is-no-average", "found", (), "{left} ≠ {right}，相差 {difference:size}", "{left} is not {right}"),
        Reason(
            "series-agree",
            "found",
            ("average",),
            "各处所列平均值 {average} 的各项一致：{left}",
            "the members of the average {average}: {left} = {right}",
        ),
        Reason(
            "series-differ",
            "found",
            ("average",),
            "各处所列平均值 {average} 的各项不一致：{left}；{right}",
            "the members of the average {average}: {left} ≠ {right}",
        ),
        Reason(
            "shares-are-the-whole",
            "found",
            ("total",),
            "各项占比 {left} = {total}，合为 {right}%",
            "shares {left} = {total} ≈ {right}",
        ),
        Reason(
            "shares-are-about-the-whole",
            "found",
            ("total",),
            "各项占比 {left} = {total} ≈ {right}，相差 {difference:size}%",
            "shares {left} = {total} ≈ {right}",
        ),
        Reason(
            "shares-are-not-the-whole",
            "found",
            ("total",),
            "各项占比 {left} = {total} ≠ {right}，相差 {difference:size}%",
            "shares {left} = {total} ≠ {right}",
        ),
        # Words against numbers.
        Reason(
            "outturn-above-budget",
            "found",
            ("outturn", "budget"),
            "原文写“{left}”，决算数 {outturn} 大于预算数 {budget}",
            "the text says {left}; {outturn} is above {budget}",
        ),
        Reason(
            "outturn-equals-budget",
            "found",
            ("outturn", "budget"),
            "原文写“{left}”，决算数 {outturn} 等于预算数 {budget}",
            "the text says {left}; {outturn} is equal to {budget}",
        ),
        Reason(
            "outturn-below-budget",
            "found",
            ("outturn", "budget"),
            "原文写“{left}”，决算数 {outturn} 小于预算数 {budget}",
            "the text says {left}; {outturn} is below {budget}",
        ),
        Reason(
            "unchanged-with-change",
            "found",
            ("change",),
            "原文写“{left}”，写明的增减为 {change}",
            "the text says {left} and gives a change of {change}",
        ),
        # Codes and names.
        Reason("code-of-class", "found", (), "编码 {left} 属于{right}", "{left} belongs to {right}"),
        Reason("code-of-other-class", "found", (), "编码 {left} 不属于{right}", "{left} is no code of {right}"),
        Reason(
            "rows-of-code-agree",
            "found",
            ("table", "total", "codes"),
            "“{table}”中 {right} 科目各行之和为 {total} 元（所用科目：{codes}），与此相符",
            "the rows of {table} under {right} sum to {total} yuan (codes used: {codes})",
        ),
        Reason(
            "rows-of-code-differ",
            "found",
            ("table", "total", "codes"),
            "“{table}”中 {right} 科目各行之和为 {total} 元（所用科目：{codes}），与此不符",
            "the rows of {table} under {right} sum to {total} yuan (codes used: {codes})",
        ),
        Reason("name-is-of-code", "found", (), "名称“{left}”与科目表一致：{right}", "{left} is the name of {right}"),
        Reason(
            "name-is-not-of-code",
            "found",
            (),
            "名称“{left}”与科目表不一致，科目表为“{right}”",
            "{left} is not the name of {right}",
        ),
        Reason(
            "name-is-of-printed-code",
            "found",
            ("code",),
            "名称“{left}”（{code}）与科目表一致：{right}",
            "{left}（{code}） is the name of {right}",
        ),
        Reason(
            "name-is-not-of-printed-code",
            "found",
            ("code",),
            "名称“{left}”（{code}）与科目表不一致，科目表为“{right}”",
            "{left}（{code}） is not the name of {right}",
        ),
        Reason("name-is-a-class", "found", (), "“{left}”（类）属实，编码为 {right}", "{left}（类） is class {right}"),
        Reason(
            "name-is-no-class",
            "found",
            (),
            "没有名为“{left}”的类；科目表中相近的是“{right}”",
            "{left}（类） is no class; the list has {right}",
        ),
        Reason(
            "line-has-two-names",
            "found",
            ("stated", "table"),
            "数为 {stated} 的一行叫“{left}”，在“{table}”中叫“{right}”",
            "the line of {stated} is called {left}; {table} calls it {right}",
        ),
        Reason(
            "code-has-two-names",
            "found",
            ("code", "said", "usual", "usually"),
            "载入的文件中有 {said} 份称 {code} 为“{left}”；通常称“{usual}”，有 {usually} 份",
            "{code} is called {left} in {said} of the documents here; usual is {usual}, in {usually} of them",
        ),
        # Numbers of things.
        Reason(
            "counts-agree",
            "found",
            (),
            "数量前后一致：一处写 {left}，另一处写 {right}",
            "{left} in one place, {right} in another",
        ),
        Reason(
            "counts-differ", "found", (), "一处写 {left}，另一处写 {right}", "{left} in one place, {right} in another"
        ),
        Reason(
            "count-is-of-list",
            "found",
            ("names",),
            "写的是 {left} 个，列出的也是 {right} 个（{names}）",
            "{left} stated, {right} listed ({names})",
        ),
        Reason(
            "count-is-not-of-list",
            "found",
            ("names",),
            "写的是 {left} 个，列出的是 {right} 个（{names}）",
            "{left} stated, {right} listed ({names})",
        ),
        # The catalogue against the text.
        *(
            Reason(f"catalogue-{what}-{end}", "found", (), zh.format(name=name), en.format(what=what))
            for what, name in (("agency", "部门"), ("year", "年度"), ("kind", "种类"))
            for end, zh, en in (
                (
                    "found",
                    "目录所记{name}与正文一致：{{right}}",
                    "the catalogue's {what} is found in the text: {{right}}",
                ),
                (
                    "differs",
                    "目录所记{name}为“{{left}}”，正文为“{{right}}”",
                    "the catalogue's {what} is {{left}}; the text states {{right}}",
                ),
                (
                    "not-stated",
                    "目录所记{name}为“{{left}}”，正文没有写明",
                    "the catalogue's {what} is {{left}}; the text states none",
                ),
            )
        ),
        # How far two sums, or a part and its whole, are apart, in the stated unit.
        Reason(
            "apart-within-rounding",
            "gap",
            ("gap", "unit"),
            "，相差 {gap:size}{unit:after}",
            " (difference {gap}{unit:after})",
        ),
        Reason(
            "apart-beyond-rounding",
            "gap",
            ("gap", "unit", "allowed"),
            "，相差 {gap:size}{unit:after}，四舍五入只能解释 {allowed:size}",
            " (difference {gap}{unit:after}, rounding explains {allowed})",
        ),
        Reason(
            "apart-in-last-places",
            "gap",
            ("gap", "unit", "allowed"),
            "，相差 {gap:size}{unit:after}，四舍五入只能解释 {allowed:size}；文件说明了尾数可有差异",
            " (difference {gap}{unit:after}, rounding explains {allowed}; "
            "the document says that last places may differ)",
        ),
        # Why something cannot be checked, or what else is known of it.
        Reason("codes-summed", "note", ("code", "below"), "{code} = {below}", "{code} = {below}"),
        Reason(
            "items-by-class",
            "note",
            (),
            "各项按类列示，合为总额",
            "the items are set out as the whole by class",
        ),
        Reason(
            "item-of-last-year",
            "note",
            (),
            "差额或许是上年有而今年没有的项目",
            "an item of last year that this year lacks may account for it",
        ),
        Reason(
            "numbers-fit-other-columns",
            "note",
            (),
            "这一行的数与其他各栏相符",
            "the numbers of the row fit other columns",
        ),
        Reason(
            "columns-are-concluded",
            "note",
            (),
            "该表各数所在的栏系推断而得",
            "the columns of the table are a conclusion",
        ),
        Reason("divisor-is-zero", "note", (), "除数为零，无法复算", "{right} has no value"),
        Reason(
            "columns-are-open",
            "note",
            ("rows",),
            "有 {rows} 行，原文看不出各数所在的栏",
            "in {rows} rows the text does not say in which column each number stands",
        ),
        Reason(
            "columns-do-not-add-up",
            "note",
            ("bad", "rows"),
            "{rows} 行中有 {bad} 行不相等，可见这些栏并非总数与其各部分，或读取有误",
            "{left} is not {right} in {bad} of {rows} rows; so the columns do not mean a total and its parts, "
            "or they were read wrongly",
        ),
        Reason(
            "name-is-of-other-code",
            "note",
            (),
            "这一行的名称是另一科目的名称",
            "its name is that of another code",
        ),
        Reason("codes-have-no-column", "note", ("codes",), "没有 {codes} 一栏", "no column for {codes}"),
        Reason(
            "codes-print-no-amount",
            "note",
            (),
            "其下各科目在此栏没有金额",
            "the codes below print no amount in this column",
        ),
        Reason(
            "total-fits-beside",
            "note",
            (),
            "合计行的数与相邻各栏相符，而不与所在各栏相符",
            "the numbers of the total row fit the columns beside those under which they stand",
        ),
        Reason("classes-are-open", "note", (), "有的类所在的栏未定", "the columns of some classes are open"),
        Reason(
            "classes-are-repeated",
            "note",
            (),
            "表中各类按几个单位重复列示",
            "the table repeats its classes for several offices",
        ),
        Reason("classes-are-missing", "note", (), "表中各类的行不全", "not all rows of classes are in the table"),
        Reason(
            "number-is-no-amount",
            "note",
            (),
            "所列之中有一个数未读作金额",
            "a number of the list was not read as an amount",
        ),
        Reason(
            "list-may-be-incomplete",
            "note",
            (),
            "其下所列不一定齐全",
            "the list under it need not be complete",
        ),
        Reason(
            "items-may-be-incomplete",
            "note",
            ("items",),
            "其下列出的 {items} 项不一定齐全",
            "the {items} items under it need not be complete",
        ),
        Reason(
            "owner-is-not-plain",
            "note",
            (),
            "看不出两处所说的是不是同一项目或同一单位",
            "it is not plain that both are of one project or one office",
        ),
        *(
            Reason(
                f"{code}-may-differ", "note", (), f"看不出两处是否{zh}", f"it is not known that both are of one {en}"
            )
            for code, zh, en in (
                ("years", "属同一年度", "year"),
                ("phases", "同为预算数或同为决算数", "phase, budget or outturn"),
                ("bodies", "属同一单位", "body"),
                ("extents", "都包括结转结余", "extent, with or without what was carried over"),
                ("funds", "属同一资金来源", "fund"),
            )
        ),
        Reason(
            "table-may-go-on",
            "note",
            (),
            "表格或许续在下一页",
            "the table may go on on the next page",
        ),
        Reason(
            "rows-bear-no-code",
            "note",
            (),
            "其间有的行未读出科目编码",
            "no code was read of some rows between them",
        ),
        Reason(
            "items-may-be-left-out",
            "note",
            (),
            "或许有未列出的明细科目",
            "items below it may be left out",
        ),
        Reason(
            "codes-were-not-read",
            "note",
            (),
            "表中印有的下级科目有的未能读出",
            "codes below it that the table prints were not read",
        ),
        Reason(
            "lines-may-be-missing",
            "note",
            (),
            "读出的各项分值不等于总分值，或许缺行",
            "the points of the lines that were read are not the total's; lines may be missing",
        ),
        Reason("change-is-of-what", "note", (), "看不出是什么有了增减", "it is not plain what has changed"),
        Reason("whole-is-not-plain", "note", (), "总体未明确写出", "the whole is not stated plainly"),
        Reason(
            "budget-and-spent-not-stated",
            "note",
            (),
            "旁边没有同时写明预算数和支出数",
            "budget and amount spent are not both stated beside it",
        ),
        Reason(
            "initial-and-adjusted-not-stated",
            "note",
            (),
            "年初预算数和调整预算数没有同时写明",
            "initial and adjusted budget are not both stated",
        ),
        Reason(
            "budget-and-outturn-not-stated",
            "note",
            (),
            "旁边没有同时写明预算数和决算数",
            "budget and outturn are not both stated beside it",
        ),
    )
}
_ORDER = {code: number for number, code in enumerate(REASONS)}


def sort_codes(codes: Sequence[str]) -> tuple[str, ...]:
    """Codes in the order in which a finding tells them, each once; unknown ones last."""
    return tuple(sorted(dict.fromkeys(codes), key=lambda c: (_ORDER.get(c, len(_ORDER)), c)))


def state(
    codes: Sequence[str], values: Mapping[str, Value] | None = None
) -> tuple[tuple[str, ...], tuple[tuple[str, Value], ...]]:
    """Codes and values as a finding holds them, in order. Raises KeyError if a code is unknown or a value amiss."""
    given = values or {}
    unknown = [code for code in codes if code not in REASONS]
    if unknown:
        raise KeyError(f"no reason is called {unknown[0]!r}")
    names = {name for code in codes for name in REASONS[code].values}
    if names != set(given):
        raise KeyError(f"the values of {', '.join(codes)} are {sorted(names)}, not {sorted(given)}")
    return sort_codes(codes), tuple(sorted(given.items()))


def write_values(values: Sequence[tuple[str, Value]]) -> str:
    """Values as a JSON object, numbers as numbers; "" if there are none."""
    pairs = (
        f"{json.dumps(name)}: {format_plain(value) if isinstance(value, Decimal) else _quote(value)}"
        for name, value in values
    )
    return f"{{{', '.join(pairs)}}}" if values else ""


def _quote(value: str | int) -> str:
    return json.dumps(value, ensure_ascii=False)


def read_values(text: str) -> tuple[tuple[str, Value], ...]:
    """The values that :func:`write_values` wrote; none if the text is no such object."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        return ()
    if not isinstance(found, dict):
        return ()
    return tuple(sorted((n, v) for n, v in found.items() if isinstance(v, str | int | Decimal)))


def fill(code: str, language: str, values: Mapping[str, Value | None]) -> str:
    """The words of a reason in a language, ``zh`` or ``en``."""
    reason = REASONS[code]
    return _FORMATTER.vformat(reason.zh if language == "zh" else reason.en, (), values)


class _Formatter(Formatter):
    """Knows ``size`` and ``after``; a number is written without final zeros."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as the template wants it; "" for None."""
        if format_spec == "size":
            return format_brief(abs(Decimal(value))) if value is not None else ""
        text = format_plain(value) if isinstance(value, Decimal) else "" if value is None else str(value)
        return f" {text}" if format_spec == "after" and text else text


_FORMATTER = _Formatter()


def format_plain(value: Decimal) -> str:
    """A number without exponent and final zeros."""
    return trim_zeros(f"{value:f}")
