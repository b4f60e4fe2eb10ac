"""Which year a number in running text is about.

Rules, from the phrasing of official documents: a year behind 比/较/与 is what is compared with, not what is told; a year
inside 《》 belongs to a title; two years told of together, or a year inside a stated reason or a remark in brackets, govern nothing after it; 截至…底 dates a stock; a year that opens a sentence governs the sentences after it until
another year, or 当年/本年, is named, or the item of a list ends in which it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.words.numerals import CIRCLED, TEN

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年(?!来|均|以来)")
_RANGE = re.compile(r"(?:19|20)\d{2}\s*年?\s*[-—–~至到]\s*(?:19|20)?\d{2}\s*年")
#: Two years told of together: what follows is about neither of them alone.
_PAIR = re.compile(r"(?:19|20)\d{2}\s*年?(?:度)?\s*(?:和|、|与|及)\s*(?:19|20)\d{2}\s*年")
#: A reason that is being stated, up to where the year stands.
_REASON = re.compile(r"(?:原因(?:是|为|系)|由于|因为|主要[是系])[^；;。]*$")
#: A reason in a clause of its own, whose years end with it: 农林水因 2030 年补付 2029 年工程款，支出减少….
_BRIEF_REASON = re.compile(r"(?:^|[，。；：:、]|(?<=[\u4e00-\u9fff]))因(?![公素此而私病特])[^，。；;：:]*$")
_RELATIVE = re.compile(
    r"(截至|截止|截止至|截至到)?\s*(上年|去年|上年度|上一年)(底|末|年底|年末|年度末)|(?<![比较与同于跟和以低高])(上年|去年)(?=(?:度)?(?:预算|决算|执行|完成|实际|支出)(?:数|额|金额|为|完成))"
    r"|(当年|本年|今年|本年度|本单位当年|年内)(?!度?结转|底前|初|收入合计|支出合计)"
)
_SEMICOLON = re.compile(r"[；;]")
_MARK = re.compile(r"[、，；,;]")
#: 结转 2025 年下达的资金 is money of the year into which it is carried.
_CARRYING = re.compile(r"结转\s*$")
_TITLE = re.compile(r"《[^》]*》")
_COMPARED = re.compile(r"(?:比|较|与|同比|相较于|相较|对比|较之|同|和|相比于|于)\s*(?:上年|去年|上年度)?[（(]?\s*$")
_CARRIED = re.compile(r"^\s*(?:年度?)?[^，。；]{0,10}?(?:结转|结余)")
_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]?")
#: What may stand before a year that opens its sentence.
_OPENS = re.compile(r"^(?:[^，。]{0,8}，)?\s*(?:截至|截止|自|从|到|在|至|于|早在|按照)?(?:至|到)?\s*$")


@dataclass(frozen=True, slots=True)
class _Mention:
    at: int
    year: int
    opens: bool
    until: int | None = None


#: A year's amount named as the base of a comparison, with the change behind it.
_BASE = re.compile(
    r"(?:度)?(?:年?初|部门|当年)?(?:预算|决算|执行|支出|收入|完成)*"
    r"(?:(?:数|额|金额)?(?:为|的)?\s*\d[\d,.]*\s*(?:亿|万)?元|数\s*\d[\d,]*\.\d+)"
)
_LAST_YEAR = re.compile(
    r"[比较与同由从](?:上年|去年)(?:度)?(?:年初|年末|部门|当年|同期)?(?:累计|实际|共|总)?(?:预算|决算|执行|支出|收入|完成|结转|结余|和)*(?:数|额|金额)?(?:为|的)?"
    r"\s*\d[\d,.]*\s*(?:(?:亿|万)?元|(?=增加|减少|上升|下降|增长|多|少))"
)


def _find_close(sentence: str, start: int, end: int) -> int | None:
    """Where the bracket closes in which a year is part of a remark; None if it stands in none, or alone in one."""
    depth = 0
    for at in range(start - 1, -1, -1):
        depth += (sentence[at] in "）)") - (sentence[at] in "（(")
        if depth < 0:
            closing = re.compile(r"[^（()）]*(?:[（(][^（()）]*[）)][^（()）]*)*[）)]").match(sentence, end)
            alone = re.fullmatch(r"\s*", sentence[at + 1 : start]) and re.match(
                r"\s*(?:度|末|底|初)?\s*[）)]", sentence[end:]
            )
            return closing.end() - 1 if closing and not alone else None
    return None


def _find_end(sentence: str, match: re.Match[str], before: str) -> int | None:
    """Where a year in the midst of a sentence stops to govern: with its reason, its item of a list, its bracket."""
    # A year named in a reason says nothing of the next item of the list.
    brief = _BRIEF_REASON.search(before) if not _REASON.search(before) else None
    listed = before.rstrip().endswith("、")
    for named, ends in ((_REASON.search(before), _SEMICOLON), (brief, _MARK), (listed, _MARK)):
        end = ends.search(sentence, match.end()) if named else None
        if end:
            return end.start()
    return _find_close(sentence, match.start(), match.end())


#: How an item of a list begins; its group is the kind of list.
_ITEM = re.compile(
    rf"\s*(?:(?P<goal>(?:目标|任务)\s*[\d{TEN}]{{1,3}}\s*[:：、.．])|(?P<first>[{TEN}]{{1,3}}、)|(?P<second>[（(][{TEN}]{{1,3}}[）)])"
    rf"|(?P<third>\d{{1,2}}\s*(?:、|[.．](?!\d)))|(?P<fourth>[（(]\d{{1,2}}[）)])|(?P<circled>[{CIRCLED}])|(?P<said>[{TEN}]是))"
)


class YearReader:
    """Answers, for one passage, which year the number at an offset is about."""

    def __init__(self, text: str, fiscal_year: int | None) -> None:
        self.fiscal_year = fiscal_year
        self._sentences: list[tuple[int, int, list[_Mention], int | None]] = []
        carried: int | None = None
        items: list[str] = []  # the kinds of lists in whose items a sentence stands, outermost first
        within: list[str] = []  # those in which the year that is carried stands
        for match in _SENTENCE.finditer(text):
            if match.end() == match.start():
                continue
            item = _ITEM.match(match.group())
            kind = item.lastgroup if item is not None else None
            if kind is not None:
                carried = None if kind in within else carried
                items = [*items[: items.index(kind) if kind in items else len(items)], kind]
            mentions = self._mentions(match.group(), match.start())
            self._sentences.append((match.start(), match.end(), mentions, carried))
            if mentions:
                last = mentions[-1]
                first = mentions[0]
                if first.opens and last.year != fiscal_year and first.year != fiscal_year:
                    carried, within = last.year, items
                elif any(m.year == fiscal_year for m in mentions) or last.opens:
                    carried = None

    def year_at(self, offset: int) -> int | None:
        """The year of the number at ``offset``; the document's fiscal year if nothing else is said."""
        for start, end, mentions, carried in self._sentences:
            if start <= offset < end:
                before = [m for m in mentions if m.at < offset and (m.until is None or offset < m.until)]
                if before:
                    return before[-1].year
                return carried if carried is not None else self.fiscal_year
        return self.fiscal_year

    def _mentions(self, sentence: str, start: int) -> list[_Mention]:
        hidden = [m.span() for m in _TITLE.finditer(sentence)] + [m.span() for m in _RANGE.finditer(sentence)]
        hidden += [m.span() for m in _PAIR.finditer(sentence) if m.group()[:4] != m.group().rstrip("年 ")[-4:]]
        found = []
        for match in _YEAR.finditer(sentence):
            if any(a <= match.start() < b for a, b in hidden):
                continue
            before = sentence[: match.start()]
            if _COMPARED.search(before) and not re.search(r"(?:截至|截止)\s*$", before):
                base = _BASE.match(sentence, match.end())
                if base:  # 比 2025 年预算数 100 万元增加…: the amount that is compared with is of that year
                    found.append(_Mention(start + match.start(), int(match.group(1)), False, start + base.end()))
                continue
            if _CARRIED.match(sentence[match.end() :]) and not re.search(r"(?:截至|截止)", before[-6:]):
                continue
            if _CARRYING.search(before):
                continue
            until = _find_end(sentence, match, before)
            found.append(
                _Mention(
                    start + match.start(),
                    int(match.group(1)),
                    bool(_OPENS.match(before)),
                    None if until is None else start + until,
                )
            )
        if self.fiscal_year is not None:
            for match in _RELATIVE.finditer(sentence):
                if any(a <= match.start() < b for a, b in hidden):
                    continue
                now = match.group(5) is not None
                year = self.fiscal_year if now else self.fiscal_year - 1
                before = sentence[: match.start()]
                if not now and match.group(1) is None and _COMPARED.search(before):
                    continue
                until = None
                if not now and match.group(1) is None:
                    clause = re.search(r"[，。；,;]", sentence[match.end() :])
                    until = start + match.end() + (clause.start() if clause else len(sentence))
                found.append(_Mention(start + match.start(), year, not now and bool(_OPENS.match(before)), until))
            for match in _LAST_YEAR.finditer(sentence):
                found.append(_Mention(start + match.start(), self.fiscal_year - 1, False, start + match.end()))
        return sorted(found, key=lambda m: m.at)
