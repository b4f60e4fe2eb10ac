"""Lines of a text and what their form says: captions, unit lines, headings, page furniture, rows, prose.

All rules here are about official layout; none knows an office.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from loaders.characters import UNSEEN
from loaders.documents import Passage
from loaders.words import units
from loaders.words.normalise import drop_unseen
from loaders.words.numbers import tokenise
from loaders.words.numerals import TEN
from loaders.words.traditional import fold

_CJK = re.compile(r"[\u4e00-\u9fff]")
#: A caption may carry its unit and its office on the same line.
_CAPTION_TAIL = (
    r"(?:\s*(?:(?:编制|填报)?(?:部门|单位)(?:名称)?[:：].*|(?:金额)?单位\s*[:：].*|续表.*|[（(]续[^）)]*[）)]))?"
)
CAPTION = re.compile(
    r"^(?!注|备注|说明|附注|详见|（?见)[^。；，,;]{0,70}?(?:表|报表|预算表|决算表|一览表)\s*(?:[（(【][^。；]{0,40}[）)】])?"
    + _CAPTION_TAIL
    + r"$"
)
TABLE_NUMBER = re.compile(
    rf"^(?:附?表|公开|预算|附件|财决公开|部门公开表|单位公开表|批复)\s*[\d０-９{TEN}]+(?:[-—.]\d+)*\s*表?\s*$|^[Tt]able\s*\d+$"
)
#: ``表 1-1 内设机构及主要职能``: a number, a blank, a title that need not end in 表.
_NUMBERED = re.compile(r"^表\s*\d+(?:[-—.]\d+)*[ \u3000]+[^。；，,;\s]{4,40}$")
HEADING = re.compile(rf"^(?:第[{TEN}百]+(?:部分|章|节)|[{TEN}]{{1,3}}[、.．]|[（(][{TEN}]{{1,3}}[）)])\s*\S")
PART = re.compile(rf"^第[{TEN}百]+\s*(?:部分|章)")
ORDINAL = re.compile(
    rf"^(?:[（(]?\d{{1,2}}[)）]|\d{{1,2}}\s*[.．、](?!\d)|[（(][{TEN}]{{1,3}}[）)]|[{TEN}]{{1,3}}、|[①-⑳]|[•\-]\s|—\s"
    rf"|第[{TEN}]+[、，,]|目标\s*\d+\s*[:：])"
)
SENTENCE = re.compile(r"[，。；！？;]|,(?!\d)")
TERMINAL = "。；！？!?;：:"
HEADER_WORDS = frozenset(
    [
        "项目",
        "预算数",
        "决算数",
        "合计",
        "小计",
        "总计",
        "科目编码",
        "科目名称",
        "科目代码",
        "基本支出",
        "项目支出",
        "类",
        "款",
        "项",
        "单位编码",
        "单位名称",
        "单位代码",
        "部门代码",
        "部门名称",
        "部门编码",
        "功能分类科目编码",
        "功能分类科目名称",
        "经济分类科目编码",
        "经济分类科目名称",
        "功能科目编码",
        "功能科目名称",
        "部门经济科目编码",
        "部门经济科目名称",
        "政府经济科目编码",
        "政府经济科目名称",
        "编码",
        "名称",
        "金额",
        "收入",
        "支出",
        "本年收入",
        "本年支出",
        "行次",
        "栏次",
        "年初预算数",
        "全年预算数",
        "调整预算数",
        "执行数",
        "人员经费",
        "公用经费",
        "备注",
        "预算单位",
        "支出总计",
        "年度",
        "总计",
        "一级指标",
        "二级指标",
        "三级指标",
        "指标值",
        "指标内容",
        "目标值",
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "项目名称",
        "任务名称",
        "主要内容",
        "总额",
        "财政拨款",
        "其他资金",
        "功能科目",
        "经济科目",
        "科目",
        "本年支出合计",
        "本年收入合计",
        "人员支出",
        "公用支出",
        "内设机构",
        "机构职能",
        "绩效目标",
        "预算金额",
        "序号",
        "单位",
        "收",
        "入",
        "支",
        "出",
        "资金来源",
        "支出项目",
        "支出功能分类科目",
        "因公出国（境）费",
        "公务接待费",
        "会议费",
        "培训费",
    ]
)
_COLUMN_ENDS = ("预算数", "决算数", "编码", "名称", "绩效目标", "金额", "资金额", "预算额", "单位")
_TOC = re.compile(r"[.…·．]{3,}\s*\d*\s*$|\.{2,}\s*\d+$|[\u4e00-\u9fff）)]\s{2,}\d{1,3}$")
_SPACED = re.compile(r"^\d(?: \d){1,2}$")
_PAGE = re.compile(
    r"^\d(?: \d){1,2}$|^[\s\-—–―~·.第]*\d{1,4}\s*(?:页)?(?:\s*[/／]?\s*共?\s*\d{0,4}\s*页?)?[\s\-—–―~·.]*$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number (0-based), its place in the text, its characters without the break."""

    number: int
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def words(self) -> str:
        """The characters without white space at either end and those that no one sees."""
        return (self.text if self.text.isascii() else UNSEEN.sub("", self.text)).strip()

    @property
    def passage(self) -> Passage:
        """The line without white space at either end and without what no one sees, as a passage."""
        return self.whole.strip()

    @property
    def whole(self) -> Passage:
        """The line without the characters that no one sees, as a passage."""
        return drop_unseen(Passage(self.text, tuple(range(self.start, self.end))))

    @property
    def tabbed(self) -> bool:
        return "\t" in self.text


def split_lines(text: str) -> list[Line]:
    """The lines of a text; ``\\r\\n`` and form feeds end a line too, and stay outside it."""
    lines: list[Line] = []
    start = 0
    for match in re.finditer(r"\r\n|[\n\r\f\v\u2028\u0085]", text):
        lines.append(Line(len(lines), start, text[start : match.start()]))
        start = match.end()
    lines.append(Line(len(lines), start, text[start:]))
    return lines


def compact(text: str) -> str:
    """``text`` without any white space and with its traditional characters simplified, for matching."""
    return fold("".join(text.split()))


#: A title that begins with its unit's code and name.
_CODED_TITLE = re.compile(r"^\s*\d{3,12}[_—－-]\s*(?P<unit>[^_\d\s][^_]{2,})_(?P<rest>.*)$", re.S)


def split_title(title: str) -> tuple[str, str]:
    """The unit that a title names behind its code, and the rest of the title; "" and the title if it names none.

    >>> split_title("301007_安平市公安局机场分局_警务用房维修项目绩效目标表")
    ('安平市公安局机场分局', '警务用房维修项目绩效目标表')
    """
    match = _CODED_TITLE.match(title)
    return (match.group("unit").strip(), match.group("rest")) if match is not None else ("", title)


def is_caption(words: str) -> bool:
    """Whether a line is formed like the title of an official table."""
    flat = compact(words)
    return bool(2 < len(flat) <= 90 and (CAPTION.match(flat) or TABLE_NUMBER.match(flat))) or bool(
        _NUMBERED.match(words)
    )


def is_unit_line(words: str) -> bool:
    """Whether a line states the unit of the table below it and little else."""
    brief = len(words) <= 80 or len(compact(words)) <= 80  # blanks may keep the office and the unit far apart
    return brief and units.is_unit_line(words) and not words.rstrip().endswith("。")


def is_header_line(words: str) -> bool:
    """Whether a line consists of at least two words that head columns in official tables."""
    parts = fold(words).split()
    known = sum(1 for p in parts if p.strip("：:") in HEADER_WORDS or p.endswith(("预算数", "决算数", "编码", "名称")))
    return known >= 2 and known * 2 >= len(parts)


def is_column_name(words: str) -> bool:
    """Whether a whole line is the name of a column as official tables head them, with its unit perhaps."""
    flat = re.sub(r"[（(][^（()）]{1,12}[)）]$", "", compact(words))
    return len(flat) <= 12 and (flat in HEADER_WORDS or flat.endswith(_COLUMN_ENDS)) and not SENTENCE.search(flat)


def is_toc_line(words: str) -> bool:
    """Whether a line is one of a table of contents (leader dots or a page number behind the title)."""
    return bool(_TOC.search(words)) and bool(_CJK.search(words)) and not SENTENCE.search(words.rstrip(".…"))


def ends_with_number(words: str) -> bool:
    """Whether the last word of a line is a bare number."""
    parts = words.split()
    return bool(parts) and is_number_word(parts[-1]) and (len(parts) > 1 or bool(words))


@lru_cache(maxsize=1 << 15)
def is_number_word(word: str) -> bool:
    """Whether a word is one number and nothing else but a sign, brackets or a percent sign."""
    core = word.strip("()（）").rstrip("%％")
    tokens = tokenise(core)
    return len(tokens) == 1 and len(tokens[0].stated) == len(core) and core.count(".") <= 1


def is_amount(word: str) -> bool:
    """Whether a word is a number as tables of money print it: with decimals or thousands separators."""
    return is_number_word(word) and bool(re.search(r"\d[.,，．﹒﹐]\d", word)) and word[-1] not in "%％"


def is_prose(words: str) -> bool:
    """Whether a line reads as running text: sentence punctuation and enough characters."""
    if len(words) < 12:
        return bool(words) and words[-1] in "。；" and bool(_CJK.search(words))
    marks = len(SENTENCE.findall(words))
    cjk = len(_CJK.findall(words))
    return marks >= 1 and cjk >= 8


def find_furniture(lines: list[Line]) -> set[int]:
    """Numbers of the lines that are page furniture: page numbers, and headers or footers that repeat.

    A bare number is a page number only as part of a series that grows by one, beside blank lines or far apart through
    the text; a line repeats as a header only next to a page number or a blank line, at least three times, and holds
    words.
    """
    found: set[int] = set()
    bare: list[tuple[int, int]] = []
    within: list[tuple[int, int]] = []
    for line in lines:
        words = line.words
        if not words or line.tabbed or not _PAGE.match(words):
            continue
        if line.number + 1 < len(lines) and lines[line.number + 1].words == "|":
            continue  # a cell whose mark stands on the next line
        digits = [re.sub(r"\s", "", words)] if _SPACED.match(words) else re.findall(r"\d+", words)
        dressed = not words.isdigit() and not _SPACED.match(words)
        if dressed and (words[0] in "—–―~·第" or words[-1] in "-页" or words[:2] == "- "):
            found.add(line.number)
        elif not dressed and len(digits[0]) <= 3 and words[0] != "0":
            (bare if _at_page_edge(lines, line.number) else within).append((line.number, int(digits[0])))
    found.update(_series(bare))
    found.update(_scattered(sorted((*bare, *within)), len(lines)))
    found.update(_repeated(lines, found))
    return found


def _at_page_edge(lines: list[Line], number: int) -> bool:
    above = number == 0 or not lines[number - 1].words
    below = number + 1 >= len(lines) or not lines[number + 1].words
    return below or above


def _series(bare: list[tuple[int, int]]) -> set[int]:
    """The lines of ``bare`` (line number, value) that count pages: values that grow by one, at most two left out.

    Such a series needs four members and most of the bare numbers at page edges; values of a table do neither.
    """
    best: list[list[int]] = []
    for at, (_, value) in enumerate(bare):
        chains = [best[i] for i in range(max(0, at - 12), at) if 0 < value - bare[i][1] <= 3]
        best.append([*max(chains, key=len, default=[]), at])
    longest = max(best, key=len, default=[])
    if len(longest) < 4 or len(longest) * 10 < len(bare) * 6:
        return _strict_series(bare)
    return {bare[i][0] for i in longest}


def _strict_series(bare: list[tuple[int, int]]) -> set[int]:
    chains: dict[int, list[int]] = {}
    longest: list[int] = []
    for number, value in bare:
        chain = [*chains.get(value - 1, []), number]
        if len(chain) >= len(chains.get(value, [])):
            chains[value] = chain
        longest = max(longest, chain, key=len)
    return set(longest) if len(longest) >= 4 else set()


#: Of page numbers between lines without blanks: lines a page has at least, and on average; how many there must be.
_PAGE_LINES, _USUAL_PAGE_LINES, _FEWEST_PAGES = 8, 15, 5


def _scattered(bare: list[tuple[int, int]], count: int) -> set[int]:
    """The lines of ``bare`` that count the pages of a text of ``count`` lines whose pages no blank line parts.

    Line numbers of a table saved one cell a line count as well, but close together, at equal distances, or not through
    the whole text. Of a number that stands twice where one is to be, neither is taken.
    """
    chain = _longest_apart(bare)
    if len(chain) < _FEWEST_PAGES:
        return set()
    covered, pages = chain[-1][0] - chain[0][0], chain[-1][1] - chain[0][1]
    gaps = Counter(b[0] - a[0] for a, b in itertools.pairwise(chain))
    through = covered * 4 >= count * 3 and covered >= _USUAL_PAGE_LINES * pages
    if not through or len(chain) * 5 < pages * 4 or max(gaps.values()) * 2 >= len(chain):
        return set()
    places: dict[int, list[int]] = {}
    for line, value in bare:
        places.setdefault(value, []).append(line)
    found: set[int] = set()
    ends = [(-_PAGE_LINES, chain[0][1] - 1), *chain, (count + _PAGE_LINES, chain[-1][1] + 1)]
    for (first, low), (last, high) in itertools.pairwise(ends):
        for missing in range(low + 1, high):  # of pages of few lines
            between = [line for line in places.get(missing, ()) if first < line < last]
            found.update(between if len(between) == 1 else ())
    for (first, _), (at, value), (last, _) in zip(ends, chain, ends[2:], strict=False):
        near = [line for line in places[value] if first + _PAGE_LINES <= line <= last - _PAGE_LINES]
        found.update([at] if len(near) == 1 else ())
    return found


def _longest_apart(bare: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of ``bare`` (line, value) that count upwards, at most two left out, a page of lines from one to the next."""
    lengths: list[int] = []
    before: list[int | None] = []
    best: dict[int, list[int]] = {}  # by value: which of ``bare`` end ever longer chains, in the order of their lines
    for at, (line, value) in enumerate(bare):
        ends = []
        for step in (1, 2, 3):
            reach = best.get(value - step, [])
            known = bisect.bisect_right(reach, line - _PAGE_LINES * step, key=lambda i: bare[i][0])
            ends += reach[known - 1 : known] if known else []
        last = max(ends, key=lambda i: lengths[i], default=None)
        before.append(last)
        lengths.append(1 if last is None else lengths[last] + 1)
        longer = best.setdefault(value, [])
        if not longer or lengths[at] > lengths[longer[-1]]:
            longer.append(at)
    end: int | None = max(range(len(bare)), key=lambda i: lengths[i], default=None)
    chain = []
    while end is not None:
        chain.append(bare[end])
        end = before[end]
    return chain[::-1]


def _repeated(lines: list[Line], pages: set[int]) -> set[int]:
    if len(pages) < 3:
        return set()
    edges: Counter[str] = Counter()
    places: dict[str, list[int]] = {}
    for number in sorted(pages):
        for step in (-1, 1):
            at = number + step
            while 0 <= at < len(lines) and not lines[at].words and abs(at - number) < 4:
                at += step
            if (
                0 <= at < len(lines)
                and at not in pages
                and len(_CJK.findall(lines[at].text)) >= 4
                and not lines[at].tabbed
            ):
                words = compact(lines[at].text)
                edges[words] += 1
                places.setdefault(words, []).append(at)
    often = {
        w for w, n in edges.items() if n >= 3 and n * 3 >= len(pages) and not is_caption(w) and not is_unit_line(w)
    }
    return {at for w in often for at in places[w]}
