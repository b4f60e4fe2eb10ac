"""What a document is, for which year and of which office: found in its text, never in its file name.

Official phrasing says it: title lines (2023年…部门预算), captions of forms (部门名称：, 编制部门：), headings (…概况,
…主要职能). Each such line is evidence with a weight, and the weight of all of them decides, since titles break over
lines, captions are left out, and the first year of a text may be that of a history.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loaders.documents import Document, Passage, Span
from loaders.facts import Agency, DocumentKind, Level
from loaders.meaning.bodies import find_subordinates
from loaders.meaning.contents import WHOLE, find_accounts, find_place
from loaders.meaning.refusal import find_refusal
from loaders.words import places
from loaders.words.credit_codes import find_credit_codes
from loaders.words.naming import (
    CAPTION,
    DIVISION,
    ENDED,
    NAME,
    clean_name,
    find_aliases,
    find_nature,
    find_parent,
    find_rank,
    is_office,
)
from loaders.words.normalise import plain
from loaders.words.numerals import DIGITS, TEN
from loaders.words.sentences import keep, lines, squeeze
from loaders.words.sites import AROUND

#: lines of the front page that are read alone and joined with the next two
FRONT_LINES = 14
WINDOW = 3
FRONT_WEIGHT, TITLE_WEIGHT, TABLE_WEIGHT = 20.0, 3.0, 1.0
#: below this much evidence a document is none of the three kinds
ENOUGH = 4.0

CLOSE = (
    r"(?:(?:信息)?公开|公[示告]|[及和]“?三公”?经费(?:预算|决算)?|及?(?:“三公”经费)?(?:的?(?:汇总)?情况)?的?说明|(?:汇总)?情况(?=公)|汇总(?:情况)?(?=$|表)|编[制报]说明|公开说明|公开报表|公开表格?|报表|表|草案|文本|书)*"
    r"(?:[（(](?:.{1,12}|.{1,40}(?:项目|工程|经费|资金|专项))[）)])?$"
)
LEVEL = r"(?:部门|单位)(?:[（(](?:部门|单位)[）)])?"
KINDS: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    (
        "evaluation",
        re.compile(
            r"绩效(?:单位|部门|项目|目标|支出)?(?:自我|自|再)?(?:评价|评估|自评|评){1,2}(?:工作)?(?:得分|评分|打分|计分|(?:指标)?评分|基础数据|基本数据)?(?:报告|表|结果|情况)"
            + CLOSE
        ),
    ),
    ("accounts", re.compile(LEVEL + r"(?:综合|收支)?决算" + CLOSE)),
    ("budget", re.compile(LEVEL + r"(?:综合|收支)?预算" + CLOSE)),
)
#: a title that leaves out 部门 or 单位: 某某局2021年度决算公开说明; on the front page only, behind an office's name
#: So does a notice of its “三公” expenses: 某某局2022年度“三公”经费决算情况说明.
THREE_PUBLIC = (
    r"(?:一般公共预算)?(?:财政拨款)?(?:安排的?)?“?[\"”]?三公[”\"]?(?:公共)?(?:经费|消费|支出)(?:财政拨款)?(?:支出)?"
)
_TOWN = r"[\u4e00-\u9fff]{2,12}[镇乡](?=(?:19|20)\d{2}年)"
SHORT = re.compile(
    rf"^(?P<year>(?:19|20)\d{{2}}年?度?)?(?P<name>{ENDED}|{_TOWN})(?(year)|(?:19|20)\d{{2}}年?度?)(?:收支|{THREE_PUBLIC})?(?P<what>预算|决算)"
    + CLOSE
)
#: The same without 预算 or 决算; which it is, the text says: 某某局2022年度“三公”经费支出情况公示.
BARE = re.compile(
    rf"^(?P<year>(?:19|20)\d{{2}}年?度?)?(?P<name>{ENDED}|{_TOWN})(?(year)|(?:19|20)\d{{2}}年?度?)(?P<what>{THREE_PUBLIC})(?:使用|支出)?(?:情况)?"
    + CLOSE
)
#: The year behind the expenses: 某某会关于财政拨款“三公”经费2019年决算的情况说明.
DATED = re.compile(
    rf"^(?P<name>{ENDED}|[\u4e00-\u9fff]{{2,12}}[镇乡](?=关于|“|三公))(?:关于)?{THREE_PUBLIC}(?:19|20)\d{{2}}年?度?"
    r"(?P<what>预算|决算)的?" + CLOSE
)
#: The sentence with which an office announces them (现将某某镇2019年度“三公”经费决算情况公布如下), or states
#: their sum: 某某镇2019年“三公”经费决算数共计….
ANNOUNCED = re.compile(
    rf"(?:^|现将|现就)(?P<name>{ENDED}|{_TOWN})(?P<year>(?:19|20)\d{{2}}年?度?){THREE_PUBLIC}(?P<what>预算|决算)"
    r"(?:(?:支出)?(?:有关)?情况(?:公布|公开|公示|公告|说明|报告)如下|数?(?:共计|合计|总计|总额|为)+\d)"
)
#: One table of such a document, published alone: 某某局2026年项目支出绩效目标表, 某某局2025年一般公共预算支出表.
SHEET = re.compile(
    rf"^(?P<year>(?:19|20)\d{{2}}年?度?)?(?P<name>{ENDED})(?(year)|(?:19|20)\d{{2}}年?度?)[^，。]{{0,14}}"
    r"(?P<what>预算|决算|绩效目标)(?:申报|批复)?[^，。]{0,12}表(?:[（(].{1,14}[）)])?$"
)
#: A form with the goals of one project (项目绩效目标申报表) is part of a budget, and its title may name no office.
GOALS = re.compile(r"绩效目标(?P<what>(?:申报|批复|审核)?表|和指标)" + CLOSE)
#: What stands behind the title of a form or a report in the same line: its first field or sentence, the bar of a table.
FIRST_FIELD = re.compile(
    r"(?<=[表)）|])[|]*(?:(?:转移支付[(（]项目[)）]|专项资金|专项|项目)名称|(?:中央|地方|县级|市级|省级)?主管(?:部|单位)|填报(?:日期|时间)"
    r"|(?:填报|编制|项目|预算)?(?:单位|部门)(?:名称|[(（:：])|一级指标)"
    r"|(?<=报告)(?:一、|根据|按照|为(?:进一步|了|全面|切实|加强|贯彻|规范))"
)
#: The year that the title of a form gives in brackets: （2023年度）.
TITLE_YEAR = re.compile(
    r"^(?:[^，。；]{0,60}(?:表|报告))?[（(](?P<year>20\d{2})年?度[）)]|^(?P<first>20\d{2})年度?[^，。；]{2,50}(?:表|报告)$|^(?P<torn>20\d{2})年度[）)]$"
)
#: A form or notice of an office that is none of the three: 某某局政府信息公开申请表.
OTHER_SHEET = re.compile(rf"^(?P<name>{ENDED})(?=(?:政府)?信息公开|依申请公开)")
#: what an index of published documents prints before and behind a title: ``名称: | … |``
FIELD = re.compile(
    r"^\d{1,2}[.．、](?=.*\.(?:pdf|docx?|wps)$)|\.(?:pdf|docx?|wps)$|^[|\s]*(?:信息|文件|公文|文章)?(?:名称|标题|题名)[\]】]?[:：|]+|[|]+$"
)
FORMS: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    ("evaluation", re.compile(r"评价指标体系|指标分值|自评得分|参考分值|评价指标得分")),
    ("accounts", re.compile(r"(?:收入|支出|收支|财政拨款)[^，。]{0,14}决算(?:总体|总|明细|情况)*(?:表|说明)")),
    ("budget", re.compile(r"(?:收支|收入|支出)(?:预算)?(?:总体情况)?(?:总)?表|预算(?:收支|支出|总)[^，。]{0,10}表")),
)
#: Headings of what every office has to tell with its budget or accounts. They tell such a document from other texts
#: that name one, where its title is lost.
DUE = re.compile(
    r"(?P<expenses>“?三公”?经费)|(?P<running>机关运行经费)|(?P<buying>政府采购)|(?P<assets>国有资产|固定资产|资产占有)"
    r"|(?P<goals>绩效(?:目标|管理|评价|情况))|(?P<terms>名词解释)|(?P<duties>主要职[责能]|职能职责|部门职[责能]|单位职[责能])"
    r"|(?P<makeup>机构设置|单位构成|机构情况)"
)
DUE_WEIGHT = 0.5
YEAR = re.compile(r"(?<![\d.])((?:19|20)\d{2})(?=年|度|\D|$)")
#: words in front of a year that is compared with, counted from or counted to
OTHER_YEAR = re.compile(r"(?:比|较|与|同|至|到|截止|截至|自|从|于|上年|原|[-—－~至〔\[（(《]|文件|发)$")
OWN_YEAR = re.compile(
    r"年?度?(?:本?(?:部门|单位)|预算|决算|收入|支出|财政|主要工作|工作|年初|“三公”|机关运行|.{3,24}(?:部门|单位)(?:预算|决算))"
)
#: behind an office's name: the office itself without the units below it
OWN_OFFICE = re.compile(r"[（(][局委厅部署院办会]?(?:本级|机关|本部)[）)]")
#: The year of the project that a form is about, where its title gives none: in its name, or as the one in which it ran.
PROJECT_YEAR = re.compile(
    r"项目名称[:：|]*(?P<year>20\d{2})年(?![-—~至])"
    r"|起止(?:时间|日期|年限)[:：|]*(?P<run>20\d{2})[年.\-/][\d.\-/年月日]*[-—~～至到]+(?P=run)[年.\-/]"
)
CHINESE_YEAR = re.compile(r"二[〇○零0][〇○零0一二三四五六七八九]{2}年")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document is. ``fiscal_year`` is None and ``agency`` is None where the text does not say.

    ``level`` tells a department's document (部门预算) from that of a single unit (单位预算); ``title`` is the line,
    or the lines joined, that names the document.
    """

    kind: DocumentKind
    kind_span: Span | None = None
    fiscal_year: int | None = None
    year_span: Span | None = None
    agency: Agency | None = None
    title: str = ""
    level: Level = ""
    #: why a text that speaks of such documents is none, if it is ``unknown`` for that reason
    declined: str = ""
    #: how the figures of a text that is no office's document are read: those of a whole place as accounts
    reads_as: DocumentKind = "unknown"


@dataclass(frozen=True, slots=True)
class _Title:
    """A line, or lines joined, that names the document's kind."""

    kind: DocumentKind
    passage: Passage
    match: tuple[int, int]
    weight: float


def identify(document: Document) -> Identity:
    """Finds kind, fiscal year, office and title in the text of a document.

    A text that shows no form of a budget, of accounts or of an evaluation is ``unknown``, and then no year is claimed
    but that which its first lines print as a title's: （2023年度）. One of a whole place is no office's document, but
    its year is told and how its figures are read.
    """
    squeezed = [_unwrap(squeeze(line)) for line in lines(document)]
    titles = list(_titles(squeezed)) or list(_announced(squeezed))
    # A form of goals that is attached to a letter does not make the letter a budget.
    named = [plain(t.passage.text) for t in titles if not GOALS.search(t.passage.text)]
    declined = find_refusal(squeezed, AROUND, named)
    if declined:
        return Identity("unknown", agency=_of_other_sheet(document, squeezed), declined=declined)
    kind, kind_span = _kind(squeezed, titles)
    if kind == "unknown" and not titles:
        if find_place(squeezed) is not None:
            year, year_span = _year_of_untitled(squeezed, document)
            return Identity("unknown", None, year, year_span, declined=WHOLE, reads_as="accounts")
        kind_span = find_accounts(squeezed)
        kind = "accounts" if kind_span is not None else "unknown"
    own = [t for t in titles if t.kind == kind]
    title = max(own, key=lambda t: (t.weight, -t.passage.start), default=None)
    year, year_span = _year(squeezed, own, document) if kind != "unknown" else _printed_year(squeezed)
    if kind != "unknown" and year is None and not titles:
        year, year_span = _year_of_untitled(squeezed, document)
    agency = _agency(document, squeezed, titles, kind)
    if agency is None and kind == "unknown":
        agency = _of_other_sheet(document, squeezed)
    level = _level(title.passage.text) if title is not None else ""
    # A stray mark in front of a title is the layout's, not the title's.
    start = re.match(r"^(?:附件\d*(?![\d.]))?[.。．·,，、:：;；|\-—]*", title.passage.text) if title else None
    printed = title.passage.part(start.end(), len(title.passage.text)) if title and start else None
    return Identity(
        kind=kind,
        kind_span=kind_span,
        fiscal_year=year,
        year_span=year_span,
        agency=agency,
        title=printed.text if printed else "",
        level=level,
    )


def _unwrap(line: Passage) -> Passage:
    """A line without the field of an index in which it stands: ``名称: | 某某局2021年度部门决算 |``."""
    return keep(line, (m.span() for m in FIELD.finditer(line.text))) if FIELD.search(line.text) else line


def _level(title: str) -> Level:
    """What a title tells of the level. A department's own office alone, （本级）, is a unit in any case."""
    named = re.findall(r"部门|单位", title)
    if named and OWN_OFFICE.search(title):
        return "unit"
    return "unit" if named and named[-1] == "单位" else "department" if named else ""


def _front(squeezed: list[Passage]) -> int:
    """How many lines stand on the front page: those before the table of contents or the first part."""
    for i, line in enumerate(squeezed[: FRONT_LINES + 1]):
        if re.match(rf"目录|第[{TEN}]+部分|一、", line.text):
            return i
    return min(FRONT_LINES, len(squeezed))


def _titles(squeezed: list[Passage]) -> Iterator[_Title]:
    front = _front(squeezed)
    bare: DocumentKind = "accounts" if any("决算" in line.text for line in squeezed) else "budget"
    for i, line in enumerate(squeezed):
        if i < front:
            for n in range(1, min(WINDOW, front - i) + 1):
                if AROUND.match(squeezed[i + n - 1].text):
                    break
                joined = Passage.join(squeezed[i : i + n])
                weight = FRONT_WEIGHT - 0.1 * i - 0.01 * n + (2.0 if YEAR.search(joined.text) else 0)
                yield from _title(_before_fields(joined), weight, bare)
        else:
            yield from _title(line, TITLE_WEIGHT + (0.5 if YEAR.search(line.text) else 0))


def _announced(squeezed: list[Passage]) -> Iterator[_Title]:
    """The words of the first lines that say, in place of a title, whose “三公” expenses follow and of which year."""
    for line in squeezed[:WINDOW]:
        found = ANNOUNCED.search(line.text)
        if found is not None and _is_named(clean_name(line.part(*found.span("name"))).text):
            kind: DocumentKind = "accounts" if found["what"] == "决算" else "budget"
            start = found.start("name")
            spoken = line.part(start, found.end())
            yield _Title(kind, spoken, (found.start("what") - start, found.end("what") - start), FRONT_WEIGHT)


def _before_fields(line: Passage) -> Passage:
    """The title of a form or a report without what follows in its line: 项目支出绩效自评表 (2023年度) 项目名称 …."""
    field = FIRST_FIELD.search(line.text)
    if field is None or re.search(r"[，。；,;]", line.text[: field.start()]):
        return line
    return line.part(0, field.start())


def _title(line: Passage, weight: float, bare: DocumentKind | None = None) -> Iterator[_Title]:
    """The title that a line is. On the front page ``bare`` is the kind of a notice that does not name its own."""
    text = re.sub(r"[.．…·]{3,}\d*$", "", line.text)
    if len(text) > 70 or text.endswith(("。", "；", "，")):
        return
    for kind, pattern in KINDS:
        found = pattern.search(text)
        if found and not re.search(r"[，。；]", text[: found.start()]):
            yield _Title(kind, line.part(0, len(text)), found.span(), weight)
            return
    if bare is None:
        return
    for pattern in (SHORT, BARE, DATED, SHEET):
        short = pattern.match(text)
        if short is not None and _is_named(clean_name(line.part(*short.span("name"))).text):
            kind = {"决算": "accounts", "预算": "budget", "绩效目标": "budget"}.get(short["what"], bare)  # type: ignore[assignment]
            yield _Title(kind, line.part(0, len(text)), short.span("what"), weight)
            return
    goals = GOALS.search(text)
    if goals is not None and not re.search(r"[，。；]", text[: goals.start()]):
        # Half the weight: a form of goals may stand on the front of a document of any kind.
        yield _Title("budget", line.part(0, len(text)), goals.span("what"), weight / 2)


def _is_named(name: str) -> bool:
    """Whether a title's name is an office's; a town or township stands for its government (某某镇2021年“三公”经费…)."""
    return is_office(name) or (len(name) >= 3 and name[-1] in "镇乡" and name[0] != "全")


def _kind(squeezed: list[Passage], titles: list[_Title]) -> tuple[DocumentKind, Span | None]:
    weights: dict[DocumentKind, float] = defaultdict(float)
    spans: dict[DocumentKind, Span] = {}
    best: dict[DocumentKind, float] = defaultdict(float)
    front: dict[DocumentKind, float] = defaultdict(float)
    for t in titles:
        if t.weight > TITLE_WEIGHT + 1:
            front[t.kind] = max(front[t.kind], t.weight)
        else:
            weights[t.kind] += t.weight
        if t.weight > best[t.kind]:
            best[t.kind] = t.weight
            spans[t.kind] = t.passage.locate(*t.match)
    for line in squeezed:
        if len(line.text) > 60:
            continue
        for kind, pattern in FORMS:
            found = pattern.search(line.text)
            if found:
                weights[kind] += TABLE_WEIGHT
                spans.setdefault(kind, line.locate(*found.span()))
                break
    # repeated captions confirm a title but must not outvote it
    total = {k: front[k] + min(weights[k], FRONT_WEIGHT - 4) for k in {*weights, *front}}
    if not total:
        return "unknown", None
    kind = max(sorted(total), key=lambda k: total[k])
    due = {found.lastgroup for line in squeezed if len(line.text) <= 30 for found in DUE.finditer(line.text)}
    enough = total[kind] + DUE_WEIGHT * len(due) >= ENOUGH and best[kind] >= TITLE_WEIGHT
    return (kind, spans[kind]) if enough or total[kind] >= ENOUGH else ("unknown", None)


def _year(squeezed: list[Passage], titles: list[_Title], document: Document) -> tuple[int | None, Span | None]:
    weights: dict[int, float] = defaultdict(float)
    first: dict[int, tuple[float, Span]] = {}

    def add(year: int, weight: float, span: Span) -> None:
        weights[year] += weight
        if year not in first or first[year][0] < weight:
            first[year] = (weight, span)

    counted: set[tuple[int, int]] = set()
    for t in sorted(titles, key=lambda t: -t.weight):
        for m in YEAR.finditer(t.passage.text):
            span = t.passage.locate(*m.span(1))
            if (span.start, span.end) not in counted:
                counted.add((span.start, span.end))
                add(int(m.group(1)), t.weight, span)
    front = _front(squeezed)
    for i, line in enumerate(squeezed):
        for m in YEAR.finditer(line.text):
            span = line.locate(*m.span(1))
            before, behind = line.text[: m.start()], line.text[m.end(1) :]
            if (span.start, span.end) in counted or not behind.startswith(("年", "度")):
                if i < front + 2 and re.fullmatch(r"20\d{2}", line.text):
                    add(int(m.group(1)), FRONT_WEIGHT / 2, span)
                continue
            if re.fullmatch(r"[（(]20\d{2}年?度?[）)]|20\d{2}年度[）)]", line.text):
                add(int(m.group(1)), FRONT_WEIGHT / 2, span)
            elif OTHER_YEAR.search(before) or re.match(r"年\d{1,2}月", behind):
                continue
            elif OWN_YEAR.match(behind):
                add(int(m.group(1)), 1.0, span)
    if weights:
        year = max(sorted(weights, reverse=True), key=lambda y: weights[y])
        return year, first[year][1]
    return _year_elsewhere(squeezed, document)


def _year_elsewhere(squeezed: list[Passage], document: Document) -> tuple[int | None, Span | None]:
    """The year of the project that a form is about, or one in Chinese numerals."""
    for line in squeezed:
        project = PROJECT_YEAR.search(line.text)
        if project is not None:
            named = "year" if project["year"] else "run"
            return int(project[named]), line.locate(*project.span(named))
    found = CHINESE_YEAR.search(document.text)
    if found:
        return int(found.group()[:-1].translate(DIGITS)), Span(*found.span())
    return None, None


def _year_of_untitled(squeezed: list[Passage], document: Document) -> tuple[int | None, Span | None]:
    """The year of a text without a title: as for one with a title, else the first that nothing is compared with."""
    year, span = _year(squeezed, [], document)
    if year is not None:
        return year, span
    for line in squeezed:
        for m in YEAR.finditer(line.text):
            if line.text[m.end(1) :].startswith("年") and not OTHER_YEAR.search(line.text[: m.start()]):
                return int(m.group(1)), line.locate(*m.span(1))
    return None, None


def _printed_year(squeezed: list[Passage]) -> tuple[int | None, Span | None]:
    """The year of a title on the front of a text whose kind is unknown."""
    for line in squeezed[:FRONT_LINES]:
        found = TITLE_YEAR.search(line.text)
        if found is not None:
            named = next(name for name, year in found.groupdict().items() if year)
            return int(found[named]), line.locate(*found.span(named))
    return None, None


ORDINAL = rf"(?:第[{TEN}]+部分[:：]?|[{TEN}]{{1,3}}、|[（(][{TEN}]{{1,3}}[）)])?"
HEADED = re.compile(
    rf"^{ORDINAL}(?P<name>{NAME})(?:的)?(?:部门|单位)?(?:主要|机关)?"
    r"(?:概况|基本情况|职能|职责|机构设置|内设机构)(?:情况)?(?:是|为|包括|如下)?[:：]?$"
)
TITLED = re.compile(
    rf"^{ORDINAL}(?:(?:19|20)\d{{2}}年?度?)?(?P<name>{ENDED})(?:关于)?(?:(?:19|20)\d{{2}})?(?:年度?|度)?(?:市级|区级|县级|省级|本级)?"
    r"(?:(?:部门|单位|项目|整体|财政|“?三公)[^，。]{0,12}(?:预算|决算|绩效)"
    r"|(?<=[年度])[^，。]{2,24}(?:资金|项目|经费|工程|专项)[^，。]{0,8}绩效(?:自评|评价|自我评价)[^，。]{0,8}(?:报告|表))"
)
OPENING = re.compile(
    rf"^(?P<name>{NAME})(?:（[^）]{{2,30}}）)?(?:的主要(?:职能|职责)|是[^，。；]{{0,30}}(?:机构|部门|单位)|为[^，。；]{{0,20}}(?:事业单位|工作部门))"
)


#: Fields of a form whose value is the office that it is of; that above it counts where no other is named.
OWN_FIELD = re.compile(
    r"^(?:项目|评价项目|项目实施|实施|被?评价|项目承担|承担|填报|自评|预算|资金使用|项目使用)(?:单位|部门)(?:名称)?(?:[(].{1,6}[)])?:?$"
    r"|^(?:单位|部门|部门[(]单位[)])名称:?$"
)
UPPER_FIELD = re.compile(r"^(?:项目)?主管(?:预算)?(?:部门|单位)(?:名称|及代码)?:?$")
#: Who published a form that names no office, by the index of the site; who publishes for all others is not meant.
ISSUER_FIELD = re.compile(r"^(?:发布|发文|信息公开)(?:机构|单位|机关):?$")
ISSUES_FOR_ALL = re.compile(r"财政[局厅]|人民政府|政府办|管理办公室$")
OWN_WEIGHT, UPPER_WEIGHT, ISSUER_WEIGHT = 3.0, 2.0, 1.0
#: Such fields where several stand in one line, parted by blanks: 主管部门 某某局 实施单位 某某所.
_IN_LINE = re.compile(
    r"(?:^|(?<=[\s|]))(?:(?P<upper>(?:项目)?主管)|(?:项目)?实施|资金使用|项目承担|项目)(?:单位|部门)"
    r"[ \t]*(?:[(（]盖章[)）])?(?:[ \t]+|[ \t]*[|][ \t]*)"
    r"(?:\[?\d+\]?[-—－]?)?(?P<name>[\u4e00-\u9fff]{4,40})(?=\s|[|]|$)"
)


def _fields(document: Document, squeezed: list[Passage]) -> Iterator[tuple[Passage, float]]:
    """What fields of forms name as the office, each with its weight: in a table's next cell, or behind a colon."""
    for block in document.tables:
        assert block.table is not None
        for row in block.table.rows:
            for cell, behind in itertools.pairwise(row):
                label = plain(cell.text)
                if OWN_FIELD.match(label):
                    yield squeeze(behind.passage), OWN_WEIGHT
                elif UPPER_FIELD.fullmatch(label):
                    yield squeeze(behind.passage), UPPER_WEIGHT
                elif ISSUER_FIELD.fullmatch(label) and not ISSUES_FOR_ALL.search(behind.text):
                    yield squeeze(behind.passage), ISSUER_WEIGHT
    for line in lines(document):
        for m in _IN_LINE.finditer(line.text):
            yield line.part(*m.span("name")), UPPER_WEIGHT if m["upper"] else OWN_WEIGHT
    for line in squeezed:
        head, colon, _ = line.text.partition("：" if "：" in line.text else ":")
        if colon and UPPER_FIELD.fullmatch(plain(head)):
            yield line.part(len(head) + 1, len(line.text)), UPPER_WEIGHT


def _signatures(squeezed: list[Passage]) -> Iterator[Passage]:
    """The offices that sign a report: lines by themselves near its end, each above a date."""
    for line, below in itertools.pairwise(squeezed[-_LAST_LINES:]):
        if _DATE_LINE.fullmatch(below.text) and is_office(line.text):
            yield line


_LAST_LINES = 8
_DATE_LINE = re.compile(r"20\d{2}年\d{1,2}月\d{1,2}日")


def _of_other_sheet(document: Document, squeezed: list[Passage]) -> Agency | None:
    """The office whose form or notice a text is that is no budget, accounts or evaluation."""
    for line in squeezed[:WINDOW]:
        m = OTHER_SHEET.match(line.text)
        name = clean_name(line.part(*m.span("name"))) if m is not None else None
        place = places.load().find(name.text, document.text) if name is not None and is_office(name.text) else ""
        if name is not None and place:
            return Agency(name.text, name.span, place)
    return None


#: The line above the rest of an office's name in a title over two lines.
_PLACE_ABOVE = re.compile(r"^[\u4e00-\u9fff]{2,12}[省市区县旗州镇乡](?:人民政府)?$")


def find_credit_code(document: Document, names: Sequence[str]) -> str:
    """The unified social credit identifier of the office with these names; "" where the text prints none that is sure.

    Sure is one whose line, or the line before it, names the office. Documents print those of others as well: of a firm
    that evaluates, of a bank, of a supplier.
    """
    lines = document.text.split("\n")
    found: set[str] = set()
    for i, line in enumerate(lines):
        near = re.sub(r"\s", "", "".join(lines[max(i - 1, 0) : i + 1]))
        if any(name in near for name in names):
            found |= {code for code, _, _ in find_credit_codes(line)}
    return found.pop() if len(found) == 1 else ""


def _with_place_above(label: str, found: dict[str, Span]) -> str:
    """An office's name with the place, or its government, that the line above it names (某某区人民政府).

    ``found`` are all names that were found, with the place of each.
    """
    longer = [
        name
        for name, span in found.items()
        if name.endswith(label)
        and _PLACE_ABOVE.match(name[: -len(label)])
        and span.start < found[label].start <= span.end
        and not places.load().find(label)
    ]
    return max(longer, key=len, default=label)


def _agency(document: Document, squeezed: list[Passage], titles: list[_Title], kind: DocumentKind) -> Agency | None:
    weights: dict[str, float] = defaultdict(float)
    divisions: dict[str, float] = defaultdict(float)
    first: dict[str, Span] = {}
    captions: dict[str, int] = defaultdict(int)

    def add(passage: Passage, weight: float, *, titled: bool = False) -> None:
        name = clean_name(passage)
        if not (_is_named(name.text) if titled else is_office(name.text)):
            return
        (divisions if DIVISION.match(name.text) else weights)[name.text] += weight
        if name.text not in first or name.start < first[name.text].start:
            first[name.text] = name.span

    for t in titles:
        for m in filter(None, (p.search(t.passage.text) for p in (TITLED, SHORT, BARE, DATED, SHEET, ANNOUNCED))):
            add(t.passage.part(*m.span("name")), 12.0 if t.weight > TITLE_WEIGHT + 1 else 1.0, titled=True)
    for i, line in enumerate(squeezed):
        for pattern in (HEADED, OPENING):
            headed = pattern.match(line.text)
            if headed is not None:
                add(line.part(*headed.span("name")), 6.0)
        if i < 3 and is_office(line.text):
            add(line, 6.0)
    for line in lines(document):
        for m in CAPTION.finditer(line.text):
            name = squeeze(line.part(*m.span("name")))
            captions[clean_name(name).text] += 1
            if captions[clean_name(name).text] <= 5:
                add(name, 3.0)
    named = list(_fields(document, squeezed)) if kind == "evaluation" or not weights else []
    signed = [(line, OWN_WEIGHT) for line in _signatures(squeezed)] if kind == "evaluation" and not weights else []
    for passage, weight in named or signed:
        # A code may stand before the name: 015-某某局.
        code = re.match(r"[\[【(（]?\d+[\]】)）]?[-—_]?", passage.text)
        add(passage.part(code.end() if code else 0, len(passage.text)), weight)
    weights = weights or divisions
    if not weights:
        return None
    text = re.sub(r"\s", "", document.text)
    label = max(weights, key=lambda n: (weights[n] + 0.2 * min(text.count(n), 20), -first[n].start))
    label = _with_place_above(label, first)
    place = places.load().find(label, text)
    aliases, nature = find_aliases(label, place, document), find_nature(label, document)
    return Agency(
        label=label,
        span=first[label],
        place=place,
        parent=find_parent(label, place, document),
        aliases=aliases,
        nature=nature,
        rank=find_rank(label, document),
        subordinates=find_subordinates(document, label),
        credit_code=find_credit_code(document, (label, *aliases)),
    )
