"""What a single cell of an official table is: a number with its unit, a code, a header word, the start of an item."""

from __future__ import annotations

import re
from functools import lru_cache

from loaders.documents import Cell, Passage
from loaders.words.codes import load_codes
from loaders.words.comparators import COMPARATORS
from loaders.words.indicator_levels import AT_LEVEL1, AT_LEVEL2
from loaders.words.lines import HEADER_WORDS, is_number_word
from loaders.words.normalise import plain
from loaders.words.numbers import find_written, tokenise
from loaders.words.numerals import TEN
from loaders.words.signs import SIGN
from loaders.words.units import WORDS

COMPARE = r"(?:≥|≤|≧|≦|>=|<=|>|<|＞|＜|=|＝|═|﹦|﹥|﹤|大于等于|小于等于|大于|小于|不低于|不少于|不超过|不高于|不大于|不小于|至少|超过|达到|约|完成|\\?geq|\\?leq|\$)"


_NUMBER = r"[-−－+]?\d[\d,，﹐]*(?: \d{3})*(?:[.．﹒]\d+)?"


_MEASURE = re.compile(
    rf"^\s*(?:{COMPARE}|{SIGN})?\s*{_NUMBER}\s*(?:{'|'.join(sorted((re.escape(w) for w in WORDS), key=len, reverse=True))}|[万亿])?"
    rf"\s*(?:以上|以内|以下|及以上)?\s*(?:[（(]含[)）])?\s*{SIGN}?\s*$"
)


#: A target with a unit of Latin letters (≥20M, 95dB, 3.5km/h), which elsewhere are part of a name.
LATIN_MEASURE = re.compile(rf"^\s*{COMPARE}?\s*{_NUMBER}\s*[A-Za-zμΩ℃°]{{1,4}}(?:/[A-Za-z\u4e00-\u9fff]{{1,2}})?\s*$")
#: A target with a measure word that is in no list (≥20扇), which is no date, rank, rest or scale.
STRANGE_MEASURE = re.compile(
    rf"^\s*{COMPARE}?\s*{_NUMBER}\s*(?P<word>(?![年月日号时点分之第万亿千百十余多左以至到前后底内上下起止级等及和])[\u4e00-\u9fff])\s*$"
)


CODE = re.compile(r"^\d{3}(?:\d{2}){0,2}$|^\d{2}$|^\d{6,9}$|^\d{12,}$")


SUBJECT_CODE = re.compile(
    r"^(?:2(?:0[1-9]|1\d|2[0-9]|3[0-4])|3(?:0[1-9]|1[0-3]|99)|5(?:0[1-9]|1[0-5]|99))(?:\d{2}){0,2}$"
)


ITEM_START = re.compile(rf"^(?:[{TEN}]{{1,3}}[、.．]|[（(][{TEN}\d]{{1,3}}[）)]|\d{{1,2}}[、.．](?!\d))\s*\S")


TOTAL = re.compile(r"^(?:合计|总计|本年(?:收入|支出)合计|(?:收入|支出)总计|金额合计|小计)[:：]?$")


_HEADERISH = re.compile(
    r"(?:预算|决算|预算数|决算数|执行数|编码|代码|名称|合计|小计|总计|指标|指标值|目标值|分值|得分|标准|说明|总额|资金|拨款|内容|备注|收入|支出|费|经费|金额|数量|时间|情况|比例|结余|结转|年|年度|安排|数|率|编制|差额|增减|权重|额|科目|[%％])(?:[（(][^）)]*[）)])?$"
)


KNOWN = frozenset(plain(w) for w in HEADER_WORDS) | {
    "预算",
    "决算",
    "类",
    "款",
    "项",
    "单位",
    "指标",
    "权重",
    "财政拨款",
    "其他资金",
    "指标名称",
    "绩效指标",
    "指标目标值",
    "分解目标内容",
    "子项目名称",
    "预算金额",
    "预算金额(元)",
    "预算金额(万元)",
    "指标性质",
    "指标权重",
    "计量单位",
    "度量单位",
    "指标方向",
    "是否核心",
    "是否核心指标",
    "其中:财政拨款",
    "其中:其他资金",
    "采购项目",
    "采购目录",
    "采购品目",
    "采购单位",
    "采购方式",
    "规格型号",
    "购买服务内容",
    "资金来源",
    "资金性质",
    "项目类别",
    "项目类型",
    "预算单位",
    "预期目标",
    "实际完成情况",
    "目标实际完成情况",
    "支出内容",
    "计划支出数",
    "实际支出数",
    "计划支出",
    "实际支出",
}


def is_measure(text: str) -> bool:
    """Whether a cell holds one number with an optional comparator and unit, and nothing else."""
    return len(text) <= _LONGEST_MEASURE and _is_short_measure(text)


#: What may stand around a number in words that is all that a cell says: 人民币壹仟元整, 不低于百分之九十.
_BEFORE_WRITTEN = re.compile(rf"\s*{COMPARE}?\s*(?:人民币)?(?:[百千]分之)?\s*")
_BEHIND_WRITTEN = re.compile(r"\s*(?:元整?|个?百分点)?\s*(?:以上|以内|以下|及以上)?\s*")


def is_written(text: str) -> bool:
    """Whether a cell holds one number in words with its unit, and nothing else.

    >>> is_written("百分之九十八点五"), is_written("壹仟贰佰万元整"), is_written("三百元以内的支出")
    (True, True, False)
    """
    found = find_written(text) if len(text) <= _LONGEST_MEASURE and not _DIGIT.search(text) else []
    if len(found) != 1:
        return False
    before, behind = text[: found[0].span.start], text[found[0].span.end :]
    return bool(_BEFORE_WRITTEN.fullmatch(before) and _BEHIND_WRITTEN.fullmatch(behind))


@lru_cache(maxsize=1 << 14)
def _is_short_measure(text: str) -> bool:
    if not _DIGIT.search(text) or _YEAR_ALONE.fullmatch(text):
        return False
    return is_number_word(text) or bool(_MEASURE.match(text))


_LONGEST_MEASURE = 40
_DIGIT = re.compile(r"\d")
_YEAR_ALONE = re.compile(r"\s*(?:19|20)\d{2}\s*年(?:度)?\s*")


#: What a row that numbers columns has over its columns of names, in any number: 类 | 款 | 项 | 栏次 | 1 | 2.
_BESIDE_COUNTING = re.compile(r"^[类款项]$|^[栏行列]次$|\*")

#: What stands beside the number of the only column that is numbered: ** | 1. A row's own number has its name beside it.
_ONE_COUNTED = re.compile(r"\*+|[类款项]*[栏列]次")


def is_counting(row: list[Cell]) -> bool:
    """Whether a row only numbers columns: 栏次 1 2 3, or 1 2 3=1+2; one column alone is numbered 1."""
    numbers = [c.text for c in row if re.fullmatch(r"\d{1,2}|\d{1,2}\s*=.*", c.text.strip())]
    words = [c for c in row if c.text.strip() not in numbers]
    if numbers == ["1"] and _ONE_COUNTED.fullmatch("".join(plain(c.text) for c in words)):
        return True
    if (
        len(numbers) < 2
        or sum(not _BESIDE_COUNTING.search(plain(c.text)) for c in words) > 3
        or any(not re.search(r"栏次|行次|列次|类|款|项|\*", plain(c.text)) for c in words)
    ):
        return False
    leading = [int(re.match(r"\d+", n).group()) for n in numbers]  # type: ignore[union-attr]
    return leading == list(range(leading[0], leading[0] + len(leading))) and leading[0] in (0, 1, 2)


_MONEY_FIELD = re.compile(r"(?:总额|金额|资金|拨款|经费|预算|支出|收入|合计|小计|总计|数|额|成本)(?:[(][^)]*[)])?:?$")


def is_year_cell(row: list[Cell], position: int) -> bool:
    """Whether a bare number of a row, such as 2024, heads a column with its year; behind a field of money it is an amount."""
    if not re.fullmatch(r"(?:19|20)\d{2}", row[position].text.strip()):
        return False
    before = plain(row[position - 1].text) if position else ""
    return not _MONEY_FIELD.search(before)


#: The number of a column and how it is computed, behind its name: 小计③=①+②, 支出实现率(%)⑤=④/③.
_COMPUTED = re.compile(r"\s*[①-⑳](?:\s*[=＝].*)?\s*$", re.S)


def without_formula(text: str) -> str:
    """The words of a header without the number of the column and its formula.

    >>> without_formula("小计③=①+②"), without_formula("①中央财政资金")
    ('小计', '①中央财政资金')
    """
    return _COMPUTED.sub("", text)


#: What a name of a column says of its money, or by which classification it divides: 计划支出数(万元), 支出内容(经济科目).
_IN_UNIT = re.compile(r"(?<=.)[(](?:单位:)?(?:(?:[万千百]|亿)?元|(?:经济|功能)(?:分类)?科目)[)]$")
#: The year before the name of a column: 2023年决算数.
_YEAR_LEAD = re.compile(r"^(?:(?:19|20)\d{2}年度?|上年度?|本年度?)(?=.)")


def is_known(text: str) -> bool:
    """Whether words are a name of a column as official forms print it, with or without the year before it.

    >>> is_known("2023年决算数"), is_known("二级指标"), is_known("养护公路里程")
    (True, True, False)
    """
    flat = _IN_UNIT.sub("", plain(text).strip(":"))
    return flat in KNOWN or _YEAR_LEAD.sub("", flat) in KNOWN


def header_score(row: list[Cell]) -> tuple[int, int]:
    """How many cells are known header words, and how many cells there are."""
    known = 0
    for cell in row:
        flat = plain(without_formula(cell.text)).strip(":")
        if (flat in KNOWN or flat.startswith("其中:")) or (
            len(flat) <= 24 and _HEADERISH.search(flat) and not re.match(rf"[{TEN}\d]+、", flat)
        ):
            known += 1
    return known, len(row)


#: Words that hold a value: a number compared, or with a unit that stands behind it. A header has none but in brackets.
_VALUED = re.compile(
    r"[≥≤≧≦><＞＜]\s*\d|\d\s*(?:%|％|次|个|人|家|场|天|小时|条|项|台|套|辆|亩|处|公里|平方米|(?:千|百|十)?[万亿]?元(?![）)]))"
)
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
_LEVEL_HEAD = re.compile(r"^(?:一级|二级|三级)指标$")


def holds_value(text: str) -> bool:
    """Whether words hold a value, as a target does, and are no name of a column.

    >>> holds_value("每月正常运行率≥95%"), holds_value("分值权重（90分）")
    (True, False)
    """
    return bool(_VALUED.search(_BRACKETS.sub("", text)))


def names_levels(row: list[Cell]) -> bool:
    """Whether a row names levels of indicators (产出指标, 数量指标) and is thus a row of one, no header of theirs."""
    words = [plain(c.text) for c in row]
    levels = [AT_LEVEL1.fullmatch(w) or AT_LEVEL2.fullmatch(w) for w in words]
    return any(m is not None and m.group("word") for m in levels) and not any(_LEVEL_HEAD.match(w) for w in words)


def is_header(row: list[Cell], follows_header: bool) -> bool:
    if any(is_measure(c.text) or holds_value(c.text) for c in row) or names_levels(row):
        return False
    if any(len(c.text) > 40 for c in row):
        return False
    known, cells = header_score(row)
    strict = sum(1 for c in row if is_known(c.text))
    if follows_header:
        return known >= 1 and known * 2 >= cells and not ITEM_START.match(row[0].text)
    return (strict >= 2 or (strict >= 1 and known >= 3)) and known * 3 >= cells * 2


#: A name of a column is no longer, and has no punctuation of sentences.
_LONGEST_HEAD = 24
_NO_HEAD = re.compile(r"[。；;！？]|^[-—–/*\s]*$")


def may_head(row: list[Cell]) -> bool:
    """Whether all cells of a row are words that may be names of columns, whatever they are."""
    return all(
        len(plain(c.text)) <= _LONGEST_HEAD
        and not _NO_HEAD.search(c.text)
        and not is_measure(c.text)
        and not holds_value(c.text)
        for c in row
    )


def heads_numbers(row: list[Cell], below: list[Cell]) -> bool:
    """Whether a row of words stands over the numbers of the row below it: two numbers at least, each under a word.

    A row of fields, each with its number behind its name, is under no header.
    """
    numbers = [i for i, c in enumerate(below) if is_measure(c.text)]
    fields = all(i and not is_measure(below[i - 1].text) for i in numbers)
    heads = {c.column for c in row}
    return len(numbers) >= 2 and not fields and may_head(row) and all(below[i].column in heads for i in numbers)


def names_column(cell: Cell) -> bool:
    """Whether a cell above the data reads as the name of a column, and not as a field of the form or its value."""
    flat = plain(without_formula(cell.text)).strip(":")
    return (
        flat in KNOWN
        or flat.startswith("其中:")
        or (len(flat) <= 24 and not flat.startswith("(") and bool(_HEADERISH.search(flat)))
    )


#: The field with which a form begins; what stands below it is under no header of the form before.
_FORM_FIELD = re.compile(
    r"^(?:(?:专项|项目|部门|单位|专项资金|项目支出|部门[(]单位[)]|转移支付[(]项目[)])名称|(?:中央|地方|项目)?主管部门(?:及代码)?"
    r"|(?:项目)?实施单位|资金使用单位|预算单位)[:]?$"
)


def opens_form(row: list[Cell]) -> bool:
    """Whether a row is the first of a form: the name of the project or office that it is about."""
    return len(row) >= 2 and bool(_FORM_FIELD.match(plain(row[0].text))) and not is_header(row, follows_header=False)


def fills_form(row: list[Cell], following: list[Cell] | None) -> bool:
    """Whether a row is the first field of a form (项目名称 | its name), which no table goes on below as under a header.

    A name may end like that of a column (项目名称 | 信访专项经费): then the next row tells, which begins with a field too.
    """
    if not opens_form(row):
        return False
    if following is None or not names_column(row[1]):
        return True
    if (following[0].column or 0) > (row[0].column or 0):
        return False
    return not any(is_measure(c.text) for c in following) or bool(_MONEY_FIELD.search(plain(following[0].text)))


OFFICE = r"(?:局|委员会|办公室|办公厅|中心|部|厅|院|校|学校|大学|中学|小学|公司|队|所|站|馆|处|会|署|厂|园|社|团|监狱|[年化]宫|(?:气象|天文|地震|广播|电视)台|本级|机关|（本级）|\(本级\)|政府)(?:[（(][^）)]*[）)])?$"


#: A code printed in the label's own cell: ``[2080505]机关…``, ``2080505-机关…``, ``301 工资福利支出``, ``511-退役军人事务局``.
_PREFIXED = re.compile(
    rf"^(?:[（(][{TEN}\d]+[)）])?\s*[\[【〔(（]?\s*(\d{{3,9}})\s*[\]】〕)）]?\s*[-—_－:：.、]?\s*(?=[\u4e00-\u9fff“（(])"
)
#: What a number counts that is neither in brackets nor before a name of its own (20101人大事务).
_COUNTS = re.compile(r"年|月|号|元|万|人|个|项|次|%")


def split_code(cell: Cell) -> tuple[Cell, Cell, str] | None:
    """A label cell that begins with a code, as code cell, label cell and kind of code; None if it does not."""
    match = _PREFIXED.match(cell.text)
    if match is None:
        return None
    code, rest = match.group(1), cell.text[match.end() :]
    marked = bool(re.search(r"[\[【〔(（\]】〕)）_—－-]", match.group()))
    if SUBJECT_CODE.match(code) and (marked or not _COUNTS.match(rest) or is_listed_code(code, rest)):
        office = re.search(OFFICE, rest) and not re.search(r"事务|支出|服务|经费|费$", rest)
        kind = "unit" if office and not is_listed_code(code, rest) else "subject"
    elif (marked and re.search(OFFICE, rest)) or (len(code) >= 6 and marked):
        kind = "unit"
    else:
        return None
    if (
        len(code) == 3
        and not marked
        and not cell.text[match.end(1) : match.end(1) + 1].isspace()
        and kind == "subject"
        and len(rest) > 16
    ):
        return None
    passage = cell.passage
    return (
        Cell(passage.part(match.start(1), match.end(1)), cell.row, cell.column),
        Cell(passage.part(match.end(), len(cell.text)), cell.row, cell.column),
        kind,
    )


_ITEM_LIKE_OFFICE = re.compile(r"(?:院|馆|站|所|中心|机构|团体|学校|大学)$")


def is_listed_code(code: str, name: str) -> bool:
    """Whether a code is one of a classification: by its name, or as one of 款 and 项 that are named after institutions.

    2100201 综合医院 and 2070104 图书馆 are functions; 20101 某市财政局 is an office whatever its code.
    """
    lists = [load_codes(n) for n in ("function", "economic-2018", "government-economic-2018")]
    item = len(code) > 3 and bool(_ITEM_LIKE_OFFICE.search(name))
    return any(codes.matches(code, name) or (item and code in codes.names) for codes in lists)


#: Units that stand apart from a number without a comparator; others, such as 项 or 支, more often begin the next cell.
_LOOSE_UNITS = frozenset(
    {"%", "％", "万元", "人", "人次", "名", "个", "次", "家", "台", "辆", "套", "天", "小时", "个工作日", "分"}
)


#: What stands under 计量单位 in place of a bare unit: 个数, 次数.
_COUNTED = re.compile(r"[个项次人台辆套件家名篇期场]数")


#: A unit of one thing by another, which no list has: 人/年, 元/人*月.
_RATE_UNIT = re.compile(r"[\u4e00-\u9fff]{1,4}/[\u4e00-\u9fff*·/]{1,6}")


def _is_compared_rate(three: list[Cell]) -> bool:
    """Whether three cells are a comparator, a number and a unit that no list has: ``≥ | 6 | 人/年``."""
    texts = [c.text.strip() for c in three]
    return (
        len(texts) == 3
        and texts[0] in COMPARATORS
        and is_number_word(texts[1])
        and bool(_RATE_UNIT.fullmatch(texts[2]))
    )


def merge_measures(row: list[Cell]) -> list[Cell]:
    """A comparator, a number and a unit in cells of their own (``≥ | 90 | %``) as one cell in the number's column."""
    merged: list[Cell] = []
    at = 0
    while at < len(row):
        three = row[at : at + 3]
        if (
            len(three) == 3
            and three[0].text.strip() in COMPARATORS
            and is_number_word(three[1].text)
            and (three[2].text.strip() in WORDS or _COUNTED.fullmatch(three[2].text.strip()))
        ):
            unit = three[2].passage
            unit = unit.part(0, 1) if unit.text.strip() not in WORDS else unit
            joined = Passage.join([three[0].passage, three[1].passage, unit])
            merged.append(Cell(joined, three[1].row, three[1].column))
            at += 3
        elif _is_compared_rate(three):  # its unit stays in its own column
            merged.append(Cell(Passage.join([three[0].passage, three[1].passage]), three[1].row, three[1].column))
            at += 2
        else:
            merged.append(row[at])
            at += 1
    return merged


def merge_words(row: list[Cell]) -> list[Cell]:
    """Words of one line that extraction set apart: ``≥2 人``, ``大于 98%``, ``项 目``."""
    merged: list[Cell] = []
    for cell in row:
        last = merged[-1] if merged else None
        joins = False
        if last is not None:
            pair = last.text + cell.text
            if (
                cell.text in WORDS
                and tokenise(last.text)
                and is_measure(pair)
                and re.search(r"[≥≤<>＝=＞＜于过]|\d$", last.text)
            ):
                joins = bool(re.search(r"[^\d.,%-]", last.text)) or cell.text in _LOOSE_UNITS
            elif (re.fullmatch(COMPARE, last.text) and is_measure(pair)) or (
                len(last.text) == 1
                and len(cell.text) == 1
                and plain(pair) in ("项目", "收入", "支出", "合计", "类别", "备注", "金额", "小计", "总计")
            ):
                joins = True
        if joins and last is not None:
            merged[-1] = Cell(Passage.join([last.passage, cell.passage]), last.row, last.column)
        else:
            merged.append(cell)
    return merged
