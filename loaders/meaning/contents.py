"""What a text without a title is by what it says: accounts of an office, or figures of a whole place.

Accounts are told by the headings that the rules of their disclosure prescribe, or by what they must say of the “三公”
expenses: each item with its amount, and amounts of accounts beside those of the budget. Reports and summaries of a
whole county or city say the same words of all its offices; they are no office's document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.documents import Passage, Span
from loaders.words.numerals import TEN

WHOLE = (
    "it is of a whole place (全县、全市“三公”经费汇总，财政决算报告), and no office's document: "
    "its figures are read, but of no office"
)

_ORDINAL = rf"(?:[{TEN}]{{1,3}}[、.．]|[（(][{TEN}]{{1,3}}[）)]|\d{{1,2}}[、.．])?"
#: The headings of 部门决算情况说明. Source: 财政部《地方预决算公开操作规程》, its explanation of accounts.
HEADING = re.compile(
    rf"^{_ORDINAL}(?:关于)?(?:(?:19|20)\d{{2}}年度?)?(?P<of>收入|支出|收入支出|财政拨款收入支出|一般公共预算财政拨款(?:基本)?支出"
    r"|政府性基金预算财政拨款(?:收入)?支出|(?:一般公共预算)?财政拨款“三公”经费支出)决算(?:总体|具体)?情况(?:的?说明)[。:：]?$"
)
_FEWEST_HEADINGS = 2

_AMOUNT = r"[:：]?\s*\d[\d,，.]*\s*[万亿]?元"
_THREE = re.compile(r"[三3][“”\"]?公")
_ITEMS = tuple(
    re.compile(rf"{words}[^，,。；;]{{0,14}}?{_AMOUNT}") for words in (r"因公出国", r"公务用车", r"公务接待")
)
_FEWEST_ITEMS = 2
#: An amount of accounts: 支出决算为3万元; or one beside that of the budget: 支出2万元，年初预算为3万元.
_SETTLED = re.compile(
    rf"(?<!上年)(?<!去年)(?<!上年度)决算(?:总额|数|支出)?(?:为|共计?|合计)?{_AMOUNT}|支出{_AMOUNT}[，,]年初预算(?:数)?为?{_AMOUNT}"
)

_PLACE = r"(?:[省市州盟县区旗镇乡]|[省市州县区旗镇]本级|本级)"
_YEAR = r"(?:(?:19|20)\d{2}年?度?)?"
_FUND = r"(?:一般公共预算)?(?:财政)?(?:拨款)?(?:安排|开支)?的?"
#: What calls itself figures of a place.
_REPORT = re.compile(
    r"(?:财政(?:收支)?决算|本级决算|预算执行情况)(?:\(草案\)|（草案）|草案)?(?:情况)?(?:和[^。；]{2,40})?的?(?:报告|说明)$|人民政府关于.{0,30}(?:决算|预算执行).{0,40}报告$"
)
_SUMMARY = re.compile(
    rf"{_PLACE}{_YEAR}{_FUND}[“”\"]?三公[”\"]?(?:经费|公共)"
    r"|经(?:[\u4e00-\u9fff]{2,14}财政[局厅])?汇总[，,].{0,160}三公|三公[”\"]?经费(?:支出)?决算汇总"
)
_FRONT_LINES = 6


def find_accounts(squeezed: Sequence[Passage]) -> Span | None:
    """The words that make a text without a title accounts of an office; None if it is not told to be such.

    ``squeezed`` are its lines without white space.
    """
    headings = {m["of"]: line.span for line in squeezed if (m := HEADING.match(line.text))}
    if len(headings) >= _FEWEST_HEADINGS:
        return next(iter(headings.values()))
    whole = Passage.join(squeezed)
    settled = _SETTLED.search(whole.text)
    if settled is None or not _THREE.search(whole.text):
        return None
    stated = sum(bool(item.search(whole.text)) for item in _ITEMS)
    return whole.locate(*settled.span()) if stated >= _FEWEST_ITEMS else None


def find_place(squeezed: Sequence[Passage]) -> Span | None:
    """The words that make a text one of a whole place, of all its offices together; None if nothing says so."""
    for line in squeezed[:_FRONT_LINES]:
        report = _REPORT.search(line.text) if len(line.text) <= 70 else None
        if report is not None:
            return line.locate(*report.span())
    whole = Passage.join(squeezed)
    summary = _SUMMARY.search(whole.text)
    return whole.locate(*summary.span()) if summary is not None else None
